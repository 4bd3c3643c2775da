"""What a phone is told about a place before anything is reported there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook, NoAddresses
from app.planning.model import Hindrance, PlannedWork
from app.planning.operations import plan_works
from app.triage.model import Name, Norm, PublicVisibility, Term
from app.triage.operations import CategoryToLoad, load_categories
from tests.makers.places import (
    ELSEWHERE,
    IN_DISTRICT,
    ON_MOTORWAY,
    SmallMunicipality,
    a_small_municipality,
)
from tests.makers.statements import statements

LAMP_IS_OUT = "verlichting.lamp-brandt-niet"
TILE = "wegen.losse-tegel"

#: A tree of categories, the areas, assets, cases at them, works, public cases, an address.
STATEMENTS_WITHOUT_CATEGORY = 7
#: And who would get it.
STATEMENTS_WITH_CATEGORY = 8


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def asked(
    web: FlaskClient, at: tuple[float, float] = IN_DISTRICT, **more: str | float
) -> dict[str, Any]:
    answered = web.get("/api/v1/places", query_string={"lon": at[0], "lat": at[1], **more})
    assert answered.status_code == 200, answered.get_data(as_text=True)
    told: dict[str, Any] = answered.get_json()
    return told


def report(
    web: FlaskClient, *, at: tuple[float, float] = IN_DISTRICT, **more: object
) -> dict[str, Any]:
    body = {
        "description": "Er is iets",
        "location": {"type": "Point", "coordinates": list(at)},
        **more,
    }
    answered = web.post("/api/v1/reports", json=body)
    assert answered.status_code == 201, answered.get_data(as_text=True)
    said: dict[str, Any] = answered.get_json()
    return said


def east_of(at: tuple[float, float], metres: float) -> tuple[float, float]:
    return (at[0] + metres / 69_200, at[1])


@pytest.mark.usefixtures("place")
class TestAPlaceOfOurs:
    def test_is_ours_and_lies_in_its_areas(self, web: FlaskClient) -> None:
        told = asked(web)

        assert told["ours"] is True
        assert {"kind": "team-district", "code": "zuid", "name": "Zuid"} in told["areas"]

    def test_has_the_address_next_to_it(self, web: FlaskClient, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            an_address(transaction, "Kade", "4", IN_DISTRICT)
            an_address(transaction, "Kade", "40", east_of(IN_DISTRICT, 100))

        assert asked(web)["address"] == {"text": "Kade 4, 4671 AB Dinteloord"}

    def test_has_none_where_nobody_knows_addresses(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        provided.put(AddressBook, NoAddresses())

        assert asked(web)["address"] is None

    def test_shows_what_stands_there_the_nearest_first(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        told = asked(web, east_of(IN_DISTRICT, 20))

        assert [(asset["id"], asset["number"]) for asset in told["assets"]] == [
            (str(place.lamp_id), "L-1")
        ]
        assert told["assets"][0]["distanceMetres"] == pytest.approx(20, abs=0.5)
        assert told["assets"][0]["location"] == {
            "type": "Point",
            "coordinates": list(IN_DISTRICT),
        }
        assert told["assets"][0]["openCase"] is None

    def test_shows_the_case_that_is_open_at_a_lamp(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id), category=LAMP_IS_OUT)

        told = asked(web)

        assert told["assets"][0]["openCase"] == said["reference"]
        assert [case["reference"] for case in told["cases"]] == [said["reference"]]
        assert told["cases"][0]["category"] == {
            "code": LAMP_IS_OUT,
            "name": {"nl": "Lamp brandt niet", "en": "Lamp is out"},
        }
        assert told["cases"][0]["reports"] == 1
        assert told["cases"][0]["dueAt"] == said["dueAt"]

    def test_shows_no_case_that_is_far_or_about_something_else(self, web: FlaskClient) -> None:
        near = report(web, at=east_of(IN_DISTRICT, 30), category=TILE)
        report(web, at=east_of(IN_DISTRICT, 600), category=TILE)
        report(web, at=east_of(IN_DISTRICT, 10), category="overig.anders")

        told = asked(web, category=TILE)

        assert [case["reference"] for case in told["cases"]] == [near["reference"]]
        assert told["cases"][0]["distanceMetres"] == pytest.approx(30, abs=0.5)

    def test_shows_what_is_planned_and_whether_it_mends_this(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [(a_work("W-1", IN_DISTRICT), None), (a_work("W-2", ON_MOTORWAY), None)],
                now=provided.get(Clock).now(),
            )

        assert [work["reference"] for work in asked(web)["works"]] == ["W-1"]
        assert asked(web)["works"][0]["takesCareOf"] is None
        assert asked(web, category=TILE)["works"][0]["takesCareOf"] is True
        assert asked(web, category=LAMP_IS_OUT)["works"][0]["takesCareOf"] is False


class TestACategory:
    @pytest.mark.usefixtures("place")
    def test_tells_who_would_get_it_and_why(self, web: FlaskClient) -> None:
        assert asked(web)["routing"] is None
        assert asked(web, category=TILE)["routing"] == {
            "party": {"code": "team", "name": "Team Zuid", "kind": "team"},
            "reason": "Team Zuid doet “Losse tegel” hier.",
            "referredTo": None,
        }

    @pytest.mark.usefixtures("place")
    def test_says_it_in_english_too(self, web: FlaskClient) -> None:
        told = asked(web, ON_MOTORWAY, category=TILE, language="en")

        assert told["routing"]["party"]["kind"] == "authority"
        assert told["routing"]["reason"] == "This is a road of Rijkswaterstaat: A4."
        assert told["routing"]["referredTo"]["webForm"] == "https://rws.example/melden"

    def test_at_a_lamp_of_ours_is_ours_on_the_motorway(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        told = asked(web, ON_MOTORWAY, category=LAMP_IS_OUT, asset=str(place.lamp_on_motorway_id))

        assert told["routing"]["party"]["code"] == "lux"

    @pytest.mark.usefixtures("place")
    def test_that_strangers_may_not_see_is_not_told(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            secret = CategoryToLoad(
                "wegen.geheim",
                "wegen",
                Name("Geheim", "Secret"),
                2,
                norm=Norm(Term(1)),
                join_group="geheim",
                public_visibility=PublicVisibility.HIDDEN,
            )
            load_categories(transaction, [secret], is_demo=False)
        report(web, asset=str(place.lamp_id), category="wegen.geheim")

        told = asked(web)

        assert told["cases"] == []
        assert told["assets"][0]["openCase"] is None


@pytest.mark.usefixtures("place")
class TestAPlaceThatIsNotOurs:
    def test_is_refused_and_says_that_it_is_not(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/places?lon=5.0&lat=52.0")

        assert ELSEWHERE == (5.0, 52.0)
        assert answered.status_code == 422
        assert answered.content_type == "application/problem+json"
        problem = answered.get_json()
        assert problem["ours"] is False
        assert problem["areas"] == []
        assert [error["location"] for error in problem["errors"]] == ["lon", "lat"]
        assert {error["in"] for error in problem["errors"]} == {"query"}

    def test_says_whose_it_is_where_that_is_known(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text(
                    "INSERT INTO area (kind, code, name, shape, valid_from, source, is_demo)"
                    " VALUES ('municipality', 'GM0000', 'Elders', ST_Multi(ST_MakeEnvelope("
                    "4.9, 51.9, 5.1, 52.1, 4326)), '2020-01-01', 'made for a test', false)"
                )
            )

        problem = web.get("/api/v1/places?lon=5.0&lat=52.0").get_json()

        assert problem["areas"] == [{"kind": "municipality", "code": "GM0000", "name": "Elders"}]
        assert "Elders" in problem["detail"]

    def test_with_longitude_and_latitude_swapped_is_told_so(self, web: FlaskClient) -> None:
        answered = web.get("/api/v1/places?lon=51.58&lat=4.32")

        assert answered.status_code == 422
        assert "longitude comes first" in answered.get_json()["detail"]


@pytest.mark.usefixtures("place")
class TestAQueryThatIsNotRight:
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("", "lon"),
            ("lat=51.58", "lon"),
            ("lon=4.32", "lat"),
            ("lon=nan&lat=51.58", "lon"),
            ("lon=4.32&lat=inf", "lat"),
            ("lon=999&lat=999", "lat"),
            ("lon=vier&lat=51.58", "lon"),
            ("lon=4,32&lat=51.58", "lon"),
            ("lon=4.32&lat=51.58&category=geen.soort", "category"),
            ("lon=4.32&lat=51.58&category=wegen", "category"),
            ("lon=4.32&lat=51.58&category=a%00b", "category"),
            (f"lon=4.32&lat=51.58&category={'x' * 1000}", "category"),
            ("lon=4.32&lat=51.58&asset=L-1", "asset"),
            ("lon=4.32&lat=51.58&asset=00000000-0000-4000-8000-000000000000", "asset"),
            ("lon=4.32&lat=51.58&language=fr", "language"),
            ("lon=4.32&lat=51.58&categorie=wegen.losse-tegel", "categorie"),
        ],
    )
    def test_is_named(self, web: FlaskClient, query: str, field: str) -> None:
        answered = web.get(f"/api/v1/places?{query}")

        assert answered.status_code == 400
        assert answered.content_type == "application/problem+json"
        assert f"{field}: " in answered.get_json()["detail"] or field in {"category", "asset"}
        errors = answered.get_json()["errors"]
        assert ("query", field) in [(error["in"], error["location"]) for error in errors]


class TestTheStatements:
    @pytest.mark.parametrize(
        ("category", "how_many"),
        [("", STATEMENTS_WITHOUT_CATEGORY), (TILE, STATEMENTS_WITH_CATEGORY)],
    )
    def test_stay_as_few_with_many_cases_and_assets(
        self,
        web: FlaskClient,
        connection: Connection,
        place: SmallMunicipality,
        category: str,
        how_many: int,
    ) -> None:
        report(web, asset=str(place.lamp_id))
        for metres in range(5, 50, 5):
            report(web, at=east_of(IN_DISTRICT, metres), category=TILE)

        with statements(connection) as seen:
            asked(web, category=category)

        assert len(seen) == how_many


def an_address(transaction: Any, street: str, number: str, at: tuple[float, float]) -> None:  # noqa: ANN401  # only handed on
    transaction.connection.execute(
        text(
            "INSERT INTO address (street, number, postcode, village, spot) VALUES"
            " (:street, :number, '4671 AB', 'Dinteloord',"
            " ST_SetSRID(ST_MakePoint(:x, :y), 4326))"
        ),
        {"street": street, "number": number, "x": at[0], "y": at[1]},
    )


def a_work(reference: str, at: tuple[float, float]) -> PlannedWork:
    return PlannedWork(
        reference=reference,
        title_nl="Nieuwe stoep",
        title_en="New pavement",
        description_nl="Wij leggen een nieuwe stoep.",
        description_en="We lay a new pavement.",
        kind="paving",
        hindrance=Hindrance.DETOUR,
        join_groups=("wegen",),
        starts_on=date(2020, 1, 1),
        ends_on=date(2099, 12, 31),
        carried_out_by="Team Zuid",
        geometry=f'{{"type":"Point","coordinates":[{at[0]},{at[1]}]}}',
    )
