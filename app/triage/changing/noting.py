"""Notes who changed a kind of report or a question, from what to what, in words of the glossary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.triage.changing.model import KeptCategory, KeptQuestion
from app.triage.kept_rows import kept_options
from app.triage.model import StricterNorm, Term

CATEGORY = "category"
QUESTION = "question"


def code_of_noted_question(category: str, question: str) -> str:
    """Return the code by which a question is noted: one of its category's."""
    return f"{category}/{question}"


def note_changes(
    transaction: Transaction,
    before: Mapping[str, KeptCategory],
    after: Mapping[str, KeptCategory],
    *,
    by: ChangedBy,
    at: datetime,
) -> None:
    """Note every kind and every question that is another one after than before."""
    for code, now in after.items():
        was = before.get(code)
        told_before, told_after = told_category(was) if was else None, told_category(now)
        if told_before is not None:
            _leave_out_what_stayed(told_before, told_after)
        note_rule_change(
            transaction,
            what=CATEGORY,
            code=code,
            by=by,
            at=at,
            before=told_before,
            after=told_after,
        )
        asked = {one.question.code: one for one in was.questions} if was else {}
        for one in now.questions:
            earlier = asked.get(one.question.code)
            note_rule_change(
                transaction,
                what=QUESTION,
                code=code_of_noted_question(code, one.question.code),
                by=by,
                at=at,
                before=told_question(earlier) if earlier else None,
                after=told_question(one),
            )


def _leave_out_what_stayed(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Leave only the keywords that went and came: nobody finds one new word among sixty."""
    for part in ("keywordsNl", "keywordsEn"):
        went, came = set(before.get(part, ())), set(after.get(part, ()))
        for told, other in ((before, came), (after, went)):
            if part in told:
                told[part] = [one for one in told[part] if one not in other]


def told_category(one: KeptCategory) -> dict[str, Any]:
    """Return a kind as it is noted, without its questions."""
    told: dict[str, Any] = {
        "nameNl": one.name.nl,
        "nameEn": one.name.en,
        "position": one.position,
        "isRetired": one.is_retired,
    }
    facts = one.facts
    if facts is None:
        return told
    advice, danger = facts.danger_advice, facts.norm.danger_term
    return {
        **told,
        "norm": _told_term(facts.norm.term),
        "dangerNorm": _told_term(danger) if danger else None,
        "stricterNorms": sorted(map(_told_stricter, facts.norm.stricter), key=str),
        "dangerTextNl": advice.text.nl if advice else None,
        "dangerTextEn": advice.text.en if advice else None,
        "dangerPhone": advice.phone if advice else None,
        "assetKind": facts.asset_kind,
        "joinGroup": facts.join_group,
        "joinWithinMetres": facts.join_within_metres,
        "publicVisibility": facts.public_visibility.value,
        "isChecked": facts.is_checked,
        **{
            f"keywords{language.capitalize()}": sorted(
                f"{one.words} ^{one.weight:g}" for one in facts.keywords if one.language == language
            )
            for language in ("nl", "en")
        },
    }


def told_question(one: KeptQuestion) -> dict[str, Any]:
    """Return a question as it is noted."""
    question = one.question
    return {
        "questionKind": question.kind.value,
        "textNl": question.text.nl,
        "textEn": question.text.en,
        "phone": question.phone,
        "isRequired": question.is_required,
        "isPrivate": question.is_private,
        "options": kept_options(question.options),
        "position": one.position,
        "isRetired": question.is_retired,
    }


def _told_term(term: Term) -> dict[str, Any]:
    return {"amount": term.amount, "unit": term.unit.value}


def _told_stricter(one: StricterNorm) -> dict[str, Any]:
    return {
        **_told_term(one.term),
        "assetKind": one.asset_kind,
        "question": one.question,
        "answer": one.answer,
    }
