"""Past reports teach which words tell of which category, and what staff corrected most of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.reception.learning import FEWEST_REPORTS, LEARNS_FOR, learn_from_reports
from app.triage.operations import suggest
from app.triage.rules import LEARNED_AT_MOST, scores
from tests.makers.places import SmallMunicipality, a_small_municipality
from tests.makers.statements import statements

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TILE = "wegen.losse-tegel"
LAMP = "verlichting.lamp-brandt-niet"
WORDS = "De zwerfkei wiebelt gevaarlijk"


@pytest.fixture(autouse=True)
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def past(
    connection: Connection,
    kind: str,
    *,
    was: str | None = None,
    words: str = WORDS,
    by: str = "reporter",
    times: int = 20,
    at: datetime = NOW - timedelta(days=10),
) -> None:
    """Make reports of the past; `was` is the kind they had before staff corrected it."""
    connection.execute(
        text(
            """
            WITH made AS (SELECT gen_random_uuid() AS id FROM generate_series(1, :times)),
            cases AS (
                INSERT INTO defect_case (id, reference, category_code, category_group, stage, spot,
                    is_danger, report_count, received_at, due_at, changed_at, version, is_demo)
                SELECT id, left(md5(id::text), 9), :kind, 'x', 'received',
                    ST_SetSRID(ST_MakePoint(4.32, 51.58), 4326), false, 1, :at, :at, :at, 1, false
                FROM made)
            INSERT INTO report (id, reference, case_id, description, spot, category_code,
                category_chosen_by, category_certainty, is_danger, answers, channel, language,
                token_generation, received_at, is_demo)
            SELECT id, left(md5(id::text), 9), id, :words,
                ST_SetSRID(ST_MakePoint(4.32, 51.58), 4326), :was, :by, 1, false, '{}', 'web', 'nl',
                1, :at, false FROM made
            """
        ),
        {"times": times, "kind": kind, "was": was or kind, "words": words, "by": by, "at": at},
    )


def best(transaction: Transaction, words: str = WORDS) -> str | None:
    found = suggest(transaction, words)
    return found[0].code if found else None


def learned(connection: Connection) -> dict[tuple[str, str], float]:
    rows = connection.execute(text("SELECT word, category_code, weight FROM category_word"))
    return {(row.word, row.category_code): row.weight for row in rows}


class TestPastReports:
    def test_teach_a_word_that_no_keyword_holds(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, TILE)
        past(connection, LAMP, words="Het is hier erg donker")
        assert best(transaction) is None

        learn_from_reports(transaction, now=NOW)

        assert best(transaction) == TILE

    def test_teach_a_word_in_english_too(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, TILE, words="The cobbles are wobbling")
        past(connection, LAMP, words="Het is hier erg donker")

        learn_from_reports(transaction, now=NOW)

        assert best(transaction, "A cobble wobbles") == TILE

    def test_that_staff_corrected_count_for_the_new_kind_and_against_the_old(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, LAMP, words="Het is hier erg donker", times=60)
        past(connection, LAMP, words=f"lamp {WORDS}", times=6)
        past(connection, TILE, was=LAMP, words=f"lamp {WORDS}", times=12)

        learn_from_reports(transaction, now=NOW)

        weights = learned(connection)
        assert weights[("zwerfkei", TILE)] > 0
        assert weights.get(("zwerfkei", LAMP), 0) < 0

    def test_that_the_words_alone_decided_teach_nothing(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, TILE, by="words", times=50)
        past(connection, LAMP, words="Het is hier erg donker")

        learn_from_reports(transaction, now=NOW)

        assert ("zwerfkei", TILE) not in learned(connection)

    def test_of_a_few_are_no_rule(self, transaction: Transaction, connection: Connection) -> None:
        past(connection, TILE, words="Mevrouw Zonderland belde", times=FEWEST_REPORTS - 1)
        past(connection, LAMP, words="Het is hier erg donker")

        learn_from_reports(transaction, now=NOW)

        assert not [word for word, _ in learned(connection) if word.startswith("zonderland")]

    def test_of_long_ago_teach_less_and_then_nothing(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, LAMP, words="Het is hier erg donker", times=60)
        weights = []
        for days in (10, 700, LEARNS_FOR.days + 1):
            connection.execute(text("UPDATE report SET received_at = :at"), {"at": NOW})
            past(connection, TILE, at=NOW - timedelta(days=days))
            learn_from_reports(transaction, now=NOW)
            weights.append(learned(connection).get(("zwerfkei", TILE), 0))
            connection.execute(
                text("DELETE FROM report WHERE category_code = :tile"), {"tile": TILE}
            )

        recent, old, gone = weights
        assert recent > old > gone == 0

    def test_that_are_gone_leave_nothing_behind(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, TILE)
        past(connection, LAMP, words="Het is hier erg donker")
        learn_from_reports(transaction, now=NOW)
        connection.execute(text("DELETE FROM report WHERE description = :words"), {"words": WORDS})

        learn_from_reports(transaction, now=NOW)

        assert ("zwerfkei", TILE) not in learned(connection)

    def test_keep_no_numbers_and_no_addresses(
        self, transaction: Transaction, connection: Connection
    ) -> None:
        past(connection, TILE, words="Bel 0612345678 of jan@example.nl, zwerfkei op nr 4651AA")

        learn_from_reports(transaction, now=NOW)

        assert all(word.isalpha() for word, _ in learned(connection))

    def test_cost_no_statement_more(self, transaction: Transaction, connection: Connection) -> None:
        with statements(connection) as heard:
            suggest(transaction, WORDS)

        assert len(heard) == 1


class TestWhatWasLearned:
    @given(st.floats(-50, 50, allow_nan=False))
    def test_never_counts_for_more_than_its_bound(self, weight: float) -> None:
        scored = scores([], categories=41, learned={TILE: weight})

        assert all(0 < score <= LEARNED_AT_MOST for score in scored.values())
