"""Lets reports belong again to the case they came from, as they did."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.foundation.database import Transaction


def put_reports_back(
    transaction: Transaction, case_id: UUID, joined_by: Mapping[str, str | None]
) -> None:
    """Let these reports, by their ids, belong to a case; each with how it had joined that one."""
    transaction.connection.execute(
        text(
            """
            UPDATE report SET case_id = :case_id, joined_by = was.value #>> '{}'
            FROM jsonb_each(:joined_by) AS was WHERE report.id = CAST(was.key AS uuid)
            """
        ),
        {"case_id": case_id, "joined_by": Jsonb(dict(joined_by))},
    )
