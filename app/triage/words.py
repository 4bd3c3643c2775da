"""How norms are said to people: so many working days, calendar days or hours."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from app.triage.model import NormUnit, Term


def term_words(term: Term) -> str:
    """Return a term as people say it."""
    if term.unit is NormUnit.HOURS:
        return str(ngettext("%(num)s working hour", "%(num)s working hours", term.amount))
    if term.amount == 0:
        return str(gettext("the same day"))
    if term.unit is NormUnit.CALENDAR_DAYS:
        return str(ngettext("%(num)s day", "%(num)s days", term.amount))
    return str(ngettext("%(num)s working day", "%(num)s working days", term.amount))


def unit_words(unit: NormUnit) -> str:
    """Return what a norm counts in."""
    named: dict[NormUnit, str] = {
        NormUnit.WORKING_DAYS: gettext("working days"),
        NormUnit.CALENDAR_DAYS: gettext("calendar days"),
        NormUnit.HOURS: gettext("working hours"),
    }
    return named[unit]
