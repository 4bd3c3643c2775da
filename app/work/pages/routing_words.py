"""A routing decision in words: who is responsible, why, and what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.work.pages.shown import moment_words

_CALLED_SO_BY_PEOPLE = frozenset({"municipality", "village", "neighbourhood"})


@dataclass(frozen=True, slots=True)
class ConsideredShown:
    """An agreement that was looked at, and what came of it."""

    agreement: str
    party: str
    is_match: bool
    why: str


@dataclass(frozen=True, slots=True)
class RoutingShown:
    """A decision as people read it."""

    at: str
    reason: str
    areas: list[str]
    considered: list[ConsideredShown]


def routing_shown(decision: Mapping[str, Any]) -> RoutingShown:
    """Return a kept decision (`because`, `grounds`, `decided_at`) in words."""
    grounds = decision["grounds"]
    return RoutingShown(
        at=moment_words(decision["decided_at"]),
        reason=_reason(str(decision["because"]), grounds),
        areas=[f"{_kind(area['kind'])}: {area['name']}" for area in grounds.get("areas", [])],
        considered=[
            ConsideredShown(one["agreement"], one["party"], bool(one["matched"]), _why(one["why"]))
            for one in grounds.get("considered", [])
        ],
    )


def _reason(because: str, grounds: Mapping[str, Any]) -> str:
    party, area, asset = grounds.get("party"), grounds.get("area"), grounds.get("asset")
    place = _place(area, grounds.get("areas", []))
    sentences: dict[str, str] = {
        "asset-owner": gettext("%(party)s looks after object %(asset)s.", party=party, asset=asset),
        "road-authority": gettext(
            "The road (%(area)s) belongs to %(party)s.", area=area, party=party
        ),
        "category-in-area": gettext(
            "%(party)s does this kind of work in %(area)s.", party=party, area=place
        )
        if place
        else gettext("%(party)s does this kind of work here.", party=party),
        "nobody": gettext("No agreement covers this kind of report at this place."),
    }
    return sentences.get(because, because)


def _place(area: str | None, areas: Sequence[Mapping[str, str]]) -> str | None:
    """Return where an agreement holds as people call it.

    A team district or a lighting contract is how the municipality divides its work, and often
    called after who does it; there the village is said, where it is known.
    """
    kinds = {one["kind"] for one in areas if one["name"] == area}
    if area and kinds & _CALLED_SO_BY_PEOPLE:
        return area
    return next((one["name"] for one in areas if one["kind"] == "village"), None)


def _why(code: str) -> str:
    sentences: dict[str, str] = {
        "covers-the-place-and-the-category": gettext("covers the place and the kind"),
        "another-category": gettext("is about another kind"),
        "another-owner": gettext("is about objects of another owner"),
        "another-area": gettext("is about another area"),
        "an-asset-of-ours-was-named": gettext("an object of ours was named"),
    }
    return sentences.get(code, code)


def _kind(kind: str) -> str:
    named: dict[str, str] = {
        "municipality": gettext("Municipality"),
        "village": gettext("Village"),
        "neighbourhood": gettext("Neighbourhood"),
        "team-district": gettext("Team district"),
        "lighting-contract": gettext("Lighting contract"),
        "road-authority": gettext("Road authority"),
    }
    return named.get(kind, kind)
