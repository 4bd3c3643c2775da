"""What the desk says of a case besides its stage: how much it presses, why its place changes."""

from __future__ import annotations

from enum import StrEnum


class Priority(StrEnum):
    """How much a case presses beside its promise; the desk says so."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class PlaceReason(StrEnum):
    """Why the place of a case is changed."""

    SEEN_THERE = "seen-there"
    REPORTER_SAID = "reporter-said"
    FROM_PHOTO = "from-photo"
    MISTAKE = "mistake"
