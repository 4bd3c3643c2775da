"""A database of the user's own is looked at before anything is started."""

from __future__ import annotations

import psycopg
import pytest

from app.entrypoints.ground.given_database import insist_that_it_works, map_reader_url
from app.entrypoints.ground.progress import CannotStart
from tests.ground import Clone


class TestADatabaseOfOnesOwn:
    def test_is_taken_when_it_answers(self, fresh_database: Clone) -> None:
        insist_that_it_works(fresh_database.url)

    def test_that_is_not_there_is_named_with_what_to_do(self, fresh_database: Clone) -> None:
        gone = fresh_database.url.replace(fresh_database.name, "not_there")

        with pytest.raises(CannotStart, match="leave DATABASE_URL out"):
            insist_that_it_works(gone)


class TestTheReaderOfTheMap:
    def test_comes_in_by_its_own_role(self, fresh_database: Clone) -> None:
        url, note = map_reader_url(fresh_database.url)

        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("straatbeeld_map",)
        assert note is None
