"""What intake can do: keep a report, find it again, add a remark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Row, case, delete, select, text, update

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.foundation.texts import clean_text
from app.intake.kept_answers import kept_answer, told_answer
from app.intake.model import (
    Channel,
    Contact,
    JoinedBy,
    KeptAnswer,
    KeptReport,
    Language,
    NewReport,
    ReportNotFound,
    ReportRefused,
)
from app.intake.records import (
    ContactOpeningRecord,
    ContactRecord,
    RemarkRecord,
    ReportRecord,
)
from app.intake.rules import DESCRIPTION_LENGTH, ONE_LOOK, report_of_token, token_opens

_KEEP = text(
    """
    INSERT INTO report (
        id, reference, case_id, description, spot, accuracy_metres, asset_id, category_code,
        category_chosen_by, category_certainty, is_danger, answers, channel, language,
        token_generation, observed_at, received_at, is_demo, joined_by, answered, missing_answers)
    VALUES (
        :id, :reference, :case_id, :description,
        ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), :accuracy_metres, :asset_id,
        :category_code, :category_chosen_by, :category_certainty, :is_danger, :answers, :channel,
        :language, 1, :observed_at, :received_at, :is_demo,
        :joined_by, :answered, :missing)
    """
)

REPORTS = """
    SELECT id, reference, case_id, description, ST_X(spot) AS longitude, ST_Y(spot) AS latitude,
           category_code, category_chosen_by, category_certainty, channel, language, is_danger,
           received_at, token_generation, joined_by, answered, missing_answers
    FROM report
"""


def keep_report(
    transaction: Transaction,
    new: NewReport,
    *,
    report_id: UUID,
    reference: str,
    case_id: UUID,
    category_code: str,
    category_chosen_by: str,
    category_certainty: float,
    now: datetime,
    joined_by: JoinedBy = JoinedBy.OPENED,
    answers: Sequence[KeptAnswer] = (),
    missing_answers: Sequence[str] = (),
    is_demo: bool = False,
) -> KeptReport:
    """Keep what a person handed in, with the contact details in a table of their own."""
    transaction.write(
        _KEEP,
        {
            "id": report_id,
            "reference": reference,
            "case_id": case_id,
            "description": new.description,
            "longitude": new.longitude,
            "latitude": new.latitude,
            "accuracy_metres": new.accuracy_metres,
            "asset_id": new.asset_id,
            "category_code": category_code,
            "category_chosen_by": category_chosen_by,
            "category_certainty": category_certainty,
            "is_danger": new.is_danger,
            "answers": Jsonb({**new.answers, **new.place_said}),
            "answered": Jsonb([told_answer(one) for one in answers]),
            "missing": Jsonb(list(missing_answers)),
            "channel": new.channel.value,
            "language": new.language.value,
            "observed_at": new.observed_at,
            "received_at": now,
            "is_demo": is_demo,
            "joined_by": joined_by.value,
        },
    )
    if not new.contact.is_empty:
        _keep_contact(transaction, report_id, new.contact, now)
    return KeptReport(
        id=report_id,
        reference=reference,
        case_id=case_id,
        description=new.description,
        longitude=new.longitude,
        latitude=new.latitude,
        category_code=category_code,
        category_chosen_by=category_chosen_by,
        category_certainty=category_certainty,
        channel=new.channel,
        language=new.language,
        is_danger=new.is_danger,
        received_at=now,
        token_generation=1,
        joined_by=joined_by,
        answers=tuple(answers),
        missing_answers=tuple(missing_answers),
    )


def report_with_token(transaction: Transaction, token: str, *, secret_key: str) -> KeptReport:
    """Return the report that `token` opens.

    Raises:
        ReportNotFound: the token is not one, or no longer opens anything.
    """
    report_id = report_of_token(token)
    if report_id is None:
        raise ReportNotFound()
    kept = report(transaction, report_id)
    if not token_opens(secret_key, token, kept.id, kept.token_generation):
        raise ReportNotFound()
    return kept


def report(transaction: Transaction, report_id: UUID) -> KeptReport:
    """Return the report with this id.

    Raises:
        ReportNotFound: there is none.
    """
    row = transaction.connection.execute(
        text(REPORTS + " WHERE id = :id"), {"id": report_id}
    ).one_or_none()
    if row is None:
        raise ReportNotFound()
    return kept_report(row)


def reports_of_case(transaction: Transaction, case_id: UUID) -> Sequence[KeptReport]:
    """Return the reports of a case, the first one first."""
    rows = transaction.connection.execute(
        text(REPORTS + " WHERE case_id = :case_id ORDER BY received_at, id"), {"case_id": case_id}
    )
    return [kept_report(row) for row in rows]


def first_descriptions(transaction: Transaction, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return what the first reporter of each case wrote, for lists that staff see."""
    rows = transaction.connection.execute(
        text(
            """
            SELECT DISTINCT ON (case_id) case_id, description FROM report
            WHERE case_id = ANY(:case_ids) ORDER BY case_id, received_at, id
            """
        ),
        {"case_ids": list(case_ids)},
    )
    return {row.case_id: row.description for row in rows}


def report_with_reference(transaction: Transaction, reference: str) -> KeptReport:
    """Return the report with this reference.

    Raises:
        ReportNotFound: there is none.
    """
    row = transaction.connection.execute(
        text(REPORTS + " WHERE reference = :reference"), {"reference": reference}
    ).one_or_none()
    if row is None:
        raise ReportNotFound()
    return kept_report(row)


def references_of(transaction: Transaction, report_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the references of these reports, by their id."""
    rows = transaction.connection.execute(
        text("SELECT id, reference FROM report WHERE id = ANY(:ids)"), {"ids": list(report_ids)}
    )
    return {row.id: row.reference for row in rows}


def descriptions_of(transaction: Transaction, references: Sequence[str]) -> dict[str, str]:
    """Return what the reporters of these reports wrote, by the reference of the report."""
    rows = transaction.connection.execute(
        text("SELECT reference, description FROM report WHERE reference = ANY(:references)"),
        {"references": list(references)},
    )
    return {row.reference: row.description for row in rows}


def reports_of_cases(transaction: Transaction, case_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return the ids of the reports of many cases in one statement, by case, the first first."""
    rows = transaction.read(_REPORTS_OF_CASES, {"case_ids": list(case_ids)})
    return {row.case_id: row.report_ids for row in rows}


_REPORTS_OF_CASES = text(
    """
    SELECT case_id, array_agg(id ORDER BY received_at, id) AS report_ids FROM report
    WHERE case_id = ANY(CAST(:case_ids AS uuid[])) GROUP BY case_id
    """
)


def case_of_report(transaction: Transaction, reference: str) -> UUID:
    """Return the case that the report with this reference belongs to.

    Raises:
        ReportNotFound: there is no such report.
    """
    found: UUID | None = transaction.connection.execute(
        text("SELECT case_id FROM report WHERE reference = :reference"), {"reference": reference}
    ).scalar_one_or_none()
    if found is None:
        raise ReportNotFound()
    return found


def move_reports(transaction: Transaction, *, from_case: UUID, to_case: UUID) -> int:
    """Let the reports of one case belong to another, for staff say so; return how many moved.

    A report that came to the first case by itself is not vouched for by that: whoever joins a
    case before it is joined to another would see what is not theirs.
    """
    by_itself = ReportRecord.joined_by.in_([JoinedBy.SAME_ASSET, JoinedBy.REPORTER])
    moved = transaction.connection.execute(
        update(ReportRecord)
        .where(ReportRecord.case_id == from_case)
        .values(
            case_id=to_case,
            joined_by=case((by_itself, ReportRecord.joined_by), else_=JoinedBy.STAFF.value),
        )
        .returning(ReportRecord.id)
    )
    return len(moved.all())


def add_remark(transaction: Transaction, report_id: UUID, written: str, *, now: datetime) -> None:
    """Keep what a reporter adds afterwards.

    Raises:
        ReportRefused: there is nothing in it, or more than 3,000 characters.
    """
    cleaned = clean_text(written)
    if not 1 <= len(cleaned) <= DESCRIPTION_LENGTH:
        raise ReportRefused("Write between 1 and 3,000 characters.")
    transaction.session.add(
        RemarkRecord(id=new_id(), report_id=report_id, text=cleaned, written_at=now)
    )


def remarks_of_reports(
    transaction: Transaction, report_ids: Sequence[UUID]
) -> Sequence[RemarkRecord]:
    """Return what the reporters of these reports added afterwards, oldest first."""
    return transaction.session.scalars(
        select(RemarkRecord)
        .where(RemarkRecord.report_id.in_(report_ids))
        .order_by(RemarkRecord.written_at)
    ).all()


def open_contact(
    transaction: Transaction, report_id: UUID, *, account_id: UUID, now: datetime
) -> Contact:
    """Return how to reach the reporter, for somebody who may see that; it is logged that they did.

    Who loads the page again within `ONE_LOOK` looks once.

    Raises:
        ReportNotFound: there is no such report.
    """
    report(transaction, report_id)
    transaction.connection.execute(
        _NOTE_OPENING,
        {
            "report_id": report_id,
            "account_id": account_id,
            "now": now,
            "since": now - ONE_LOOK,
        },
    )
    kept = transaction.session.get(ContactRecord, report_id)
    if kept is None:
        return Contact()
    return Contact(kept.name, kept.email, kept.phone, wants_to_hear=kept.wants_to_hear)


_NOTE_OPENING = text(
    """
    INSERT INTO contact_opening (id, report_id, account_id, opened_at)
    SELECT gen_random_uuid(), CAST(:report_id AS uuid), CAST(:account_id AS uuid),
           CAST(:now AS timestamptz)
    WHERE NOT EXISTS (
        SELECT 1 FROM contact_opening
        WHERE report_id = :report_id AND account_id = :account_id AND opened_on = 'case'
          AND opened_at > :since AND opened_at <= :now)
    """
)


def forget_contact_openings(transaction: Transaction, *, before: datetime) -> int:
    """Forget who opened contact details before this moment; return how many openings went."""
    gone = transaction.connection.execute(
        delete(ContactOpeningRecord)
        .where(ContactOpeningRecord.opened_at < before)
        .returning(ContactOpeningRecord.id)
    )
    return len(gone.all())


def cases_with_contacts(transaction: Transaction) -> Sequence[UUID]:
    """Return the cases with a reporter who can still be reached; each once."""
    return transaction.session.scalars(
        select(ReportRecord.case_id)
        .join(ContactRecord, ContactRecord.report_id == ReportRecord.id)
        .distinct()
    ).all()


def contacts_of_cases(transaction: Transaction, case_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return the reports of these cases whose reporter can still be reached."""
    return transaction.session.scalars(
        select(ContactRecord.report_id)
        .join(ReportRecord, ReportRecord.id == ContactRecord.report_id)
        .where(ReportRecord.case_id.in_(case_ids))
    ).all()


def erase_contacts(transaction: Transaction, report_ids: Sequence[UUID]) -> None:
    """Erase the contact details of these reports."""
    transaction.connection.execute(
        delete(ContactRecord).where(ContactRecord.report_id.in_(report_ids))
    )


_KEEP_CONTACT = text(
    """
    INSERT INTO contact (report_id, name, email, phone, wants_to_hear, kept_at)
    VALUES (:report_id, :name, :email, :phone, :wants_to_hear, :now)
    """
)


def _keep_contact(
    transaction: Transaction, report_id: UUID, contact: Contact, now: datetime
) -> None:
    transaction.write(
        _KEEP_CONTACT,
        {
            "report_id": report_id,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "wants_to_hear": contact.wants_to_hear,
            "now": now,
        },
    )


def kept_report(row: Row[Any]) -> KeptReport:
    """Return the report that a row of `REPORTS` tells of."""
    return KeptReport(
        id=row.id,
        reference=row.reference,
        case_id=row.case_id,
        description=row.description,
        longitude=row.longitude,
        latitude=row.latitude,
        category_code=row.category_code,
        category_chosen_by=row.category_chosen_by,
        category_certainty=row.category_certainty,
        channel=Channel(row.channel),
        language=Language(row.language),
        is_danger=row.is_danger,
        received_at=row.received_at,
        token_generation=row.token_generation,
        joined_by=JoinedBy(row.joined_by),
        answers=tuple(kept_answer(one) for one in row.answered),
        missing_answers=tuple(row.missing_answers),
    )
