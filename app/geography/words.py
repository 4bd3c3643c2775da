"""What kinds of areas and of assets are called, for people; the code is for programs."""

from __future__ import annotations

from flask_babel import gettext

from app.foundation.sentences import said
from app.geography.model import (
    LIGHTING_CONTRACT,
    MUNICIPALITY,
    ROAD_AUTHORITY,
    TEAM_DISTRICT,
    VILLAGE,
)

#: Kinds that can be chosen before there is an area of them.
COMMON_AREA_KINDS = (
    VILLAGE,
    "neighbourhood",
    TEAM_DISTRICT,
    LIGHTING_CONTRACT,
    ROAD_AUTHORITY,
    "water-authority",
    MUNICIPALITY,
)


def refusal_words(reason: str) -> str:
    """Return why something was refused, in the reader's language as far as it is known."""
    return said(reason, lambda text: str(gettext(text)))


def area_kind_words(kind: str) -> str:
    """Return what a kind of area is called; one of the municipality's own by its word."""
    named: dict[str, str] = {
        "municipality": gettext("Municipality"),
        "village": gettext("Village"),
        "neighbourhood": gettext("Neighbourhood"),
        "team-district": gettext("Team district"),
        "lighting-contract": gettext("Lighting contract"),
        "road-authority": gettext("Road authority"),
        "water-authority": gettext("Water authority"),
    }
    return named.get(kind, kind)


def asset_kind_words(kind: str) -> str:
    """Return what a kind of asset is called; one of the municipality's own by its word."""
    named: dict[str, str] = {
        "lamp-post": gettext("Lamp post"),
        "bin": gettext("Bin"),
        "bench": gettext("Bench"),
        "tree": gettext("Tree"),
        "playground": gettext("Playground"),
    }
    return named.get(kind, kind)
