"""A filter in words: what can be chosen, and the chips that can be taken off again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from flask_babel import format_date, gettext

from app.foundation.clock import LOCAL_ZONE
from app.geography.model import VILLAGE
from app.geography.words import area_kind_words
from app.triage.model import CategoryTree
from app.work.model import CaseStage, ClockState, WaitingFor
from app.work.operations.office.case_filter import (
    ALL,
    CLOSED,
    NOBODY_HAS,
    OPEN,
    CaseFilter,
    CaseOrder,
)
from app.work.operations.office.choices import ListChoices
from app.work.operations.office.listing import CaseLine
from app.work.pages.office.asked import CLOCKS, address_of, without
from app.work.pages.shown import place_of_line, reader_language
from app.work.weight_words import priority_words
from app.work.weights import Priority
from app.work.words import case_stage_words, channel_words, clock_words, due_words, waiting_words

Option = dict[str, object]


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a filter in words, and the address of the list without it."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A case of the list as it is read."""

    reference: str
    category_code: str
    category_name: str
    stage: str
    stage_words: str
    is_danger: bool
    is_pressing: bool
    is_overdue: bool
    is_open: bool
    due: str
    clock: str
    party: str
    place: str
    begins: str
    came: str
    reports: int
    has_photo: bool
    longitude: float
    latitude: float


def options_of(tree: CategoryTree, found: ListChoices) -> dict[str, list[Option]]:
    """Return what can be chosen in each field of the filter, by its name in the address."""
    language = reader_language()
    return {
        "status": [
            {"value": "alle", "label": gettext("All")},
            {"value": "gesloten", "label": gettext("Everything that is closed")},
            *(_option(stage.value, case_stage_words(stage)) for stage in CaseStage),
        ],
        "soort": [
            {
                "label": main.name.in_language(language),
                "options": [
                    _option(
                        main.code,
                        gettext("%(name)s: all kinds", name=main.name.in_language(language)),
                    ),
                    *(_option(one.code, one.name.in_language(language)) for one in main.categories),
                ],
            }
            for main in tree.main_categories
        ],
        "gebied": [
            {
                "label": area_kind_words(kind),
                "options": [_option(one.code, one.name) for one in found.areas[kind]],
            }
            for kind in sorted(found.areas, key=lambda kind: (kind != VILLAGE, kind))
        ],
        "uitvoerder": [
            _option(NOBODY_HAS, gettext("Nobody")),
            *(_option(party.code, party.name) for party in found.parties),
        ],
        "persoon": [
            {"label": party, "options": [_option(one.code, one.name) for one in people]}
            for party, people in found.people.items()
        ],
        "kanaal": [_option(word, label) for word, label in channel_words().items()],
        "norm": [_option(one.value, norm_words(one)) for one in CLOCKS],
        "wacht": [_option(one.value, waiting_words(one)) for one in WaitingFor],
        "prioriteit": [
            _option(one.value, priority_words(one))
            for one in (Priority.HIGH, Priority.NORMAL, Priority.LOW)
        ],
        "volgorde": [
            _option("nieuw", gettext("Newest first")),
            _option("oud", gettext("Oldest first")),
            _option("norm", gettext("Due soonest first")),
        ],
    }


def chips(wanted: CaseFilter, order: CaseOrder, options: Mapping[str, list[Option]]) -> list[Chip]:
    """Return the parts of a filter that leave something out."""
    said: list[tuple[str, str]] = []
    if wanted.status != ALL:
        said.append(("status", _status_words(wanted.status)))
    for part, field, value in (
        ("category", "soort", wanted.category),
        ("area", "gebied", wanted.area),
        ("party", "uitvoerder", wanted.party),
        ("person", "persoon", wanted.person),
        ("channel", "kanaal", wanted.channel),
        ("clock", "norm", wanted.clock),
        ("waiting_for", "wacht", wanted.waiting_for),
    ):
        if value is not None:
            said.append((part, _label(options[field], str(value))))
    if wanted.street is not None:
        said.append(("street", gettext("Street: %(street)s", street=wanted.street)))
    if wanted.priority is not None:
        word = priority_words(wanted.priority).lower()
        said.append(("priority", gettext("Priority: %(priority)s", priority=word)))
    if wanted.since is not None:
        said.append(("since", gettext("since %(day)s", day=_day(wanted.since))))
    if wanted.until is not None:
        said.append(("until", gettext("until %(day)s", day=_day(wanted.until))))
    if wanted.is_danger:
        said.append(("is_danger", gettext("Danger")))
    if wanted.has_photo:
        said.append(("has_photo", gettext("With a photo")))
    if wanted.words:
        said.append(("words", gettext("“%(words)s”", words=wanted.words)))
    return [Chip(words, address_of(without(wanted, part), order)) for part, words in said]


def norm_words(state: ClockState) -> str:
    """Return how a promise stands, also where all is well."""
    words = clock_words(state) or gettext("on time")
    return words[:1].upper() + words[1:]


def lines_shown(lines: Sequence[CaseLine], now: datetime) -> list[LineShown]:
    """Return cases as they are read.

    A hundred cases stand at a handful of stages and are due on a few days: what is said of those
    is looked up once for all of them.
    """
    language, nobody = reader_language(), gettext("Nobody")
    stages, clocks, days = cache(case_stage_words), cache(clock_words), cache(_day)
    dues: dict[tuple[date, bool], str] = {}

    def due(at: datetime) -> str:
        told = (at.astimezone(LOCAL_ZONE).date(), now > at)
        if told not in dues:
            words = due_words(at, now)
            dues[told] = words if now > at else gettext("due: %(due)s", due=words)
        return dues[told]

    def came(at: datetime) -> str:
        local = at.astimezone(LOCAL_ZONE)
        return f"{days(local.date())} {local:%H:%M}"

    return [
        LineShown(
            reference=one.case.reference,
            category_code=one.case.category_code,
            category_name=one.category_name.in_language(language),
            stage=one.case.stage.value,
            stage_words=stages(one.case.stage),
            is_danger=one.case.is_danger,
            is_pressing=one.case.priority is Priority.HIGH,
            is_overdue=one.case.is_overdue(now),
            is_open=one.case.is_open,
            due=due(one.case.due_at),
            clock=clocks(one.case.clock(now)),
            party=one.case.party_name or nobody,
            place=place_of_line(one),
            begins=one.begins,
            came=came(one.case.received_at),
            reports=one.case.report_count,
            has_photo=one.has_photo,
            longitude=one.case.longitude,
            latitude=one.case.latitude,
        )
        for one in lines
    ]


def _status_words(status: str) -> str:
    if status == OPEN:
        return str(gettext("Open"))
    if status == CLOSED:
        return str(gettext("Everything that is closed"))
    return case_stage_words(CaseStage(status))


def _label(options: Sequence[Option], value: str) -> str:
    """Return what an option is called; a code that is offered no more is told as it is."""
    for option in options:
        if option.get("value") == value:
            return str(option["label"])
        inner = option.get("options")
        if isinstance(inner, list):
            for one in inner:
                if one["value"] == value:
                    return str(one["label"])
    return value


def _option(value: str, label: str) -> Option:
    return {"value": value, "label": label}


def _day(day: date) -> str:
    return str(format_date(day, "d MMM yyyy"))
