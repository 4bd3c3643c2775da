"""Filters that people keep: for themselves or for all, renamed, begun with, and deleted."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report

LIST, FILTERS = "/beheer/zaken", "/beheer/zaken/filters"
NEW = f"{FILTERS}/nieuw"


@pytest.fixture
def colleague(web: FlaskClient, provided: Provided) -> Browser:
    """A coordinator beside the one of the desk."""
    with provided.get(Database).transaction() as transaction:
        return signed_in(web, an_account(transaction, role=Role.COORDINATOR, name="Hanna Regie"))


def keep(browser: Browser, name: str, query: str = "norm=overdue", **more: str) -> str:
    """Keep a filter; return the address of its own page."""
    answered = browser.submit(f"{NEW}?{query}", NEW, name=name, **more)
    assert answered.status_code == 303, answered.text
    return pages(browser)[name]


def pages(browser: Browser) -> dict[str, str]:
    """Return the filters that somebody sees by name, with the address at which each is changed."""
    page = browser.get(FILTERS).text
    found = {}
    for card in re.findall(r'<li class="card">.*?</li>', page, re.DOTALL):
        name = re.search(r"<h2><a[^>]*>([^<]+)</a>", card)
        address = re.search(rf'href="({FILTERS}/[0-9a-f-]{{36}})"', card)
        assert name
        found[name[1]] = address[1] if address else ""
    return found


class TestKeepingAFilter:
    def test_makes_it_one_press_away(self, desk: Browser, report: Report) -> None:
        report()

        keep(desk, "Te laat in zuid", "norm=overdue&gebied=team-district%3Azuid")

        page = desk.get(LIST).text
        address = re.search(r'chip--saved" href="([^"]+)"[^>]*>Te laat in zuid<', page)
        assert address is not None
        shown = desk.get(address[1].replace("&amp;", "&")).text
        assert 'aria-current="page">Te laat in zuid' in shown
        assert "Bewaar dit filter" not in shown

    def test_keeps_nothing_strange_of_its_address(self, desk: Browser) -> None:
        keep(desk, "Vreemd", "norm=overdue&csrf=x&status=%00&na=1_2&woorden=%3Cscript%3E")

        assert "norm=overdue&amp;woorden=%3Cscript%3E" in desk.get(FILTERS).text

    @pytest.mark.parametrize("name", ["", "  ", "\x00", "\u202e", "x" * 10_000])
    def test_needs_a_name_that_can_be_read(self, desk: Browser, name: str) -> None:
        answered = desk.submit(f"{NEW}?norm=overdue", NEW, name=name, shared="ja")

        assert answered.status_code == 422
        assert 'name="filter" value="norm=overdue"' in answered.text
        assert re.search(r'name="shared"[^>]*checked', answered.text)

    def test_under_a_name_that_is_taken_is_refused_whatever_its_capitals(
        self, desk: Browser, colleague: Browser
    ) -> None:
        keep(desk, "Te laat")
        keep(colleague, "Te laat")

        answered = desk.submit(f"{NEW}?gevaar=ja", NEW, name="te LAAT")

        assert answered.status_code == 409
        assert 'value="te LAAT"' in answered.text

    def test_leaves_out_what_is_strange_in_it_however_much(self, desk: Browser) -> None:
        hidden = desk.hidden(NEW, NEW)

        answered = desk.send(NEW, {**hidden, "filter": "a=1&" * 60 + "norm=overdue"}, name="Veel")

        assert answered.status_code == 303
        assert list(pages(desk)) == ["Veel"]

    def test_shows_a_hostile_name_as_text(self, desk: Browser) -> None:
        desk.submit(f"{NEW}?norm=overdue", NEW, name=HOSTILE)

        for path in (LIST, FILTERS):
            assert "<script>alert" not in desk.get(path).text

    def test_costs_the_list_no_ninth_statement(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        for number in range(12):
            keep(desk, f"Filter {number}")

        with statements(connection) as heard:
            desk.get(LIST, uitvoerder="team")

        assert len(heard) <= 8, heard

    def test_is_not_for_a_crew(self, crew: Browser) -> None:
        assert crew.get(FILTERS).status_code == 403
        assert crew.get(NEW).status_code == 403


class TestSharing:
    def test_lets_colleagues_use_it_and_not_change_it(
        self, desk: Browser, colleague: Browser
    ) -> None:
        shared = keep(desk, "Voor allen", shared="ja")
        own = keep(desk, "Voor mij")

        assert pages(colleague) == {"Voor allen": ""}
        assert colleague.get(shared).status_code == 404
        assert colleague.get(own).status_code == 404
        hidden = desk.hidden(shared, shared)
        token = colleague.hidden(NEW, NEW)["csrf_token"]
        stolen = {**hidden, "csrf_token": token}
        assert colleague.send(shared, stolen, name="Van mij").status_code == 404
        assert colleague.send(f"{shared}/weg", stolen).status_code == 404
        assert "Voor allen" in pages(desk)

    def test_lets_an_administrator_clear_up_after_who_left(
        self, desk: Browser, web: FlaskClient, provided: Provided
    ) -> None:
        shared, own = keep(desk, "Voor allen", shared="ja"), keep(desk, "Voor mij")
        with provided.get(Database).transaction() as transaction:
            administrator = signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))

        assert administrator.get(own).status_code == 404
        assert administrator.submit(FILTERS, f"{shared}/weg").status_code == 303
        assert pages(desk).keys() == {"Voor mij"}


class TestChanging:
    def test_gives_it_another_name(self, desk: Browser) -> None:
        address = keep(desk, "Oud")

        desk.submit(address, address, name="Nieuw")

        assert pages(desk) == {"Nieuw": address}

    def test_what_somebody_changed_meanwhile_is_refused_with_what_was_typed(
        self, desk: Browser
    ) -> None:
        address = keep(desk, "Oud")
        stale = desk.hidden(address, address)
        desk.submit(address, address, name="Nieuw")

        answered = desk.send(address, stale, name="Anders")

        assert answered.status_code == 412
        assert 'value="Anders"' in answered.text
        assert desk.send(f"{address}/weg", stale).status_code == 412
        assert pages(desk).keys() == {"Nieuw"}

    def test_without_its_token_is_refused(self, desk: Browser) -> None:
        address = keep(desk, "Oud")
        hidden = {**desk.hidden(address, address), "csrf_token": "forged"}

        assert desk.send(address, hidden, name="x").status_code == 400


class TestBeginning:
    def test_with_a_filter_leads_there_after_signing_in(self, desk: Browser) -> None:
        keep(desk, "Mijn begin", "norm=at-risk", begin="ja")

        assert desk.get("/begin").location == f"{LIST}?norm=at-risk"

    def test_is_where_the_role_begins_again_once_the_filter_is_gone(
        self, desk: Browser, colleague: Browser
    ) -> None:
        shared = keep(desk, "Voor allen", shared="ja")
        home = colleague.get("/begin").location
        colleague.submit(FILTERS, f"{FILTERS}/begin", filter=shared.rpartition("/")[2])
        assert colleague.get("/begin").location == f"{LIST}?norm=overdue"

        desk.submit(shared, shared, name="Voor mij")

        assert colleague.get("/begin").location == home

    def test_can_be_taken_back(self, desk: Browser) -> None:
        home = desk.get("/begin").location
        keep(desk, "Mijn begin", begin="ja")

        desk.submit(FILTERS, f"{FILTERS}/begin")

        assert desk.get("/begin").location == home

    @pytest.mark.parametrize("typed", ["x", "\x00", "00000000-0000-0000-0000-000000000000"])
    def test_with_a_filter_that_is_not_there_is_refused(self, desk: Browser, typed: str) -> None:
        keep(desk, "Een")

        assert desk.submit(FILTERS, f"{FILTERS}/begin", filter=typed).status_code == 404
