"""Finds the case that a report belongs to, without telling anybody what they may not know."""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.geography.model import Located, Spot
from app.geography.rules import metres_between
from app.intake.model import JoinedBy, NewReport
from app.publishing.rules import may_be_known, public_spot
from app.reception.model import SameAsUnknown
from app.triage.model import CategoryDecision
from app.work.model import Case
from app.work.operations.at_asset import case_at_asset
from app.work.operations.cases import case_by_reference
from app.work.refusals import CannotJoin, CaseNotFound

#: A reporter can say "that one" of a case this far away at the most.
SAME_AS_WITHIN_METRES = 500


@dataclass(frozen=True, slots=True)
class Known:
    """The case a report may belong to, and how it joins it; None where a person has to say so."""

    case: Case
    joined_by: JoinedBy | None


def known_case(
    transaction: Transaction, new: NewReport, located: Located, decided: CategoryDecision
) -> Known | None:
    """Return the case this report belongs to, or may: at the same asset, or the one it names.

    Nobody learns by reporting that there is a case which they may not see: see
    `docs/decisions/who-may-join-and-what-they-see.md`.
    """
    if located.asset is not None:
        group = decided.category.join_group
        at_asset = case_at_asset(transaction, located.asset.id, category_group=group)
        if at_asset is not None:
            return Known(at_asset, JoinedBy.SAME_ASSET)
    if new.same_as is None:
        return None
    if new.is_taken_by_staff:
        named = _named_by_staff(transaction, new.same_as, located)
        return Known(named, JoinedBy.STAFF if named.is_open else None)
    named = _named_case(transaction, new.same_as, located)
    joins = may_join_named(named, decided, is_at_asset=located.asset is not None)
    return Known(named, JoinedBy.REPORTER if joins else None)


def may_join_named(named: Case, decided: CategoryDecision, *, is_at_asset: bool) -> bool:
    """Whether a report joins the case its reporter names, or gets one of its own.

    Two kinds are two defects, unless nobody could tell the kind of the report: then the case
    knows better. Whether a blurred case is at this very object would tell where it is.
    """
    is_its_kind = named.category_group == decided.category.join_group or decided.is_unsure
    is_no_secret = named.is_shown_exactly or (may_be_known(named) and not is_at_asset)
    return named.is_open and is_its_kind and is_no_secret


def _named_by_staff(transaction: Transaction, reference: str, located: Located) -> Case:
    """Return the case that somebody of the municipality says it is; they may see every one.

    Raises:
        SameAsUnknown: there is no such case.
        CannotJoin: it is at another object.
    """
    try:
        named = case_by_reference(transaction, reference, lock=True)
    except CaseNotFound:
        raise SameAsUnknown(
            errors=(FieldError("sameAs", "unknown-case", "There is no such case."),)
        ) from None
    if located.asset is not None and named.asset_id not in {None, located.asset.id}:
        raise CannotJoin("These are two different objects, so they are two different defects.")
    return named


def _named_case(transaction: Transaction, reference: str, located: Located) -> Case:
    """Return the case that the reporter names.

    Raises:
        SameAsUnknown: strangers know no such case, or it is far from here.
        CannotJoin: it is at another object.
    """
    unknown = SameAsUnknown(
        errors=(FieldError("sameAs", "unknown-case", "There is no such case."),)
    )
    try:
        named = case_by_reference(transaction, reference, lock=True)
    except CaseNotFound:
        raise unknown from None
    if not may_be_known(named):
        raise unknown
    # Measured from where strangers see it: from the real place, the refusals would tell it.
    if metres_between(Spot(*public_spot(named)), located.place) > SAME_AS_WITHIN_METRES:
        raise SameAsUnknown(
            "That case is too far away to be the same.",
            errors=(FieldError("sameAs", "too-far", "It is more than 500 metres away."),),
        )
    is_at_another = located.asset is not None and named.asset_id not in {None, located.asset.id}
    if is_at_another and named.is_shown_exactly:
        raise CannotJoin("These are two different objects, so they are two different defects.")
    return named
