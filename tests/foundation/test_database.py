"""A transaction keeps its rows, its facts and its jobs together, or nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError

from app.foundation.database import Database, Transaction, driver_url, make_engine
from app.foundation.errors import DomainError
from tests.ground import Clone

_WRITE = text("INSERT INTO told (word) VALUES (:word)")
_WORDS = text("SELECT word FROM told ORDER BY word")


@dataclass(frozen=True)
class BellRang:
    """A fact of these tests."""

    word: str


class TooLoud(DomainError):
    """Somebody refused."""


def write_down(transaction: Transaction, fact: BellRang) -> None:
    transaction.write(_WRITE, {"word": f"heard {fact.word}"})


def refuse(transaction: Transaction, fact: BellRang) -> None:
    raise TooLoud(fact.word)


@dataclass
class House:
    """A database of its own with a table for words, and somebody outside who looks at it."""

    database: Database
    outside: psycopg.Connection[Any] = field(repr=False)

    def words(self) -> list[str]:
        return [word for (word,) in self.outside.execute("SELECT word FROM told ORDER BY word")]

    def jobs(self) -> list[tuple[str, dict[str, object]]]:
        rows = self.outside.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        return [(name, arguments) for name, arguments in rows]


@pytest.fixture
def house(committing_database: Database, fresh_database: Clone) -> Iterator[House]:
    with psycopg.connect(fresh_database.url, autocommit=True) as outside:
        outside.execute("CREATE TABLE told (word text PRIMARY KEY CHECK (word <> 'never'))")
        yield House(committing_database, outside)


class TestATransactionThatEndsWell:
    def test_is_seen_by_others_at_its_end_and_not_before(self, house: House) -> None:
        with house.database.transaction() as transaction:
            transaction.connection.execute(_WRITE, {"word": "at once"})
            transaction.write(_WRITE, {"word": "with the others"})
            transaction.defer("ring", times=3)
            transaction.defer("ring", times=4)
            transaction.write_the_rest()
            before = (house.words(), house.jobs())

        assert before == ([], [])
        assert house.words() == ["at once", "with the others"]
        assert house.jobs() == [("ring", {"times": 3}), ("ring", {"times": 4})]

    def test_reads_what_it_wrote_itself(self, house: House) -> None:
        with house.database.transaction() as transaction:
            transaction.write(_WRITE, {"word": "a"})
            by_driver = [row.word for row in transaction.read(_WORDS, {})]
            transaction.write(_WRITE, {"word": "b"})
            by_sqlalchemy = transaction.connection.scalars(_WORDS).all()
            transaction.write(_WRITE, {"word": "c"})
            by_session = transaction.session.scalars(_WORDS).all()

        assert (by_driver, by_sqlalchemy, by_session) == (["a"], ["a", "b"], ["a", "b", "c"])

    def test_is_heard_inside_by_all_that_are_listed(self, house: House) -> None:
        database = Database(house.database.bind, hearers={BellRang: (write_down, write_down_twice)})

        with database.transaction() as transaction:
            transaction.tell(BellRang("ding"))
            transaction.tell(TooLoud())

        assert house.words() == ["heard ding", "heard ding again"]


def write_down_twice(transaction: Transaction, fact: BellRang) -> None:
    transaction.write(_WRITE, {"word": f"heard {fact.word} again"})


class TestATransactionThatFails:
    def test_leaves_nothing_when_somebody_refuses(self, house: House) -> None:
        database = Database(house.database.bind, hearers={BellRang: (write_down, refuse)})

        def ring() -> None:
            with database.transaction() as transaction:
                transaction.connection.execute(_WRITE, {"word": "first"})
                transaction.defer("ring")
                transaction.tell(BellRang("ding"))

        with pytest.raises(TooLoud, match="ding"):
            ring()

        assert (house.words(), house.jobs()) == ([], [])

    @pytest.mark.parametrize("word", ["first", "never"])
    def test_leaves_nothing_when_the_database_refuses_what_was_written_last(
        self, house: House, word: str
    ) -> None:
        def write() -> None:
            with house.database.transaction() as transaction:
                transaction.write(_WRITE, {"word": "first"})
                transaction.defer("ring")
                transaction.write(_WRITE, {"word": word})
                transaction.write(_WRITE, {"word": "last"})

        with pytest.raises(IntegrityError):
            write()

        assert (house.words(), house.jobs()) == ([], [])

    def test_leaves_nothing_when_a_job_cannot_be_written(self, house: House) -> None:
        def defer() -> None:
            with house.database.transaction() as transaction:
                transaction.write(_WRITE, {"word": "first"})
                transaction.defer("ring", what=object())  # type: ignore[arg-type]  # no JSON

        with pytest.raises(Exception, match="JSON"):
            defer()

        assert (house.words(), house.jobs()) == ([], [])

    def test_leaves_the_connection_fit_for_the_next(self, house: House) -> None:
        for _ in range(10):  # more often than there are connections
            with (
                pytest.raises(DBAPIError),
                house.database.transaction() as transaction,
            ):
                transaction.write(_WRITE, {"word": "never"})

        with house.database.transaction() as transaction:
            transaction.write(_WRITE, {"word": "fine"})

        assert house.words() == ["fine"]

    def test_on_a_connection_that_died_does_not_spoil_the_next(self, house: House) -> None:
        def lose_the_connection() -> None:
            with house.database.transaction() as transaction:
                (row,) = transaction.read(text("SELECT pg_backend_pid() AS pid"), {})
                house.outside.execute("SELECT pg_terminate_backend(%s)", (row.pid,))
                transaction.read(_WORDS, {})

        for _ in range(5):
            with pytest.raises(DBAPIError):
                lose_the_connection()

        with house.database.transaction() as transaction:
            assert transaction.read(_WORDS, {}) == []


class TestAnEngine:
    def test_waits_for_nothing_for_ever(self, house: House) -> None:
        with house.database.transaction() as transaction:
            told = [
                transaction.connection.scalar(text(f"SHOW {name}"))
                for name in ("statement_timeout", "lock_timeout", "TimeZone")
            ]

        assert told == ["15s", "8s", "UTC"]

    def test_for_reading_writes_nothing(self, fresh_database: Clone) -> None:
        engine = make_engine(fresh_database.url, connections=1, read_only=True)

        with (
            pytest.raises(InternalError, match="read-only"),
            Database(engine).transaction() as transaction,
        ):
            transaction.connection.execute(text("DELETE FROM public_case"))

        engine.dispose()

    @pytest.mark.parametrize(
        "url", ["postgresql://a/b", "postgres://a/b", "postgresql+psycopg://a/b"]
    )
    def test_talks_to_postgresql_through_psycopg(self, url: str) -> None:
        assert driver_url(url) == "postgresql+psycopg://a/b"

    @pytest.mark.parametrize("url", ["", "mysql://a/b", "a/b", "sqlite:///x"])
    def test_talks_to_nothing_else(self, url: str) -> None:
        with pytest.raises(ValueError, match="DATABASE_URL"):
            driver_url(url)
