"""Decides what of a case a stranger may see."""

from __future__ import annotations

import math

from app.work.model import Case, CaseStage

#: A blurred spot stands at the middle of a square of about this size.
GRID_METRES = 250

_METRES_PER_DEGREE = 111_320


def is_public(case: Case) -> bool:
    """Whether this case stands in the public map and lists."""
    return may_be_known(case) and case.stage is not CaseStage.MERGED


def may_be_known(case: Case) -> bool:
    """Whether a stranger may know that there is, or was, such a case."""
    return case.public_visibility != "hidden"


def public_spot(case: Case) -> tuple[float, float]:
    """Return (longitude, latitude) in WGS 84 as a stranger may see it: exact or blurred."""
    if case.public_visibility == "blurred":
        return blurred(case.longitude, case.latitude)
    return round(case.longitude, 6), round(case.latitude, 6)


def blurred(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the middle of the grid square of `GRID_METRES` that holds this spot."""
    up = GRID_METRES / _METRES_PER_DEGREE
    middle_latitude = (math.floor(latitude / up) + 0.5) * up
    aside = up / max(math.cos(math.radians(middle_latitude)), 0.01)
    middle_longitude = (math.floor(longitude / aside) + 0.5) * aside
    return round(middle_longitude, 6), round(middle_latitude, 6)
