"""What a map is made of: where its background comes from, and the parts a page takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from markupsafe import Markup

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None
#: A GeoJSON object: a geometry, a feature or a feature collection.
GeoJSON: TypeAlias = dict[str, JSON]


class Spot(NamedTuple):
    """A point on the ground, longitude first, in WGS 84."""

    longitude: float
    latitude: float


class MapParts(NamedTuple):
    """What a page puts into its head, its content and its scripts to show a map."""

    head: Markup
    body: Markup
    script: Markup


@dataclass(frozen=True, slots=True)
class MovedPair:
    """From whom to whom reports would go, in words and with the signs of both parties.

    A sign is `1` to `8`, or `nobody`.
    """

    was: str
    becomes: str
    was_sign: str
    becomes_sign: str


@dataclass(frozen=True, slots=True)
class MovedMark:
    """A report on the map of what would change; `pair` is the number of its `MovedPair`."""

    longitude: float
    latitude: float
    reference: str
    label: str
    pair: int


@dataclass(frozen=True, slots=True)
class TileSource:
    """Where the background comes from; without a template there is none."""

    template: str | None
    attribution: str = ""

    @classmethod
    def from_setting(cls, tile_url: str, attribution: str) -> TileSource:
        """Return the source a setting names; `none` is no background."""
        if tile_url.strip().lower() in {"", "none"}:
            return cls(None)
        return cls(tile_url, attribution)

    @property
    def origin(self) -> str | None:
        """Return what the content security policy must allow: scheme and host, or nothing."""
        if self.template is None:
            return None
        address = urlsplit(self.template)
        if not address.netloc:
            return None
        return f"{address.scheme}://{address.netloc.replace('{s}', '*')}"
