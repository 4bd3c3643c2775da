"""What is typed in the form is never lost, never sent twice, and never anybody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.entrypoints.web import create_app
from app.entrypoints.wiring import HEARERS, wire
from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, MapDatabase
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook, DemoAddresses
from app.reception.jobs import forget
from tests.makers.form_places import an_address
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.photos.pictures import a_jpeg, a_png
from tests.reception.browsing import Page, Resident

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = "Losse tegel bij de bakker"
TILE = "wegen.losse-tegel"
MARKUP = '<script>alert("hoi")</script><b>vet</b> {{ 7 * 7 }} & zo'
NOT_A_PHOTO = b"Dit is gewone tekst, geen foto."


@pytest.fixture
def clock(provided: Provided) -> StoppedClock:
    stopped = StoppedClock(MONDAY)
    provided.put(Clock, stopped)
    return stopped


@pytest.fixture
def resident(web: FlaskClient, provided: Provided, clock: StoppedClock) -> Resident:
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)
        an_address(transaction, "Kade", "4", IN_DISTRICT)
    return Resident(web)


@pytest.fixture
def neighbour(resident: Resident) -> Resident:
    """Somebody else, with a browser of their own."""
    return Resident(resident.client.application.test_client())


def at_the_check(resident: Resident, words: str = WORDS) -> Page:
    """Fill in everything up to the last look."""
    resident.opens("/melden")
    resident.sends({"words": words})
    resident.sends({"category": TILE})
    resident.sends({"address": "Kade 4"})
    page = resident.sends({"place": resident.page.form.choices["place"][0]})
    if page.path == "/melden/al-bekend":
        resident.sends({"same": "geen"})
    return resident.sends({"name": "Jo", "email": "jo@example.org"})


def count(provided: Provided, table: str) -> int:
    with provided.get(Database).transaction() as transaction:
        return transaction.connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def references(provided: Provided) -> list[str]:
    with provided.get(Database).transaction() as transaction:
        return list(transaction.connection.scalars(text("SELECT reference FROM report")))


class TestSending:
    def test_twice_gives_the_same_number(self, resident: Resident, provided: Provided) -> None:
        check = at_the_check(resident)

        first = resident.sends(page=check)
        second = resident.sends(page=check)

        (reference,) = references(provided)
        assert first.path == second.path
        assert reference in first.text
        assert reference in second.text
        assert "al verstuurd" in second.text

    def test_from_a_second_tab_gives_the_same_number(
        self, resident: Resident, provided: Provided
    ) -> None:
        at_the_check(resident)
        tabs = [resident.opens("/melden/controle"), resident.opens("/melden/controle")]

        seen = [resident.sends(page=tab) for tab in tabs]

        assert seen[0].path == seen[1].path
        assert len(references(provided)) == 1

    def test_after_the_back_button_changes_nothing(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")
        words = resident.page
        check = at_the_check(resident)
        sent = resident.sends(page=check)

        again = resident.sends({"words": "Iets heel anders"}, page=words)

        assert again.path == sent.path
        assert len(references(provided)) == 1

    def test_from_an_old_tab_does_not_send_the_form_begun_after_it(
        self, resident: Resident, provided: Provided
    ) -> None:
        old_check = at_the_check(resident)
        sent = resident.sends(page=old_check)
        at_the_check(resident, "Een tweede losse tegel")

        again = resident.sends(page=old_check)

        assert again.path == sent.path
        assert len(references(provided)) == 1

    def test_can_be_read_again_after_a_reload(self, resident: Resident) -> None:
        at_the_check(resident)
        sent = resident.sends()

        assert resident.opens(sent.path).text == sent.text

    def test_begins_an_empty_form_afterwards(self, resident: Resident) -> None:
        at_the_check(resident)
        resident.sends()

        page = resident.opens("/melden")

        assert page.form.fields["words"] == ""
        assert resident.opens("/melden/controle").path == "/melden"

    def test_without_a_place_leads_to_what_is_missing(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS})
        words = resident.page

        page = resident.sends(page=words, action="/melden/controle")

        assert page.path == "/melden/soort"
        assert references(provided) == []

    def test_eight_times_at_the_same_moment_makes_one_report(
        self, committing_database: Database, settings: Settings
    ) -> None:
        services = wire(settings)
        services.put(Database, Database(committing_database.bind, hearers=HEARERS))
        services.put(MapDatabase, MapDatabase(committing_database.bind))
        services.put(AddressBook, DemoAddresses(services.get(Database)))
        with services.get(Database).transaction() as transaction:
            a_small_municipality(transaction)
            an_address(transaction, "Kade", "4", IN_DISTRICT)
        resident = Resident(create_app(services).test_client())
        check = at_the_check(resident)
        cookies = {
            name: cookie.value
            for name, path in (("melding", "/melden"), ("straatbeeld", "/"))
            if (cookie := resident.client.get_cookie(name, path=path)) is not None
        }

        def send(_: int) -> str:
            client = resident.client.application.test_client()
            for name, value in cookies.items():
                client.set_cookie(name, value, path="/")
            return Resident(client).sends(page=check).path

        with ThreadPoolExecutor(8) as many:
            seen = set(many.map(send, range(8)))

        assert len(seen) == 1
        assert seen.pop().startswith("/melden/verstuurd/")
        assert len(references(services)) == 1


class TestWhatIsTyped:
    def test_is_there_again_after_a_reload_and_in_another_language(
        self, resident: Resident
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS})

        page = resident.opens("/melden?taal=en")

        assert page.form.fields["words"] == WORDS
        assert "What do you see?" in page.text

    def test_is_kept_while_somebody_types(self, resident: Resident) -> None:
        page = resident.opens("/melden")

        answer = resident.client.post(
            "/melden/bewaren",
            data={**page.form.fields, "words": "Losse te"},
            headers={"Accept": "application/json"},
        )

        assert answer.status_code == 204
        assert resident.opens("/melden").form.fields["words"] == "Losse te"

    def test_comes_along_to_another_language_without_scripts(self, resident: Resident) -> None:
        page = resident.opens("/melden")
        assert "/melden/bewaren?taal=en" in page.form.buttons

        page = resident.sends({"words": WORDS}, action="/melden/bewaren?taal=en")

        assert page.path == "/melden"
        assert page.form.fields["words"] == WORDS
        assert "What do you see?" in page.text

    def test_can_be_thrown_away(self, resident: Resident, provided: Provided) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS}, photos={"a.jpg": a_jpeg()})
        resident.opens("/melden")

        page = resident.sends(action="/melden/opnieuw")

        assert page.form.fields["words"] == ""
        assert count(provided, "draft") == 0
        assert count(provided, "photo") == 0

    def test_survives_a_session_that_ended(self, resident: Resident) -> None:
        page = resident.opens("/melden")
        resident.client.delete_cookie("straatbeeld")

        page = resident.sends({"words": WORDS}, page=page)

        assert page.status == 400
        assert WORDS in page.text or any(
            WORDS in value for form in page.read.forms for value in form.fields.values()
        )

    def test_is_forgotten_a_week_later(
        self, resident: Resident, provided: Provided, clock: StoppedClock
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS})
        clock.instant = MONDAY + timedelta(days=7, minutes=-1)
        forget(provided)
        assert count(provided, "draft") == 1
        clock.instant = MONDAY + timedelta(days=7, minutes=1)

        forget(provided)

        assert count(provided, "draft") == 0

    def test_after_that_still_goes_in_from_a_tab_that_stayed_open(
        self, resident: Resident, provided: Provided
    ) -> None:
        page = resident.opens("/melden")
        resident.sends({"words": "Eerste"})
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(text("DELETE FROM draft"))

        page = resident.sends({"words": WORDS}, page=page)

        assert page.path == "/melden/soort"


class TestWordsThatCannotBeSent:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("", "Vertel wat er aan de hand is."),
            ("   \n ", "Vertel wat er aan de hand is."),
            ("x" * 3001, "Schrijf hoogstens 3000 tekens. Het zijn er nu 3001."),
            ("Losse\x00 tegel\x0b", "tekens in die we niet kunnen bewaren"),
            ("Losse \ud800tegel".encode("utf-8", "replace").decode() + "\x07", "niet kunnen"),
        ],
    )
    def test_are_said_with_everything_kept(
        self, resident: Resident, provided: Provided, words: str, said: str
    ) -> None:
        resident.opens("/melden")

        page = resident.sends({"words": words})

        assert page.status == 400
        assert page.title.startswith("(1 fout)")
        assert said in page.text
        assert {"error-summary", "words", "words-error"} <= page.read.ids
        assert "#words" in page.read.links
        assert references(provided) == []

    def test_too_long_stay_in_the_field_to_the_last_character(self, resident: Resident) -> None:
        resident.opens("/melden")

        page = resident.sends({"words": "x" * 3000 + "y"})

        assert page.form.fields["words"].strip() == "x" * 3000 + "y"

    def test_of_exactly_the_most_are_fine(self, resident: Resident) -> None:
        resident.opens("/melden")

        assert resident.sends({"words": "x" * 3000}).path == "/melden/soort"

    def test_with_a_control_character_go_in_the_second_time(self, resident: Resident) -> None:
        resident.opens("/melden")
        resident.sends({"words": "Losse\x07 tegel"})

        assert resident.sends().path == "/melden/soort"

    def test_of_a_hundred_thousand_characters_are_no_fault(self, resident: Resident) -> None:
        resident.opens("/melden")

        assert resident.sends({"words": "x" * 100_000}).status == 400


class TestMarkup:
    def test_is_shown_as_text_on_every_page(self, resident: Resident) -> None:
        resident.opens("/melden")
        pages = [resident.sends({"words": MARKUP + " losse tegel"})]
        pages.append(resident.sends({"category": TILE}))
        pages.append(resident.sends({"address": MARKUP}))
        resident.opens("/melden/plek")
        pages.append(resident.page)
        resident.sends({"address": "Kade 4"})
        value = resident.page.form.choices["place"][0]
        pages.append(resident.sends({"place": value}))
        pages.append(resident.sends({"name": MARKUP, "email": MARKUP}))
        pages.append(resident.sends({"name": MARKUP, "email": ""}))
        pages.append(resident.sends())

        for page in pages:
            body = page.answer.get_data(as_text=True)
            assert "<script>alert" not in body
            assert "<b>vet" not in body
            assert "49 & zo" not in page.text
        assert MARKUP.replace("  ", " ") in pages[-2].text


class TestContact:
    def test_may_be_left_empty(self, resident: Resident, provided: Provided) -> None:
        at_the_check(resident)
        resident.opens("/melden/contact")
        resident.sends({"name": "", "email": "", "phone": ""})

        resident.sends()

        assert count(provided, "contact") == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "geen adres"),
            ("email", "a@b"),
            ("email", "a" * 250 + "@example.org"),
            ("phone", "bel maar"),
            ("phone", "1" * 31),
        ],
    )
    def test_that_cannot_be_right_is_said_and_kept(
        self, resident: Resident, field: str, value: str
    ) -> None:
        at_the_check(resident)
        resident.opens("/melden/contact")

        page = resident.sends({field: value})

        assert page.status == 400
        assert f"{field}-error" in page.read.ids
        assert page.form.fields[field] == value


class TestPhotos:
    def test_that_are_none_keep_everything_else(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")

        page = resident.sends(
            {"words": WORDS}, photos={"goed.jpg": a_jpeg(), "tekst.jpg": NOT_A_PHOTO}
        )

        assert page.status == 400
        assert page.title.startswith("(1 fout)")
        assert "tekst.jpg: Dit is geen foto die we kunnen lezen" in page.text
        assert page.form.fields["words"] == WORDS
        assert count(provided, "photo") == 1
        assert resident.sends().path == "/melden/soort"

    def test_that_failed_are_said_before_and_after_sending(self, resident: Resident) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS}, photos={"tekst.jpg": NOT_A_PHOTO})

        check = at_the_check(resident)
        sent = resident.sends()

        assert "Niet elke foto is meegekomen" in check.text
        assert "tekst.jpg" in sent.text
        assert "U kunt nog foto's toevoegen" in sent.text

    def test_sent_again_count_once_and_are_no_longer_missed(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS}, photos={"a.jpg": NOT_A_PHOTO})
        resident.opens("/melden")
        resident.sends(photos={"a.jpg": a_jpeg()})
        resident.opens("/melden")
        resident.sends(photos={"a.jpg": a_jpeg()})

        check = at_the_check(resident)

        assert "Niet elke foto" not in check.text
        assert count(provided, "photo") == 1

    def test_are_five_at_most(self, resident: Resident, provided: Provided) -> None:
        resident.opens("/melden")

        page = resident.sends(
            {"words": WORDS}, photos={f"{side}.png": a_png(side, 20) for side in range(20, 26)}
        )

        assert page.status == 400
        assert "25.png: U kunt hoogstens 5" in page.text
        assert count(provided, "photo") == 5

    def test_can_be_taken_back_without_losing_words(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS}, photos={"a.jpg": a_jpeg()})
        page = resident.opens("/melden")
        (remove,) = [to for to in page.form.buttons if to.endswith("/weg")]

        page = resident.sends({"words": WORDS + "!"}, action=remove)

        assert page.form.fields["words"] == WORDS + "!"
        assert count(provided, "photo") == 0


class TestPhotosWithoutScripts:
    @pytest.fixture
    def photographer(self, resident: Resident) -> Resident:
        photographer = Resident(resident.client, passes_photos=False)
        photographer.opens("/melden")
        photographer.sends({"words": WORDS})
        return photographer

    def test_are_asked_for_when_the_words_are_kept(
        self, photographer: Resident, provided: Provided
    ) -> None:
        assert photographer.page.path == "/melden/fotos"

        page = photographer.sends({}, photos={"a.jpg": a_jpeg()})

        assert page.path == "/melden/soort"
        assert count(provided, "photo") == 1

    def test_that_are_too_large_to_send_leave_the_words_and_the_way_back(
        self, photographer: Resident
    ) -> None:
        photographer.client.application.config["MAX_CONTENT_LENGTH"] = 1000

        refused = photographer.sends({}, photos={"a.jpg": a_jpeg() + bytes(2000)})
        photographer.client.application.config["MAX_CONTENT_LENGTH"] = None
        back = photographer.opens("/melden/fotos")

        assert refused.status == 413
        assert "Wat u eerder schreef, is bewaard." in refused.text
        assert "/melden/fotos" in refused.read.links
        assert back.path == "/melden/fotos"
        assert photographer.opens("/melden").form.fields["words"] == WORDS

    def test_that_are_larger_than_15_mb_are_said_beside_the_field(
        self, photographer: Resident
    ) -> None:
        photo = FileStorage(BytesIO(a_jpeg() + bytes(15 * 1024 * 1024)), "groot.jpg")
        # Encoded beforehand: the client would leave a temporary file behind.
        boundary, body = encode_multipart({**photographer.page.form.fields, "photo": photo})

        answer = photographer.client.post(
            "/melden/fotos",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
        )

        assert answer.status_code == 400
        assert "groot.jpg: De foto is groter dan 15 MB." in answer.text

    def test_can_be_taken_back(self, photographer: Resident, provided: Provided) -> None:
        photographer.sends({}, photos={"a.jpg": a_jpeg()})
        page = photographer.opens("/melden/fotos")
        (remove,) = [to for to in page.form.buttons if to.endswith("/weg")]

        page = photographer.sends(action=remove)

        assert page.path == "/melden/fotos"
        assert count(provided, "photo") == 0


class TestAPhotoThatAScriptSends:
    def upload(self, resident: Resident, content: bytes, name: str = "a.jpg") -> TestResponse:
        token = resident.page.form.fields["csrf_token"]
        return resident.client.post(
            "/melden/fotos",
            data={"photo": (BytesIO(content), name)},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )

    def test_belongs_to_the_form_and_can_be_removed(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")

        answer = self.upload(resident, a_jpeg())

        assert answer.status_code == 201
        said = answer.get_json()
        assert said["id"] in resident.opens("/melden").answer.get_data(as_text=True)
        removed = resident.client.post(
            said["removeUrl"],
            headers={
                "X-CSRFToken": resident.page.form.fields["csrf_token"],
                "Accept": "application/json",
            },
        )
        assert removed.status_code == 204
        assert count(provided, "photo") == 0

    def test_that_is_none_is_refused_in_the_language_of_the_page(self, resident: Resident) -> None:
        resident.opens("/melden")

        answer = self.upload(resident, NOT_A_PHOTO)

        assert answer.status_code == 415
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["detail"].startswith("Dit is geen foto")

    def test_of_nothing_is_refused(self, resident: Resident) -> None:
        resident.opens("/melden")

        assert self.upload(resident, b"").status_code == 400

    def test_needs_its_proof(self, resident: Resident) -> None:
        resident.opens("/melden")
        resident.page.form.fields["csrf_token"] = "wrong"

        assert self.upload(resident, a_jpeg()).status_code == 400


class TestSomebodyElse:
    def test_sees_nothing_of_a_form(self, resident: Resident, neighbour: Resident) -> None:
        at_the_check(resident)

        assert neighbour.opens("/melden/controle").path == "/melden"
        assert WORDS not in neighbour.page.text

    def test_cannot_open_what_was_sent(self, resident: Resident, neighbour: Resident) -> None:
        at_the_check(resident)
        sent = resident.sends()

        assert neighbour.opens(sent.path).status == 404

    def test_naming_the_draft_writes_into_a_form_of_their_own(
        self, resident: Resident, neighbour: Resident
    ) -> None:
        theirs = resident.opens("/melden").form.fields["draft"]
        resident.sends({"words": WORDS})
        neighbour.opens("/melden")

        neighbour.sends({"words": "Van een ander", "draft": theirs})

        assert resident.opens("/melden").form.fields["words"] == WORDS

    def test_cannot_remove_a_photo(
        self, resident: Resident, neighbour: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")
        resident.sends({"words": WORDS}, photos={"a.jpg": a_jpeg()})
        (remove,) = [to for to in resident.opens("/melden").form.buttons if to.endswith("/weg")]
        neighbour.opens("/melden")

        page = neighbour.sends({"words": "x"}, action=remove)

        assert page.status == 404
        assert count(provided, "photo") == 1

    @pytest.mark.parametrize("cookie", ["", "x", "." * 50, "a" * 32, "é" * 32, "a" * 4000])
    def test_with_a_made_up_key_finds_an_empty_form(self, resident: Resident, cookie: str) -> None:
        resident.client.set_cookie("melding", cookie, path="/melden")

        page = resident.opens("/melden")

        assert page.status == 200
        assert page.form.fields["words"] == ""


class TestThePages:
    @pytest.mark.parametrize(
        "path",
        [
            "soort",
            "gevaar",
            "gevaar/bellen",
            "plek",
            "plek/adres",
            "plek/object",
            "al-bekend",
            "contact",
            "controle",
        ],
    )
    def test_lead_to_the_beginning_without_a_form(self, resident: Resident, path: str) -> None:
        assert resident.opens(f"/melden/{path}").path == "/melden"

    def test_are_kept_by_no_cache(self, resident: Resident) -> None:
        answer = resident.opens("/melden").answer

        assert answer.headers["Cache-Control"] == "private, no-store"
        cookie = resident.client.get_cookie("melding", path="/melden")
        assert cookie is not None
        assert cookie.http_only
        assert cookie.same_site == "Lax"

    def test_leave_no_row_behind_for_those_who_only_look(
        self, resident: Resident, provided: Provided
    ) -> None:
        resident.opens("/melden")

        assert count(provided, "draft") == 0


def test_the_cookie_holds_no_key_that_the_database_knows(
    resident: Resident, provided: Provided
) -> None:
    resident.opens("/melden")
    resident.sends({"words": WORDS})

    cookie = resident.client.get_cookie("melding", path="/melden")
    assert cookie is not None
    with provided.get(Database).transaction() as transaction:
        (row,) = transaction.connection.execute(text("SELECT draft::text FROM draft")).all()
    assert cookie.value not in row[0]
    assert cookie.value.encode().hex() not in row[0]
