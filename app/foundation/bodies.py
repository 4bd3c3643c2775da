"""Reads what a program sends, JSON or multipart, and says of every field what is not right."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from app.foundation.errors import DomainError, FieldError, said_of_fields
from app.foundation.texts import clean_text, has_control_characters

#: What is said in JSON is never longer; photos come beside it.
MAX_JSON_BYTES = 256 * 1024


class BodyRefused(DomainError):
    """Something in the request is not right."""


class BodyTooLarge(DomainError):
    """What was sent as JSON is larger than it can be here."""


class WrongContentType(DomainError):
    """Send this as application/json or as multipart/form-data."""


@dataclass(frozen=True, slots=True)
class ReadBody:
    """What came in a request: a JSON object, and the photos as sent."""

    whole: dict[str, Any]
    photos: tuple[FileStorage, ...] = ()

    @property
    def canonical(self) -> bytes:
        """The object in one form, whatever the order and the spaces it was sent with."""
        return json.dumps(
            self.whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True
        ).encode()


class Words(fields.String):
    """Text of people: one normal form, no characters that no keyboard writes."""

    def __init__(self, *, most: int, least: int = 0, **named: Any) -> None:  # noqa: ANN401  # whatever marshmallow gives
        lengths = {"minLength": least, "maxLength": most}
        super().__init__(**{**named, "metadata": {**lengths, **named.get("metadata", {})}})
        self._least, self._most = least, most

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401  # whatever marshmallow gives
        attr: str | None,
        data: Mapping[str, Any] | None,
        **named: Any,  # noqa: ANN401  # whatever marshmallow gives
    ) -> str:
        words: str = super()._deserialize(value, attr, data, **named)
        if has_control_characters(words):
            raise ValidationError("It holds characters that cannot be kept.")
        words = clean_text(words)
        if not self._least <= len(words) <= self._most:
            raise ValidationError(f"Between {self._least} and {self._most} characters.")
        return words


def read_body(request: Request, *, part: str) -> ReadBody:
    """Return the JSON object in `request`: its whole body, or the part named `part` of a form.

    Raises:
        WrongContentType: neither JSON nor multipart.
        BodyTooLarge: the JSON is longer than `MAX_JSON_BYTES`.
        BodyRefused: it cannot be read, or there are parts that do not belong there.
    """
    if request.mimetype == "application/json":
        return read_json(request)
    if request.mimetype == "multipart/form-data":
        return _parts(request, part)
    raise WrongContentType()


def read_json(request: Request, *, may_be_empty: bool = False) -> ReadBody:
    """Return the JSON object that is the whole body; with `may_be_empty`, none is an empty one.

    Raises:
        WrongContentType: it is something else.
        BodyTooLarge, BodyRefused: as `read_body`.
    """
    # A sender need not say how long its body will be: no more is read than shows that it is too
    # long.
    request.max_content_length = MAX_JSON_BYTES + 1
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLarge() from None
    if len(content) > MAX_JSON_BYTES:
        raise BodyTooLarge()
    if may_be_empty and not content:
        return ReadBody({})
    if request.mimetype != "application/json":
        raise WrongContentType("Send this as application/json.")
    return ReadBody(json_object(content))


def _parts(request: Request, part: str) -> ReadBody:
    """Read the JSON part, a field or a file as browsers send a Blob, and the photos."""
    fields = request.form.getlist(part)
    # What is no UTF-8 comes to us as this character; one that is meant can be escaped in JSON.
    if any("\N{REPLACEMENT CHARACTER}" in field for field in fields):
        refuse_field(part, "not-utf-8", "Send the text as UTF-8.")
    written = [value.encode() for value in fields]
    written += [sent.stream.read(MAX_JSON_BYTES + 1) for sent in request.files.getlist(part)]
    if len(written) != 1:
        refuse_field(part, "required", f"Send one part named {part}, with JSON in it.")
    if len(written[0]) > MAX_JSON_BYTES:
        raise BodyTooLarge()
    for name in (*request.form, *request.files):
        if name not in {part, "photo"}:
            refuse_field(name, "unknown-field", "There is no such part.")
    if "photo" in request.form:
        refuse_field("photo", "not-a-file", "Send the photo as a file.")
    return ReadBody(json_object(written[0]), tuple(request.files.getlist("photo")))


def json_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in `content`.

    Raises:
        BodyRefused: it is no JSON, or no object.
    """
    try:
        whole = json.loads(
            content,
            parse_constant=_not_a_number,
            parse_float=_finite,
            object_pairs_hook=_without_doubles,
        )
    except (ValueError, RecursionError):
        raise BodyRefused("This is not JSON that can be read.") from None
    if not isinstance(whole, dict):
        raise BodyRefused("Send a JSON object.")
    return whole


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is larger than numbers are here")
    return number


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; one name twice would be read differently by different readers."""
    whole = dict(pairs)
    if len(whole) != len(pairs):
        twice = next(
            name for name, times in Counter(name for name, _ in pairs).items() if times > 1
        )
        refuse_field(_spoken(twice), "duplicate-field", "This name stands there twice.")
    return whole


def _spoken(name: str) -> str:
    """Return a name that a program sent so that it can be said again."""
    return clean_text(name)[:100]


def load(schema: Schema, whole: Mapping[str, Any]) -> Any:  # noqa: ANN401  # what the schema makes
    """Return `whole` as `schema` loads it.

    Raises:
        BodyRefused: with every field that is not right.
    """
    try:
        return schema.load(whole)
    except ValidationError as wrong:
        errors = tuple(_errors(wrong.normalized_messages()))  # type: ignore[no-untyped-call]  # the library carries no types
        raise BodyRefused(said_of_fields(errors), errors=errors) from None


def refuse_field(field: str, code: str, detail: str) -> NoReturn:
    """Refuse the body because of one field.

    Raises:
        BodyRefused: always.
    """
    raise BodyRefused(detail, errors=(FieldError(field, code, detail),))


def _errors(messages: Mapping[str, Any], above: str = "") -> Iterator[FieldError]:
    for name, said in messages.items():
        field = f"{above}{_spoken(str(name))}".removesuffix("._schema")
        if isinstance(said, Mapping):
            yield from _errors(said, f"{field}.")
            continue
        for sentence in said:
            yield FieldError(field, _CODES.get(sentence, "invalid"), sentence)


_CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown-field",
}
