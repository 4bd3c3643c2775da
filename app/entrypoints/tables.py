"""Every table of the house in one metadata, for migrations and for the test that compares them."""

from __future__ import annotations

import app.foundation.given_answers
import app.foundation.kept_jobs
import app.foundation.rule_changes
import app.foundation.table_changes
import app.geography.records
import app.identity.records
import app.intake.records
import app.photos.records
import app.planning.records
import app.publishing.records
import app.reception.records
import app.routing.draft_records
import app.routing.records
import app.triage.records
import app.work.notices.records
import app.work.office_records
import app.work.records  # noqa: F401  # imported for the tables they declare
from app.foundation.database import Base

METADATA = Base.metadata


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether Alembic should compare this thing: not PostGIS's tables, not the queue's."""
    if kind != "table":
        return True
    return name in METADATA.tables
