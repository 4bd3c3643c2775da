"""Walks the whole way of a report, in reading order and in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.identifiers import new_id
from app.foundation.json_value import JSONValue
from app.geography.model import MUNICIPALITY, Located, OutsideServiceArea, Spot
from app.geography.operations import brought_inside, locate
from app.geography.outline import may_be_ours
from app.intake.kept_answers import answers_of_case
from app.intake.model import JoinedBy, NewReport
from app.intake.operations import keep_report
from app.intake.rules import new_reference
from app.photos.model import StoredOriginal
from app.photos.operations.keeping import attach_to_report, keep
from app.reception.joining import Known, known_case
from app.reception.model import ReceivedReport
from app.routing.calendar import Promise, promise
from app.routing.model import Decision
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.deciding import decide_with_calendar, defect_at, keep_decision
from app.routing.rules import cannot_wait
from app.triage.answering import check_answers
from app.triage.model import CategoryDecision, ChosenBy
from app.triage.norms import norms_of_categories
from app.triage.operations import choose_category
from app.work.model import REPORTER, SYSTEM, ActedBy, Case, DeskReason
from app.work.operations.answers_told import tell_where_they_differ
from app.work.operations.at_asset import secret_case_at_asset
from app.work.operations.cases import (
    ResponsibleParty,
    join_report,
    open_case,
)
from app.work.operations.clock import promise_of
from app.work.operations.nearby import cases_near

#: Why a report that joined a case has no routing decision of its own.
JOINED = "joined"


def receive_report(
    transaction: Transaction,
    new: NewReport,
    *,
    municipality_code: str,
    now: datetime,
    originals: Sequence[StoredOriginal] = (),
    draft_id: UUID | None = None,
    draft_photos: Sequence[UUID] = (),
    is_demo: bool = False,
    by: ActedBy | None = None,
) -> ReceivedReport:
    """Take a report in: keep it, say what it is, find or open its case, and who has it.

    `by` is whoever of the desk takes it in for its reporter.

    Raises:
        NotAPlace, OutsideServiceArea: no point on earth, or not ours.
        UnknownAsset, UnknownCategory, RetiredCategory: it names something that is not there.
        AnswersRefused: an answer is to no question of its category, or of the wrong kind.
        SameAsUnknown, CannotJoin: it cannot be the same as the case it names.
    """
    located = located_here(
        transaction,
        Spot(new.longitude, new.latitude),
        asset_id=new.asset_id,
        municipality_code=municipality_code,
        now=now,
    )
    decided = choose_category(transaction, code=new.category, words=new.description)
    category = decided.category
    checked = check_answers(category.all_questions, new.answers, language=new.language.value)
    terms = category.norm.terms(
        danger=new.is_danger,
        answers=checked.by_question,
        asset_kind=located.asset.kind if located.asset else None,
    )

    report_id, reference = new_id(), new_reference()
    decision: Decision | None = None
    known = known_case(transaction, new, located, decided)
    joined_by = known.joined_by if known else None
    if known is not None and joined_by is not None:
        case = join_report(
            transaction,
            known.case,
            report_id=report_id,
            is_danger=new.is_danger,
            promised=_promised_to_joined(
                transaction, known.case, located, is_danger=new.is_danger, now=now
            ),
            now=now,
            by=by or REPORTER,
        )
        tell_where_they_differ(
            transaction, case, answers=checked.by_question, report=reference, now=now
        )
    else:
        defect = defect_at(
            located,
            category.code,
            at=now,
            is_urgent=cannot_wait(terms, danger=new.is_danger),
            answers=checked.by_question,
        )
        decision, calendar = decide_with_calendar(transaction, defect)
        promised = promise(now, terms, calendar)
        case = open_case(
            transaction,
            reference=reference,
            category_code=category.code,
            category_group=category.join_group,
            public_visibility=category.public_visibility.value,
            longitude=located.place.longitude,
            latitude=located.place.latitude,
            asset_id=new.asset_id,
            party=responsible(decision),
            is_danger=new.is_danger,
            due_at=promised.due_at,
            at_risk_at=promised.at_risk_at,
            now=now,
            desk_reasons=_desk_reasons(transaction, new, located, decided, decision, known),
            is_demo=is_demo,
            by=by or SYSTEM,
        )
        keep_decision(transaction, decision, case_id=case.id, defect=defect, now=now)
    report = keep_report(
        transaction,
        new,
        report_id=report_id,
        reference=reference,
        case_id=case.id,
        category_code=category.code,
        category_chosen_by=_chosen_by(new, decided).value,
        category_certainty=1.0 if decided.certainty is None else decided.certainty,
        now=now,
        joined_by=joined_by or JoinedBy.OPENED,
        answers=checked.answers,
        missing_answers=checked.missing,
        is_demo=is_demo,
    )
    photos = keep(transaction, originals, report_id=report_id, now=now) if originals else []
    if draft_id is not None and draft_photos:
        photos += attach_to_report(transaction, draft_photos, report_id, draft_id=draft_id)
    return ReceivedReport(
        report=report,
        case=case,
        has_joined=decision is None,
        category=category,
        party=_party(case, decision),
        areas=tuple(
            {"kind": area.kind, "code": area.code, "name": area.name} for area in located.areas
        ),
        because=decision.because.value if decision else JOINED,
        area_name=decision.area_name if decision else None,
        asset_number=located.asset.number if located.asset else None,
        photos=tuple(photos),
        due_at=case.due_at,
    )


def located_here(
    transaction: Transaction,
    spot: Spot,
    *,
    asset_id: UUID | None,
    municipality_code: str,
    now: datetime,
) -> Located:
    """Return what is known about a place in our municipality, or a little outside it.

    While the outline of the municipality is not among the areas nobody can say what is outside:
    then every place is taken that is not known to be of another one.

    Raises:
        UnknownAsset: an asset is named and there is none with this id.
        OutsideServiceArea: naming the municipality where it is, when that is known.
    """
    today = now.astimezone(LOCAL_ZONE).date()
    located = locate(transaction, spot, asset_id=asset_id, on=today)
    codes = {area.code: area.name for area in located.areas if area.kind == MUNICIPALITY}
    if municipality_code in codes:
        return located
    inside = brought_inside(transaction, located, municipality_code=municipality_code, on=today)
    if inside.is_at_border:
        return inside
    if may_be_ours(transaction, inside, municipality_code=municipality_code, on=today):
        return inside
    detail = "This place is outside the municipality, so we cannot take the report."
    if codes:
        detail = f"This place is in {next(iter(codes.values()))}; report it there."
    elif inside.inside_when_swapped:
        detail = (
            "This place is outside the municipality. Longitude and latitude seem to have changed"
            " places: longitude comes first."
        )
    raise OutsideServiceArea(
        detail,
        errors=(FieldError("location", "outside-service-area", detail),),
        areas=located.areas,
    )


def responsible(decision: Decision) -> ResponsibleParty | None:
    """Return the decided party as work wants it."""
    party = decision.party
    return ResponsibleParty(party.id, party.code, party.name, party.kind) if party else None


def _promised_to_joined(
    transaction: Transaction, joined: Case, located: Located, *, is_danger: bool, now: datetime
) -> Promise:
    """Return what a case is promised: by its own kind, if it turns out to be a danger now.

    What whoever joins it answered does not count: see
    `docs/decisions/who-may-join-and-what-they-see.md`.
    """
    if joined.is_danger or not is_danger:
        return promise_of(joined)
    terms = norms_of_categories(transaction, {joined.category_code})[joined.category_code].terms(
        danger=True,
        answers=answers_of_case(transaction, joined.id),
        asset_kind=located.asset.kind if located.asset else None,
    )
    return promise(now, terms, working_calendar(transaction, since=now))


def _desk_reasons(
    transaction: Transaction,
    new: NewReport,
    located: Located,
    decided: CategoryDecision,
    decision: Decision,
    known: Known | None,
) -> dict[DeskReason, Mapping[str, JSONValue]]:
    """Return why a person should look at a new case, with what they need to know."""
    reasons: dict[DeskReason, Mapping[str, JSONValue]] = {}
    if decision.party is None:
        reasons[DeskReason.NOBODY_RESPONSIBLE] = {}
    if decided.is_unsure:
        reasons[DeskReason.UNSURE_CATEGORY] = {"certainty": decided.certainty}
    if known is not None:
        # The reporter points at it, and it closed since, is of another kind or no stranger's.
        reasons[DeskReason.POSSIBLE_DUPLICATE] = {"case": known.case.reference}
    elif located.asset is not None:
        group = decided.category.join_group
        secret = secret_case_at_asset(transaction, located.asset.id, category_group=group)
        if secret is not None:
            reasons[DeskReason.POSSIBLE_DUPLICATE] = {"case": secret}
    else:
        near = cases_near(
            transaction,
            longitude=new.longitude,
            latitude=new.latitude,
            within_metres=decided.category.join_within_metres,
            category_group=decided.category.join_group,
            at_most=1,
        )
        if near:
            reasons[DeskReason.POSSIBLE_DUPLICATE] = {
                "case": near[0].reference,
                "metres": round(near[0].distance_metres),
            }
    return reasons


def _chosen_by(new: NewReport, decided: CategoryDecision) -> ChosenBy:
    by_desk = new.is_taken_by_staff and decided.chosen_by is ChosenBy.REPORTER
    return ChosenBy.DESK if by_desk else decided.chosen_by


def _party(case: Case, decision: Decision | None) -> Mapping[str, Any] | None:
    if decision is not None and decision.party is not None:
        party = decision.party
        return {"code": party.code, "name": party.name, "kind": party.kind}
    if case.party_name is None:
        return None
    return {"code": case.party_code, "name": case.party_name, "kind": case.party_kind}
