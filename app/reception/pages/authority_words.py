"""Whose a place is that is not ours, in words for whoever reports there."""

from __future__ import annotations

from flask_babel import gettext

from app.reception.authority import Authority
from app.routing.model import Because


def whose_words(authority: Authority) -> str:
    """Return in a sentence whose it is, as far as the rules know why."""
    party = authority.name
    sentences: dict[Because | None, str] = {
        Because.ROAD_AUTHORITY: gettext("This road belongs to %(party)s.", party=party),
        Because.WATER_AUTHORITY: gettext("This water belongs to %(party)s.", party=party),
        Because.ASSET_OWNER: gettext("This object belongs to %(party)s.", party=party),
    }
    otherwise = gettext("%(party)s handles reports of this kind here.", party=party)
    return str(sentences.get(authority.because, otherwise))


def passed_on_words(authority: Authority) -> str:
    """Return whose it is, that it was passed on, and that they cannot answer whoever reported."""
    passed_on = gettext("We passed your report on to them.")
    return f"{whose_words(authority)} {passed_on} {silence_words()}"


def silence_words() -> str:
    """Return why nobody hears from an authority: no contact details are passed on to it."""
    return str(
        gettext(
            "They do not get your name or contact details, so you hear nothing from them. Follow"
            " your report on its own page, or ask them yourself."
        )
    )
