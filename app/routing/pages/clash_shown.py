"""A clash of agreements as people read it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from app.routing.operations.overview import Clash


def clash_shown(one: Clash, names: dict[str, str]) -> dict[str, Any]:
    """Return what a page shows of a clash, with the address that tries its place."""
    query = {"category": one.category_code}
    if one.spot is not None:
        query |= {
            "longitude": f"{one.spot.longitude:.6f}",
            "latitude": f"{one.spot.latitude:.6f}",
        }
    return {
        "category": names.get(one.category_code, one.category_code),
        "where": ", ".join(one.where) or gettext("at the objects of an owner"),
        "chosen": one.chosen,
        "party": one.chosen_party,
        "others": one.others,
        "try": "/beheer/routering?" + urlencode(query) if one.spot is not None else None,
    }
