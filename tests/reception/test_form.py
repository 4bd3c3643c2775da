"""The resident's form, without a script: from the first word to the number, and what is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook, NoAddresses
from app.planning.operations import plan_works
from tests.makers.form_places import an_address, another_municipality
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, SmallMunicipality, a_small_municipality
from tests.makers.works import a_work
from tests.photos.pictures import a_jpeg
from tests.reception.browsing import Page, Resident

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = "De lamp voor mijn huis is uit"
LAMP = "verlichting.lamp-brandt-niet"


@pytest.fixture(autouse=True)
def place(provided: Provided) -> SmallMunicipality:
    provided.put(Clock, StoppedClock(MONDAY))
    with provided.get(Database).transaction() as transaction:
        made = a_small_municipality(transaction)
        an_address(transaction, "Kade", "4", IN_DISTRICT)
        an_address(transaction, "Kade", "6", (4.3202, 51.5801))
        an_address(transaction, "Rijksweg", "1", ON_MOTORWAY)
        an_address(transaction, "Verweg", "9", (5.0, 52.0))
    return made


@pytest.fixture
def resident(web: FlaskClient) -> Resident:
    return Resident(web)


def at_the_place(resident: Resident, words: str = WORDS, kind: str = LAMP) -> Page:
    """Fill in step one."""
    resident.opens("/melden")
    resident.sends({"words": words})
    return resident.sends({"category": kind})


def at_the_check(resident: Resident, *, asset: str = "geen", words: str = WORDS) -> Page:
    """Fill in everything for a lamp at Kade 4, up to the last look."""
    at_the_place(resident, words)
    resident.sends({"address": "Kade 4"})
    resident.sends({"place": resident.page.form.choices["place"][0]})
    page = resident.sends({"asset": asset})
    if page.path == "/melden/al-bekend":
        resident.sends({"same": "geen"} if "same" in page.form.choices else {})
    return resident.sends()


def reports(provided: Provided) -> list[dict[str, object]]:
    with provided.get(Database).transaction() as transaction:
        return [
            dict(row)
            for row in transaction.connection.execute(
                text(
                    "SELECT report.*, ST_X(spot) AS longitude, case_id, contact.email"
                    " FROM report LEFT JOIN contact ON contact.report_id = report.id"
                )
            ).mappings()
        ]


class TestTheWholeForm:
    def test_ends_with_a_number_the_party_the_day_and_the_link(
        self, resident: Resident, provided: Provided, place: SmallMunicipality
    ) -> None:
        first = resident.opens("/melden")
        assert first.form.action == "/melden"
        kind = resident.sends({"words": WORDS}, photos={"lamp.jpg": a_jpeg()})
        assert kind.path == "/melden/soort"
        assert "Gaat het hierover?" in kind.text
        assert kind.form.fields["category"] == LAMP
        where = resident.sends()
        assert where.path == "/melden/plek"
        which = resident.sends({"address": "Kade"})
        assert which.path == "/melden/plek/adres"
        assert "place" not in which.form.fields
        assert "Kade 4" in which.text
        lamp = resident.sends({"place": which.form.choices["place"][0]})
        assert lamp.path == "/melden/plek/object"
        assert "Lantaarnpaal L-1 0 meter" in lamp.text
        assert "Geen van deze, of ik weet het niet" in lamp.text
        contact = resident.sends({"asset": str(place.lamp_id)})
        assert contact.path == "/melden/contact"
        check = resident.sends({"email": "jo@example.org"})
        assert check.path == "/melden/controle"
        assert "Lux Verlichting krijgt uw melding" in check.text
        assert "maandag 30 november 2026" in check.text
        assert "1 foto" in check.text
        assert reports(provided) == []

        sent = resident.sends()

        (kept,) = reports(provided)
        assert sent.path.startswith("/melden/verstuurd/")
        assert str(kept["reference"]) in sent.text
        assert "Lux Verlichting" in sent.text
        assert "maandag 30 november 2026" in sent.text
        assert "1 foto is meegekomen" in sent.text
        assert any(link.startswith("/volg/") for link in sent.read.links)
        assert kept["asset_id"] == place.lamp_id
        assert kept["category_chosen_by"] == "reporter"
        assert kept["channel"] == "web"
        assert kept["email"] == "jo@example.org"
        with provided.get(Database).transaction() as transaction:
            assert (
                transaction.connection.scalar(
                    text("SELECT count(*) FROM photo WHERE report_id = :id AND draft_id IS NULL"),
                    {"id": kept["id"]},
                )
                == 1
            )

    def test_leaves_nothing_of_the_reporter_in_the_draft(
        self, resident: Resident, provided: Provided
    ) -> None:
        at_the_check(resident)
        resident.sends()

        with provided.get(Database).transaction() as transaction:
            content = transaction.connection.scalar(text("SELECT content FROM draft"))
        assert content == {}

    def test_asks_nothing_that_does_not_matter_here(self, resident: Resident) -> None:
        at_the_place(resident, "Losse tegel", "wegen.losse-tegel")
        resident.sends({"address": "Kade 4"})

        page = resident.sends({"place": resident.page.form.choices["place"][0]})

        assert page.path == "/melden/contact"

    def test_tells_those_who_left_no_address_to_keep_the_link(self, resident: Resident) -> None:
        at_the_check(resident)

        page = resident.sends()

        assert "U liet geen e-mailadres of telefoonnummer achter" in page.text

    def test_goes_to_another_authority_without_a_day_it_did_not_promise(
        self, resident: Resident
    ) -> None:
        at_the_place(resident, "Losse tegel", "wegen.losse-tegel")
        resident.sends({"address": "Rijksweg 1"})
        resident.sends({"place": resident.page.form.choices["place"][0]})

        page = resident.sends()

        assert "Deze weg is van Rijkswaterstaat. Wij sturen uw melding naar hen door." in page.text
        assert "november 2026" not in page.text
        assert "dus u hoort niets van hen" in page.text

        page = resident.sends()

        assert "Wij hebben uw melding naar hen doorgestuurd." in page.text
        assert "dus u hoort niets van hen" in page.text
        assert "november 2026" not in page.text
        assert "https://rws.example/melden" in page.read.links
        assert "tel:0880000002" in page.read.links

    def test_can_leave_the_kind_to_us(self, resident: Resident, provided: Provided) -> None:
        at_the_place(resident, kind="onbekend")
        resident.sends({"address": "Kade 4"})
        resident.sends({"place": resident.page.form.choices["place"][0]})
        resident.sends({"asset": "geen"})
        resident.sends()
        resident.sends()

        (kept,) = reports(provided)
        assert kept["category_chosen_by"] == "words"
        assert kept["category_code"] == LAMP

    def test_takes_a_kind_from_the_whole_list_above_the_proposal(self, resident: Resident) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS})

        resident.sends({"all": "wegen.losse-tegel"})

        assert resident.opens("/melden/soort").form.fields["category"] == "wegen.losse-tegel"


class TestAnAddressThatIsNotFound:
    def test_is_no_reason_to_stop(self, resident: Resident, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            another_municipality(transaction, kind="village", code="dorp", name="Dinteloord")
        at_the_place(resident)
        page = resident.sends({"address": "achter de molen"})
        assert "We vonden dat adres niet" in page.text

        page = resident.sends({"village": page.form.choices["village"][1]})

        assert page.path == "/melden/contact"
        resident.sends()
        resident.sends()
        (kept,) = reports(provided)
        assert str(kept["description"]) == f"{WORDS}\n\n(achter de molen)"
        assert kept["accuracy_metres"] == 2000

    def test_without_an_address_service_either(
        self, resident: Resident, provided: Provided
    ) -> None:
        provided.put(AddressBook, NoAddresses())
        at_the_place(resident)

        page = resident.sends({"address": "Kade 4"})

        assert page.status == 200
        assert "Wij kunnen nu geen adressen opzoeken" in page.text
        assert "U typte: Kade 4" in page.text
        assert "village" in page.form.fields
        assert resident.opens("/melden/plek").form.fields["address"] == "Kade 4"
        longitude, latitude = map(str, IN_DISTRICT)
        onward = resident.sends({"longitude": longitude, "latitude": latitude})
        assert onward.path == "/melden/plek/object"

    def test_says_so_where_it_knows_addresses_and_not_this_one(self, resident: Resident) -> None:
        at_the_place(resident)

        page = resident.sends({"address": "Champs-Élysées 1"})

        assert "We vonden dat adres niet" in page.text
        assert "geen adressen opzoeken" not in page.text

    def test_keeps_the_address_for_another_try(self, resident: Resident) -> None:
        at_the_place(resident)
        resident.sends({"address": "achter de molen"})

        assert resident.opens("/melden/plek").form.fields["address"] == "achter de molen"


class TestAPlaceOutside:
    def test_is_said_at_once_with_what_was_typed(
        self, resident: Resident, provided: Provided
    ) -> None:
        at_the_place(resident)
        page = resident.sends({"address": "Verweg 9"})

        page = resident.sends({"place": page.form.choices["place"][0]})

        assert page.status == 400
        assert page.title.startswith("(1 fout)")
        assert "buiten de gemeente Steenbergen" in page.text
        assert reports(provided) == []

    def test_names_the_municipality_when_it_is_known(
        self, resident: Resident, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            another_municipality(transaction)
        at_the_place(resident)

        page = resident.sends({"longitude": "5.0", "latitude": "52.0", "address": "bij de brug"})

        assert "in de gemeente Utrecht" in page.text
        assert page.form.fields["address"] == "bij de brug"

    @pytest.mark.parametrize(
        ("longitude", "latitude"), [("nan", "51"), ("999", "999"), ("", "51.5"), ("x", "y")]
    )
    def test_that_is_no_place_is_asked_for_again(
        self, resident: Resident, longitude: str, latitude: str
    ) -> None:
        at_the_place(resident)

        page = resident.sends({"longitude": longitude, "latitude": latitude})

        assert page.status == 400
        assert "Vertel waar het is" in page.text


class TestWhatIsKnownNearBy:
    def test_is_asked_and_joined(
        self, resident: Resident, provided: Provided, app_client: Resident
    ) -> None:
        at_the_check(app_client)
        app_client.sends()
        (first,) = reports(provided)
        at_the_place(resident, "Lamp hier ook uit")
        resident.sends({"address": "Kade 6"})
        resident.sends({"place": resident.page.form.choices["place"][0]})
        page = resident.sends({"asset": "geen"})
        assert page.path == "/melden/al-bekend"
        assert "same" not in page.form.fields

        resident.sends({"same": str(first["reference"])})
        check = resident.sends()
        sent = resident.sends()

        assert str(first["reference"]) in check.text
        assert f"al bekend onder nummer {first['reference']}" in sent.text
        assert {kept["case_id"] for kept in reports(provided)} == {first["case_id"]}

    def test_is_told_apart_from_work_that_is_planned(
        self, resident: Resident, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            works = [(a_work("W-1", at=IN_DISTRICT, join_groups=("wegen",)), None)]
            plan_works(transaction, works, now=MONDAY)
        at_the_place(resident, "Losse tegel", "wegen.losse-tegel")
        resident.sends({"address": "Kade 4"})

        page = resident.sends({"place": resident.page.form.choices["place"][0]})

        assert page.path == "/melden/al-bekend"
        assert page.title.startswith("Hier is werk gepland")
        assert "al bekend in de buurt" not in page.text
        assert "Misschien lost dit werk op wat u ziet" in page.text
        assert resident.sends().path == "/melden/contact"

    def test_promises_nothing_of_work_on_other_things(
        self, resident: Resident, provided: Provided
    ) -> None:
        elsewhere = a_work("W-1", at=IN_DISTRICT, join_groups=("trees",), title_nl="Bomen snoeien")
        with provided.get(Database).transaction() as transaction:
            plan_works(transaction, [(elsewhere, None)], now=MONDAY)
        at_the_place(resident, "Losse tegel", "wegen.losse-tegel")
        resident.sends({"address": "Kade 4"})

        page = resident.sends({"place": resident.page.form.choices["place"][0]})

        assert page.title.startswith("Hier is werk gepland")
        assert "Bomen snoeien" in page.text
        assert "Misschien lost dit werk op" not in page.text
        assert "Dit werk gaat over andere dingen dan uw melding" in page.text

    def test_never_stops_a_report(
        self, resident: Resident, provided: Provided, app_client: Resident
    ) -> None:
        at_the_check(app_client)
        app_client.sends()

        at_the_check(resident)
        resident.sends()

        assert len({kept["case_id"] for kept in reports(provided)}) == 2

    def test_at_the_same_object_joins_by_itself(
        self, resident: Resident, provided: Provided, place: SmallMunicipality, app_client: Resident
    ) -> None:
        at_the_check(app_client, asset=str(place.lamp_id))
        app_client.sends()

        check = at_the_check(resident, asset=str(place.lamp_id))
        resident.sends()

        assert "uw melding hoort daarbij" in check.text
        assert len({kept["case_id"] for kept in reports(provided)}) == 1

    def test_that_closed_in_the_meantime_is_said(
        self, resident: Resident, provided: Provided, app_client: Resident
    ) -> None:
        at_the_check(app_client)
        app_client.sends()
        (first,) = reports(provided)
        at_the_place(resident, "Lamp hier ook uit")
        resident.sends({"address": "Kade 6"})
        resident.sends({"place": resident.page.form.choices["place"][0]})
        resident.sends({"asset": "geen"})
        resident.sends({"same": str(first["reference"])})
        resident.sends()
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(text("UPDATE defect_case SET reference = 'WEG'"))

        page = resident.sends()

        assert "intussen gesloten" in page.text
        assert len(reports(provided)) == 1


class TestDirectDanger:
    @pytest.fixture(autouse=True)
    def dangerous(self, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text(
                    "UPDATE category SET danger_text_nl = 'Hangt er een draad los?',"
                    " danger_text_en = 'A loose wire?', danger_phone = '112',"
                    " danger_norm_amount = 0 WHERE code = :code"
                ),
                {"code": LAMP},
            )

    def test_is_asked_for_its_own_kind_and_stops_with_a_number(
        self, resident: Resident, provided: Provided
    ) -> None:
        page = at_the_place(resident)
        assert page.path == "/melden/gevaar"
        assert "Hangt er een draad los?" in page.text

        stop = resident.sends({"danger": "yes"})

        assert stop.path == "/melden/gevaar/bellen"
        assert "tel:112" in stop.read.links
        assert "/melden/plek" in stop.read.links

    def test_is_not_asked_for_another_kind(self, resident: Resident) -> None:
        assert at_the_place(resident, "Losse tegel", "wegen.losse-tegel").path == "/melden/plek"

    def test_has_to_be_answered(self, resident: Resident) -> None:
        at_the_place(resident)

        page = resident.sends()

        assert page.status == 400
        assert "danger-error" in page.read.ids

    def test_makes_the_report_urgent(self, resident: Resident, provided: Provided) -> None:
        at_the_place(resident)
        resident.sends({"danger": "yes"})
        resident.opens("/melden/plek")
        resident.sends({"address": "Kade 4"})
        resident.sends({"place": resident.page.form.choices["place"][0]})
        resident.sends({"asset": "geen"})
        check = resident.sends()
        resident.sends()

        assert "maandag 23 november 2026" in check.text
        assert reports(provided)[0]["is_danger"] is True


class TestAKindThatIsRetired:
    def test_is_asked_again_and_the_rest_stays(
        self, resident: Resident, provided: Provided
    ) -> None:
        check = at_the_check(resident)
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE category SET retired_at = now() WHERE code = :code"), {"code": LAMP}
            )

        page = resident.sends(page=check)

        assert page.path == "/melden/soort"
        assert "niet meer gebruikt" in page.text
        assert resident.opens("/melden").form.fields["words"] == WORDS
        assert reports(provided) == []

    def test_is_refused_when_it_is_sent(self, resident: Resident) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS})

        page = resident.sends({"category": "bestaat.niet"}, is_forged=True)

        assert page.status == 400
        assert page.title.startswith("(1 fout)")


class TestAddressProposals:
    def test_come_from_our_own_server(self, web: FlaskClient) -> None:
        answer = web.get("/melden/adressen?q=kade").get_json()

        assert [one["label"] for one in answer["addresses"]] == [
            "Kade 4, 4651 AA Steenbergen",
            "Kade 6, 4651 AA Steenbergen",
        ]

    @pytest.mark.parametrize("asked", ["", "%00", "%25", "x" * 5000])
    def test_are_none_for_nothing(self, web: FlaskClient, asked: str) -> None:
        answer = web.get(f"/melden/adressen?q={asked}")

        assert answer.status_code == 200
        assert answer.get_json() == {"addresses": [], "away": False}


@pytest.fixture
def app_client(web: FlaskClient) -> Resident:
    """Somebody else, with a browser of their own."""
    app: Flask = web.application
    return Resident(app.test_client())
