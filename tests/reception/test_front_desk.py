"""The front desk takes a report for a caller, without scripts: one screen, nothing typed lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook, NoAddresses
from app.identity.permissions import Role
from app.planning.operations import plan_works
from app.triage.kept_rows import keep_questions
from app.triage.model import Name, Question, QuestionKind
from tests.makers.form_places import an_address, another_municipality
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, SmallMunicipality, a_small_municipality
from tests.makers.sign_ins import signed_in
from tests.makers.statements import statements
from tests.makers.works import a_work
from tests.reception.browsing import Form, Page, Resident

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PATH = "/balie/nieuw"
WORDS = "Er ligt een tegel los voor de deur"
TILE = "wegen.losse-tegel"
LAMP = "verlichting.lamp-brandt-niet"
STOP = Question("gas", QuestionKind.STOP, Name("Ruikt u gas?", "Do you smell gas?"), phone="112")
HOW_MANY = Question("hoeveel", QuestionKind.NUMBER, Name("Hoeveel?", "How many?"), is_required=True)
HOSTILE = "<script>alert(1)</script> \u202eabc\x00 {{ 7*7 }} ' OR 1=1 --"


#: Beside the call that was opened, which has none yet.
_WORDS_KEPT = "SELECT content ->> 'words' FROM draft WHERE content ->> 'words' <> ''"


class Desk(Resident):
    """Somebody of the desk, with a browser without scripts."""

    @property
    def form(self) -> Form:
        return next(form for form in self.page.read.forms if "data-call" in form.marks)

    def looks(self, **typed: str) -> Page:
        """Fill fields in, and press the button that looks what is known."""
        return self._press("kijken", typed)

    def hands_in(self, **typed: str) -> Page:
        """Fill fields in, and hand the call in."""
        return self._press("aannemen", typed)

    def _press(self, step: str, typed: dict[str, str]) -> Page:
        content = {**self.form.fields, **_named(typed), "stap": step}
        return self.seen(self.client.post(PATH, data=content, follow_redirects=True))

    @property
    def key(self) -> str:
        """The key of the call that is open."""
        return self.form.fields["oproep"]


def _named(typed: dict[str, str]) -> dict[str, str]:
    """A field such as `asked-for` is no name in Python."""
    return {name.replace("_", "-"): value for name, value in typed.items()}


@pytest.fixture(autouse=True)
def place(provided: Provided) -> SmallMunicipality:
    provided.put(Clock, StoppedClock(MONDAY))
    with provided.get(Database).transaction() as transaction:
        made = a_small_municipality(transaction)
        an_address(transaction, "Kade", "4", IN_DISTRICT)
        an_address(transaction, "Kade", "46", (4.3202, 51.5801))
        an_address(transaction, "Dorpsstraat", "1", (4.3203, 51.5803))
        an_address(transaction, "Rijksweg", "1", ON_MOTORWAY)
        an_address(transaction, "Verweg", "9", (5.0, 52.0))
    return made


@pytest.fixture
def desk(web: FlaskClient, provided: Provided) -> Desk:
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.DESK, name="Noor Balie")
    return Desk(signed_in(web, account).client)


def reports(connection: Connection) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in connection.execute(
            text(
                """
                SELECT report.*, ST_X(spot) AS longitude, contact.name, contact.email,
                       contact.phone, contact.wants_to_hear
                FROM report LEFT JOIN contact ON contact.report_id = report.id
                ORDER BY received_at, reference
                """
            )
        ).mappings()
    ]


def a_tile(desk: Desk, **more: str) -> Page:
    """Take a call about a loose tile at Kade 4."""
    desk.opens(PATH)
    return desk.hands_in(**{"words": WORDS, "category": TILE, "address": "Kade 4", **more})


class TestACall:
    def test_ends_with_a_number_to_read_aloud_who_has_it_and_by_when(
        self, desk: Desk, connection: Connection
    ) -> None:
        page = a_tile(desk, kanaal="whatsapp", name="Jan de Vries", phone="0612345678")

        [kept] = reports(connection)
        assert page.path == f"{PATH}/aangenomen"
        assert kept["reference"] in page.text
        assert "Team Zuid" in page.text
        assert "maandag 30 november 2026" in page.text
        assert (kept["channel"], kept["category_code"]) == ("whatsapp", TILE)
        assert kept["category_chosen_by"] == "desk"
        assert (kept["name"], kept["phone"], kept["email"]) == ("Jan de Vries", "0612345678", None)

    @pytest.mark.parametrize(
        "written",
        [
            "51.5801, 4.3202",
            "4.3202 51.5801",
            "https://maps.example/?q=51.5801,4.3202&z=17",
            "Mijn locatie: 51.5801000,4.3202000",
        ],
    )
    def test_takes_a_place_in_the_numbers_that_a_phone_sends(
        self, desk: Desk, connection: Connection, written: str
    ) -> None:
        a_tile(desk, address=written)

        [kept] = reports(connection)
        assert kept["longitude"] == pytest.approx(4.3202)

    def test_says_in_the_history_who_took_it_and_not_who_called(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk, name="Jan de Vries")
        a_tile(desk, name="Els")
        desk.hands_in(same=reports(connection)[0]["reference"])

        told = connection.execute(
            text("SELECT happening, actor_kind, details::text FROM history_entry ORDER BY id")
        ).all()
        by = [(row.happening, row.actor_kind) for row in told]
        assert by == [
            ("opened", "account"),
            ("task-offered", "system"),
            ("report-joined", "account"),
        ]
        assert not any("Jan" in row.details or "Els" in row.details for row in told)

    def test_spells_the_number_by_the_words_of_the_telephone(
        self, desk: Desk, connection: Connection
    ) -> None:
        page = a_tile(desk)

        letters = [sign for sign in reports(connection)[0]["reference"] if sign.isalpha()]
        spelled = re.findall(r"\b([B-Z]) ([A-Z][a-zë]+)", page.text)
        assert [sign for sign, word in spelled if word[0] == sign][: len(letters)] == letters

    def test_leads_to_the_next_one_with_the_channel_kept(self, desk: Desk) -> None:
        page = a_tile(desk, kanaal="counter")

        [onward] = [link for link in page.read.links if link.startswith(f"{PATH}?")]
        desk.opens(onward)
        assert desk.form.fields["kanaal"] == "counter"
        assert desk.form.fields["words"] == ""

    def test_that_is_sent_twice_is_one_report(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)
        content = {
            **desk.form.fields,
            "words": WORDS,
            "category": TILE,
            "address": "Kade 4",
            "stap": "aannemen",
        }

        first = desk.seen(desk.client.post(PATH, data=content, follow_redirects=True))
        second = desk.seen(desk.client.post(PATH, data=content, follow_redirects=True))

        assert len(reports(connection)) == 1
        assert first.text == second.text

    def test_needs_no_caller(self, desk: Desk, connection: Connection) -> None:
        a_tile(desk)

        assert reports(connection)[0]["name"] is None

    def test_keeps_that_the_caller_need_not_hear(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)
        fields = {name: word for name, word in desk.form.fields.items() if name != "hear"}
        fields |= {"words": WORDS, "category": TILE, "address": "Kade 4", "phone": "0612345678"}
        desk.client.post(PATH, data={**fields, "stap": "aannemen"})

        assert reports(connection)[0]["wants_to_hear"] is False


class TestTheKind:
    def test_is_proposed_from_the_words(self, desk: Desk) -> None:
        desk.opens(PATH)

        desk.looks(words=WORDS)

        assert TILE in desk.form.choices["category"]

    def test_is_asked_for_where_nobody_chose_one(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)

        page = desk.hands_in(words="Er is iets", address="Kade 4")

        assert page.status == 400
        assert "Kies waar het over gaat" in page.text
        assert reports(connection) == []

    def test_of_the_list_of_all_goes_before_a_proposed_one(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk, all=LAMP)

        assert reports(connection)[0]["category_code"] == LAMP


class TestThePlace:
    def test_that_may_be_several_is_a_choice(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)
        desk.looks(words=WORDS, category=TILE, address="Kade")
        second = desk.form.choices["place"][1]

        page = desk.hands_in(place=second)

        assert page.path == f"{PATH}/aangenomen"
        assert reports(connection)[0]["answers"]["address"].startswith("Kade 46")

    def test_chosen_for_other_words_is_not_taken(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)
        desk.looks(words=WORDS, category=TILE, address="Kade")
        second = desk.form.choices["place"][1]

        desk.hands_in(place=second, address="Dorpsstraat 1")

        assert reports(connection)[0]["answers"]["address"].startswith("Dorpsstraat 1")

    def test_can_be_the_corner_of_two_streets(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)
        desk.hands_in(words=WORDS, category=TILE, address="hoek Kade en Dorpsstraat")

        assert reports(connection)[0]["answers"]["address"] == "Kade / Dorpsstraat, Steenbergen"

    def test_can_be_a_lamp_post_by_its_number(
        self, desk: Desk, connection: Connection, place: SmallMunicipality
    ) -> None:
        desk.opens(PATH)
        desk.hands_in(words="Lamp is uit", category=LAMP, address="lantaarnpaal L-1")

        assert reports(connection)[0]["asset_id"] == place.lamp_id

    def test_at_a_lamp_post_is_not_about_it_where_the_kind_is_not(
        self, desk: Desk, connection: Connection
    ) -> None:
        desk.opens(PATH)
        desk.hands_in(words=WORDS, category=TILE, address="lantaarnpaal L-1")

        assert reports(connection)[0]["asset_id"] is None

    def test_that_nobody_finds_is_a_village_and_the_words(
        self, desk: Desk, connection: Connection, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            another_municipality(transaction, kind="village", code="dorp", name="Dorp")
        desk.opens(PATH)
        page = desk.hands_in(words=WORDS, category=TILE, address="bij de oude molen")
        assert "Kies het dorp" in page.text

        desk.hands_in(village="dorp")

        [kept] = reports(connection)
        assert "(bij de oude molen)" in kept["description"]
        assert kept["accuracy_metres"] == 2000

    def test_is_a_village_where_nobody_knows_addresses(
        self, desk: Desk, provided: Provided
    ) -> None:
        provided.put(AddressBook, NoAddresses())
        with provided.get(Database).transaction() as transaction:
            another_municipality(transaction, kind="village", code="dorp", name="Dorp")
        desk.opens(PATH)

        page = desk.looks(words=WORDS, category=TILE, address="Kade 4")

        assert "village" in desk.form.choices
        assert "nu geen adressen opzoeken" in page.text

    def test_of_another_municipality_is_said_to_the_caller(
        self, desk: Desk, provided: Provided, connection: Connection
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            another_municipality(transaction)
        desk.opens(PATH)

        page = desk.hands_in(words=WORDS, category=TILE, address="Verweg 9", name="Jan")

        assert page.status == 400
        assert "gemeente Utrecht" in page.text
        assert desk.form.fields["name"] == "Jan"
        assert reports(connection) == []

    def test_of_another_authority_is_passed_on_and_said(self, desk: Desk) -> None:
        desk.opens(PATH)
        page = desk.looks(words=WORDS, category=TILE, address="Rijksweg 1")
        assert "Rijkswaterstaat" in page.text
        assert "088 000 00 02" in page.text

        assert "Rijkswaterstaat" in desk.hands_in().text


class TestWhatIsKnownNearBy:
    def test_is_asked_about_once_before_it_is_handed_in(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk)
        known = reports(connection)[0]["reference"]

        page = a_tile(desk)

        assert page.status == 400
        assert desk.form.choices["same"] == [known, "geen"]
        assert WORDS in page.text

    def test_is_joined_when_the_caller_means_it(self, desk: Desk, connection: Connection) -> None:
        a_tile(desk)
        first = reports(connection)[0]
        a_tile(desk)

        page = desk.hands_in(same=first["reference"])

        second = next(one for one in reports(connection) if one["id"] != first["id"])
        assert second["case_id"] == first["case_id"]
        assert second["joined_by"] == "staff"
        assert "is al bekend" in page.text

    def test_is_left_alone_when_it_is_something_else(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk)
        a_tile(desk)

        desk.hands_in(same="geen")

        assert len({one["case_id"] for one in reports(connection)}) == 2

    def test_shows_the_desk_what_strangers_may_not_see(
        self, desk: Desk, connection: Connection
    ) -> None:
        connection.execute(
            text("UPDATE category SET public_visibility = 'hidden' WHERE code = :code"),
            {"code": TILE},
        )
        a_tile(desk)
        first = reports(connection)[0]
        a_tile(desk)

        desk.hands_in(same=first["reference"])

        assert {one["case_id"] for one in reports(connection)} == {first["case_id"]}

    def test_that_is_planned_is_on_the_same_screen(self, desk: Desk, provided: Provided) -> None:
        with provided.get(Database).transaction() as transaction:
            plan_works(
                transaction,
                [(a_work("W-1", at=IN_DISTRICT, title_nl="Herstraten Kade"), None)],
                now=MONDAY,
            )
        desk.opens(PATH)

        assert "Herstraten Kade" in desk.looks(words=WORDS, category=TILE, address="Kade 4").text


class TestQuestionsAndDanger:
    @pytest.fixture(autouse=True)
    def questions(self, provided: Provided, connection: Connection) -> None:
        with provided.get(Database).transaction() as transaction:
            keep_questions(transaction, TILE, [STOP, HOW_MANY])
        connection.execute(
            text(
                "UPDATE category SET danger_norm_amount = 0, danger_text_nl = 'Ligt er iemand?',"
                " danger_text_en = 'Is somebody hurt?', danger_phone = '112' WHERE code = :code"
            ),
            {"code": TILE},
        )

    def test_are_asked_before_it_is_handed_in(self, desk: Desk, connection: Connection) -> None:
        page = a_tile(desk)

        assert page.status == 400
        assert {"danger", "answer-gas"} <= set(desk.form.choices)
        assert reports(connection) == []

    def test_need_no_answer_that_the_caller_does_not_know(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk)

        desk.hands_in(danger="no", answer_gas="no")

        [kept] = reports(connection)
        assert kept["missing_answers"] == ["hoeveel"]
        assert kept["is_danger"] is False

    def test_keep_a_wrong_answer_and_say_what_to_do(self, desk: Desk) -> None:
        a_tile(desk)

        page = desk.hands_in(danger="no", answer_gas="no", answer_hoeveel="veel")

        assert page.status == 400
        assert desk.form.fields["answer-hoeveel"] == "veel"

    def test_stop_until_the_caller_was_told_whom_to_call(
        self, desk: Desk, connection: Connection
    ) -> None:
        a_tile(desk)
        page = desk.hands_in(danger="no", answer_gas="yes")
        assert page.status == 400
        assert "Bel 112" in page.text
        assert reports(connection) == []

        desk.hands_in(called="yes")

        assert reports(connection)[0]["is_danger"] is True

    def test_say_at_danger_what_to_tell_the_caller(self, desk: Desk) -> None:
        a_tile(desk)

        assert "Bel nu 112" in desk.looks(danger="yes").text


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("field", "written", "sentence"),
        [
            ("words", "", "Schrijf op wat de beller vertelt"),
            ("words", "x" * 3001, "hoogstens 3000"),
            ("email", "jan", "e-mailadres"),
            ("phone", "bel me", "telefoonnummer"),
            ("address", "", "Vraag waar het is"),
        ],
    )
    def test_is_never_lost_where_something_is_not_right(
        self, desk: Desk, connection: Connection, field: str, written: str, sentence: str
    ) -> None:
        page = a_tile(desk, **{"name": "Jan", field: written})

        assert page.status == 400
        assert sentence in page.text
        assert desk.form.fields[field].strip() == written
        assert desk.form.fields["name"] == "Jan"
        assert reports(connection) == []

    def test_is_there_again_when_the_page_is_loaded_again(self, desk: Desk) -> None:
        desk.opens(PATH)
        desk.looks(words="Half verhaal", name="Jan", kanaal="email")

        desk.opens(f"{PATH}?oproep={desk.key}")

        assert desk.form.fields["words"] == "Half verhaal"
        assert desk.form.fields["kanaal"] == "email"

    def test_is_kept_while_the_sign_in_ends(
        self, desk: Desk, web: FlaskClient, connection: Connection
    ) -> None:
        desk.opens(PATH)
        content = {**desk.form.fields, "words": "Half verhaal", "stap": "aannemen"}
        connection.execute(text("UPDATE sign_in SET ended_at = now()"))

        answer = desk.client.post(PATH, data=content)

        asked = urlsplit(answer.location)
        onward = parse_qs(asked.query)["next"][0]
        with desk.client.application.app_context():
            kept = connection.scalar(text(_WORDS_KEPT))
        assert (answer.status_code, asked.path) == (303, "/inloggen")
        assert onward == f"{PATH}?oproep={content['oproep']}"
        assert kept == "Half verhaal"

    def test_is_only_text_however_hostile(self, desk: Desk, connection: Connection) -> None:
        page = a_tile(desk, words=HOSTILE, name=HOSTILE, answer_x=HOSTILE)

        assert page.status == 200
        [kept] = reports(connection)
        assert "\x00" not in kept["description"]
        assert "<script>alert" not in page.answer.text

    @pytest.mark.parametrize(
        "fields",
        [
            {"longitude": "nan", "latitude": "1e999", "pointed": "yes"},
            {"place": "|||", "choices-for": "Kade 4"},
            {"place": "a|b|c|d", "choices-for": "Kade 4"},
            {"same": "XXXX-XXXX"},
            {"same": "'; --", "seen": "x" * 10_000},
            {"asset": "no-uuid", "object": "no-uuid", "object-at": "1,2"},
            {"kanaal": "open311"},
            {"category": "bestaat.niet", "all": "\x00"},
            {"village": "nergens"},
            {"oproep": "kort"},
            {"stap": "iets"},
        ],
    )
    def test_that_no_form_of_ours_sends_is_no_fault(
        self, desk: Desk, fields: dict[str, str]
    ) -> None:
        desk.opens(PATH)
        content = {**desk.form.fields, "words": WORDS, "category": TILE, "address": "Kade 4"}

        answer = desk.client.post(PATH, data={**content, "stap": "aannemen", **fields})

        assert answer.status_code in {200, 303, 400}


class TestACallOfAColleague:
    @pytest.fixture
    def address(self, desk: Desk) -> str:
        """The address of a call that Noor has begun, with what the caller said of themselves."""
        desk.opens(PATH)
        desk.looks(words="Half verhaal", name="Jan de Vries", phone="0612345678")
        return f"{PATH}?oproep={desk.key}"

    def test_is_not_shown_to_who_has_its_address(
        self, web: FlaskClient, provided: Provided, address: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.COORDINATOR)
        colleague = Desk(signed_in(web, account).client)

        page = colleague.opens(address)

        assert "Half verhaal" not in page.text
        assert "Jan de Vries" not in page.text

    def test_is_not_changed_by_who_has_its_address_and_no_sign_in(
        self, web: FlaskClient, provided: Provided, desk: Desk, address: str, connection: Connection
    ) -> None:
        stranger = web.application.test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/inloggen").text)
        assert token is not None

        stranger.post(PATH, data={"oproep": desk.key, "words": "Niets", "csrf_token": token[1]})

        kept = set(connection.scalars(text(_WORDS_KEPT)))
        assert kept == {"Half verhaal", "Niets"}


class TestWhoMayTakeACall:
    @pytest.mark.parametrize("role", [Role.CREW, Role.ANALYST])
    def test_is_not_everyone(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality, role: Role
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            party = place.team_id if role is Role.CREW else None
            account = an_account(transaction, role=role, party_id=party)

        assert signed_in(web, account).client.get(PATH).status_code == 403

    def test_without_a_sign_in_signs_in_first(self, web: FlaskClient) -> None:
        assert web.get(PATH).location.startswith("/inloggen")

    def test_with_a_forged_form_changes_nothing(self, desk: Desk, connection: Connection) -> None:
        desk.opens(PATH)

        answer = desk.client.post(
            PATH, data={**desk.form.fields, "csrf_token": "forged", "words": WORDS}
        )

        assert answer.status_code == 400
        assert connection.scalar(text(_WORDS_KEPT)) is None


class TestTheScript:
    def test_is_told_every_part_of_the_page_and_what_changed(self, desk: Desk) -> None:
        desk.opens(PATH)
        content = {**desk.form.fields, "words": WORDS, "address": "Kade 4", "follows": "yes"}

        answer = desk.client.post(
            f"{PATH}/kijken", data=content, headers={"Accept": "application/json"}
        )

        told = answer.get_json()
        assert set(told["regions"]) == {"kind", "place", "questions", "known", "recipient"}
        assert "Team Zuid" in told["news"]
        assert told["fields"]["proposal"].startswith("Kade 4")

    def test_hears_without_a_sign_in_that_it_must_sign_in(
        self, desk: Desk, connection: Connection
    ) -> None:
        desk.opens(PATH)
        content = {**desk.form.fields, "words": "Half verhaal"}
        connection.execute(text("UPDATE sign_in SET ended_at = now()"))

        answer = desk.client.post(
            f"{PATH}/kijken", data=content, headers={"Accept": "application/json"}
        )

        assert answer.status_code == 401
        assert connection.scalar(text(_WORDS_KEPT)) == "Half verhaal"

    def test_finds_places_by_a_part_of_them(self, desk: Desk) -> None:
        found = desk.client.get(f"{PATH}/plekken?q=kade 4").get_json()["addresses"]

        assert [one["label"].split(",")[0] for one in found] == ["Kade 4", "Kade 46"]


class TestStatements:
    def test_of_taking_a_call_are_counted(self, desk: Desk, connection: Connection) -> None:
        a_tile(desk)
        desk.opens(PATH)
        content = {**desk.form.fields, "words": WORDS, "category": TILE, "address": "Kade 4"}

        with statements(connection) as opened:
            desk.client.get(f"{PATH}?oproep={desk.key}")
        with statements(connection) as looked:
            desk.client.post(f"{PATH}/kijken", data=content)
        with statements(connection) as handed_in:
            desk.client.post(PATH, data={**content, "same": "geen", "stap": "aannemen"})

        # Handing in walks the whole way of a report after looking once more, and puts a job.
        assert (len(opened), len(looked), len(handed_in)) == (5, 18, 35)
