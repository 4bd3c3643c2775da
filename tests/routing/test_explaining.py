"""`straatbeeld routing explain`: every step to who would get a report, and nothing kept."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.model import NotAPlace
from app.routing.commands import routing
from app.triage.model import UnknownCategory
from tests.makers.places import ELSEWHERE, IN_DISTRICT, ON_MOTORWAY, a_small_municipality

TILE = "wegen.losse-tegel"


@pytest.fixture(autouse=True)
def places(provided: Provided) -> None:
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)


def explained(
    provided: Provided, at: tuple[float | str, float | str], *words: str, category: str = TILE
) -> Result:
    place = ("--lon", str(at[0]), "--lat", str(at[1]), "--category", category)
    return CliRunner().invoke(routing, ["explain", *place, *words], obj=provided)


class TestTheChain:
    def test_tells_areas_agreements_and_who(self, provided: Provided) -> None:
        said = explained(provided, IN_DISTRICT, "--at", "2026-11-24T10:00").output

        assert "Tuesday 24 November 2026 10:00" in said
        assert "Area      team-district zuid (Zuid)" in said
        assert "Agreement 1. all-in-zuid → team: chosen" in said
        assert "Answer    Team Zuid (category-in-area: Zuid)" in said
        assert "Rules     version 2" in said

    def test_tells_what_was_passed_over(self, provided: Provided) -> None:
        said = explained(provided, ON_MOTORWAY).output

        assert "1. motorway → rws: chosen" in said
        assert "2. all-in-zuid → team: another-comes-first" in said
        assert "Answer    Rijkswaterstaat (road-authority: A4)" in said

    def test_takes_a_place_a_little_outside_as_inside_and_says_so(self, provided: Provided) -> None:
        said = explained(provided, (4.32, 51.4998)).output

        assert "Border    a little outside the municipality" in said
        assert "Answer    Team Zuid" in said

    def test_keeps_nothing(self, provided: Provided, connection: Connection) -> None:
        explained(provided, IN_DISTRICT)

        kept = "SELECT (SELECT count(*) FROM routing_decision) + (SELECT count(*) FROM report)"
        assert connection.scalar(text(kept)) == 0


class TestWhatIsNotRight:
    def test_outside_is_refused(self, provided: Provided) -> None:
        said = explained(provided, ELSEWHERE).output

        assert "Answer    refused: this place is not in Steenbergen" in said

    def test_coordinates_that_changed_places_are_told(self, provided: Provided) -> None:
        said = explained(provided, IN_DISTRICT[::-1]).output

        assert "inside once longitude and latitude change places" in said

    @pytest.mark.parametrize("at", [(999, 999), ("nan", 51.5), ("inf", 51.5)])
    def test_what_is_no_place_on_earth_is_refused(
        self, provided: Provided, at: tuple[float | str, float | str]
    ) -> None:
        assert isinstance(explained(provided, at).exception, NotAPlace)

    def test_an_unknown_category_is_refused(self, provided: Provided) -> None:
        result = explained(provided, IN_DISTRICT, category="bestaat.niet")

        assert isinstance(result.exception, UnknownCategory)

    @pytest.mark.parametrize(
        "words", [("--answer", "x"), ("--answer", "=x"), ("--at", "morgen"), ("--asset", "L-1")]
    )
    def test_what_cannot_be_read_is_said(self, provided: Provided, words: tuple[str, ...]) -> None:
        result = explained(provided, IN_DISTRICT, *words)

        assert result.exit_code == 2
        assert words[0] in result.output
