"""How work is called on pages: by when, how far, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.work.model import Happening, HistoryEntry
from app.work.words import closing_words, distance_words, due_words, happening_words

#: Ten past five in the afternoon of a Tuesday, in the Netherlands.
NOW = datetime(2026, 11, 24, 16, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def dutch_page(web: FlaskClient) -> Iterator[None]:
    with web.application.test_request_context("/"):
        yield


class TestByWhen:
    @pytest.mark.parametrize(
        ("due_at", "words"),
        [
            (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "1 dag te laat"),
            (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "2 dagen te laat"),
            (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "vandaag, te laat"),
            (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), "vandaag"),
            (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), "morgen"),
            (datetime(2026, 12, 1, 16, 0, tzinfo=UTC), "over 7 dagen"),
        ],
    )
    def test_is_said_in_days_of_the_netherlands(self, due_at: datetime, words: str) -> None:
        assert due_words(due_at, NOW) == words


class TestADistance:
    @pytest.mark.parametrize(
        ("metres", "words"),
        [(0.4, "10 m"), (347.0, "350 m"), (994.9, "990 m"), (999.9, "1 km"), (12_345.0, "12,3 km")],
    )
    def test_is_no_more_precise_than_it_is(self, metres: float, words: str) -> None:
        assert distance_words(metres) == words


class TestWhatHappened:
    @pytest.mark.parametrize("happening", Happening)
    @pytest.mark.parametrize("details", [{}, {"reason": "?", "result": 7, "until": "gisteren"}])
    def test_is_said_whatever_the_details_are(
        self, happening: Happening, details: dict[str, object]
    ) -> None:
        entry = HistoryEntry(NOW, happening, "system", None, details)

        assert happening_words(entry, {})

    def test_of_an_older_day_keeps_its_own_sentence(self) -> None:
        assert closing_words("Dit is geen openbaar terrein.") == "Dit is geen openbaar terrein."
