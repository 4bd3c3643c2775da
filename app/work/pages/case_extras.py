"""What a case's page tells besides the case: what is near, notes, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.foundation.database import Transaction
from app.geography.model import Spot
from app.geography.operations import assets_near
from app.geography.words import asset_kind_words
from app.identity.model import Colleague
from app.planning.operations import works_near
from app.work.model import Case, WaitingFor
from app.work.operations.case_file import CaseFile
from app.work.operations.choices import Choice, ChoiceList
from app.work.operations.standard_texts import StandardText, UsedFor
from app.work.operations.weighing import Note
from app.work.pages.shown import moment_words, reader_language
from app.work.weight_words import priority_words
from app.work.weights import Priority
from app.work.words import day_words, distance_words

#: Planned works and objects this near are shown.
_NEAR_METRES = 100
_AT_MOST = 5


def what_is_near(transaction: Transaction, found: Case, *, today: date) -> dict[str, Any]:
    """Return the planned works and objects near a case; its own object is told elsewhere."""
    spot = Spot(found.longitude, found.latitude)
    works = works_near(transaction, spot, within_metres=_NEAR_METRES, on=today, at_most=_AT_MOST)
    assets = assets_near(transaction, spot, within_metres=_NEAR_METRES, kind=None, at_most=_AT_MOST)
    language = reader_language()
    return {
        "near_works": [
            {
                "title": one.work.title(language),
                "by": one.work.carried_out_by,
                "from": day_words(one.work.starts_on),
                "until": day_words(one.work.ends_on),
                "distance": distance_words(one.distance_metres),
            }
            for one in works
        ],
        "near_assets": [
            {
                "name": f"{asset_kind_words(one.asset.kind)} {one.asset.number_and_street}",
                "distance": distance_words(one.distance_metres),
            }
            for one in assets
            if one.asset.id != found.asset_id
        ],
    }


def what_can_be_chosen(file: CaseFile) -> dict[str, Any]:
    """Return the short lists and the standard texts that fit a case."""
    found, offered, texts = file.case, file.choices, file.texts
    language = reader_language()
    third_parties = [one.name.nl for one in _on(offered, ChoiceList.THIRD_PARTY)]
    cause = next((one for one in offered if one.code == found.cause), None)
    return {
        "third_parties": [{"value": one, "label": one} for one in third_parties],
        "other_party": found.waiting_party if found.waiting_party not in third_parties else None,
        "priorities": [
            {"value": one.value, "label": priority_words(one)} for one in reversed(Priority)
        ],
        "priority": priority_words(found.priority)
        if found.priority is not Priority.NORMAL
        else None,
        "causes": [
            {"value": one.code, "label": one.name.in_language(language)}
            for one in offered
            if one.list is ChoiceList.CAUSE and (not one.is_retired or one.code == found.cause)
        ],
        "cause": cause.name.in_language(language) if cause else None,
        "texts_for_waiting": _texts(texts, UsedFor.WAITING),
        "texts_for_closing": _texts(texts, UsedFor.CLOSING),
        "waits_for_third_party": found.waiting_for == WaitingFor.THIRD_PARTY.value,
    }


def causes_called(offered: Sequence[Choice]) -> dict[str, str]:
    """Return what causes are called by their code, also those that are chosen no more."""
    language = reader_language()
    return {
        one.code: one.name.in_language(language) for one in offered if one.list is ChoiceList.CAUSE
    }


def notes_shown(notes: Sequence[Note], people: Mapping[UUID, Colleague]) -> list[dict[str, Any]]:
    """Return notes as the page shows them, with who wrote them as far as that is known."""
    return [
        {
            "at": moment_words(one.written_at),
            "by": _name(people.get(one.account_id) if one.account_id else None),
            "words": one.words,
        }
        for one in notes
    ]


def _name(colleague: Colleague | None) -> str | None:
    return colleague.name if colleague else None


def _on(offered: Sequence[Choice], which: ChoiceList) -> list[Choice]:
    return [one for one in offered if one.list is which and not one.is_retired]


def _texts(texts: Sequence[StandardText], used_for: UsedFor) -> list[dict[str, str]]:
    return [
        {"value": str(one.id), "label": one.title}
        for one in texts
        if one.used_for is used_for and not one.is_retired
    ]
