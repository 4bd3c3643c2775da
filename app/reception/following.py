"""Where a report stands, as whoever has its link may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.foundation.database import Transaction
from app.intake.model import JoinedBy, KeptReport
from app.intake.operations import remarks_of_reports, report_with_token
from app.photos.model import Photo
from app.photos.operations.reading import photos_of_report, photos_of_tasks
from app.reception.authority import Authority, authority_of
from app.triage.model import Name
from app.triage.operations import names_of_categories
from app.work.model import Case, CaseStage, HistoryEntry, TaskStage
from app.work.operations.cases import case as case_with_id
from app.work.operations.story import story_of_report
from app.work.operations.tasks import tasks_of_case


@dataclass(frozen=True, slots=True)
class Remark:
    """What the reporter added afterwards."""

    words: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """A report with its case: what happened since it came in, the photos before and after, what
    was added.
    """

    report: KeptReport
    case: Case
    category: Name
    photos: Sequence[Photo]
    repair_photos: Sequence[Photo]
    remarks: Sequence[Remark]
    history: Sequence[HistoryEntry]
    authority: Authority | None
    #: The case it belongs to, where that is not the one it began.
    part_of: str | None
    #: Until which day the work waits, where it does.
    held_until: date | None


def follow(transaction: Transaction, token: str, *, secret_key: str) -> Followed:
    """Return where the report that `token` opens stands.

    Raises:
        ReportNotFound: the token is not one, or no longer opens anything.
    """
    return followed(transaction, report_with_token(transaction, token, secret_key=secret_key))


def followed(transaction: Transaction, report: KeptReport) -> Followed:
    """Return where this report stands."""
    case = case_with_id(transaction, report.case_id)
    names = names_of_categories(transaction, [case.category_code])
    return Followed(
        report=report,
        case=case,
        category=names[case.category_code],
        photos=photos_of_report(transaction, report.id),
        repair_photos=repair_photos_for(transaction, report, case),
        remarks=[
            Remark(kept.text, kept.written_at)
            for kept in remarks_of_reports(transaction, [report.id])
        ],
        history=story_of_report(
            transaction,
            case.id,
            report_id=report.id,
            reference=report.reference,
            received_at=report.received_at,
        ),
        authority=authority_of(transaction, case),
        part_of=_part_of(transaction, report, case),
        held_until=_held_until(transaction, case),
    )


def repair_photos_for(transaction: Transaction, report: KeptReport, case: Case) -> Sequence[Photo]:
    """Return the photos of the repair of a report's case, as far as its reporter may see them.

    Anybody can say that theirs is the same as a case: that opens no photos of a place which is
    not shown to everyone.
    """
    if not (case.is_shown_exactly or report.joined_by.is_vouched_for):
        return []
    tasks = tasks_of_case(transaction, case.id)
    repairs = photos_of_tasks(transaction, [one.id for one in tasks])
    return [photo for photos in repairs.values() for photo in photos]


def _held_until(transaction: Transaction, case: Case) -> date | None:
    """Return the last of the days until which the tasks of a waiting case wait."""
    if case.stage is not CaseStage.WAITING:
        return None
    tasks = tasks_of_case(transaction, case.id)
    held = [case.waits_until] if case.waits_until else []
    held += [one.held_until for one in tasks if one.stage is TaskStage.ON_HOLD and one.held_until]
    return max(held, default=None)


def _part_of(transaction: Transaction, report: KeptReport, case: Case) -> str | None:
    """Return the reference of the case that the report became part of, if it did."""
    if case.stage is CaseStage.MERGED and case.merged_into is not None:
        return _reference(transaction, case.merged_into)
    # What was taken off the case with its own number is a case of its own, under another.
    is_its_own = report.joined_by is JoinedBy.OPENED or case.reference == report.reference
    return None if is_its_own else case.reference


def _reference(transaction: Transaction, case_id: UUID) -> str:
    return case_with_id(transaction, case_id).reference
