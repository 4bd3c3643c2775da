"""What the map's own database role can read, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.ground import Clone


@pytest.fixture
def reader(fresh_database: Clone) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(fresh_database.map_url, autocommit=True) as connection:
        yield connection


class TestTheMapsReader:
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT * FROM public_case",
            "SELECT reference, title_nl, shape, starts_on FROM planned_work",
            "SELECT table_name, changed_by, changes FROM table_change WHERE changes < 0",
        ],
    )
    def test_reads_what_is_public(
        self, reader: psycopg.Connection[tuple[object, ...]], statement: str
    ) -> None:
        assert reader.execute(statement.encode()).fetchall() == []

    @pytest.mark.parametrize(
        "table",
        [
            "report",
            "contact",
            "remark",
            "defect_case",
            "task",
            "history_entry",
            "photo",
            "account",
            "party",
            "draft",
            "given_answer",
            "desk_entry",
            "procrastinate_jobs",
            "partner_client",
        ],
    )
    def test_reads_nothing_else(
        self, reader: psycopg.Connection[tuple[object, ...]], table: str
    ) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"SELECT * FROM {table}".encode())

    def test_writes_nothing(self, reader: psycopg.Connection[tuple[object, ...]]) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM public_case")
