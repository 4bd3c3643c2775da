"""Example exchanges of an interface: read from their files, sent for real, and compared.

An example file holds one request and its answer. `after` names the examples that come before it,
`keep` gives names to values of its answer, which later requests use as `{name}`, and `varies`
lists JSON pointers (`*` for every item) to what is different each time: of that only the kind of
value counts.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as an example file tells them."""

    path: Path
    told: Mapping[str, Any]

    @property
    def request(self) -> Mapping[str, Any]:
        """The request: method, path, headers, and `json` or `parts`."""
        told: Mapping[str, Any] = self.told["request"]
        return told

    @property
    def answer(self) -> Mapping[str, Any]:
        """The answer: status, headers, json."""
        told: Mapping[str, Any] = self.told["answer"]
        return told


@dataclass
class Conversation:
    """A client that sends examples, each after those it needs, and remembers what they kept."""

    web: FlaskClient
    prefix: str
    kept: dict[str, str] = field(default_factory=dict)

    def send(self, exchange: Exchange) -> TestResponse:
        """Send what comes before, then the example itself; return the answer to it."""
        for name in exchange.told.get("after", ()):
            self.send(read(exchange.path.with_name(name)))
        answered = self._send(self._filled(exchange.request))
        for name, pointer in exchange.told.get("keep", {}).items():
            self.kept[name] = str(value_at(answered.get_json(), pointer))
        return answered

    def _send(self, request: Mapping[str, Any]) -> TestResponse:
        headers = dict(request.get("headers", {}))
        content: bytes | None = None
        if "json" in request:
            content = json.dumps(request["json"]).encode()
            headers.setdefault("Content-Type", "application/json")
        if "parts" in request:
            boundary, content = encode_multipart(_form(request["parts"]))
            headers["Content-Type"] = f'multipart/form-data; boundary="{boundary}"'
        return self.web.open(
            self.prefix + request["path"],
            method=request["method"],
            headers=headers,
            data=content,
            content_type=headers.get("Content-Type"),
        )

    def _filled(self, value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
        if isinstance(value, str):
            for name, kept in self.kept.items():
                value = value.replace(f"{{{name}}}", kept)
            return value
        if isinstance(value, Mapping):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return value


def read(path: Path) -> Exchange:
    """Return the exchange in this file."""
    return Exchange(path, json.loads(path.read_text(encoding="utf-8")))


def value_at(document: Any, pointer: str) -> Any:  # noqa: ANN401  # JSON
    """Return what a JSON pointer leads to."""
    for step in pointer.strip("/").split("/"):
        document = document[int(step) if isinstance(document, list) else step]
    return document


def compared(document: Any, pointers: list[str]) -> Any:  # noqa: ANN401  # JSON
    """Return a copy in which what varies has become the name of its kind."""
    whole = copy.deepcopy(document)
    for pointer in pointers:
        for place, step in _places(whole, pointer.strip("/").split("/")):
            place[step] = f"<{type(place[step]).__name__}>"
    return whole


def _places(document: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  # JSON
    step, rest = steps[0], steps[1:]
    if isinstance(document, list):
        chosen: list[Any] = list(range(len(document))) if step == "*" else [int(step)]
    else:
        chosen = [step]
    for one in chosen:
        if rest:
            yield from _places(document[one], rest)
        else:
            yield document, one


def _form(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the parts of a form; a file named in an example is drawn here."""
    form: dict[str, Any] = {}
    for part in parts:
        if "json" in part:
            form[part["name"]] = json.dumps(part["json"])
        else:
            drawn = FileStorage(BytesIO(a_photo(part["file"])), part["file"])
            form.setdefault(part["name"], []).append(drawn)
    return form


def a_photo(name: str) -> bytes:
    """Return a picture that this name alone has; one that is called a text is a text."""
    if name.endswith(".txt"):
        return b"This is no photo."
    picture = BytesIO()
    shade = sum(name.encode()) % 256
    Image.new("RGB", (160, 120), (shade, 255 - shade, 90)).save(picture, "JPEG")
    return picture.getvalue()
