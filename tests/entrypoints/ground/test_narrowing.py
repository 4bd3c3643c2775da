"""The map's reader tries what anyone may do in a PostgreSQL, and more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from app.entrypoints.ground.narrowing import is_narrowed, keep_strangers_out, narrow
from tests.ground import Clone, Server

Reader = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def narrowed(database_server: Server, database_template: str) -> Iterator[Clone]:
    """A database where a superuser narrowed the reader, and that it may only connect to."""
    database = database_server.clone(database_template)
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        narrow(superuser)
        superuser.execute(f'REVOKE ALL ON DATABASE "{database.name}" FROM PUBLIC'.encode())
        superuser.execute(
            f'GRANT CONNECT ON DATABASE "{database.name}" TO straatbeeld_map'.encode()
        )
        superuser.execute("ANALYZE")
    yield database
    database_server.drop(database)


@pytest.fixture
def reader(narrowed: Clone) -> Iterator[Reader]:
    """The reader, who can change nothing there."""
    with psycopg.connect(narrowed.map_url, autocommit=True) as connection:
        yield connection


class TestTheMapsReader:
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT lo_create(0)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT ST_EstimatedExtent('defect_case', 'spot')",
            "SELECT ST_EstimatedExtent('public', 'defect_case', 'spot')",
            "SELECT _postgis_stats('defect_case', 'spot')",
            "SELECT _postgis_index_extent('defect_case', 'spot')",
            "SELECT _postgis_selectivity('defect_case', 'spot', ST_MakePoint(4, 51))",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_xact_lock(1)",
            "SELECT pg_sleep(1)",
            "SELECT pg_relation_size('report')",
            "SELECT pg_stat_get_live_tuples('report'::regclass)",
            "SELECT * FROM pg_stat_user_tables",
            "SELECT pg_logical_emit_message(false, 'x', 'x')",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT * FROM pg_statistic",
            "SELECT ST_Extent(spot) FROM defect_case",
            "LOCK TABLE public_case IN ACCESS SHARE MODE; DELETE FROM public_case",
            "CREATE TEMPORARY TABLE mine (it int)",
            "CREATE TABLE public.mine (it int)",
            "CREATE SCHEMA mine",
            "SET temp_file_limit = -1",
            "SET ROLE straatbeeld",
            "ALTER ROLE straatbeeld_map CONNECTION LIMIT -1",
        ],
    )
    def test_is_refused(self, reader: Reader, statement: str) -> None:
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(statement.encode())

    def test_learns_nothing_of_private_columns_from_statistics(self, reader: Reader) -> None:
        known = reader.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'"
        ).fetchall()

        assert {table for (table,) in known} <= {
            "public_case", "planned_work", "table_change", "spatial_ref_sys",
        }  # fmt: skip

    def test_starts_with_limits_on_time_and_on_room(self, reader: Reader) -> None:
        shown = [
            reader.execute(f"SHOW {name}".encode()).fetchone()
            for name in (
                "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout",
                "temp_file_limit",
            )
        ]  # fmt: skip

        assert shown == [("15s",), ("8s",), ("1min",), ("256MB",)]

    def test_has_so_many_connections_at_most(self, reader: Reader) -> None:
        limit = reader.execute(
            "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

        assert limit == (60,)

    @pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the server is not ours alone")
    @pytest.mark.parametrize("other", ["postgres", "template1"])
    def test_connects_to_no_other_database(self, fresh_database: Clone, other: str) -> None:
        with psycopg.connect(fresh_database.superuser_url, autocommit=True) as superuser:
            keep_strangers_out(superuser)
        elsewhere = fresh_database.map_url.replace(fresh_database.name, other)

        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(elsewhere).close()

    def test_still_reads_the_map_with_its_shapes(self, reader: Reader) -> None:
        assert (
            reader.execute(
                "SELECT ST_AsMVTGeom(spot, ST_TileEnvelope(1, 0, 0)) FROM public_case"
            ).fetchall()
            == []
        )


class TestTheOwner:
    def test_keeps_what_the_application_uses(self, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.superuser_url, autocommit=True) as superuser:
            narrow(superuser)

        with psycopg.connect(fresh_database.url, autocommit=True) as owner:
            locked = owner.execute("SELECT pg_try_advisory_lock(1)").fetchone()
            sizes = owner.execute("SELECT pg_total_relation_size('report') > 0").fetchone()

        assert (locked, sizes) == ((True,), (True,))

    def test_that_is_no_superuser_takes_what_it_can_and_says_what_it_could_not(
        self, fresh_database: Clone
    ) -> None:
        with psycopg.connect(fresh_database.superuser_url, autocommit=True) as superuser:
            superuser.execute("GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO PUBLIC")
        with psycopg.connect(fresh_database.url, autocommit=True) as owner:
            narrow(owner)
            told = is_narrowed(owner, "straatbeeld_map")

        with psycopg.connect(fresh_database.superuser_url, autocommit=True) as superuser:
            narrow(superuser)
            told_afterwards = is_narrowed(superuser, "straatbeeld_map")

        assert (told, told_afterwards) == (False, True)
