"""What a reporter adds to a report that was taken in: photos and remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.foundation.database import Transaction
from app.foundation.errors import DomainError
from app.foundation.json_value import JSONValue
from app.foundation.texts import clean_text
from app.intake.kept_answers import answers_of_case, write_answers
from app.intake.model import KeptReport
from app.intake.operations import add_remark as keep_remark
from app.intake.operations import remarks_of_reports
from app.intake.operations import report as report_with_id
from app.photos.model import Photo, StoredOriginal
from app.photos.operations.keeping import check_room, keep
from app.photos.operations.reading import photos_of_report
from app.triage.answering import check_answers
from app.triage.model import ChangedMeanwhile, Question, RetiredCategory
from app.triage.operations import category
from app.work.model import REPORTER, ActedBy, Case, DeskReason, Happening
from app.work.operations.answers_came import look_again
from app.work.operations.answers_told import tell_where_they_differ
from app.work.operations.cases import case as case_with_id
from app.work.operations.desk_list import raise_at_desk
from app.work.operations.history import write_history

#: Whoever has more to say than this had better call.
MOST_REMARKS = 30


class TooManyRemarks(DomainError):
    """So much was added to this report that nothing more is taken; call the municipality."""


def add_photos(
    transaction: Transaction,
    report: KeptReport,
    originals: Sequence[StoredOriginal],
    *,
    now: datetime,
) -> tuple[list[Photo], list[StoredOriginal]]:
    """Add photos to a report; return those asked for, and the originals that nobody needs.

    A photo that is there already is not added again, so the same request may come twice. Of a
    case that has closed the desk is told: the photo may show that it is not fixed.

    Raises:
        TooManyPhotos: there would be more than five in all.
    """
    # Whoever adds waits here for whoever adds at the same moment, and then counts again.
    case = case_with_id(transaction, report.case_id, lock=True)
    present = {photo.sha256: photo for photo in photos_of_report(transaction, report.id)}
    more: dict[str, StoredOriginal] = {}
    unneeded: list[StoredOriginal] = []
    for original in originals:
        if original.sha256 in present or original.sha256 in more:
            unneeded.append(original)
        else:
            more[original.sha256] = original
    check_room(list(present.values()), len(more))
    if more:
        kept = keep(
            transaction,
            list(more.values()),
            report_id=report.id,
            first_position=len(present),
            now=now,
        )
        present |= {photo.sha256: photo for photo in kept}
        write_history(
            transaction, case.id, Happening.PHOTO_ADDED, by=REPORTER, at=now, photos=len(kept)
        )
        if not case.is_open:
            _tell_the_desk(transaction, case, report, now=now)
    asked_for = dict.fromkeys(original.sha256 for original in originals)
    return [present[sha256] for sha256 in asked_for], unneeded


def add_remark(
    transaction: Transaction,
    report: KeptReport,
    written: str,
    *,
    now: datetime,
    by: ActedBy = REPORTER,
) -> None:
    """Add what a reporter says afterwards; the desk reads it, and reopens what is not fixed.

    The same words twice are one remark, so the same form may come twice.

    Raises:
        TooManyRemarks: there are as many already as anybody reads.
        ReportRefused: there is nothing in it, or more than 3,000 characters.
    """
    case = case_with_id(transaction, report.case_id, lock=True)
    known = remarks_of_reports(transaction, [report.id])
    if clean_text(written) in {remark.text for remark in known}:
        return
    if len(known) >= MOST_REMARKS:
        raise TooManyRemarks()
    keep_remark(transaction, report.id, written, now=now)
    write_history(transaction, case.id, Happening.REMARK_ADDED, by=by, at=now)
    _tell_the_desk(transaction, case, report, now=now)


def missing_questions(transaction: Transaction, report: KeptReport) -> tuple[Question, ...]:
    """Return the required questions that a report has no answer to, as far as they are asked."""
    if not report.missing_answers:
        return ()
    try:
        kind = category(transaction, report.category_code)
    except RetiredCategory:
        return ()
    return tuple(one for one in kind.questions if one.code in report.missing_answers)


def add_answers(
    transaction: Transaction,
    report: KeptReport,
    answers: Mapping[str, str | list[str]],
    *,
    seen: str,
    now: datetime,
) -> None:
    """Add the answers that were missing; `seen` are the codes that the form asked for.

    What the norm and the agreements say of them holds from then on.

    Raises:
        ChangedMeanwhile: other questions are missing by now than those.
        AnswersRefused: an answer is of the wrong kind.
    """
    case = case_with_id(transaction, report.case_id, lock=True)
    fresh = report_with_id(transaction, report.id)
    questions = missing_questions(transaction, fresh)
    if seen != codes_of(questions):
        raise ChangedMeanwhile()
    given: dict[str, JSONValue] = {
        code: one if isinstance(one, str) else [*one] for code, one in answers.items()
    }
    checked = check_answers(questions, given, language=fresh.language.value)
    if not checked.answers:
        return
    before = answers_of_case(transaction, case.id)
    if not fresh.joined_by.is_vouched_for:
        tell_where_they_differ(
            transaction, case, answers=checked.by_question, report=fresh.reference, now=now
        )
    write_answers(
        transaction, fresh.id, (*fresh.answers, *checked.answers), missing=checked.missing
    )
    write_history(transaction, fresh.case_id, Happening.ANSWERS_ADDED, by=REPORTER, at=now)
    if fresh.joined_by.is_vouched_for:
        look_again(transaction, case, before=before, report=fresh.reference, now=now)


def codes_of(questions: Sequence[Question]) -> str:
    """Return the codes of questions in one word, by which a form says what it asked."""
    return ",".join(one.code for one in questions)


def _tell_the_desk(
    transaction: Transaction, case: Case, report: KeptReport, *, now: datetime
) -> None:
    raise_at_desk(
        transaction, case.id, DeskReason.REMARK, details={"report": report.reference}, now=now
    )
