"""`straatbeeld routing explain`: every step to who would get a report, and nothing kept."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.model import NotAPlace, UnknownAsset
from app.routing.commands import routing
from app.triage.kept_rows import keep_stricter_norms
from app.triage.model import AnswersRefused, StricterNorm, Term, UnknownCategory
from tests.makers.categories import a_question
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
        assert "Rules     version 2\n" in said

    def test_tells_what_was_passed_over(self, provided: Provided) -> None:
        said = explained(provided, ON_MOTORWAY).output

        assert "1. motorway → rws: chosen" in said
        assert "2. all-in-zuid → team: another-comes-first" in said
        assert "Answer    Rijkswaterstaat (road-authority: A4)" in said

    def test_tells_what_could_not_match_here_and_why(
        self, provided: Provided, connection: Connection
    ) -> None:
        made = (
            "INSERT INTO agreement (id, code, party_id, category_code, area_kind, area_code,"
            " priority, valid_from, is_demo)"
            " SELECT gen_random_uuid(), :code, id, :category, 'team-district', :area, 0,"
            " '2020-01-01', false FROM party WHERE code = 'lux'"
        )
        for code, category, area in (
            ("tiles-north", TILE, "noord"),
            ("lamps-here", "verlichting.lamp-brandt-niet", "zuid"),
            ("noise", "verlichting.lamp-brandt-niet", "noord"),
        ):
            connection.execute(text(made), {"code": code, "category": category, "area": area})

        said = explained(provided, IN_DISTRICT, "--at", "2026-11-24T10:00").output

        assert "Agreement 1. all-in-zuid → team: chosen\n" in said
        assert "Besides   - tiles-north → lux: another-area\n" in said
        assert "- lamps-here → lux: another-category\n" in said
        assert "noise" not in said

    def test_tells_how_many_more_there_are(
        self, provided: Provided, connection: Connection
    ) -> None:
        connection.execute(
            text(
                "INSERT INTO agreement (id, code, party_id, area_kind, area_code, priority,"
                " valid_from, is_demo)"
                " SELECT gen_random_uuid(), 'far-' || number, party.id, 'village', 'far', 0,"
                " '2020-01-01', false FROM generate_series(1, 200) AS number, party"
                " WHERE party.code = 'lux'"
            )
        )

        said = explained(provided, IN_DISTRICT).output

        assert said.count(" another-area\n") <= 50
        more = re.search(r"and (\d+) more; 'export agreements' prints all", said)
        assert more is not None
        assert int(more[1]) >= 150

    def test_takes_a_place_a_little_outside_as_inside_and_says_so(self, provided: Provided) -> None:
        said = explained(provided, (4.32, 51.4998)).output

        assert "Border    a little outside the municipality" in said
        assert "Answer    Team Zuid" in said

    def test_says_by_when_it_must_be_done_and_by_which_norm(self, provided: Provided) -> None:
        said = explained(provided, IN_DISTRICT, "--at", "2026-11-24T10:00").output

        assert "Due       Tuesday 01 December 2026 17:00: 5 working-days (the norm of this" in said

    def test_names_no_day_for_what_would_be_passed_on(self, provided: Provided) -> None:
        said = explained(provided, ON_MOTORWAY).output

        assert "Answer    Rijkswaterstaat" in said
        assert "Due       they decide themselves" in said

    def test_says_that_danger_has_a_norm_of_its_own(self, provided: Provided) -> None:
        said = explained(provided, IN_DISTRICT, "--at", "2026-11-24T10:00", "--danger").output

        assert "Due       Wednesday 25 November 2026 17:00: 1 working-days (the norm for da" in said

    def test_says_which_answer_made_the_norm_stricter(self, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            a_question(transaction, TILE, "waar", ("stoep", "fietspad"))
            stricter = StricterNorm(Term(2), question="waar", answer="fietspad")
            keep_stricter_norms(transaction, TILE, [stricter])

        said = explained(
            provided, IN_DISTRICT, "--at", "2026-11-24T10:00", "--answer", "waar=fietspad"
        ).output

        assert "Answered  waar = fietspad" in said
        assert "26 November 2026 17:00: 2 working-days (stricter for waar=fietspad)" in said

    def test_takes_the_asset_that_is_named(self, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            lamp = transaction.connection.scalar(text("SELECT id FROM asset WHERE number = 'L-1'"))

        said = explained(
            provided, ELSEWHERE, "--asset", str(lamp), category="verlichting.lamp-brandt-niet"
        ).output

        assert "Asset     lamp-post L-1" in said
        assert "Answer    Lux Verlichting" in said

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
        ("answers", "said"),
        [
            (("hoe=zo",), "hoe: This kind of report asks no such thing."),
            (("waar=maan",), "waar: One of: stoep, fietspad."),
            (("waar=stoep", "waar=fietspad"), "waar: One of: stoep, fietspad."),
            (("waar=\x00<script>\u202e",), "waar: One of: stoep, fietspad."),
        ],
    )
    def test_an_answer_that_no_report_can_give_is_refused(
        self, provided: Provided, answers: tuple[str, ...], said: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            a_question(transaction, TILE)
        words = [word for answer in answers for word in ("--answer", answer)]

        result = explained(provided, IN_DISTRICT, *words)

        assert isinstance(result.exception, AnswersRefused)
        assert said in str(result.exception)

    def test_an_asset_that_is_not_there_is_refused(self, provided: Provided) -> None:
        result = explained(provided, IN_DISTRICT, "--asset", str(UUID(int=1)))

        assert isinstance(result.exception, UnknownAsset)

    @pytest.mark.parametrize(
        "words",
        [
            ("--answer", "x"),
            ("--answer", "=x"),
            ("--at", "morgen"),
            ("--at", "9999-12-31"),
            ("--asset", "L-1"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, provided: Provided, words: tuple[str, ...]) -> None:
        result = explained(provided, IN_DISTRICT, *words)

        assert result.exit_code == 2
        assert words[0] in result.output
