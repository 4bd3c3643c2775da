"""What was found, in words: in which street, at which address or thing, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from app.work.operations.office.case_filter import ALL, CaseFilter
from app.work.operations.office.finding import MOST_FOUND, FoundCases
from app.work.operations.office.listing import CaseLine
from app.work.pages.shown import object_words

#: More places than this say nothing any more.
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class LinesFound:
    """Cases that were found in one way, and where or of what that is."""

    name: str
    of: Sequence[str]
    lines: Sequence[CaseLine]
    #: A sentence, where some are left out, and the filter of the list that holds them all.
    more: str = ""
    all_of: CaseFilter | None = None


def groups_found(found: FoundCases) -> tuple[list[LinesFound], list[LinesFound]]:
    """Return what was found by place, and what was found by words; ways that found none are out."""
    with_words = LinesFound(gettext("In the words of reports"), [], found.with_words)
    by_place = [_at_place(found), _at_objects(found)]
    return [one for one in by_place if one.lines], [with_words] if with_words.lines else []


def _at_place(found: FoundCases) -> LinesFound:
    more = ""
    if found.count_at_place > len(found.at_place):
        more = gettext(
            "These are %(shown)s of %(count)s: what is open first, then the newest.",
            shown=len(found.at_place),
            count=found.count_at_place,
        )
    if not found.is_street:
        of = [one.label for one in found.addresses]
        return LinesFound(gettext("At the address"), of[:_MOST_NAMED], found.at_place, more)
    all_of = None
    reports = ngettext("%(num)s report", "%(num)s reports", found.count_at_place)
    names = list(dict.fromkeys(street for street, _ in found.streets))
    if len(names) == 1:
        name = gettext("In %(street)s: %(reports)s", street=names[0], reports=reports)
        of = [village for _, village in found.streets]
        all_of = CaseFilter(status=ALL, street=names[0]) if more else None
    else:
        name = gettext("In the street: %(reports)s", reports=reports)
        of = [", ".join(filter(None, one)) for one in found.streets]
    return LinesFound(name, of[:_MOST_NAMED], found.at_place, more, all_of)


def _at_objects(found: FoundCases) -> LinesFound:
    at = {line.case.asset_id for line in found.at_objects}
    of = [
        ", ".join(filter(None, (object_words(one.kind, one.number), one.street)))
        for one in found.objects
        if one.id in at
    ]
    more = ""
    if len(found.at_objects) == MOST_FOUND:
        more = gettext(
            "These are the first %(count)s. Add the street to find fewer.", count=MOST_FOUND
        )
    return LinesFound(gettext("At the object"), of[:_MOST_NAMED], found.at_objects, more)
