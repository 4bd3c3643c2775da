"""What can be done with a web form half filled in: find, keep, send once, throw away, forget."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter
from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.photos.operations.erasing import erase_from_draft, erase_photos_of_drafts
from app.photos.operations.reading import photos_of_draft
from app.reception.model import Draft, DraftContent
from app.reception.operations import receive_report
from app.reception.rules import draft_id_of, key_digest, report_of, what_stays
from app.work.model import ActedBy

#: A form that nobody goes on with is forgotten.
UNSENT_DRAFTS_REST_FOR = timedelta(days=7)
#: So long the page that says it was sent can be opened again.
SENT_DRAFTS_REST_FOR = timedelta(days=1)

_content = TypeAdapter(DraftContent)


def find_draft(transaction: Transaction, key: str) -> Draft | None:
    """Return the draft that this key opens, if there is one."""
    row = transaction.connection.execute(
        text("SELECT id, content, changed_at, report_id FROM draft WHERE key_digest = :digest"),
        {"digest": key_digest(key)},
    ).one_or_none()
    return None if row is None else _draft(row)


def open_draft(transaction: Transaction, key: str, *, now: datetime) -> Draft:
    """Return the draft of this key, made if need be; until the commit nobody else changes it."""
    digest = key_digest(key)
    transaction.connection.execute(
        text(
            """
            INSERT INTO draft (id, key_digest, content, started_at, changed_at)
            VALUES (:id, :digest, '{}', :now, :now)
            ON CONFLICT (key_digest) DO NOTHING
            """
        ),
        {"id": draft_id_of(key), "digest": digest, "now": now},
    )
    row = transaction.connection.execute(
        text(
            "SELECT id, content, changed_at, report_id FROM draft WHERE key_digest = :digest"
            " FOR UPDATE"
        ),
        {"digest": digest},
    ).one()
    return _draft(row)


def keep_content(
    transaction: Transaction, draft: Draft, content: DraftContent, *, now: datetime
) -> None:
    """Keep what was filled in; the caller opened the draft in this transaction."""
    _write(transaction, draft.id, content, report_id=draft.report_id, now=now)


def send_draft(
    transaction: Transaction,
    draft: Draft,
    *,
    language: str,
    municipality_code: str,
    now: datetime,
    by: ActedBy | None = None,
) -> UUID:
    """Make the report of an open draft and return its id; a draft that was sent gives the same.

    `by` is whoever of the desk takes it in for its reporter.

    The report and the mark on the draft are one transaction, so of two that send at the same
    moment the second finds what the first one made.

    Raises:
        what `receive_report` raises; then nothing was sent and the draft is as it was.
    """
    if draft.report_id is not None:
        return draft.report_id
    received = receive_report(
        transaction,
        report_of(draft.content, language),
        municipality_code=municipality_code,
        now=now,
        draft_id=draft.id,
        draft_photos=[photo.id for photo in photos_of_draft(transaction, draft.id)],
        by=by,
    )
    _write(transaction, draft.id, what_stays(draft.content), report_id=received.report.id, now=now)
    return received.report.id


def throw_away(transaction: Transaction, draft: Draft) -> None:
    """Forget a draft and its photos at once, for a reporter who begins again."""
    for photo in photos_of_draft(transaction, draft.id):
        erase_from_draft(transaction, photo.id, draft_id=draft.id)
    transaction.connection.execute(text("DELETE FROM draft WHERE id = :id"), {"id": draft.id})


def forget_drafts(transaction: Transaction, *, now: datetime) -> int:
    """Forget drafts left alone for a week, and a day later those that were sent; return how many.

    The photos of those that were not sent go with them.
    """
    gone = transaction.connection.scalars(
        text(
            """
            DELETE FROM draft
            WHERE changed_at < CASE WHEN report_id IS NULL THEN CAST(:unsent AS timestamptz)
                                    ELSE CAST(:sent AS timestamptz) END
            RETURNING id
            """
        ),
        {"unsent": now - UNSENT_DRAFTS_REST_FOR, "sent": now - SENT_DRAFTS_REST_FOR},
    ).all()
    erase_photos_of_drafts(transaction, gone)
    return len(gone)


def _write(
    transaction: Transaction,
    draft_id: UUID,
    content: DraftContent,
    *,
    report_id: UUID | None,
    now: datetime,
) -> None:
    transaction.connection.execute(
        text(
            """
            UPDATE draft SET content = :content, report_id = :report_id, changed_at = :now
            WHERE id = :id
            """
        ),
        {
            "content": Jsonb(_content.dump_python(content, mode="json", exclude_defaults=True)),
            "report_id": report_id,
            "now": now,
            "id": draft_id,
        },
    )


def _draft(row: Row[Any]) -> Draft:
    return Draft(row.id, _content.validate_python(row.content), row.changed_at, row.report_id)
