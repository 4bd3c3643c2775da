"""The version of a table follows its commits, in whatever order and by whatever clock they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import psycopg
import pytest
from sqlalchemy import text

from app.foundation.database import Database, MapDatabase, make_engine
from app.foundation.table_changes import forget_changes, table_version
from tests.ground import Clone

_INSERT = """
    INSERT INTO public_case (reference, category_code, stage, spot, report_count, reported_at,
                             due_at, changed_at)
    VALUES (%(reference)s, 'overig.anders', 'received', ST_Point(4.3, 51.6, 4326), 1, %(at)s,
            %(at)s, %(at)s)
"""

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def reader(fresh_database: Clone) -> Iterator[MapDatabase]:
    """The map's own role, which may read little."""
    engine = make_engine(fresh_database.map_url, connections=1, read_only=True)
    yield MapDatabase(engine)
    engine.dispose()


@pytest.fixture
def writers(fresh_database: Clone) -> Iterator[list[Connection]]:
    """Four who write at the same moment, each with a transaction of its own."""
    with ExitStack() as opened:
        yield [opened.enter_context(psycopg.connect(fresh_database.url)) for _ in range(4)]


def version(reader: MapDatabase) -> str:
    with reader.transaction() as transaction:
        return table_version(transaction, "public_case")


def content(reader: MapDatabase) -> list[tuple[object, ...]]:
    with reader.transaction() as transaction:
        rows = transaction.connection.execute(
            text("SELECT reference, stage, changed_at FROM public_case ORDER BY reference")
        )
        return [tuple(row) for row in rows]


def put(writer: Connection, reference: str, *, at: str = "2026-03-03 12:00+00") -> None:
    writer.execute(_INSERT, {"reference": reference, "at": at})


def wait_until_all_have_ended(writer: Connection) -> None:
    """Wait for transactions that began earlier; they may be those of other tests on this server."""
    deadline = time.monotonic() + 30
    ended = False
    while not ended and time.monotonic() < deadline:
        (ended,) = writer.execute(  # type: ignore[assignment,misc]  # one row is there
            "SELECT max(changed_by) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " FROM table_change"
        ).fetchone()
        writer.commit()
        time.sleep(0.01)
    assert ended


class TestTheVersionOfATable:
    def test_changes_when_what_began_first_commits_last(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        slow, quick, *_ = writers
        put(slow, "SLOW", at="2026-03-03 11:59+00")
        put(quick, "QUICK")
        quick.commit()
        before = version(reader)

        slow.commit()

        assert version(reader) != before

    def test_changes_when_one_row_goes_and_another_comes_in_the_same_instant(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        writer = writers[0]
        put(writer, "GOES")
        writer.commit()
        before = version(reader)

        writer.execute("DELETE FROM public_case")
        put(writer, "COMES")
        writer.commit()

        assert version(reader) != before

    def test_changes_when_the_clock_goes_back(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        writer = writers[0]
        put(writer, "CASE")
        writer.commit()
        before = version(reader)

        writer.execute("UPDATE public_case SET stage = 'planned', changed_at = '2020-01-01 00:00Z'")
        writer.commit()

        assert version(reader) != before

    def test_changes_when_the_table_is_emptied(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        writer = writers[0]
        put(writer, "CASE")
        writer.commit()
        before = version(reader)

        writer.execute("TRUNCATE public_case")
        writer.commit()

        assert version(reader) != before

    def test_stays_while_other_tables_change_and_what_was_written_is_taken_back(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        one, other, *_ = writers
        put(one, "CASE")
        one.commit()
        wait_until_all_have_ended(one)
        before = version(reader)

        other.execute("UPDATE category SET position = position + 1")
        other.commit()
        put(one, "NEVER")
        one.rollback()

        assert version(reader) == before

    def test_stays_when_old_changes_are_forgotten(
        self, reader: MapDatabase, writers: list[Connection], committing_database: Database
    ) -> None:
        for number in range(5):
            put(writers[0], f"CASE-{number}")
            writers[0].commit()
        wait_until_all_have_ended(writers[0])
        before = version(reader)

        with committing_database.transaction() as transaction:
            forgotten = forget_changes(transaction)

        assert forgotten == 4
        assert version(reader) == before

    def test_counts_on_after_a_restore_into_a_new_server(
        self, reader: MapDatabase, writers: list[Connection]
    ) -> None:
        writer = writers[0]
        (number,) = writer.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        writer.execute(
            "INSERT INTO table_change (table_name, changed_by)"
            " SELECT 'public_case', %s + later FROM generate_series(0, 40) AS later",
            (number,),
        )
        writer.commit()
        seen = [version(reader)]

        for later in range(20):
            put(writer, f"CASE-{later}")
            writer.commit()
            seen.append(version(reader))

        assert len(set(seen)) == len(seen)

    @pytest.mark.parametrize("seed", range(3))
    def test_is_another_one_for_every_content_that_is_seen(
        self,
        reader: MapDatabase,
        writers: list[Connection],
        committing_database: Database,
        seed: int,
    ) -> None:
        chance = Random(seed)
        content_of: dict[str, list[tuple[object, ...]]] = {}

        for step in range(120):
            writer = chance.choice(writers)
            match chance.choice(["write", "write", "commit", "commit", "roll back", "forget"]):
                case "write":
                    put(writer, f"{writers.index(writer)}-{step}")
                    writer.execute(
                        "DELETE FROM public_case WHERE reference LIKE %s AND random() < 0.3",
                        (f"{writers.index(writer)}-%",),
                    )
                case "commit":
                    writer.commit()
                case "roll back":
                    writer.rollback()
                case _:
                    with committing_database.transaction() as transaction:
                        forget_changes(transaction)
            seen = content(reader)
            assert content_of.setdefault(version(reader), seen) == seen

        assert len(content_of) > 5
