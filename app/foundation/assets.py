"""The address of a file pages need: hashed names of built files, a version on our own."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

STATIC_FOLDER = Path(__file__).resolve().parents[2] / "static"
_VENDOR = "vendor/"


class UnknownAsset(Exception):
    """No such file below static/, or script/assets has not built it yet."""


@cache
def asset_url(name: str) -> str:
    """Return the address of `name`, a path below static/ such as `vendor/leaflet.js`.

    The address changes with the content, so it may be kept for ever.

    Raises:
        UnknownAsset: there is no such file.
    """
    if name.startswith(_VENDOR):
        hashed = _built_files().get(name.removeprefix(_VENDOR))
        if hashed is None:
            raise UnknownAsset(name)
        return f"/static/{_VENDOR}{hashed}"
    path = STATIC_FOLDER / name
    if not path.is_file():
        raise UnknownAsset(name)
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"


def built_file(name: str) -> Path:
    """Return where the built file `name` is, such as `noto-sans.woff2`.

    Raises:
        UnknownAsset: script/assets has not built it yet.
    """
    hashed = _built_files().get(name)
    if hashed is None:
        raise UnknownAsset(name)
    return STATIC_FOLDER / _VENDOR / hashed


@cache
def _built_files() -> dict[str, str]:
    manifest = STATIC_FOLDER / "vendor" / "manifest.json"
    if not manifest.is_file():
        raise UnknownAsset("static/vendor is missing: run script/assets")
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return names
