"""The pages of parties: hours and a stand-in in plain forms, and what rests on a party."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Transaction
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

LIST, NEW, LUX = (
    "/beheer/uitvoerders",
    "/beheer/uitvoerders/nieuw",
    "/beheer/uitvoerders/lux",
)
PIKET = {
    "code": "piket",
    "name": "Piket",
    "kind": "contractor",
    "email": "",
    "phone": "0800 8002",
    "webForm": "",
    "hours": "",
    "standIn": "",
}
CHANGED = {
    "name": "Lux",
    "email": "",
    "phone": "",
    "webForm": "",
    "hours": "doordeweeks 7:30-16:00",
    "standIn": "team",
}


@pytest.fixture
def administrator(web: FlaskClient, transaction: Transaction) -> Browser:
    """A browser in which an administrator of a small municipality is signed in."""
    a_small_municipality(transaction)
    return signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))


class TestAParty:
    def test_is_made_and_listed(self, administrator: Browser) -> None:
        made = administrator.submit(NEW, NEW, **PIKET)

        assert made.headers["Location"] == "/beheer/uitvoerders/piket"
        assert ">Piket</a>" in administrator.get(LIST).text

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"code": "Pi Ket"}, "code"),
            ({"code": "lux"}, "code"),
            ({"code": "nieuw"}, "code"),
            ({"name": ""}, "name"),
            ({"kind": "ploeg"}, "kind"),
            ({"email": "geen adres"}, "email"),
            ({"phone": "bel"}, "phone"),
            ({"webForm": "javascript:alert(1)"}, "webForm"),
            ({"hours": "soms"}, "hours"),
            ({"standIn": "niemand", "hours": "ma 8-9"}, "standIn"),
            ({"standIn": "lux"}, "hours"),
        ],
    )
    def test_that_is_not_right_is_shown_again(
        self, administrator: Browser, wrong: dict[str, str], field: str
    ) -> None:
        answer = administrator.submit(NEW, NEW, **{**PIKET, **wrong})

        assert answer.status_code == 400
        assert f'id="{field}-error"' in answer.text
        assert ">Piket</a>" not in administrator.get(LIST).text

    def test_gets_hours_and_a_stand_in(self, administrator: Browser) -> None:
        changed = administrator.submit(LUX, LUX, **CHANGED)

        assert changed.status_code == 303
        assert "doordeweeks 07:30-16:00" in administrator.get(LUX).text
        assert "doordeweeks 07:30-16:00" in administrator.get("/beheer/wijzigingen").text

    def test_is_not_changed_by_the_second_of_two(self, administrator: Browser) -> None:
        opened = administrator.hidden(LUX, LUX)
        administrator.submit(LUX, LUX, **CHANGED)

        second = administrator.send(LUX, opened, **{**CHANGED, "name": "Nogmaals"})

        assert second.status_code == 400
        assert "Nogmaals" in second.text
        assert ">Nogmaals</a>" not in administrator.get(LIST).text

    def test_shows_what_rests_on_it_and_ends(self, administrator: Browser) -> None:
        assert "/beheer/werkafspraken/lighting" in administrator.get(LUX).text

        ended = administrator.submit(LUX, f"{LUX}/beeindigen", lastDay="2090-01-01")

        assert ended.status_code == 303

    @pytest.mark.parametrize("day", ["", "ooit", "2020-01-01", "0001-01-01"])
    def test_does_not_end_on_no_day(self, administrator: Browser, day: str) -> None:
        refused = administrator.submit(LUX, f"{LUX}/beeindigen", lastDay=day)

        assert refused.status_code == 400
        assert 'id="lastDay-error"' in refused.text

    def test_that_is_not_there_is_not_found(self, administrator: Browser) -> None:
        assert administrator.get("/beheer/uitvoerders/niets").status_code == 404


def test_the_desk_sees_no_parties(web: FlaskClient, transaction: Transaction) -> None:
    desk = signed_in(web, an_account(transaction, role=Role.DESK))

    assert [desk.get(path).status_code for path in (LIST, NEW)] == [403, 403]
