"""A place that is not ours, or hardly: who gets it, what its reporter is told, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.geography.model import Spot
from app.identity.model import PartyKind
from app.identity.operations import create_party
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.routing.operations.deciding import decisions_of_case
from app.routing.operations.explaining import explain
from app.triage.model import Name, Norm, Term
from app.triage.operations import CategoryToLoad, load_categories
from app.work.model import ActedBy, CaseStage, DeskReason
from app.work.operations.cases import ResponsibleParty, case_by_reference
from app.work.operations.desk import assign_case
from app.work.operations.lists import desk_list
from tests.makers.areas import LONG_AGO, a_rectangle, an_area
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, a_small_municipality

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TILE = "wegen.losse-tegel"
DITCH = "water.sloot"
IN_DITCH = (4.351, 51.58)
#: Ours begins at 4.2 degrees; a ten-thousandth of a degree is seven metres here.
JUST_OUTSIDE = (4.1998, 51.58)
FURTHER_OUTSIDE = (4.198, 51.58)
#: Ours, but in no district for which anything was agreed.
NOBODYS = (4.45, 51.58)

RIJKSWATERSTAAT = {
    "name": "Rijkswaterstaat",
    "webForm": "https://rws.example/melden",
    "phone": "088 000 00 02",
    "email": "meldingen@rws.example",
}


@pytest.fixture
def place(provided: Provided) -> None:
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)


@pytest.fixture
def ditch(provided: Provided, place: None) -> None:
    """A ditch through the district, of which a water board does the water and nothing else."""
    del place
    with provided.get(Database).transaction() as transaction:
        board = create_party(
            transaction, code="waterschap", name="Waterschap", kind=PartyKind.AUTHORITY
        )
        an_area(
            transaction,
            a_rectangle(4.35, 51.5, 4.352, 51.7),
            kind="water-authority",
            code="vliet",
            name="de Vliet",
        )
        load_categories(
            transaction,
            [
                CategoryToLoad("water", None, Name("Water", "Water"), 4),
                CategoryToLoad(
                    DITCH,
                    "water",
                    Name("Sloot", "Ditch"),
                    1,
                    norm=Norm(Term(10)),
                    join_group="ditch",
                ),
            ],
            is_demo=False,
        )
        make_agreement(
            transaction,
            AgreementToMake(
                code="vliet",
                party_id=board.id,
                category_code=DITCH,
                area=("water-authority", "vliet"),
                asset_owner_id=None,
                valid_from=LONG_AGO,
            ),
            by=BY_COMMAND,
            now=NOW,
        )


def sent(web: FlaskClient, at: tuple[float, float], category: str = TILE) -> TestResponse:
    return web.post(
        "/api/v1/reports",
        json={
            "description": "Er ligt iets kapot",
            "location": {"type": "Point", "coordinates": list(at)},
            "category": category,
        },
    )


def taken(web: FlaskClient, at: tuple[float, float], category: str = TILE) -> Any:  # noqa: ANN401  # JSON
    answered = sent(web, at, category)
    assert answered.status_code == 201, answered.get_data(as_text=True)
    return answered.get_json()


def followed(web: FlaskClient, said: Any) -> Any:  # noqa: ANN401  # JSON
    token = {"Authorization": f"Bearer {said['token']}"}
    return web.get(f"/api/v1/reports/{said['id']}", headers=token).get_json()


class TestAReportOnAnothersRoad:
    @pytest.mark.usefixtures("place")
    def test_is_taken_and_its_reporter_is_told_who_has_it_and_how_to_reach_them(
        self, web: FlaskClient
    ) -> None:
        said = taken(web, ON_MOTORWAY)

        assert said["status"] == "referred"
        assert said["routing"]["party"]["kind"] == "authority"
        assert said["routing"]["referredTo"] == RIJKSWATERSTAAT
        assert followed(web, said)["routing"]["referredTo"] == RIJKSWATERSTAAT

    @pytest.mark.usefixtures("place")
    def test_has_no_day_that_others_would_have_to_keep(self, web: FlaskClient) -> None:
        said, ours = taken(web, ON_MOTORWAY), taken(web, IN_DISTRICT)

        assert (said["dueAt"], followed(web, said)["dueAt"]) == (None, None)
        assert followed(web, ours)["dueAt"] == ours["dueAt"]
        assert ours["dueAt"] is not None

    @pytest.mark.usefixtures("place")
    def test_beside_it_is_ours_and_is_passed_on_to_nobody(self, web: FlaskClient) -> None:
        said = taken(web, IN_DISTRICT)

        assert said["status"] == "assigned"
        assert said["routing"]["referredTo"] is None
        assert followed(web, said)["routing"]["referredTo"] is None


@pytest.mark.usefixtures("ditch")
class TestAReportOfWater:
    def test_goes_to_the_water_board(self, web: FlaskClient) -> None:
        said = taken(web, IN_DITCH, DITCH)

        assert said["status"] == "referred"
        assert said["routing"]["reason"] == "Dit is water van Waterschap: de Vliet."
        assert said["routing"]["referredTo"] == {
            "name": "Waterschap",
            "webForm": None,
            "phone": None,
            "email": None,
        }
        assert "Dit water is van Waterschap." in web.get(f"/volg/{said['token']}").text

    def test_is_told_before_it_is_sent_too(self, web: FlaskClient) -> None:
        told = web.get(f"/api/v1/places?lon=4.351&lat=51.58&category={DITCH}").get_json()

        assert told["routing"]["reason"] == "Dit is water van Waterschap: de Vliet."

    def test_is_ours_for_a_loose_tile_at_the_same_place(self, web: FlaskClient) -> None:
        said = taken(web, IN_DITCH, TILE)

        assert (said["status"], said["routing"]["party"]["code"]) == ("assigned", "team")

    def test_is_ours_where_the_water_board_has_no_water(self, web: FlaskClient) -> None:
        assert taken(web, IN_DISTRICT, DITCH)["routing"]["party"]["code"] == "team"


@pytest.mark.usefixtures("place")
class TestWhatTheDeskPassesOn:
    def test_is_told_without_saying_whose_road_it_is(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        said = taken(web, IN_DISTRICT)
        with provided.get(Database).transaction() as transaction:
            row = transaction.connection.execute(
                text("SELECT id, code, name, kind FROM party WHERE code = 'rws'")
            ).one()
            assign_case(
                transaction,
                said["case"]["reference"],
                party=ResponsibleParty(row.id, row.code, row.name, row.kind),
                by=ActedBy("account"),
                now=NOW,
            )

        page = web.get(f"/volg/{said['token']}").text

        assert followed(web, said)["routing"]["referredTo"] == RIJKSWATERSTAAT
        assert "Rijkswaterstaat behandelt dit soort meldingen hier." in page
        assert "Deze weg is van" not in page


@pytest.mark.usefixtures("place")
class TestAReportFromOutside:
    def test_is_refused_and_names_the_municipality_where_it_is_known(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            an_area(
                transaction,
                a_rectangle(4.0, 51.5, 4.2, 51.7),
                kind="municipality",
                code="GM0716",
                name="Tholen",
            )

        answered = sent(web, FURTHER_OUTSIDE)

        assert answered.status_code == 422
        problem = answered.get_json()
        assert problem["detail"] == "This place is in Tholen; report it there."
        assert (problem["ours"], problem["areas"][0]["name"]) == (False, "Tholen")

    def test_is_refused_where_it_is_not_known_too(self, web: FlaskClient) -> None:
        assert sent(web, FURTHER_OUTSIDE).status_code == 422

    def test_is_taken_within_fifty_metres_even_from_a_neighbour_and_marked(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            neighbour = a_rectangle(4.0, 51.5, 4.2, 51.7)
            an_area(transaction, neighbour, kind="municipality", code="GM0716", name="Tholen")

        said = taken(web, JUST_OUTSIDE)

        with provided.get(Database).transaction() as transaction:
            case = case_by_reference(transaction, said["case"]["reference"])
            grounds = decisions_of_case(transaction, case.id)[0]["grounds"]
        assert grounds["isAtBorder"] is True
        assert [area["code"] for area in said["routing"]["areas"]] == ["GM0851"]
        assert (case.longitude, case.latitude) == JUST_OUTSIDE

    def test_that_is_well_inside_is_not_marked(self, web: FlaskClient, provided: Provided) -> None:
        said = taken(web, IN_DISTRICT)

        with provided.get(Database).transaction() as transaction:
            case = case_by_reference(transaction, said["case"]["reference"])
            grounds = decisions_of_case(transaction, case.id)[0]["grounds"]
        assert grounds["isAtBorder"] is False


@pytest.mark.usefixtures("place")
class TestAReportNobodyIsResponsibleFor:
    def test_is_taken_and_waits_at_the_desk(self, web: FlaskClient, provided: Provided) -> None:
        taken(web, IN_DISTRICT)

        said = taken(web, NOBODYS)

        assert (said["status"], said["routing"]["party"]) == ("received", None)
        assert said["routing"]["referredTo"] is None
        with provided.get(Database).transaction() as transaction:
            listed = desk_list(transaction, reason=DeskReason.NOBODY_RESPONSIBLE)
        assert [one.case.reference for one in listed] == [said["case"]["reference"]]
        assert listed[0].case.stage is CaseStage.RECEIVED


class TestWithoutTheOutlineOfTheMunicipality:
    @pytest.fixture(autouse=True)
    def no_outline(self, provided: Provided, place: None) -> None:
        """The settings name a municipality that is not among the areas."""
        del place
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE area SET code = 'GM0748', name = 'Elders' WHERE kind = 'municipality'")
            )

    def test_no_report_is_lost_from_where_nothing_is_known(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        said = taken(web, FURTHER_OUTSIDE)

        with provided.get(Database).transaction() as transaction:
            listed = desk_list(transaction, reason=DeskReason.NOBODY_RESPONSIBLE)
        assert [one.case.reference for one in listed] == [said["case"]["reference"]]

    def test_what_is_known_to_be_of_another_one_is_refused(self, web: FlaskClient) -> None:
        problem = sent(web, IN_DISTRICT).get_json()

        assert problem["detail"] == "This place is in Elders; report it there."

    def test_what_cannot_be_in_this_country_is_refused(self, web: FlaskClient) -> None:
        assert sent(web, (51.58, 4.32)).status_code == 422

    def test_an_explanation_says_the_same(self, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            outside, elsewhere = (
                explain(
                    transaction,
                    Spot(*at),
                    category_code=TILE,
                    at=NOW,
                    municipality_code="GM0851",
                )
                for at in (FURTHER_OUTSIDE, IN_DISTRICT)
            )

        assert (outside.is_ours, elsewhere.is_ours) == (True, False)
