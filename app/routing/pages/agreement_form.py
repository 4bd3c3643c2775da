"""The form of an agreement: what it offers, what was typed into it, and what is not right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import request
from flask_babel import get_locale, gettext

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.sentences import said
from app.foundation.texts import clean_text
from app.foundation.windows import windows_written
from app.geography.sampling import asset_kinds, named_areas
from app.geography.words import area_kind_words, asset_kind_words
from app.identity.operations import parties
from app.identity.records import Party
from app.routing.operations.agreements import LONGEST_CODE, AgreementToMake
from app.routing.operations.asking import asked_of_reports
from app.routing.operations.listing import ListedAgreement
from app.routing.pages.answers_shown import QuestionChoice, question_choices
from app.routing.pages.typed import Typed
from app.triage.operations import category_tree

_AT_MOST_ANSWERS = 100
_LONGEST = 250


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form of an agreement offers to choose from, as options of a list."""

    parties: list[dict[str, object]]
    owners: list[dict[str, object]]
    categories: list[dict[str, object]]
    areas: list[dict[str, object]]
    asset_kinds: list[dict[str, object]]
    questions: list[QuestionChoice]


def choices(transaction: Transaction, *, today: date) -> Choices:
    """Return what can be chosen today."""
    working: list[dict[str, object]] = [
        {"value": one.code, "label": one.name} for one in parties(transaction, on=today)
    ]
    return Choices(
        parties=working,
        owners=working,
        categories=category_choices(transaction),
        areas=area_choices(transaction, today=today),
        asset_kinds=[
            {"value": kind, "label": asset_kind_words(kind)} for kind in asset_kinds(transaction)
        ],
        questions=question_choices(asked_of_reports(transaction)),
    )


def category_choices(transaction: Transaction) -> list[dict[str, object]]:
    """Return main categories, each with those below it, as groups of a list."""
    language = str(get_locale() or "nl")
    return [
        {
            "label": main.name.in_language(language),
            "options": [
                {
                    "value": main.code,
                    "label": gettext("All of %(name)s", name=main.name.in_language(language)),
                },
                *(
                    {"value": inner.code, "label": inner.name.in_language(language)}
                    for inner in main.categories
                ),
            ],
        }
        for main in category_tree(transaction).main_categories
    ]


def area_choices(transaction: Transaction, *, today: date) -> list[dict[str, object]]:
    """Return the areas of today, as groups of a list by their kind."""
    groups: dict[str, list[dict[str, object]]] = {}
    for area in named_areas(transaction, on=today):
        groups.setdefault(area.kind, []).append(
            {"value": f"{area.kind}/{area.code}", "label": area.name}
        )
    return [{"label": area_kind_words(kind), "options": some} for kind, some in groups.items()]


def values_of(listed: ListedAgreement) -> dict[str, str]:
    """Return an agreement as the fields of its form hold it."""
    one = listed.agreement
    language = str(get_locale() or "nl")
    return {
        "code": one.code,
        "party": one.party.code,
        "category": one.category_code or "",
        "area": "/".join(one.area) if one.area else "",
        "owner": listed.owner_code or "",
        "assetKind": one.asset_kind or "",
        "windows": "\n".join(windows_written(one.windows, language=language)),
        "answers": "\n".join(
            f"{question}={answer}"
            for question, some in one.answers.items()
            for answer in sorted(some)
        ),
        "priority": str(one.priority),
        "validFrom": listed.valid_from.isoformat(),
        "validUntil": listed.valid_until.isoformat() if listed.valid_until else "",
    }


def read_agreement(
    transaction: Transaction, typed: Typed, *, code: str | None
) -> AgreementToMake | None:
    """Return the agreement that was typed, or None with the reasons in `typed.errors`.

    `code` is that of the one that is changed; a new one may leave it out, and gets one of its own.
    """
    by_code = {party.code: party for party in parties(transaction)}
    party = _party(typed, "party", by_code, gettext("Choose a party from the list."))
    owner_code = typed.text("owner", most=100)
    owner = by_code.get(owner_code)
    if owner_code and owner is None:
        typed.errors["owner"] = gettext("Choose a party from the list.")
    category = typed.text("category", most=100) or None
    kind, slash, area_code = typed.text("area", most=200).partition("/")
    area = (kind, area_code) if slash else None
    if (area is None) == (not owner_code):
        typed.errors["area"] = gettext("Choose an area, or the owner of objects: one of both.")
    asset_kind = typed.text("assetKind", most=60) or None
    windows = typed.windows("windows")
    answers = _answers(typed)
    priority = typed.number("priority")
    valid_from = typed.day("validFrom")
    valid_until = typed.day("validUntil", required=False)
    given = typed.text("code", most=LONGEST_CODE)
    if typed.errors or party is None or valid_from is None:
        return None
    return AgreementToMake(
        code=code or given or _code(party.code, category, area_code or owner_code),
        party_id=party.id,
        category_code=category,
        area=area,
        asset_owner_id=_id(owner),
        valid_from=valid_from,
        valid_until=valid_until,
        priority=priority,
        asset_kind=asset_kind,
        answers=answers,
        windows=windows,
    )


def say_errors(typed: Typed, errors: Sequence[FieldError]) -> None:
    """Put what an operation refused beside the fields, in the reader's language."""
    sentences: dict[str, str] = {
        "missing": gettext("Use small letters, digits and hyphens, such as lamps-evening."),
        "taken": gettext("There is an agreement with this name already. Choose another one."),
        "reserved": gettext("This word is the address of a page. Choose another one."),
        "unknown-party": gettext("Choose a party from the list."),
        "ended-party": gettext("This party has ended: nothing new goes to it. Choose another one."),
        "unknown-category": gettext("Choose a kind from the list."),
        "unknown-area": gettext("This area is not there at that time. Choose one from the list."),
        "area-or-owner": gettext("Choose an area, or the owner of objects: one of both."),
        "out-of-range": gettext("Write a number from -1000 to 1000."),
        "not-asked": gettext(
            "Reports of this kind are not asked one of these questions. Choose others."
        ),
        "not-chosen": gettext("Choose answers from the list."),
        "no-such-answer": gettext("Choose answers from the list."),
        "too-early": gettext("Choose a later day: it ends after it begins, and no day is past."),
        "decided": gettext("Reports went by this agreement until later. Choose a later day."),
    }
    for one in errors:
        typed.errors.setdefault(one.field, sentences.get(one.code, said(one.detail, gettext)))


def _party(typed: Typed, name: str, by_code: dict[str, Party], missing: str) -> Party | None:
    party = by_code.get(typed.text(name, most=100))
    if party is None:
        typed.errors[name] = missing
    return party


def _answers(typed: Typed) -> dict[str, frozenset[str]]:
    """Return the answers that were chosen: the code of a question → those that count."""
    chosen = [clean_text(one) for one in request.form.getlist("answers")]
    typed.values["answers"] = "\n".join(chosen[:_AT_MOST_ANSWERS])
    answers: dict[str, frozenset[str]] = {}
    for one in filter(None, chosen):
        question, _, answer = one.partition("=")
        if not question or not answer or len(one) > _LONGEST or len(chosen) > _AT_MOST_ANSWERS:
            typed.errors["answers"] = gettext("Choose answers from the list.")
            return {}
        answers[question] = answers.get(question, frozenset()) | {answer}
    return answers


def _code(party: str, category: str | None, place: str) -> str:
    """Return a code of an agreement that was given none, from what it is about."""
    words = "-".join(filter(None, (party, category, place))).lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:LONGEST_CODE].strip("-")


def _id(party: Party | None) -> UUID | None:
    return party.id if party else None
