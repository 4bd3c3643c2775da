"""Makes, changes, moves and retires kinds of reports; every change is noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.rule_changes import ChangedBy
from app.triage.changing.model import CategoryFacts, KeptCategory
from app.triage.changing.noting import note_changes, told_category
from app.triage.changing.reading import kept_categories, kept_category
from app.triage.changing.rules import (
    WEIGHT_OF_A_NAME,
    code_of_category,
    problems_of_category,
    problems_of_names,
)
from app.triage.kept_rows import keep_stricter_norms
from app.triage.model import (
    ANYTHING_ELSE,
    CategoryRefused,
    CategoryShownOtherwise,
    ChangedMeanwhile,
    Keyword,
    Name,
    NormUnit,
)

#: What cannot be told from the words goes there, so it and its heading are always there.
NEVER_RETIRED = frozenset({ANYTHING_ELSE, ANYTHING_ELSE.partition(".")[0]})

_DAYS = NormUnit.WORKING_DAYS.value


def add_category(
    transaction: Transaction,
    facts: CategoryFacts | Name,
    *,
    parent_code: str | None,
    by: ChangedBy,
    now: datetime,
) -> str:
    """Add a kind as the last below its heading, or a heading (with a name alone); return its code.

    Raises:
        CategoryNotFound: there is no such heading.
        CategoryRefused: something is not right, or its name is taken.
    """
    transaction.connection.execute(text("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE"))
    there = kept_categories(transaction)
    if parent_code is not None:
        kept_category(transaction, parent_code)
    beside = [one for one in there.values() if one.parent_code == parent_code]
    name = facts if isinstance(facts, Name) else facts.name
    _require(facts, beside)
    before_dot = f"{parent_code}." if parent_code else ""
    made = code_of_category(name.nl, {one.code.removeprefix(before_dot) for one in beside})
    if made is None:
        raise CategoryRefused(errors=(FieldError("name_nl", "no-letters", "It has no letters."),))
    code = before_dot + made
    transaction.connection.execute(
        _INSERT,
        {
            "code": code,
            "parent": parent_code,
            "nl": name.nl,
            "en": name.en,
            "position": max((one.position for one in beside), default=0) + 1,
            "norm": None if isinstance(facts, Name) else facts.norm.term.amount,
            "join_group": None if isinstance(facts, Name) else made,
        },
    )
    if not isinstance(facts, Name):
        _keep(transaction, code, facts, now=now)
    note_changes(transaction, {}, kept_categories(transaction, (code,)), by=by, at=now)
    return code


def change_category(
    transaction: Transaction,
    code: str,
    facts: CategoryFacts | Name,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    """Change what is said of a kind; promises that were made stay as they are.

    Raises:
        CategoryNotFound: there is none with this code.
        CategoryRefused: something is not right, or its name is taken.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    there = kept_categories(transaction)
    before = _expected(there.get(code) or kept_category(transaction, code), expected_version)
    beside = [
        one for one in there.values() if one.parent_code == before.parent_code and one.code != code
    ]
    _require(facts, beside)
    if isinstance(facts, Name) != (before.facts is None):
        raise CategoryRefused("A heading has names alone, and what is below it has a norm too.")
    wanted = (
        replace(before, name=facts)
        if isinstance(facts, Name)
        else replace(before, name=facts.name, facts=_whole(code, facts))
    )
    if told_category(wanted) == told_category(before):
        return
    _take_version(transaction, code, expected_version, now=now)
    if isinstance(facts, Name):
        transaction.connection.execute(
            text("UPDATE category SET name_nl = :nl, name_en = :en WHERE code = :code"),
            {"nl": facts.nl, "en": facts.en, "code": code},
        )
    else:
        _keep(transaction, code, facts, now=now)
    _note(transaction, before, by=by, now=now)
    seen_as = before.facts.public_visibility if before.facts else None
    if not isinstance(facts, Name) and facts.public_visibility is not seen_as:
        transaction.tell(CategoryShownOtherwise(code, now))


def retire_category(
    transaction: Transaction, code: str, *, expected_version: int, by: ChangedBy, now: datetime
) -> None:
    """Offer a kind no more; its cases stay as they are.

    Raises:
        CategoryNotFound: there is none with this code.
        CategoryRefused: it is the one that is always there.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    if code in NEVER_RETIRED:
        raise CategoryRefused("What cannot be told from the words goes there, so it stays.")
    _set_retired(transaction, code, now, expected_version=expected_version, by=by, now=now)


def bring_back_category(
    transaction: Transaction, code: str, *, expected_version: int, by: ChangedBy, now: datetime
) -> None:
    """Offer a kind again.

    Raises:
        CategoryNotFound: there is none with this code.
        ChangedMeanwhile: somebody else changed it since version `expected_version`.
    """
    _set_retired(transaction, code, None, expected_version=expected_version, by=by, now=now)


def move_category(
    transaction: Transaction, code: str, *, earlier: bool, by: ChangedBy, now: datetime
) -> None:
    """Show a kind one place earlier or later among those beside it; at the end it stays.

    Raises:
        CategoryNotFound: there is none with this code.
    """
    # Whoever moves another at the same moment waits, so that no two get one place.
    transaction.connection.execute(text("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE"))
    there = kept_categories(transaction)
    before = there.get(code) or kept_category(transaction, code)
    order = [one.code for one in there.values() if one.parent_code == before.parent_code]
    place = order.index(code)
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    transaction.connection.execute(
        text("UPDATE category SET position = :position WHERE code = :code"),
        [{"position": number, "code": one} for number, one in enumerate(order, start=1)],
    )
    _take_version(transaction, code, before.version, now=now)
    _note(transaction, before, by=by, now=now)


def _set_retired(
    transaction: Transaction,
    code: str,
    at: datetime | None,
    *,
    expected_version: int,
    by: ChangedBy,
    now: datetime,
) -> None:
    before = _expected(kept_category(transaction, code), expected_version)
    if before.is_retired == (at is not None):
        return
    _take_version(transaction, code, expected_version, now=now)
    transaction.connection.execute(
        text("UPDATE category SET retired_at = :at WHERE code = :code"), {"at": at, "code": code}
    )
    _note(transaction, before, by=by, now=now)


def _expected(found: KeptCategory, version: int) -> KeptCategory:
    if found.version != version:
        raise ChangedMeanwhile()
    return found


def _take_version(transaction: Transaction, code: str, version: int, *, now: datetime) -> None:
    """Make the change the one that follows on `version`; another one waits, and comes too late."""
    taken = transaction.connection.execute(
        text(
            "UPDATE category SET version = version + 1, updated_at = :now"
            " WHERE code = :code AND version = :version RETURNING code"
        ),
        {"code": code, "version": version, "now": now},
    ).one_or_none()
    if taken is None:
        raise ChangedMeanwhile()


def _require(facts: CategoryFacts | Name, beside: Iterable[KeptCategory]) -> None:
    if isinstance(facts, Name):
        name, errors = facts, [*problems_of_names(facts)]
    else:
        name, errors = facts.name, [*problems_of_category(facts)]
    for field, language in (("name_nl", "nl"), ("name_en", "en")):
        words = name.in_language(language).casefold()
        if any(one.name.in_language(language).casefold() == words for one in beside):
            errors.append(FieldError(field, "taken", "Another kind is called so."))
    if errors:
        raise CategoryRefused(errors=tuple(errors))


def _note(transaction: Transaction, before: KeptCategory, *, by: ChangedBy, now: datetime) -> None:
    after = kept_categories(transaction, (before.code,))
    note_changes(transaction, {before.code: before}, after, by=by, at=now)


def _whole(code: str, facts: CategoryFacts) -> CategoryFacts:
    """Return facts as they are kept: with a group to join in, and the names among the keywords."""
    weights = {
        ("nl", facts.name.nl): WEIGHT_OF_A_NAME,
        ("en", facts.name.en): WEIGHT_OF_A_NAME,
    }
    weights.update({(one.language, one.words): one.weight for one in facts.keywords})
    return replace(
        facts,
        join_group=facts.join_group or code.partition(".")[2],
        keywords=tuple(Keyword(*key, weight) for key, weight in weights.items()),
    )


_INSERT = text(
    """
    INSERT INTO category (
        code, parent_code, name_nl, name_en, position, norm_amount, join_group)
    VALUES (:code, :parent, :nl, :en, :position, :norm, :join_group)
    """
)

_UPDATE = text(
    """
    UPDATE category SET
        name_nl = :nl, name_en = :en, norm_amount = :norm, norm_unit = :norm_unit,
        danger_norm_amount = :danger_norm, danger_norm_unit = :danger_norm_unit,
        danger_text_nl = :danger_nl, danger_text_en = :danger_en, danger_phone = :danger_phone,
        asset_kind = :asset_kind, join_group = :join_group,
        join_within_metres = :join_within_metres, public_visibility = :visibility,
        is_checked = :is_checked,
        updated_at = :now
    WHERE code = :code
    """
)

_INSERT_KEYWORD = text(
    "INSERT INTO category_keyword (category_code, language, words, weight)"
    " VALUES (:code, :language, :words, :weight)"
)


def _keep(transaction: Transaction, code: str, given: CategoryFacts, *, now: datetime) -> None:
    facts = _whole(code, given)
    advice, danger = facts.danger_advice, facts.norm.danger_term
    connection = transaction.connection
    connection.execute(
        _UPDATE,
        {
            "code": code,
            "nl": facts.name.nl,
            "en": facts.name.en,
            "norm": facts.norm.term.amount,
            "norm_unit": facts.norm.term.unit.value,
            "danger_norm": danger.amount if danger else None,
            "danger_norm_unit": danger.unit.value if danger else _DAYS,
            "danger_nl": advice.text.nl if advice else None,
            "danger_en": advice.text.en if advice else None,
            "danger_phone": advice.phone if advice else None,
            "asset_kind": facts.asset_kind,
            "join_group": facts.join_group,
            "join_within_metres": facts.join_within_metres,
            "visibility": facts.public_visibility.value,
            "is_checked": facts.is_checked,
            "now": now,
        },
    )
    connection.execute(
        text("DELETE FROM category_keyword WHERE category_code = :code"), {"code": code}
    )
    connection.execute(
        _INSERT_KEYWORD,
        [
            {
                "code": code,
                "language": one.language,
                "words": one.words,
                "weight": one.weight,
            }
            for one in facts.keywords
        ],
    )
    keep_stricter_norms(transaction, code, facts.norm.stricter)
