"""The pages of accounts: for administrators alone; nothing typed is lost, no link shown twice."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.foundation.database import Transaction
from app.identity.operations import account_with_email
from app.identity.own_sign_ins import sign_ins
from app.identity.permissions import Role
from app.identity.records import Account
from app.identity.second_factor import has_second_factor
from tests.makers.areas import a_rectangle, an_area
from tests.makers.people import MONDAY_MORNING, a_party, an_account
from tests.makers.places import a_small_municipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements

LIST, NEW = "/beheer/accounts", "/beheer/accounts/nieuw"
NOOR = {"name": "Noor de Boer", "email": "Noor@example.org", "role": "desk", "party": ""}
_LINK = re.compile(r"<code>(http[^<]+/uitnodiging/[^<]+)</code>")


@pytest.fixture
def bea(transaction: Transaction) -> Account:
    """The one administrator of a small municipality."""
    a_small_municipality(transaction)
    an_area(transaction, a_rectangle(4.31, 51.55, 4.36, 51.6), code="kruisland", name="Kruisland")
    made = an_account(transaction, role=Role.ADMINISTRATOR, name="Bea Beheer")
    made.password_hash = "a hash"
    transaction.session.flush()
    return made


@pytest.fixture
def administrator(web: FlaskClient, bea: Account) -> Browser:
    return signed_in(web, bea)


@pytest.fixture
def colleague(transaction: Transaction, bea: Account) -> Account:
    return an_account(transaction, role=Role.DESK, name="Karel", email="karel@example.org")


def form_of(account: Account, **typed: str) -> dict[str, str]:
    said = {"name": account.name, "email": account.email, "role": account.role, "party": ""}
    return said | typed


class TestWhoMayNotAdminister:
    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
    def test_sees_no_account_and_not_whether_there_is_one(
        self, web: FlaskClient, transaction: Transaction, colleague: Account, role: Role
    ) -> None:
        stranger = signed_in(web, an_account(transaction, role=role))

        paths = (LIST, NEW, f"{LIST}/{colleague.id}", f"{LIST}/{UUID(int=1)}")
        assert {stranger.get(path).status_code for path in paths} == {403}


class TestInviting:
    def test_shows_a_link_once_with_which_a_password_is_chosen(
        self, web: FlaskClient, administrator: Browser, transaction: Transaction
    ) -> None:
        answer = administrator.submit(NEW, NEW, **NOOR)

        link = _LINK.search(answer.text)
        assert link is not None
        assert answer.headers["Cache-Control"] == "private, no-store"
        made = account_with_email(transaction, "noor@example.org")
        assert "/uitnodiging/" not in administrator.get(f"{LIST}/{made.id}").text
        path = link[1].removeprefix("http://127.0.0.1:8000")
        assert "Noor de Boer" in web.application.test_client().get(path).text

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 10_000}, "name"),
            ({"name": "\u202e\x00"}, "name"),
            ({"email": ""}, "email"),
            ({"email": "noor@"}, "email"),
            ({"email": "karel@example.org"}, "email"),
            ({"role": ""}, "role"),
            ({"role": "burgemeester"}, "role"),
            ({"role": "crew"}, "party"),
            ({"role": "crew", "party": "nergens"}, "party"),
            ({"areas": "village:nergens"}, "areas"),
            ({"categories": "<script>"}, "categories"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, administrator: Browser, colleague: Account, wrong: dict[str, str], field: str
    ) -> None:
        answer = administrator.submit(NEW, NEW, **(NOOR | wrong))

        assert answer.status_code == 400
        assert f'href="#{field}"' in answer.text
        assert "<script>" not in answer.text.split("<main", 1)[1].split("</main>")[0]
        if field != "name":
            assert 'value="Noor de Boer"' in answer.text

    def test_by_a_form_that_is_not_ours_is_refused(self, administrator: Browser) -> None:
        answer = administrator.send(NEW, {"csrf_token": "forged"}, **NOOR)

        assert answer.status_code == 400


class TestChanging:
    def test_is_kept_shown_and_noted_by_name(
        self, administrator: Browser, colleague: Account, transaction: Transaction
    ) -> None:
        page = f"{LIST}/{colleague.id}"

        answer = administrator.submit(
            page, page, **form_of(colleague, role="coordinator"), areas=["village:kruisland"]
        )

        assert answer.status_code == 303
        assert "Dorp Kruisland" in administrator.get(page).text
        changes = administrator.get(
            "/beheer/wijzigingen", what="account", code=str(colleague.id)
        ).text
        assert "Karel</a>" in changes
        assert "Bea Beheer" in changes
        assert "Balie → " in re.sub("<[^>]+>(na: )?", "", changes).replace("voor: ", "")

    def test_by_two_at_once_tells_the_second_what_the_first_did(
        self, administrator: Browser, colleague: Account, transaction: Transaction
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        opened = administrator.hidden(page, page)
        administrator.submit(page, page, **form_of(colleague, role="analyst"))

        answer = administrator.send(page, opened, **form_of(colleague, name="Karel de Grote"))

        assert answer.status_code == 412
        assert "Bea Beheer" in answer.text
        assert re.search(r"Balie → .*Analist", answer.text)
        assert 'value="Karel de Grote"' in answer.text
        # What the second left alone is as the first saved it: saving once more undoes nothing.
        assert '<option value="analyst" selected>' in answer.text
        transaction.session.refresh(colleague)
        assert colleague.name == "Karel"

    def test_of_the_last_administrator_to_another_role_is_refused(
        self, administrator: Browser, bea: Account
    ) -> None:
        page = f"{LIST}/{bea.id}"

        answer = administrator.submit(page, page, **form_of(bea, role="desk"))

        assert answer.status_code == 409
        assert 'href="#role"' in answer.text

    def test_keeps_an_area_that_is_there_no_more(
        self, administrator: Browser, colleague: Account, transaction: Transaction
    ) -> None:
        colleague.within_areas = ["village:verdwenen"]
        transaction.session.flush()
        page = f"{LIST}/{colleague.id}"

        answer = administrator.submit(page, page, **form_of(colleague), areas=["village:verdwenen"])

        transaction.session.refresh(colleague)
        assert answer.status_code == 303
        assert colleague.within_areas == ["village:verdwenen"]


def end(administrator: Browser, page: str) -> TestResponse:
    """Say yes to the question that comes first."""
    return administrator.submit(f"{page}/beeindigen", f"{page}/beeindigen")


class TestEnding:
    def test_takes_away_every_way_in_at_once_and_can_be_undone(
        self, web: FlaskClient, administrator: Browser, colleague: Account
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        theirs = signed_in(web, colleague)

        end(administrator, page)
        after = theirs.get("/balie")
        ended = administrator.get(page).text
        back = administrator.submit(page, f"{page}/terug")

        assert after.status_code == 303
        assert "Dit account is beëindigd" in ended
        assert _LINK.search(back.text)

    def test_is_asked_first_with_the_name_and_what_follows(
        self, administrator: Browser, colleague: Account, bea: Account, connection: Connection
    ) -> None:
        page = f"{LIST}/{colleague.id}"

        with statements(connection) as heard:
            asked = administrator.get(f"{page}/beeindigen").text
        own = administrator.get(f"{LIST}/{bea.id}/beeindigen").text

        assert f'href="{page}/beeindigen"' in administrator.get(page).text
        assert colleague.name in asked
        assert "eigen account" not in asked
        assert "eigen account" in own
        assert colleague.is_active
        assert len(heard) <= 5

    def test_is_not_asked_of_who_has_ended_or_was_never_there(
        self, administrator: Browser, colleague: Account
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        end(administrator, page)

        again = administrator.get(f"{page}/beeindigen")

        assert again.headers["Location"] == page
        assert administrator.get(f"{LIST}/{UUID(int=1)}/beeindigen").status_code == 404

    def test_of_the_last_administrator_is_refused(
        self, administrator: Browser, bea: Account
    ) -> None:
        page = f"{LIST}/{bea.id}"

        assert end(administrator, page).status_code == 409
        assert administrator.get(LIST).status_code == 200

    def test_what_somebody_else_changed_meanwhile_is_refused(
        self, administrator: Browser, colleague: Account, transaction: Transaction
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        opened = administrator.hidden(f"{page}/beeindigen", f"{page}/beeindigen")
        administrator.submit(page, page, **form_of(colleague, name="Karel de Grote"))

        answer = administrator.send(f"{page}/beeindigen", opened)

        transaction.session.refresh(colleague)
        assert answer.status_code == 412
        assert colleague.is_active


class TestSignIns:
    def test_are_listed_and_ended_one_by_one_and_all(
        self, web: FlaskClient, administrator: Browser, colleague: Account, transaction: Transaction
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        phone, desk, train = (signed_in(web, colleague) for _ in range(3))
        first = sign_ins(transaction, colleague.id, now=MONDAY_MORNING)[0]

        administrator.submit(page, f"{page}/aanmeldingen/{first.id}/beeindigen")
        one_less = [one.get("/balie").status_code for one in (phone, desk, train)]
        administrator.submit(page, f"{page}/aanmeldingen/beeindigen")
        none = [one.get("/balie").status_code for one in (phone, desk, train)]

        assert sorted(one_less) == [200, 200, 303]
        assert none == [303, 303, 303]

    def test_of_one_account_are_not_ended_by_the_address_of_another(
        self,
        web: FlaskClient,
        administrator: Browser,
        colleague: Account,
        bea: Account,
        transaction: Transaction,
    ) -> None:
        page = f"{LIST}/{colleague.id}"
        signed_in(web, colleague)
        own = sign_ins(transaction, bea.id, now=MONDAY_MORNING)[0]
        hidden = administrator.hidden(page, page)

        administrator.send(f"{page}/aanmeldingen/{own.id}/beeindigen", hidden)

        assert administrator.get(LIST).status_code == 200


class TestTheSecondStep:
    def test_of_a_colleague_is_taken_away_and_of_oneself_elsewhere(
        self, administrator: Browser, colleague: Account, bea: Account, transaction: Transaction
    ) -> None:
        colleague.tf_primary_method = bea.tf_primary_method = "app"
        transaction.session.flush()
        page, own = f"{LIST}/{colleague.id}", f"{LIST}/{bea.id}"

        administrator.submit(page, f"{page}/tweede-stap")
        refused = administrator.send(f"{own}/tweede-stap", administrator.hidden(own, own))

        transaction.session.expire_all()
        assert not has_second_factor(transaction, colleague)
        assert refused.headers["Location"] == "/mijn-account"
        assert has_second_factor(transaction, bea)


class TestTheList:
    def test_takes_four_statements_however_many_there_are(
        self, administrator: Browser, connection: Connection, transaction: Transaction
    ) -> None:
        party = a_party(transaction)
        for number in range(20):
            an_account(transaction, name=f"P{number}", role=Role.CREW, party_id=party.id)
        administrator.get(LIST)

        with statements(connection) as heard:
            assert administrator.get(LIST).status_code == 200

        assert len(heard) <= 4

    def test_of_an_account_takes_ten_statements_at_most(
        self, administrator: Browser, connection: Connection, colleague: Account
    ) -> None:
        with statements(connection) as heard:
            administrator.get(f"{LIST}/{colleague.id}")

        assert len(heard) <= 10

    @pytest.mark.parametrize(
        "query", ["zoek=%00%E2%80%AE<script>", "rol=koning", "stand=x", "page=-1", "page=99999999"]
    )
    def test_takes_anything_in_its_address(self, administrator: Browser, query: str) -> None:
        answer = administrator.client.get(f"{LIST}?{query}")

        assert answer.status_code == 200
        assert "<script>\u202e" not in answer.text

    def test_of_nobody_is_not_found(self, administrator: Browser) -> None:
        assert administrator.get(f"{LIST}/{UUID(int=1)}").status_code == 404
