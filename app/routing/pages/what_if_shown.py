"""What a draft would change, as the pages of the what-if read it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_locale, gettext

from app.foundation.database import Transaction
from app.foundation.windows import windows_of, windows_written
from app.geography.sampling import named_areas
from app.geography.words import area_kind_words, asset_kind_words
from app.identity.operations import parties
from app.routing.drafted import Draft, DraftedAgreement, Operation
from app.routing.operations.asking import asked_of_reports
from app.routing.pages.answers_shown import conditions_written
from app.triage.operations import names_of_categories


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One agreement of a draft: how it was and how it would be, in words."""

    code: str
    what: str
    was: str
    becomes: str
    is_end: bool


def changes_shown(transaction: Transaction, draft: Draft, *, today: date) -> list[ChangeShown]:
    """Return the agreements of a draft in words."""
    names = {str(one.id): one.name for one in parties(transaction)}
    told = [one for of in draft.agreements for one in (of.based_on, of.content) if one]
    kinds = names_of_categories(transaction, {one["category"] for one in told if one["category"]})
    areas = {(one.kind, one.code): one.name for one in named_areas(transaction, on=today)}
    areas |= {(of.kind, code): name for of in draft.areas for code, name in of.areas.items()}
    asked = asked_of_reports(transaction)
    language = str(get_locale() or "nl")

    def words(one: Mapping[str, Any] | None) -> str:
        if one is None:
            return ""
        kind = kinds.get(one["category"]) if one["category"] else None
        where, _, code = (one["area"] or "").partition("/")
        parts = [
            names.get(one["party"], one["party"]),
            kind.in_language(language) if kind else one["category"] or gettext("everything"),
            f"{area_kind_words(where)}: {areas.get((where, code), code)}"
            if where
            else gettext("objects of %(party)s", party=names.get(one["assetOwner"] or "", "?")),
            asset_kind_words(one["assetKind"]) if one["assetKind"] else "",
            *windows_written(windows_of(one["windows"]), language=language),
            *conditions_written(asked, one["answers"], one["category"]),
        ]
        if one["priority"]:
            parts.append(gettext("priority %(number)s", number=one["priority"]))
        return " · ".join(filter(None, parts))

    return [
        ChangeShown(
            one.code, _operation(one), words(one.based_on), words(one.content), one.content is None
        )
        for one in draft.agreements
    ]


def _operation(one: DraftedAgreement) -> str:
    said: dict[Operation, str] = {
        Operation.MAKE: gettext("New"),
        Operation.CHANGE: gettext("Changed"),
        Operation.END: gettext("Ends"),
    }
    return said[one.operation]
