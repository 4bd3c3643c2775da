"""The history of cases only grows, whoever tries what; and it holds nobody's words or address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.work.model import ActedBy, DeclineReason, DeskReason, WaitingFor
from app.work.operations.cases import case_by_reference
from app.work.operations.desk import close_without_work, reopen_case, settle
from app.work.operations.tasks import decline_task, hold_task, tasks_of_case
from tests.ground import Clone
from tests.makers.places import SmallMunicipality
from tests.work.conftest import Report

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOMEBODY = ActedBy("account", UUID(int=7))

_RETENTION = "straatbeeld_retention"

#: Every way in which somebody could do away with what happened.
_WAYS = [
    "UPDATE history_entry SET happening = 'closed'",
    "UPDATE history_entry SET at = now() WHERE happening = 'opened'",
    "DELETE FROM history_entry",
    "TRUNCATE history_entry",
    "TRUNCATE defect_case CASCADE",
]


@pytest.fixture
def kept(fresh_database: Clone) -> UUID:
    """A case with one thing that happened to it, committed."""
    case_id = uuid4()
    with psycopg.connect(fresh_database.url) as owner:
        owner.execute("ALTER TABLE defect_case DROP CONSTRAINT fk_defect_case_category_code")
        owner.execute(
            "INSERT INTO defect_case (id, reference, category_code, category_group, stage, spot,"
            " is_danger, report_count, received_at, due_at, changed_at, version, is_demo)"
            " VALUES (%s, 'K7MD-4QXW', 'overig.anders', 'overig', 'assigned',"
            " ST_SetSRID(ST_MakePoint(4.3, 51.6), 4326), false, 1, now(), now(), now(), 1, false)",
            (case_id,),
        )
        owner.execute(
            "INSERT INTO history_entry (case_id, at, happening, actor_kind, details)"
            " VALUES (%s, now(), 'opened', 'system', '{}')",
            (case_id,),
        )
    return case_id


@pytest.fixture
def retention(fresh_database: Clone, kept: UUID) -> Iterator[psycopg.Connection[Any]]:
    """A connection that acts as the retention role, which an administrator made."""
    with psycopg.connect(fresh_database.superuser_url, autocommit=True) as connection:
        # A test beside this one may have made it: roles belong to the whole server.
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(f"CREATE ROLE {_RETENTION} NOLOGIN".encode())
        connection.execute(
            f"GRANT SELECT, UPDATE, DELETE ON history_entry TO {_RETENTION}".encode()
        )
        connection.execute(f"SET ROLE {_RETENTION}".encode())
        yield connection


def rows(clone: Clone) -> list[tuple[object, ...]]:
    with psycopg.connect(clone.url) as owner:
        return owner.execute("SELECT happening, actor_kind FROM history_entry").fetchall()


@pytest.mark.usefixtures("kept")
class TestTheHistory:
    @pytest.mark.parametrize("way", _WAYS)
    def test_is_kept_from_the_owner_of_its_table(self, fresh_database: Clone, way: str) -> None:
        with (
            psycopg.connect(fresh_database.url) as owner,
            pytest.raises(psycopg.errors.RestrictViolation),
        ):
            owner.execute(way.encode())

        assert rows(fresh_database) == [("opened", "system")]

    @pytest.mark.parametrize("way", _WAYS)
    def test_is_kept_from_a_superuser_in_a_replicas_session(
        self, fresh_database: Clone, way: str
    ) -> None:
        with psycopg.connect(fresh_database.superuser_url) as superuser:
            superuser.execute("SET session_replication_role = replica")
            with pytest.raises(psycopg.errors.RestrictViolation):
                superuser.execute(way.encode())

        assert rows(fresh_database) == [("opened", "system")]

    def test_loses_no_entry_with_its_case(self, fresh_database: Clone, kept: UUID) -> None:
        with (
            psycopg.connect(fresh_database.url) as owner,
            pytest.raises(psycopg.errors.ForeignKeyViolation),
        ):
            owner.execute("DELETE FROM defect_case WHERE id = %s", (kept,))

    def test_goes_on_growing(self, fresh_database: Clone, kept: UUID) -> None:
        with psycopg.connect(fresh_database.url) as owner:
            owner.execute(
                "INSERT INTO history_entry (case_id, at, happening, actor_kind, details)"
                " VALUES (%s, now(), 'merged', 'system', '{}')",
                (kept,),
            )

        assert len(rows(fresh_database)) == 2

    def test_is_purged_by_the_retention_role(
        self, fresh_database: Clone, retention: psycopg.Connection[Any], kept: UUID
    ) -> None:
        purged = retention.execute("DELETE FROM history_entry WHERE case_id = %s", (kept,))

        assert purged.rowcount == 1
        assert rows(fresh_database) == []

    def test_is_corrected_by_the_retention_role_where_the_law_says_so(
        self, fresh_database: Clone, retention: psycopg.Connection[Any]
    ) -> None:
        retention.execute("UPDATE history_entry SET actor_kind = 'account'")

        assert rows(fresh_database) == [("opened", "account")]


NAME, EMAIL, PHONE = "Wilhelmina Vogelaar", "wil.vogelaar@example.org", "06 12345678"
WORDS = "bij mevrouw Oudejans op nummer zeventien"


class TestWhatStandsInTheHistory:
    def test_is_nothing_personal(
        self,
        web: FlaskClient,
        provided: Provided,
        connection: Connection,
        place: SmallMunicipality,
        report: Report,
    ) -> None:
        said = report(
            f"Losse tegel {WORDS}", contact={"name": NAME, "email": EMAIL, "phone": PHONE}
        )
        reference = said["reference"]
        with provided.get(Database).transaction() as transaction:
            found = case_by_reference(transaction, reference)
            (task,) = tasks_of_case(transaction, found.id)
            hold_task(
                transaction,
                task.id,
                party_id=place.team_id,
                until=NOW.date().replace(month=12),
                remark=f"Gebeld met {NAME}, {PHONE}",
                by=SOMEBODY,
                now=NOW,
                waiting_for=WaitingFor.REPORTER,
            )
            decline_task(
                transaction,
                task.id,
                party_id=place.team_id,
                reason=DeclineReason.PLACE_UNCLEAR,
                remark=f"Staat {WORDS}",
                by=SOMEBODY,
                now=NOW,
            )
            close_without_work(
                transaction,
                reference,
                reason="place-unclear",
                words=f"Beste {NAME}, {WORDS}",
                by=SOMEBODY,
                now=NOW,
            )
            reopen_case(transaction, reference, by=SOMEBODY, now=NOW)
            settle(transaction, reference, reason=DeskReason.REMARK, by=SOMEBODY, now=NOW)

        told = " ".join(
            str(row)
            for row in connection.execute(
                text("SELECT happening, actor_kind, actor_id, details FROM history_entry")
            ).all()
        )

        assert "task-on-hold" in told
        assert "reopened" in told
        for personal in (NAME, EMAIL, PHONE, WORDS, "Losse tegel", "127.0.0.1"):
            assert personal not in told
