"""Anyone may read the map's data: valid GeoJSON, filtered as asked, and nothing that is private."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from urllib.parse import quote

import brotli
import jsonschema
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.operations import parties
from app.planning.operations import plan_works
from app.triage.model import QuestionKind
from tests.codebase.tree import CHECKOUT
from tests.makers.cases import a_public_case
from tests.makers.categories import a_question
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.makers.statements import statements
from tests.makers.works import a_work

CASES, WORKS = "/map/cases.geojson", "/map/works.geojson"
BOTH = pytest.mark.parametrize("path", [CASES, WORKS])

_SCHEMAS = CHECKOUT.parent / "shared" / "standards" / "geojson-schema"
_UUID = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE
)


def ids(web: FlaskClient, query: str = "") -> set[str]:
    answered = web.get(f"{CASES}?{query}")
    assert answered.status_code == 200, answered.text
    return {feature["id"] for feature in answered.get_json()["features"]}


def some_cases(connection: Connection) -> None:
    """Three that are open and one that is done, in two places and three kinds."""
    a_public_case(connection, "GREEN", category="groen.snoeien", at=(4.31, 51.58))
    a_public_case(connection, "WASTE", category="afval.zwerfafval", at=(4.41, 51.68))
    a_public_case(connection, "BIN", category="afval.volle-prullenbak", stage="planned")
    a_public_case(connection, "DONE", category="groen.snoeien", stage="resolved")


@pytest.mark.usefixtures("categories")
class TestTheCasesOfTheMap:
    def test_are_those_that_are_open(self, web: FlaskClient, connection: Connection) -> None:
        some_cases(connection)

        assert ids(web) == {"GREEN", "WASTE", "BIN"}

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("bbox=4.3,51.5,4.35,51.6", {"GREEN", "BIN"}),
            ("bbox=4.31,51.58,4.31,51.58", {"GREEN"}),
            ("bbox=%204.3, 51.5,4.35,51.6", {"GREEN", "BIN"}),
            ("bbox=5,52,6,53", set()),
            ("bbox=", {"GREEN", "WASTE", "BIN"}),
            ("category=groen", {"GREEN"}),
            ("category=afval", {"WASTE", "BIN"}),
            ("category=afval.zwerfafval", {"WASTE"}),
            ("category=afval.zwerfafval,groen", {"WASTE", "GREEN"}),
            ("category=afval.zwerfafval&category=groen", {"WASTE", "GREEN"}),
            ("category=&status=", {"GREEN", "WASTE", "BIN"}),
            ("status=resolved", {"DONE"}),
            ("status=planned,resolved", {"BIN", "DONE"}),
            ("status=merged", set()),
            ("status=assigned&category=afval&bbox=4,51,5,52", {"WASTE"}),
        ],
    )
    def test_are_filtered_as_asked(
        self, web: FlaskClient, connection: Connection, query: str, found: set[str]
    ) -> None:
        some_cases(connection)

        assert ids(web, query) == found

    def test_of_a_retired_category_can_still_be_asked_for(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        some_cases(connection)
        connection.execute(text("UPDATE category SET retired_at = now() WHERE code LIKE 'groen%'"))

        assert ids(web, "category=groen.snoeien") == {"GREEN"}

    def test_cost_two_statements_and_one_when_nothing_changed(
        self, web: FlaskClient, connection: Connection
    ) -> None:
        some_cases(connection)

        with statements(connection) as first:
            tag = web.get(CASES).headers["ETag"]
        with statements(connection) as again:
            web.get(CASES, headers={"If-None-Match": tag})
        with statements(connection) as for_another:
            web.get(CASES)

        assert [len(first), len(again), len(for_another)] == [2, 1, 1]

    @pytest.mark.parametrize(
        "name",
        ['Jansen "Groen" & Zn.', "</script><script>alert(1)</script>", "\\u0000\\", "Ü 🌳\n'", ""],
    )
    def test_carry_any_name_of_a_party_as_it_is(
        self, web: FlaskClient, connection: Connection, name: str
    ) -> None:
        a_public_case(connection, "CASE", party=name)

        (feature,) = web.get(CASES).get_json()["features"]

        assert feature["properties"]["party"] == name

    def test_of_nobody_say_so(self, web: FlaskClient, connection: Connection) -> None:
        a_public_case(connection, "CASE", party=None)

        (feature,) = web.get(CASES).get_json()["features"]

        assert feature == {
            "type": "Feature",
            "id": "CASE",
            "geometry": {"type": "Point", "coordinates": [4.32, 51.58]},
            "properties": {
                "category": "groen.snoeien",
                "main": "groen",
                "status": "assigned",
                "party": None,
                "reportedOn": "2026-03-03",
                "dueOn": "2026-03-03",
            },
        }


class TestTheWorksOfTheMap:
    def test_are_those_within_the_box_that_are_not_over(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        today = provided.get(Clock).now().date()
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [
                    (a_work("HERE", starts_on=today, ends_on=date.max), None),
                    (a_work("ELSEWHERE", ends_on=date.max, at=(5.5, 52.5)), None),
                    (a_work("OVER", ends_on=date(2020, 1, 1)), None),
                ],
                now=provided.get(Clock).now(),
            )

        features = web.get(f"{WORKS}?bbox=4,51,5,52").get_json()["features"]

        assert [feature["id"] for feature in features] == ["HERE"]


class TestTheMapsData:
    @BOTH
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("bbox=1,2,3", "bbox"),
            ("bbox=1,2,3,4,5", "bbox"),
            ("bbox=a,b,c,d", "bbox"),
            ("bbox=,,,", "bbox"),
            ("bbox=nan,nan,nan,nan", "bbox"),
            ("bbox=-inf,-inf,inf,inf", "bbox"),
            ("bbox=1_0,1_0,2_0,2_0", "bbox"),
            ("bbox=999,51,5,52", "bbox"),
            ("bbox=5,51,4,52", "bbox"),
            ("bbox=4,52,5,51", "bbox"),
            ("bbox=51,4,52,5;DROP", "bbox"),
            ("bbox=%00,1,2,3", "bbox"),
            ("bbox=" + "9" * 5000, "bbox"),
            ("bbox=٤,٥,٥,٦", "bbox"),
        ],
    )
    def test_refuses_a_box_that_is_none(
        self, web: FlaskClient, path: str, query: str, field: str
    ) -> None:
        answered = web.get(f"{path}?{query}")

        assert answered.status_code == 400
        assert answered.content_type == "application/problem+json"
        assert [error["location"] for error in answered.get_json()["errors"]] == [field]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("status=lost", "status"),
            ("status=assigned,lost", "status"),
            ("status=ASSIGNED", "status"),
            ("status=%00", "status"),
            ("category=draken", "category"),
            ("category=groen,groen.draken", "category"),
            ("category=%00", "category"),
            ("category=groen'--", "category"),
            ("category=%25", "category"),
            ("category=🌳", "category"),
            ("category=" + "x" * 3000, "category"),
        ],
    )
    @pytest.mark.usefixtures("categories")
    def test_refuses_a_word_that_is_none(self, web: FlaskClient, query: str, field: str) -> None:
        answered = web.get(f"{CASES}?{query}")

        assert answered.status_code == 400
        assert answered.content_type == "application/problem+json"
        (error,) = answered.get_json()["errors"]
        assert (error["in"], error["location"]) == ("query", field)
        assert len(answered.data) < 1000

    @BOTH
    def test_is_valid_geojson_with_and_without_anything_in_it(
        self, web: FlaskClient, provided: Provided, connection: Connection, path: str
    ) -> None:
        if not _SCHEMAS.is_dir():
            pytest.skip("../shared/standards/geojson-schema is not here")
        schema = json.loads((_SCHEMAS / "FeatureCollection.json").read_text())
        empty = web.get(path).get_json()
        some_cases(connection)
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [
                    (a_work("POINT"), None),
                    (a_work("LINE", line=((4.3, 51.5), (4.4, 51.6))), None),
                    (a_work("AREA", area=((4.3, 51.5), (4.4, 51.5), (4.4, 51.6))), None),
                ],
                now=provided.get(Clock).now(),
            )

        filled = web.get(path).get_json()

        assert empty["features"] == []
        assert len(filled["features"]) == 3
        for document in (empty, filled):
            jsonschema.validate(document, schema)

    @BOTH
    def test_is_not_sent_twice(self, web: FlaskClient, path: str) -> None:
        first = web.get(path)

        again = web.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["ETag"].startswith("W/")
        assert first.headers["Cache-Control"] == "no-cache"
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]

    @BOTH
    def test_is_sent_again_after_a_change(
        self, web: FlaskClient, connection: Connection, provided: Provided, path: str
    ) -> None:
        tag = web.get(path).headers["ETag"]

        a_public_case(connection, "NEW")
        with provided.get(Database).transaction() as transaction:
            plan_works(transaction, [(a_work("NEW"), None)], now=provided.get(Clock).now())

        again = web.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert [feature["id"] for feature in again.get_json()["features"]] == ["NEW"]

    @BOTH
    def test_has_a_version_for_each_way_of_asking(self, web: FlaskClient, path: str) -> None:
        tags = {
            web.get(f"{path}?{query}", headers={"Accept-Encoding": encoding}).headers["ETag"]
            for query in ("", "bbox=4,51,5,52")
            for encoding in ("", "br", "gzip")
        }

        assert len(tags) == 6

    @BOTH
    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("br", "br"),
            ("gzip, deflate, br", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("", None),
            ("identity", None),
        ],
    )
    def test_travels_as_the_reader_can_read_it(
        self,
        web: FlaskClient,
        connection: Connection,
        path: str,
        accepted: str,
        encoding: str | None,
    ) -> None:
        for number in range(50):
            a_public_case(connection, f"CASE-{number}")

        answered = web.get(path, headers={"Accept-Encoding": accepted})

        assert answered.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in answered.headers["Vary"]
        read = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
        assert json.loads(read(answered.data))["type"] == "FeatureCollection"

    @BOTH
    def test_may_be_read_by_a_page_from_anywhere(self, web: FlaskClient, path: str) -> None:
        tag = web.get(path).headers["ETag"]
        answers = [web.get(path), web.get(path, headers={"If-None-Match": tag})]

        assert [a.headers["Access-Control-Allow-Origin"] for a in answers] == ["*", "*"]
        assert answers[0].headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answers[0].mimetype == "application/geo+json"
        assert "Set-Cookie" not in answers[0].headers

    @BOTH
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_is_for_reading(self, web: FlaskClient, path: str, method: str) -> None:
        assert web.open(path, method=method).status_code == 405


class TestAReportThatHoldsWhatIsPrivate:
    def test_puts_none_of_it_into_what_anyone_may_read(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            place = a_small_municipality(transaction)
            private_ids = [str(one.id) for one in parties(transaction)] + [str(place.lamp_id)]
            transaction.connection.execute(
                text("UPDATE category SET public_visibility = 'blurred' WHERE code LIKE 'overig.%'")
            )
            for category in ("wegen.losse-tegel", "overig.anders"):
                a_question(transaction, category, "waar", kind=QuestionKind.TEXT, is_private=True)
        longitude, latitude = IN_DISTRICT
        private = {
            "description": "Mevrouw Zilverberg van nummer 12 struikelde over een tegel",
            "contact": {
                "email": "zilverberg@example.org",
                "phone": "0612345678",
                "name": "Aaltje Zilverberg",
            },
            "answers": {"waar": "achter de groene deur"},
        }
        posted = [
            web.post(
                "/api/v1/reports",
                json={
                    **private,
                    "location": {"type": "Point", "coordinates": [longitude + east, latitude]},
                    "category": category,
                },
            ).get_json()
            for category, east in (("wegen.losse-tegel", 0), ("overig.anders", 0.0013))
        ]

        told = [
            web.get(path).text
            for path in (
                CASES,
                WORKS,
                "/",
                "/?taal=en",
                "/api/v1/categories",
                "/api/v1/openapi.json",
                f"/api/v1/places?lon={longitude}&lat={latitude}&category=wegen.losse-tegel",
            )
        ]
        kept = "SELECT count(*) FROM report WHERE answered::text LIKE '%groene deur%'"

        # Places name parties and objects: that is what they are for.
        whole = "\n".join(told[:-1])
        assert "groene deur" not in told[-1]
        with provided.get(Database).transaction() as transaction:
            assert transaction.connection.scalar(text(kept)) == 2
        assert [reference in told[0] for reference in (p["reference"] for p in posted)] == [
            True
        ] * 2
        for secret in (
            *("Zilverberg", "zilverberg", "0612345678", "Aaltje", "groene deur", "struikelde"),
            *private_ids,
            *(p["id"] for p in posted),
            *(p["token"] for p in posted),
        ):
            assert secret not in whole
        assert not _UUID.search(told[0] + told[1])
        # The second is of a kind that is shown blurred: its own place is nowhere.
        assert str(round(longitude + 0.0013, 5)) not in whole


class TestAPrivateAnswer:
    def test_is_read_by_nobody_who_joins_the_case(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        lamp_out = "verlichting.lamp-brandt-niet"
        with provided.get(Database).transaction() as transaction:
            place = a_small_municipality(transaction)
            a_question(transaction, lamp_out, "waar", kind=QuestionKind.TEXT, is_private=True)
        lamp = {
            "description": "Lamp uit",
            "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
            "category": lamp_out,
            "asset": str(place.lamp_id),
        }
        first = web.post(
            "/api/v1/reports", json={**lamp, "answers": {"waar": "achter de groene deur"}}
        ).get_json()
        second = web.post("/api/v1/reports", json=lamp).get_json()
        assert second["case"]["joined"]

        bearer = {"Authorization": f"Bearer {second['token']}"}
        told = [
            web.get(f"/api/v1/reports/{second['id']}", headers=bearer).text,
            web.get(f"/volg/{second['token']}").text,
            web.get("/api/v1/places?lon={}&lat={}".format(*IN_DISTRICT)).text,
            web.get(CASES).text,
            web.get("/").text,
        ]

        assert [second["reference"] in one for one in told[:2]] == [True, True]
        assert not any("groene deur" in one for one in told)
        # Whoever gave it reads it.
        assert "groene deur" in web.get(f"/volg/{first['token']}").text


@pytest.mark.parametrize("path", [CASES, WORKS, "/"])
def test_a_query_that_is_no_text_is_no_fault(web: FlaskClient, path: str) -> None:
    for query in ("%FF%FE=%FF", "bbox=%FF", "page=%FF", "&&&=", quote("\x00") + "=1"):
        assert web.get(f"{path}?{query}").status_code in {200, 400}
