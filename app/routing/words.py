"""A routing decision in words: who is responsible, why, and what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.geography.words import area_kind_words
from app.routing.model import BetweenRivals

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
    """A decision as people read it; `remarks` are what they should know besides."""

    reason: str
    remarks: list[str]
    areas: list[str]
    considered: list[ConsideredShown]


def routing_shown(because: str, grounds: Mapping[str, Any]) -> RoutingShown:
    """Return the grounds of a decision, as `grounds_of` gives them, in words."""
    return RoutingShown(
        reason=_reason(because, grounds),
        remarks=_remarks(grounds),
        areas=[f"{area_kind_words(area['kind'])}: {area['name']}" for area in grounds["areas"]],
        considered=[
            ConsideredShown(
                one["agreement"], one["party"], bool(one["matched"]), why_words(one["why"])
            )
            for one in grounds["considered"]
        ],
    )


def _reason(because: str, grounds: Mapping[str, Any]) -> str:
    # Outside its hours, the reason is that of the party that somebody stands in for.
    party = grounds.get("standsInFor") or grounds.get("party")
    area, asset = grounds.get("area"), grounds.get("asset")
    place = _place(area, grounds.get("areas", []))
    sentences: dict[str, str] = {
        "asset-owner": gettext("%(party)s looks after object %(asset)s.", party=party, asset=asset),
        "road-authority": gettext("This is a road of %(party)s: %(area)s.", area=area, party=party),
        "water-authority": gettext("This is water of %(party)s: %(area)s.", area=area, party=party),
        "category-in-area": gettext(
            "%(party)s does this kind of work in %(area)s.", party=party, area=place
        )
        if place
        else gettext("%(party)s does this kind of work here.", party=party),
        "nobody": gettext("No agreement covers this kind of report at this place."),
    }
    return sentences.get(because, because)


def _remarks(grounds: Mapping[str, Any]) -> list[str]:
    remarks = []
    if absent := grounds.get("standsInFor"):
        remarks.append(
            gettext(
                "It is urgent and %(absent)s is not at work now, so it is with %(party)s.",
                absent=absent,
                party=grounds.get("party"),
            )
        )
    if grounds.get("isAtBorder"):
        remarks.append(
            gettext("The place is less than 50 metres outside the municipality. We take it.")
        )
    if others := grounds.get("clashesWith"):
        remarks.append(
            gettext(
                "Other agreements say the same with another party: %(codes)s. %(why)s Change one"
                " of them.",
                codes=", ".join(others),
                why=_between_rivals(grounds.get("betweenRivals")),
            )
        )
    return remarks


def _between_rivals(decided: str | None) -> str:
    """Return what decided between agreements that clash; decisions of an older day do not say."""
    sentences: dict[str | None, str] = {
        BetweenRivals.SMALLEST_AREA.value: gettext("The smallest area came first."),
        BetweenRivals.CODE.value: gettext(
            "Their areas are of the same size, so the first name in the alphabet came first."
        ),
    }
    otherwise = gettext("The smallest area came first, then the name.")
    return str(sentences.get(decided, otherwise))


def _place(area: str | None, areas: Sequence[Mapping[str, str]]) -> str | None:
    """Return where an agreement holds as people call it.

    A team district or a lighting contract is how the municipality divides its work, and often
    called after who does it; there the village is said, where it is known.
    """
    kinds = {one["kind"] for one in areas if one["name"] == area}
    if area and kinds & _CALLED_SO_BY_PEOPLE:
        return area
    return next((one["name"] for one in areas if one["kind"] == "village"), None)


def why_words(code: str) -> str:
    """Return what was found of an agreement that was looked at."""
    sentences: dict[str, str] = {
        "covers-the-place-and-the-category": gettext("covers the place and the kind"),
        "another-category": gettext("is about another kind"),
        "another-owner": gettext("is about objects of another owner"),
        "another-area": gettext("is about another area"),
        "an-asset-of-ours-was-named": gettext("an object of ours was named"),
        "another-asset-kind": gettext("is about objects of another kind"),
        "another-answer": gettext("is about another answer"),
        "another-time": gettext("holds at another time"),
        "another-comes-first": gettext("covers it too, but another one comes first"),
        "gave-it-back": gettext("is with a party that gave it back"),
    }
    return sentences.get(code, code)
