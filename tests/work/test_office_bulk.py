"""Many cases at once: chosen, foreseen, done each in its own transaction, undone within minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.work.jobs import forget_old_actions
from tests.makers.people import an_account
from tests.makers.sign_ins import Browser, signed_in
from tests.work.conftest import HOSTILE, Report, task_paths

LIST, TOGETHER = "/beheer/zaken", "/beheer/zaken/samen"
PREVIEW, DO = f"{TOGETHER}/voorbeeld", f"{TOGETHER}/doen"
WITH_NOBODY = (4.25, 51.58)
ELSEWHERE = (4.36, 51.62)


def preview(browser: Browser, references: Sequence[str], **asked: str) -> TestResponse:
    """Tick these cases, say what is to be done, and look what would happen."""
    hidden = browser.hidden(LIST, TOGETHER)
    return browser.send(PREVIEW, {**hidden}, zaak=list(references), **asked)


def press_do(browser: Browser, page: str, *, differing: str = "ook") -> TestResponse:
    """Press the button under a preview: what differs too (`ook`), or without that (`niet`)."""
    form = re.search(rf'<form[^>]*action="{DO}".*?</form>', page, re.DOTALL)
    assert form, page
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    fields = [(name, unescape(value)) for name, value in found]
    cases = [value for name, value in fields if name == "zaak"]
    asked = [value for name, value in fields if name == "anders"]
    more = {"anders": asked, "verschil": differing} if asked else {}
    return browser.send(DO, {k: v for k, v in fields if k != "zaak"}, zaak=cases, **more)


def do(browser: Browser, references: Sequence[str], **asked: str) -> str:
    """Do something with these cases; return the address of what became of them."""
    shown = preview(browser, references, **asked)
    assert shown.status_code == 200, shown.text
    answered = press_do(browser, shown.text)
    assert answered.status_code == 303, answered.text
    return str(answered.location)


def undo(browser: Browser, address: str) -> str:
    """Press Undo, and return the page that follows."""
    answered = browser.submit(address, f"{address}/terug")
    assert answered.status_code == 303, answered.text
    return browser.get(address).text


def standing(connection: Connection, *references: str) -> list[dict[str, Any]]:
    """Return all that counts of these cases, but for versions and moments of change."""
    rows = connection.execute(
        text(
            """
            SELECT to_jsonb(c) - 'version' - 'changed_at' || jsonb_build_object(
                'tasks', (SELECT jsonb_agg(to_jsonb(task) - 'version' - 'changed_at'
                                           ORDER BY task.id)
                          FROM task WHERE task.case_id = c.id AND task.stage <> 'cancelled'),
                'asked', (SELECT jsonb_agg(reason ORDER BY reason) FROM desk_entry
                          WHERE case_id = c.id AND settled_at IS NULL),
                'stops', (SELECT jsonb_agg(to_jsonb(clock_stop)) FROM clock_stop
                          WHERE case_id = c.id),
                'reports', (SELECT jsonb_agg(to_jsonb(report) ORDER BY report.id) FROM report
                            WHERE case_id = c.id),
                'public', (SELECT public_case.stage FROM public_case
                           WHERE public_case.reference = c.reference)) AS standing
            FROM defect_case AS c WHERE reference = ANY(:references) ORDER BY reference
            """
        ),
        {"references": list(references)},
    )
    return [row.standing for row in rows]


def stage(connection: Connection, reference: str) -> str:
    return str(
        connection.scalar(
            text("SELECT stage FROM defect_case WHERE reference = :it"), {"it": reference}
        )
    )


def happened(connection: Connection, reference: str) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT happening FROM history_entry JOIN defect_case ON defect_case.id = case_id"
            " WHERE reference = :it ORDER BY history_entry.id"
        ),
        {"it": reference},
    )
    return [row.happening for row in rows]


@pytest.fixture
def tomorrow(provided: Provided) -> str:
    """Tomorrow, as a form sends it."""
    today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
    return (today + timedelta(days=1)).isoformat()


CLOSE = {"wat": "close", "reason": "already-fixed", "words": "Samen bekeken"}


class TestAPreview:
    def test_tells_what_becomes_of_each_and_changes_nothing(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        open_one, closed = report()["reference"], report()["reference"]
        do(desk, [closed], **CLOSE)
        before = standing(connection, open_one, closed)

        page = preview(desk, [open_one, closed], **CLOSE).text

        assert "Wordt gesloten; Team Zuid raakt de taak kwijt." in page
        assert "Deze melding is gesloten. Heropen die eerst." in page
        assert "Sluit 1 melding" in page
        assert standing(connection, open_one, closed) == before

    def test_that_is_possible_with_none_offers_no_button(
        self, desk: Browser, report: Report
    ) -> None:
        reference = report()["reference"]

        page = preview(desk, [reference], wat="assign", party="team").text

        assert f'action="{DO}"' not in page

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"wat": "erase"},
            {"wat": "assign", "party": HOSTILE},
            {"wat": "plan", "on": "gisteren"},
            {"wat": "plan", "on": "2001-01-01"},
            {"wat": "merge", "into": "\x00"},
            {"wat": "merge", "other": "ZZZZ-ZZZZ"},
            {"wat": "close", "reason": "\u202e"},
            {"wat": "close", "reason": "already-fixed", "words": "x" * 10_000},
        ],
    )
    def test_of_what_is_not_right_asks_again_with_the_same_cases(
        self, desk: Browser, report: Report, asked: dict[str, str]
    ) -> None:
        reference = report()["reference"]

        answered = preview(desk, [reference], **asked)

        assert answered.status_code == 422
        assert f'name="zaak" value="{reference}"' in answered.text
        assert "<script>alert" not in answered.text

    def test_of_strange_numbers_is_of_none(self, desk: Browser, report: Report) -> None:
        report()

        answered = preview(desk, [HOSTILE, "", "\x00", "ZZZZ-ZZZZ", "x" * 5000], **CLOSE)

        assert answered.status_code == 422
        assert "Er is geen melding gekozen." in answered.text

    def test_is_not_for_who_may_not_direct_cases(
        self, crew: Browser, desk: Browser, report: Report
    ) -> None:
        report()
        hidden = desk.hidden(LIST, TOGETHER)

        assert crew.get(TOGETHER).status_code == 403
        assert desk.send(PREVIEW, {**hidden, "csrf_token": "forged"}).status_code == 400


class TestDoing:
    def test_gives_all_to_a_party_each_in_its_own_history(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        several = [report(at=WITH_NOBODY)["reference"] for _ in range(3)]
        other = report(at=WITH_NOBODY)["reference"]

        page = desk.get(do(desk, several, wat="assign", party="team")).text

        assert [stage(connection, one) for one in several] == ["assigned"] * 3
        assert stage(connection, other) == "received"
        assert all("assigned" in happened(connection, one) for one in several)
        assert "3 meldingen gegeven aan Team Zuid" in page

    def test_plans_all_on_a_day_but_those_that_nobody_has_or_that_were_begun(
        self,
        desk: Browser,
        crew: Browser,
        report: Report,
        connection: Connection,
        tomorrow: str,
    ) -> None:
        begun = report()["reference"]
        (path,) = task_paths(crew)
        crew.submit(path, f"{path}/beginnen")
        planned, nobody = report()["reference"], report(at=WITH_NOBODY)["reference"]

        page = desk.get(do(desk, [begun, planned, nobody], wat="plan", on=tomorrow)).text

        assert stage(connection, planned) == "planned"
        assert stage(connection, begun) == "in-progress"
        assert stage(connection, nobody) == "received"
        assert page.count("Er is niets gedaan.") == 2

    def test_joins_all_to_one(self, desk: Browser, report: Report, connection: Connection) -> None:
        into, *others = [report()["reference"] for _ in range(3)]

        do(desk, [into, *others], wat="merge", into=into)

        (kept,) = standing(connection, into)
        assert [stage(connection, one) for one in others] == ["merged", "merged"]
        assert kept["report_count"] == len(kept["reports"]) == 3

    def test_leaves_alone_what_somebody_changed_since_it_was_shown(
        self, desk: Browser, web: FlaskClient, report: Report, connection: Connection
    ) -> None:
        changed, same = report()["reference"], report()["reference"]
        shown = preview(desk, [changed, same], **CLOSE).text
        do(desk, [changed], wat="assign", party="rws")

        page = desk.get(press_do(desk, shown).location).text

        assert stage(connection, changed) == "referred"
        assert stage(connection, same) == "closed-without-work"
        assert "Iemand heeft deze melding intussen veranderd." in page

    def test_never_reaches_beyond_what_an_account_is_limited_to(
        self,
        web: FlaskClient,
        provided: Provided,
        report: Report,
        connection: Connection,
    ) -> None:
        inside, outside = report()["reference"], report(at=WITH_NOBODY)["reference"]
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.COORDINATOR)
            account.within_areas = ["team-district:zuid"]
        limited = signed_in(web, account)

        page = preview(limited, [inside, outside], **CLOSE).text
        joined = preview(limited, [inside], wat="merge", other=outside)
        forged = page.replace(f'value="{inside}:', f'value="{outside}:')
        press_do(limited, forged)

        assert outside not in page
        assert joined.status_code == 422
        assert stage(connection, outside) == "received"

    def test_sent_twice_is_done_once(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        shown = preview(desk, [reference], **CLOSE).text

        first, second = press_do(desk, shown), press_do(desk, shown)

        assert first.location == second.location
        assert "Gedaan." in desk.get(first.location).text
        assert happened(connection, reference).count("stage-changed") == 1

    def test_takes_all_of_a_filter_when_asked(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        dangerous = [report(danger=True)["reference"] for _ in range(2)]
        safe = report()["reference"]
        hidden = desk.hidden(LIST, TOGETHER)

        page = desk.send(TOGETHER, {**hidden, "lijst": "gevaar=ja"}, alles="ja").text

        assert set(re.findall(r'name="zaak" value="([^"]+)"', page)) == set(dangerous)
        assert safe not in page


class TestUndoing:
    @pytest.mark.parametrize("asked", [CLOSE, {"wat": "assign", "party": "rws"}, {"wat": "plan"}])
    def test_puts_everything_back_as_it_stood(
        self,
        desk: Browser,
        crew: Browser,
        report: Report,
        connection: Connection,
        tomorrow: str,
        asked: dict[str, str],
    ) -> None:
        several = [report()["reference"] for _ in range(2)]
        if asked["wat"] != "plan":
            path = task_paths(crew)[0]
            crew.submit(path, f"{path}/beginnen")
        before = standing(connection, *several)
        address = do(desk, several, **{"on": tomorrow, **asked})
        assert standing(connection, *several) != before

        page = undo(desk, address)

        assert standing(connection, *several) == before
        assert page.count("Teruggezet zoals het was.") == 2
        assert all(happened(connection, one)[-1] == "put-back" for one in several)

    def test_of_a_case_that_waited_lets_its_clock_stand_still_again(
        self, desk: Browser, report: Report, connection: Connection, tomorrow: str
    ) -> None:
        reference = report()["reference"]
        path = f"/balie/zaken/{reference}"
        desk.submit(
            path,
            f"{path}/wachten",
            waiting_for="reporter",
            waits_until=tomorrow,
            waiting_words="Waar precies?",
        )
        before = standing(connection, reference)
        assert before[0]["stage"] == "waiting"

        undo(desk, do(desk, [reference], wat="assign", party="rws"))

        assert standing(connection, reference) == before

    def test_of_joining_takes_all_apart_again(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        several = [
            report()["reference"],
            report(danger=True)["reference"],
            report(at=WITH_NOBODY)["reference"],
        ]
        before = standing(connection, *several)
        address = do(desk, several, wat="merge", into=several[0])
        assert [one["report_count"] for one in standing(connection, several[0])] == [3]

        undo(desk, address)

        assert standing(connection, *several) == before

    def test_leaves_what_somebody_changed_since_and_says_so(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        changed, same = report(at=WITH_NOBODY)["reference"], report(at=WITH_NOBODY)["reference"]
        address = do(desk, [changed, same], wat="assign", party="team")
        do(desk, [changed], **CLOSE)

        page = undo(desk, address)

        assert stage(connection, changed) == "closed-without-work"
        assert stage(connection, same) == "received"
        assert "Niet teruggezet. Iemand heeft deze melding intussen veranderd." in page

    def test_leaves_a_task_that_its_crew_took_on_since(
        self, desk: Browser, crew: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report(at=WITH_NOBODY)["reference"]
        address = do(desk, [reference], wat="assign", party="team")
        (path,) = task_paths(crew)
        crew.submit(path, f"{path}/beginnen")

        undo(desk, address)

        assert stage(connection, reference) == "in-progress"

    def test_of_joining_leaves_all_together_when_one_was_changed(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        into, first, second = (report()["reference"] for _ in range(3))
        address = do(desk, [into, first, second], wat="merge", into=into)
        do(desk, [into], **CLOSE)
        before = standing(connection, into, first, second)

        page = undo(desk, address)

        assert standing(connection, into, first, second) == before
        assert page.count("Niet teruggezet.") == 2

    def test_is_too_late_after_five_minutes(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        address = do(desk, [reference], **CLOSE)
        hidden = desk.hidden(address, f"{address}/terug")
        connection.execute(
            text("UPDATE bulk_action SET done_at = done_at - interval '5 minutes 1 second'")
        )

        answered = desk.send(f"{address}/terug", hidden)

        assert answered.status_code == 409
        assert "vijf minuten" in answered.text
        assert stage(connection, reference) == "closed-without-work"
        assert f'action="{address}/terug"' not in desk.get(address).text

    def test_twice_changes_nothing_more(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        address = do(desk, [reference], **CLOSE)
        hidden = desk.hidden(address, f"{address}/terug")
        undo(desk, address)

        desk.send(f"{address}/terug", hidden)

        assert happened(connection, reference).count("put-back") == 1

    def test_is_for_who_did_it(
        self, desk: Browser, web: FlaskClient, provided: Provided, report: Report
    ) -> None:
        address = do(desk, [report()["reference"]], **CLOSE)
        hidden = desk.hidden(address, f"{address}/terug")
        with provided.get(Database).transaction() as transaction:
            other = signed_in(web, an_account(transaction, role=Role.COORDINATOR))

        assert other.get(address).status_code == 404
        token = other.hidden(LIST, TOGETHER)["csrf_token"]
        assert other.send(f"{address}/terug", {"csrf_token": token}).status_code == 404
        assert desk.get(f"{TOGETHER}/{uuid4()}").status_code == 404
        assert hidden

    def test_is_forgotten_after_a_day_with_how_the_cases_stood(
        self, desk: Browser, provided: Provided, report: Report, connection: Connection
    ) -> None:
        do(desk, [report()["reference"]], **CLOSE)
        kept = text("SELECT count(*) FROM bulk_action_case WHERE was IS NOT NULL")
        forget_old_actions(provided)
        assert connection.scalar(kept) == 1
        connection.execute(text("UPDATE bulk_action SET done_at = done_at - interval '25 hours'"))

        forget_old_actions(provided)

        assert connection.scalar(kept) == 0
