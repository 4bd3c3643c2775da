"""What kinds of areas and of assets are called, for people; the code is for programs."""

from __future__ import annotations

from flask_babel import gettext

from app.foundation.sentences import said
from app.geography.model import (
    AREA_KINDS,
    LIGHTING_CONTRACT,
    MUNICIPALITY,
    NEIGHBOURHOOD,
    ROAD_AUTHORITY,
    TEAM_DISTRICT,
    VILLAGE,
    WATER_AUTHORITY,
)

#: Kinds that can be chosen before there is an area of them.
COMMON_AREA_KINDS = AREA_KINDS


def refusal_words(reason: str) -> str:
    """Return why something was refused, in the reader's language as far as it is known."""
    return said(reason, lambda text: str(gettext(text)))


def area_kind_words(kind: str) -> str:
    """Return what a kind of area is called; one of the municipality's own by its word."""
    named: dict[str, str] = {
        MUNICIPALITY: gettext("Municipality"),
        VILLAGE: gettext("Village"),
        NEIGHBOURHOOD: gettext("Neighbourhood"),
        TEAM_DISTRICT: gettext("Team district"),
        LIGHTING_CONTRACT: gettext("Lighting contract"),
        ROAD_AUTHORITY: gettext("Road authority"),
        WATER_AUTHORITY: gettext("Water authority"),
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
