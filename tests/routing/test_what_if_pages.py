"""`/beheer/wat-als` over HTTP: a draft is written, compared, put in force and taken back."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.areas import a_rectangle, an_area
from tests.makers.drafts import a_past_report, boxes_as_geojson
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, SmallMunicipality, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def places(provided: Provided) -> SmallMunicipality:
    """A small municipality with two reports of last week."""
    at = provided.get(Clock).now() - timedelta(days=7)
    with provided.get(Database).transaction() as transaction:
        made = a_small_municipality(transaction)
        for category in ("wegen.losse-tegel", "verlichting.lamp-brandt-niet"):
            a_past_report(transaction, IN_DISTRICT, category=category, at=at)
    return made


@pytest.fixture
def administrator(web: FlaskClient, provided: Provided, places: SmallMunicipality) -> Browser:
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.ADMINISTRATOR)
    return signed_in(web, account)


@pytest.fixture
def draft(administrator: Browser) -> str:
    """The address of a draft that gives all work in the district to Lux."""
    begun = administrator.submit("/beheer/wat-als", "/beheer/wat-als", name="Naar Lux " + HOSTILE)
    address = str(begun.headers["Location"])
    written = administrator.submit(
        f"{address}/werkafspraak?code=all-in-zuid",
        f"{address}/werkafspraak",
        party="lux",
        area="team-district/zuid",
        validFrom="2020-01-01",
        priority="0",
    )
    assert written.status_code == 303, written.text
    return address


def day_ahead(provided: Provided, days: int) -> str:
    today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
    return (today + timedelta(days=days)).isoformat()


class TestAComparison:
    def test_tells_who_would_get_what(self, administrator: Browser, draft: str) -> None:
        page = administrator.get(f"{draft}/vergelijking")

        rows = re.findall(r'<th scope="row">.*?([^<>]*)</span></th>(.*?)</tr>', page.text)
        told = {name: re.findall(r'class="number">([^<]*)<', cells) for name, cells in rows}
        assert page.status_code == 200
        assert told["Lux Verlichting"] == ["1", "2", "+1"]
        assert told["Team Zuid"] == ["1", "0", "−1"]

    def test_says_that_another_one_is_under_way_and_is_answered_afterwards(
        self, administrator: Browser, draft: str, engine: Engine
    ) -> None:
        address = f"{draft}/vergelijking"
        with engine.begin() as somebody_else:
            somebody_else.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended('comparison', 854))")
            )
            meanwhile = [administrator.get(address), administrator.get(f"{address}.csv")]
        afterwards = administrator.get(address)

        assert {page.status_code for page in meanwhile} == {429}
        assert all(page.headers["Retry-After"] == "10" for page in meanwhile)
        assert all("Iemand anders vergelijkt nu" in page.text for page in meanwhile)
        assert afterwards.status_code == 200

    def test_shows_the_reports_of_one_pair_of_parties_alone(
        self, administrator: Browser, provided: Provided, places: SmallMunicipality, draft: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            at = provided.get(Clock).now() - timedelta(days=5)
            other = a_past_report(transaction, ON_MOTORWAY, at=at)
        administrator.submit(draft, f"{draft}/einde", code="motorway")
        everything = administrator.get(f"{draft}/vergelijking").text

        some = administrator.get(f"{draft}/vergelijking?was=team&wordt=lux").text
        unknown = administrator.get(f"{draft}/vergelijking?was=team&wordt=nobody-like-this").text

        assert everything.count("data-moved=") == unknown.count("data-moved=") == 2
        assert some.count("data-moved=") == 1
        assert f'data-moved="{other}"' not in some
        assert "Alleen van Team Zuid naar Lux Verlichting." in some

    def test_of_a_draft_that_changes_nothing_says_so(
        self, administrator: Browser, places: SmallMunicipality
    ) -> None:
        begun = administrator.submit("/beheer/wat-als", "/beheer/wat-als", name="Nog niets")
        address = str(begun.headers["Location"])

        nothing_yet = administrator.get(f"{address}/vergelijking").text
        nobody_reported = administrator.get(
            f"{address}/vergelijking?van=2001-01-01&tot=2001-01-02"
        ).text

        assert "Dit ontwerp verandert nog niets." in nothing_yet
        assert "kwamen geen meldingen binnen" in nobody_reported

    def test_that_moves_nothing_says_so(
        self, administrator: Browser, places: SmallMunicipality
    ) -> None:
        begun = administrator.submit("/beheer/wat-als", "/beheer/wat-als", name="Zelfde")
        address = str(begun.headers["Location"])
        administrator.submit(
            f"{address}/werkafspraak?code=all-in-zuid",
            f"{address}/werkafspraak",
            party="team",
            area="team-district/zuid",
            validFrom="2020-01-01",
            priority="7",
        )

        page = administrator.get(f"{address}/vergelijking").text

        assert "Ze zouden allemaal bij dezelfde uitvoerder blijven." in page
        assert "data-moved=" not in page

    def test_is_given_as_a_file_that_tells_no_place_and_runs_no_formula(
        self, administrator: Browser, connection: Connection, draft: str
    ) -> None:
        connection.execute(
            text("UPDATE party SET name = '=HYPERLINK(\"https://x.example\")' WHERE code = 'lux'")
        )

        answer = administrator.get(f"{draft}/vergelijking.csv")

        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.reader(answer.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
        assert [row[2] for row in rows[1:]] == ["wegen.losse-tegel"]
        assert rows[1][5:] == ["Team Zuid", '\'=HYPERLINK("https://x.example")']
        assert "51." not in answer.text

    @pytest.mark.parametrize("asked", ["van=morgen", "tot=9999-12-31"])
    def test_of_a_period_that_is_none_is_no_file(
        self, administrator: Browser, draft: str, asked: str
    ) -> None:
        answer = administrator.get(f"{draft}/vergelijking.csv?{asked}")

        assert answer.status_code == 400
        assert "error-summary" in answer.text

    def test_shows_what_was_written_as_text(self, administrator: Browser, draft: str) -> None:
        pages = [administrator.get(address).text for address in (draft, f"{draft}/vergelijking")]

        assert all(HOSTILE not in page for page in pages)

    @pytest.mark.parametrize(
        "asked",
        ["van=morgen", "van=2026-12-01&tot=2026-01-01", "tot=9999-12-31", "van=0001-01-01"],
    )
    def test_of_a_period_that_is_none_says_so(
        self, administrator: Browser, draft: str, asked: str
    ) -> None:
        page = administrator.get(f"{draft}/vergelijking?{asked}")

        assert page.status_code == 400
        assert "error-summary" in page.text

    @pytest.mark.parametrize("asked", ["pagina=0", "pagina=-5", "pagina=999999", "pagina=x"])
    def test_has_no_page_beyond_the_last(
        self, administrator: Browser, draft: str, asked: str
    ) -> None:
        assert administrator.get(f"{draft}/vergelijking?{asked}").status_code == 200


class TestADraft:
    def test_replaces_areas_of_any_kind_but_the_outline(
        self, administrator: Browser, provided: Provided, draft: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            an_area(transaction, a_rectangle(4.3, 51.5, 4.4, 51.6), kind="snow-round")

        page = administrator.get(draft).text

        for kind in ("water-authority", "road-authority", "lighting-contract", "snow-round"):
            assert f'<option value="{kind}">' in page
        assert '<option value="municipality">' not in page

    def test_is_put_in_force_from_a_day_and_taken_back(
        self, administrator: Browser, provided: Provided, connection: Connection, draft: str
    ) -> None:
        begins = day_ahead(provided, 3)

        held = administrator.submit(draft, f"{draft}/ingaan", fromDay=begins)
        codes = set(connection.scalars(text("SELECT code FROM agreement")))
        back = administrator.submit(draft, f"{draft}/terug")

        assert (held.status_code, back.status_code) == (303, 303)
        assert "all-in-zuid-2" in codes
        assert "all-in-zuid-2" not in set(connection.scalars(text("SELECT code FROM agreement")))

    def test_is_not_put_in_force_by_whoever_saw_an_older_one(
        self, administrator: Browser, provided: Provided, draft: str
    ) -> None:
        seen = administrator.hidden(draft, f"{draft}/ingaan")
        administrator.submit(draft, f"{draft}/naam", name="Anders")

        late = administrator.send(f"{draft}/ingaan", seen, fromDay=day_ahead(provided, 3))

        assert late.status_code == 412
        assert "error-summary" in late.text

    @pytest.mark.parametrize("days", [-1, 5000])
    def test_on_a_day_that_cannot_be_is_refused(
        self, administrator: Browser, provided: Provided, draft: str, days: int
    ) -> None:
        refused = administrator.submit(draft, f"{draft}/ingaan", fromDay=day_ahead(provided, days))

        assert refused.status_code == 422
        assert "Kies vandaag of een latere dag, binnen drie jaar." in refused.text

    def test_that_does_not_hold_cannot_be_taken_back(
        self, administrator: Browser, draft: str
    ) -> None:
        seen = administrator.hidden(draft, f"{draft}/ingaan")

        refused = administrator.send(f"{draft}/terug", seen)

        assert refused.status_code == 422
        assert "Dit ontwerp geldt niet." in refused.text

    def test_that_would_end_what_decided_today_is_refused_in_dutch(
        self, administrator: Browser, provided: Provided, draft: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            a_past_report(transaction, IN_DISTRICT, at=provided.get(Clock).now())

        refused = administrator.submit(draft, f"{draft}/ingaan", fromDay=day_ahead(provided, 0))

        assert refused.status_code == 422
        assert "Kies een latere dag." in refused.text
        assert f'value="{day_ahead(provided, 0)}"' in refused.text

    def test_takes_areas_from_a_file(
        self, administrator: Browser, connection: Connection, draft: str
    ) -> None:
        content = boxes_as_geojson(zuid=(4.3, 51.5, 4.4, 51.7))
        file = (BytesIO(content), "areas.geojson")

        sent = administrator.submit(
            draft,
            f"{draft}/gebieden",
            kind="team-district",
            codeField="code",
            nameField="code",
            file=file,
        )

        assert sent.status_code == 303, sent.text
        assert connection.scalar(text("SELECT count(*) FROM draft_area")) == 1

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"\xff\xfe", b'{"type": "FeatureCollection", "features": []}']
    )
    def test_refuses_a_file_without_areas(
        self, administrator: Browser, draft: str, content: bytes
    ) -> None:
        sent = administrator.submit(
            draft, f"{draft}/gebieden", kind="team-district", file=(BytesIO(content), "a.geojson")
        )

        assert sent.status_code in {400, 422}
        assert "error-summary" in sent.text

    def test_that_is_not_there_is_not_found(self, administrator: Browser) -> None:
        assert administrator.get(f"/beheer/wat-als/{uuid4()}").status_code == 404


class TestOpenReports:
    def test_are_moved_from_a_page_once_the_draft_holds(
        self, administrator: Browser, provided: Provided, connection: Connection, draft: str
    ) -> None:
        administrator.submit(draft, f"{draft}/ingaan", fromDay=day_ahead(provided, 0))

        page = administrator.get(f"{draft}/open-meldingen")
        sent = administrator.submit(f"{draft}/open-meldingen", f"{draft}/open-meldingen")

        assert (page.status_code, sent.status_code) == (200, 303)
        assert set(
            connection.scalars(
                text("SELECT code FROM defect_case JOIN party ON party.id = party_id")
            )
        ) == {"lux"}

    def test_are_not_moved_by_whoever_saw_others(
        self, administrator: Browser, provided: Provided, connection: Connection, draft: str
    ) -> None:
        administrator.submit(draft, f"{draft}/ingaan", fromDay=day_ahead(provided, 0))
        seen = administrator.hidden(f"{draft}/open-meldingen", f"{draft}/open-meldingen")
        with provided.get(Database).transaction() as transaction:
            at = provided.get(Clock).now() - timedelta(days=2)
            a_past_report(transaction, (4.33, 51.58), at=at)
        connection.execute(
            text("UPDATE defect_case SET party_id = (SELECT id FROM party WHERE code = 'team')")
        )

        late = administrator.send(f"{draft}/open-meldingen", seen)

        assert late.status_code == 412
        assert "Kijk nog een keer." in late.text
        assert set(connection.scalars(text("SELECT stage FROM task"))) == {"offered"}

    def test_are_not_moved_by_a_draft_that_does_not_hold_yet(
        self, administrator: Browser, provided: Provided, draft: str
    ) -> None:
        administrator.submit(draft, f"{draft}/ingaan", fromDay=day_ahead(provided, 3))

        page = administrator.get(f"{draft}/open-meldingen")

        assert "Dit ontwerp geldt vandaag niet." in page.text


class TestTheDesk:
    def test_has_no_business_there(self, web: FlaskClient, provided: Provided, draft: str) -> None:
        with provided.get(Database).transaction() as transaction:
            desk = signed_in(web, an_account(transaction, role=Role.DESK))

        found = {desk.get(address).status_code for address in ("/beheer/wat-als", draft)}

        assert found == {403}
