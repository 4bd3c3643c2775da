"""An agreement as people read it: in a list, and on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale, gettext

from app.foundation.windows import windows_written
from app.geography.words import area_kind_words, asset_kind_words
from app.routing.asked import Asked
from app.routing.operations.listing import ListedAgreement
from app.routing.pages.answers_shown import answer_remarks, answers_written
from app.routing.pages.typed import day_words


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement as a row of a list; `remarks` are what is wrong with it."""

    code: str
    party: str
    category: str
    place: str
    conditions: list[str]
    priority: int
    period: str
    remarks: list[str]


def agreement_line(listed: ListedAgreement, asked: Asked) -> AgreementLine:
    """Return an agreement in the words of its reader, with what reports are asked today."""
    one = listed.agreement
    language = str(get_locale() or "nl")
    category = listed.category_en if language.startswith("en") else listed.category_nl
    if one.area is None:
        place = gettext("Objects of %(owner)s", owner=listed.owner_name)
    else:
        place = f"{area_kind_words(one.area[0])}: {listed.area_name or one.area[1]}"
    remarks = []
    if listed.party_has_ended:
        remarks.append(gettext("This party has ended: nothing goes to it."))
    if not listed.area_is_there:
        remarks.append(gettext("There is no such area today: it covers nothing."))
    remarks += answer_remarks(asked, one)
    return AgreementLine(
        code=one.code,
        party=one.party.name,
        category=category or gettext("Everything"),
        place=place,
        conditions=[
            *([asset_kind_words(one.asset_kind)] if one.asset_kind else []),
            *windows_written(one.windows, language=language),
            *answers_written(asked, one),
        ],
        priority=one.priority,
        period=_period(listed.valid_from, listed.valid_until),
        remarks=remarks,
    )


def _period(begins: date, ends: date | None) -> str:
    if ends is None:
        return str(gettext("from %(day)s", day=day_words(begins)))
    if ends < begins:
        return str(gettext("taken back: it holds on no day"))
    return str(gettext("%(begins)s to %(ends)s", begins=day_words(begins), ends=day_words(ends)))
