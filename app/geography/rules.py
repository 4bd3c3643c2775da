"""Decisions about places: how far apart they are, and what a file with areas may hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.foundation.sentences import Sentence
from app.geography.model import AreasRefused, Spot

#: Mean radius of the earth (IUGG).
EARTH_RADIUS_METRES = 6_371_008.8


def metres_between(one: Spot, other: Spot) -> float:
    """Return the distance over a round earth (haversine), within 0.5 % of the real one."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    up = math.sin((north - south) / 2) ** 2
    aside = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return (
        2
        * EARTH_RADIUS_METRES
        * math.asin(math.sqrt(min(1.0, up + math.cos(south) * math.cos(north) * aside)))
    )


#: A longer word is no kind, and no page shows it whole.
LONGEST_KIND = 60


@dataclass(frozen=True, slots=True)
class AreaFields:
    """Where a file keeps what an area is called."""

    #: The property with each area's code; without one, `code` is that of the only area.
    code_field: str | None = None
    name_field: str | None = None
    code: str | None = None
    name: str | None = None
    #: Codes of the file that are called otherwise here.
    code_for: Mapping[str, str] = field(default_factory=dict)
    #: A regular expression whose first group is the part of the name to keep.
    name_pattern: str | None = None


def require_kind(kind: str) -> None:
    """Let a word such as `team-district` pass.

    Raises:
        AreasRefused: it is none.
    """
    if len(kind) > LONGEST_KIND or not re.fullmatch(r"[a-z]+(-[a-z]+)*", kind):
        raise AreasRefused(Sentence("A kind is a word in small letters, such as team-district."))
