"""The pages about kinds of reports: what is saved there is asked and shown at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Transaction
from app.identity.permissions import Role
from app.triage.model import NormUnit, PublicVisibility, QuestionKind, StricterNorm, Term
from app.triage.operations import category
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

LIST = "/beheer/soorten"
TILE = "wegen.losse-tegel"
PAGE = f"{LIST}/{TILE}"
NEW_QUESTION = f"{PAGE}/nieuwe-vraag"
HOSTILE = "<script>alert(1)</script>\u202etxt.exe\x00"
FIELDS: dict[str, Any] = {
    "name_nl": "Losse tegel",
    "name_en": "Loose tile",
    "norm": "5",
    "norm_unit": "working-days",
    "danger_norm": "",
    "danger_norm_unit": "working-days",
    "danger_nl": "",
    "danger_en": "",
    "danger_phone": "",
    "asset_kind": "",
    "join_group": "",
    "join_within": "250",
    "visibility": "exact",
    "keywords_nl": "tegel ^1.5",
    "keywords_en": "",
}
WHERE: dict[str, Any] = {
    "kind": "choice",
    "text_nl": "Waar ligt hij?",
    "text_en": "Where is it?",
    "option_lines": "4",
    "option_1_place": "2",
    "option_1_nl": "Stoep",
    "option_1_en": "Pavement",
    "option_2_place": "1",
    "option_2_nl": "Fietspad",
    "option_2_en": "Cycle path",
}


@pytest.fixture
def administrator(web: FlaskClient, transaction: Transaction) -> Browser:
    a_small_municipality(transaction)
    who = an_account(transaction, role=Role.ADMINISTRATOR, name="Ada Beheer")
    return signed_in(web, who)


class TestWhoMayNotAdminister:
    @pytest.mark.parametrize(
        "path", ["", "/nieuw/soort", "/nieuw/hoofdsoort", f"/{TILE}", f"/{TILE}/vragen"]
    )
    def test_sees_none_of_it(self, web: FlaskClient, transaction: Transaction, path: str) -> None:
        a_small_municipality(transaction)
        desk = signed_in(web, an_account(transaction, role=Role.DESK))

        assert desk.get(LIST + path).status_code == 403

    def test_changes_none_of_it(self, web: FlaskClient, transaction: Transaction) -> None:
        a_small_municipality(transaction)
        desk = signed_in(web, an_account(transaction, role=Role.DESK))

        assert desk.client.post(PAGE, data=FIELDS).status_code in {400, 403}
        assert category(transaction, TILE).norm.term == Term(5)


class TestTheList:
    def test_tells_of_each_kind_and_finds_it_by_a_keyword(self, administrator: Browser) -> None:
        administrator.submit(PAGE, PAGE, **FIELDS | {"keywords_nl": "klinker"})

        found = administrator.get(LIST, q="klinker").text

        assert "5 werkdagen" in found
        assert PAGE in found
        assert "verlichting.lamp" not in found
        assert "Geen soort heet zo" in administrator.get(LIST, q=HOSTILE).text

    def test_is_reached_from_the_first_page(self, administrator: Browser) -> None:
        assert f'href="{LIST}"' in administrator.get("/beheer").text


class TestAKindThatIsAdded:
    NEW = f"{LIST}/nieuw/soort"

    def test_is_listed_for_phones_at_once(self, administrator: Browser, web: FlaskClient) -> None:
        made = administrator.submit(
            self.NEW,
            self.NEW,
            **FIELDS | {"heading": "wegen", "name_nl": "Scheve paal", "name_en": "Crooked pole"},
        )

        assert made.headers["Location"] == f"{LIST}/wegen.scheve-paal"
        assert "wegen.scheve-paal" in web.get("/api/v1/categories").text
        shown = administrator.get("/beheer/wijzigingen", what="category").text
        assert "Ada Beheer" in shown
        assert "5 werkdagen" in shown

    def test_may_be_a_heading(self, administrator: Browser) -> None:
        path = f"{LIST}/nieuw/hoofdsoort"

        made = administrator.submit(path, path, name_nl="Speeltuin", name_en="Playground")

        assert made.headers["Location"] == f"{LIST}/speeltuin"
        assert "speeltuin" in administrator.get(f"{LIST}/speeltuin").text

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name_nl": ""}, "name_nl"),
            ({"name_nl": "12"}, "name_nl"),
            ({"name_nl": "x" * 10_000}, "name_nl"),
            ({"heading": "niets"}, "heading"),
            ({"norm": ""}, "norm"),
            ({"norm": "-1"}, "norm"),
            ({"norm": "1e3"}, "norm"),
            ({"norm": "99999999999999999999"}, "norm"),
            ({"norm_unit": "eeuwen"}, "norm_unit"),
            ({"norm": "2", "danger_norm": "3"}, "danger_norm"),
            ({"danger_phone": "112"}, "danger_nl"),
            ({"danger_nl": "Pas op"}, "danger_en"),
            ({"asset_kind": "olifant"}, "asset_kind"),
            ({"join_group": "niets"}, "join_group"),
            ({"join_within": "0"}, "join_within"),
            ({"visibility": "soms"}, "visibility"),
            ({"keywords_nl": "tegel ^veel"}, "keywords_nl"),
            ({"stricter_1_amount": "1", "stricter_1_unit": "working-days"}, "stricter_1_amount"),
            (
                {
                    "stricter_3_amount": "1",
                    "stricter_3_unit": "working-days",
                    "stricter_3_answer": "waar=nergens",
                },
                "stricter_1_answer",
            ),
        ],
    )
    def test_is_refused_beside_the_field_and_keeps_what_was_typed(
        self, administrator: Browser, wrong: dict[str, Any], field: str
    ) -> None:
        given = FIELDS | {"heading": "wegen", "name_nl": "Scheve paal", "name_en": "Bent"} | wrong

        refused = administrator.submit(self.NEW, self.NEW, **given)

        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
        assert 'value="Bent"' in refused.text


class TestAKindThatIsChanged:
    def test_keeps_all_of_it(self, administrator: Browser, transaction: Transaction) -> None:
        administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE)

        saved = administrator.submit(
            PAGE,
            PAGE,
            **FIELDS
            | {
                "norm": "3",
                "norm_unit": "calendar-days",
                "danger_norm": "4",
                "danger_norm_unit": "hours",
                "visibility": "blurred",
                "stricter_1_amount": "1",
                "stricter_1_unit": "calendar-days",
                "stricter_1_answer": "waar-ligt-hij=fietspad",
            },
        )

        assert saved.status_code == 303
        kind = category(transaction, TILE)
        assert kind.norm.term == Term(3, NormUnit.CALENDAR_DAYS)
        assert kind.norm.danger_term == Term(4, NormUnit.HOURS)
        assert kind.norm.stricter == (
            StricterNorm(
                Term(1, NormUnit.CALENDAR_DAYS), question="waar-ligt-hij", answer="fietspad"
            ),
        )
        assert kind.public_visibility is PublicVisibility.BLURRED
        changes = administrator.get("/beheer/wijzigingen", what="category", code=TILE).text
        assert "3 dagen" in changes
        assert "Ongeveer de plek" in changes

    def test_tells_the_second_of_two_what_the_first_did_and_keeps_what_was_typed(
        self, administrator: Browser, transaction: Transaction
    ) -> None:
        seen = administrator.hidden(PAGE, PAGE)

        administrator.send(PAGE, seen, **FIELDS | {"norm": "2"})
        second = administrator.send(PAGE, seen, **FIELDS | {"name_nl": "Tegel los"})

        assert second.status_code == 412
        assert "Ada Beheer" in second.text
        assert "2 werkdagen" in second.text
        assert 'value="Tegel los"' in second.text
        assert category(transaction, TILE).norm.term == Term(2)

    def test_shows_what_people_wrote_as_words(self, administrator: Browser) -> None:
        administrator.submit(PAGE, PAGE, **FIELDS | {"name_nl": HOSTILE})

        for path in (LIST, PAGE, f"{PAGE}/vragen", "/beheer/wijzigingen"):
            page = administrator.get(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "\u202e" not in page.text

    def test_needs_a_form_of_ours(self, administrator: Browser, transaction: Transaction) -> None:
        refused = administrator.send(PAGE, {"csrf_token": "x", "version": "1"}, **FIELDS)

        assert refused.status_code == 400

    @pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
    def test_needs_the_version_that_was_seen(self, administrator: Browser, version: str) -> None:
        seen = administrator.hidden(PAGE, PAGE) | {"version": version}

        assert administrator.send(PAGE, seen, **FIELDS | {"norm": "2"}).status_code == 412

    @pytest.mark.parametrize("code", ["niets", "wegen.niets", "%00", "x" * 3000])
    def test_is_one_that_there_is(self, administrator: Browser, code: str) -> None:
        for path in ("", "/vragen", "/uit-gebruik", "/nieuwe-vraag", "/vragen/niets"):
            assert administrator.get(f"{LIST}/{code}{path}").status_code == 404


class TestAKindThatBecomesHidden:
    def test_takes_its_cases_from_the_map_at_once(
        self, administrator: Browser, web: FlaskClient
    ) -> None:
        reported = web.post(
            "/api/v1/reports",
            json={
                "description": "Losse tegel",
                "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
                "category": TILE,
            },
        )
        assert reported.status_code == 201
        before = web.get("/map/cases.geojson").get_json()["features"]

        administrator.submit(PAGE, PAGE, **FIELDS | {"visibility": "hidden"})
        hidden = web.get("/map/cases.geojson").get_json()["features"]
        administrator.submit(PAGE, PAGE, **FIELDS | {"visibility": "exact"})
        again = web.get("/map/cases.geojson").get_json()["features"]

        assert [len(before), len(hidden), len(again)] == [1, 0, 1]


class TestAKindOutOfUse:
    RETIRE = f"{PAGE}/uit-gebruik"

    def test_says_first_what_rests_on_it(self, administrator: Browser, web: FlaskClient) -> None:
        page = administrator.get(self.RETIRE).text

        assert "Open meldingen" in page
        assert "Werkafspraken hierover" in page

    def test_cannot_be_chosen_and_comes_back(
        self, administrator: Browser, web: FlaskClient
    ) -> None:
        administrator.submit(self.RETIRE, self.RETIRE)
        gone = web.get("/api/v1/categories").text
        administrator.submit(PAGE, f"{PAGE}/terug")

        assert TILE not in gone
        assert TILE in web.get("/api/v1/categories").text

    def test_is_never_the_one_for_everything_else(self, administrator: Browser) -> None:
        path = f"{LIST}/overig.anders/uit-gebruik"
        seen = administrator.hidden(PAGE, PAGE)

        assert "blijft altijd" in administrator.get(path).text
        assert administrator.send(path, seen).status_code == 422


class TestAQuestion:
    def test_is_asked_at_once_in_its_order(self, administrator: Browser, web: FlaskClient) -> None:
        added = administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE | {"required": "yes"})

        assert added.status_code == 303
        kinds = [
            kind
            for main in web.get("/api/v1/categories").get_json()["categories"]
            for kind in main["categories"]
            if kind["code"] == TILE
        ]
        (asked,) = kinds[0]["questions"]
        assert asked["required"]
        assert [one["code"] for one in asked["options"]] == ["fietspad", "stoep"]

    def test_is_seen_before_it_is_saved(self, administrator: Browser, web: FlaskClient) -> None:
        shown = administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE | {"do": "preview"})

        assert shown.status_code == 200
        assert 'name="preview-new"' in shown.text
        assert "Waar ligt hij" not in web.get("/api/v1/categories").text

    @pytest.mark.parametrize("kind", [*QuestionKind])
    def test_of_every_sort_can_be_added_and_looked_at(
        self, administrator: Browser, kind: QuestionKind
    ) -> None:
        added = administrator.submit(
            NEW_QUESTION, NEW_QUESTION, **WHERE | {"kind": kind.value, "phone": "112"}
        )

        assert added.status_code == 303
        page = administrator.get(f"{PAGE}/vragen").text
        assert "Waar ligt hij?" in page
        assert administrator.get(f"{PAGE}/vragen/waar-ligt-hij").status_code == 200

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"kind": ""}, "kind"),
            ({"kind": "raadsel"}, "kind"),
            ({"text_en": ""}, "text_en"),
            ({"text_nl": "x" * 10_000}, "text_nl"),
            ({"option_1_en": ""}, "option_2_en"),
            ({"option_1_nl": "Fietspad"}, "option_2_nl"),
            ({"option_lines": "0"}, "option_1_nl"),
            ({"kind": "stop", "phone": ""}, "phone"),
            ({"kind": "stop", "phone": "bel"}, "phone"),
            ({"kind": "notice", "required": "yes"}, "required"),
            ({"option_1_place": "eerst"}, "option_2_place"),
        ],
    )
    def test_is_refused_beside_the_field_and_keeps_what_was_typed(
        self, administrator: Browser, wrong: dict[str, Any], field: str
    ) -> None:
        refused = administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE | wrong)

        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
        assert 'value="Cycle path"' in refused.text or "option_lines" in wrong

    def test_tells_the_second_of_two_what_the_first_did(self, administrator: Browser) -> None:
        administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE)
        path = f"{PAGE}/vragen/waar-ligt-hij"
        seen = administrator.hidden(path, path)

        first = administrator.send(path, seen, **WHERE | {"text_nl": "Waar precies?"})
        second = administrator.send(path, seen, **WHERE | {"text_nl": "Op welke plek?"})

        assert (first.status_code, second.status_code) == (303, 412)
        assert "Waar precies?" in second.text
        assert "Op welke plek?" in second.text

    def test_moves_goes_and_comes_back(self, administrator: Browser, web: FlaskClient) -> None:
        administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE)
        administrator.submit(NEW_QUESTION, NEW_QUESTION, **WHERE | {"text_nl": "Hoe groot?"})
        questions, second = f"{PAGE}/vragen", f"{PAGE}/vragen/hoe-groot"

        administrator.submit(questions, f"{second}/verplaatsen", way="up")
        moved = web.get("/api/v1/categories").text
        administrator.submit(second, f"{second}/uit-gebruik")
        gone = web.get("/api/v1/categories").text
        administrator.submit(second, f"{second}/terug")

        assert moved.index("hoe-groot") < moved.index("waar-ligt-hij")
        assert "hoe-groot" not in gone
        assert "hoe-groot" in web.get("/api/v1/categories").text
