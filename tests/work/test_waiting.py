"""The desk lets a case wait for somebody else, lets it go on, and is told when it waited enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.intake.model import Channel, NewReport
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.work.model import (
    ActedBy,
    CaseStage,
    ClockState,
    DeskReason,
    TaskStage,
    WaitingFor,
)
from app.work.operations.cases import case
from app.work.operations.clock import clock_stops
from app.work.operations.lists import desk_entries_of_case
from app.work.operations.tasks import hold_task, start_task, tasks_of_case
from app.work.operations.waiting import bring_back_what_waited, let_go_on, let_wait
from app.work.refusals import MovedOn, StageNotReachable
from tests.makers.places import (
    IN_DISTRICT,
    ON_MOTORWAY,
    SmallMunicipality,
    a_small_municipality,
)
from tests.makers.sign_ins import Browser
from tests.work.conftest import HOSTILE, Report, task_paths

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
UNTIL = date(2026, 12, 1)
DESK = ActedBy("account", UUID(int=7))
NOBODYS = (4.45, 51.58)


@pytest.fixture
def transaction(provided: Provided) -> Iterator[Transaction]:
    """One transaction in which facts are told, rolled back with the test."""
    with provided.get(Database).transaction() as transaction:
        yield transaction


@pytest.fixture
def small(transaction: Transaction) -> SmallMunicipality:
    return a_small_municipality(transaction)


def received(transaction: Transaction, at: tuple[float, float] = IN_DISTRICT) -> ReceivedReport:
    return receive_report(
        transaction,
        NewReport(
            description="Losse tegel",
            longitude=at[0],
            latitude=at[1],
            channel=Channel.MOBILE,
            category="wegen.losse-tegel",
        ),
        municipality_code="GM0851",
        now=NOW,
    )


def the_crew_waits(
    transaction: Transaction,
    tile: ReceivedReport,
    small: SmallMunicipality,
    waiting_for: WaitingFor = WaitingFor.THIRD_PARTY,
) -> None:
    (task,) = tasks_of_case(transaction, tile.case.id)
    hold_task(
        transaction,
        task.id,
        party_id=small.team_id,
        until=UNTIL,
        remark="Kan nu niet",
        by=DESK,
        now=NOW,
        waiting_for=waiting_for,
    )


def waits(
    transaction: Transaction,
    tile: ReceivedReport,
    *,
    at: datetime = NOW,
    waiting_for: WaitingFor = WaitingFor.THIRD_PARTY,
    until: date = UNTIL,
    version: int | None = None,
) -> None:
    let_wait(
        transaction,
        tile.case.reference,
        waiting_for=waiting_for,
        until=until,
        words="",
        by=DESK,
        now=at,
        expected_version=version,
    )


def goes_on(transaction: Transaction, tile: ReceivedReport, *, at: datetime) -> None:
    let_go_on(transaction, tile.case.reference, by=DESK, now=at)


def reasons(transaction: Transaction, tile: ReceivedReport) -> set[DeskReason]:
    return {one.reason for one in desk_entries_of_case(transaction, tile.case.id)}


@pytest.mark.usefixtures("small")
class TestACaseThatTheDeskLetsWait:
    def test_has_a_clock_that_stands_still_and_runs_on_with_what_was_left(
        self, transaction: Transaction
    ) -> None:
        tile = received(transaction)

        waits(transaction, tile)
        still = case(transaction, tile.case.id)
        goes_on(transaction, tile, at=NOW + timedelta(days=7))

        after = case(transaction, tile.case.id)
        assert still.clock(NOW + timedelta(days=3)) is ClockState.STOPPED
        assert (after.stage, after.waiting_for, after.waits_until) == (
            CaseStage.ASSIGNED,
            None,
            None,
        )
        assert after.due_at - tile.case.due_at == timedelta(days=7)
        (stop,) = clock_stops(transaction, tile.case.id)
        assert stop.waiting_for == "third-party"

    def test_keeps_its_task_and_goes_on_when_its_party_begins(
        self, transaction: Transaction, small: SmallMunicipality
    ) -> None:
        tile = received(transaction)
        waits(transaction, tile)
        (task,) = tasks_of_case(transaction, tile.case.id)

        start_task(
            transaction, task.id, party_id=small.team_id, by=DESK, now=NOW + timedelta(days=1)
        )

        after = case(transaction, tile.case.id)
        assert task.stage is TaskStage.OFFERED
        assert (after.stage, after.waits_until) == (CaseStage.IN_PROGRESS, None)
        assert clock_stops(transaction, tile.case.id)[0].ran_on_at is not None

    def test_can_wait_longer_without_its_clock_stopping_twice(
        self, transaction: Transaction
    ) -> None:
        tile = received(transaction)
        waits(transaction, tile)

        waits(
            transaction,
            tile,
            at=NOW + timedelta(days=2),
            waiting_for=WaitingFor.REPORTER,
            until=UNTIL + timedelta(days=9),
        )

        after = case(transaction, tile.case.id)
        assert (after.waiting_for, after.waits_until) == ("reporter", UNTIL + timedelta(days=9))
        assert len(clock_stops(transaction, tile.case.id)) == 1

    def test_stops_a_clock_that_ran_while_a_crew_waited_for_material(
        self, transaction: Transaction, small: SmallMunicipality
    ) -> None:
        tile = received(transaction)
        the_crew_waits(transaction, tile, small, WaitingFor.MATERIAL)
        assert clock_stops(transaction, tile.case.id) == []

        waits(transaction, tile, at=NOW + timedelta(days=1))

        (stop,) = clock_stops(transaction, tile.case.id)
        assert stop.stopped_at == NOW + timedelta(days=1)

    def test_that_nobody_had_is_at_the_desk_again_when_it_goes_on(
        self, transaction: Transaction
    ) -> None:
        tile = received(transaction, NOBODYS)
        waits(transaction, tile, waiting_for=WaitingFor.REPORTER)

        goes_on(transaction, tile, at=NOW + timedelta(days=1))

        assert case(transaction, tile.case.id).stage is CaseStage.RECEIVED
        assert DeskReason.NOBODY_RESPONSIBLE in reasons(transaction, tile)

    def test_frees_the_task_of_a_crew_that_was_put_off(
        self, transaction: Transaction, small: SmallMunicipality
    ) -> None:
        tile = received(transaction)
        the_crew_waits(transaction, tile, small)

        goes_on(transaction, tile, at=NOW + timedelta(days=1))

        (freed,) = tasks_of_case(transaction, tile.case.id)
        assert (freed.stage, freed.held_until) == (TaskStage.ON_HOLD, None)
        assert case(transaction, tile.case.id).stage is CaseStage.ASSIGNED

    def test_must_be_as_it_was_when_the_desk_looked(self, transaction: Transaction) -> None:
        tile = received(transaction)
        waits(transaction, tile)

        with pytest.raises(MovedOn):
            waits(transaction, tile, version=tile.case.version)

    def test_is_never_one_that_was_passed_on(self, transaction: Transaction) -> None:
        tile = received(transaction, ON_MOTORWAY)

        with pytest.raises(StageNotReachable):
            waits(transaction, tile)

    def test_does_not_go_on_where_it_does_not_wait(self, transaction: Transaction) -> None:
        tile = received(transaction)

        with pytest.raises(StageNotReachable):
            goes_on(transaction, tile, at=NOW)


@pytest.mark.usefixtures("small")
class TestADayUntilWhichACaseWaits:
    MORNING = datetime(2026, 12, 1, 4, 11, tzinfo=UTC)

    def test_brings_it_to_the_desk_and_not_before(self, transaction: Transaction) -> None:
        tile, later = received(transaction), received(transaction, (4.35, 51.65))
        waits(transaction, tile)
        waits(transaction, later, until=UNTIL + timedelta(days=1))
        assert bring_back_what_waited(transaction, now=self.MORNING - timedelta(days=1)) == 0

        brought = bring_back_what_waited(transaction, now=self.MORNING)

        assert brought == 1
        assert DeskReason.WAIT_OVER in reasons(transaction, tile)
        assert DeskReason.WAIT_OVER not in reasons(transaction, later)

    def test_brings_it_once_and_takes_it_off_when_it_goes_on(
        self, transaction: Transaction
    ) -> None:
        tile = received(transaction)
        waits(transaction, tile)
        for _ in range(2):
            bring_back_what_waited(transaction, now=self.MORNING)
        entries = desk_entries_of_case(transaction, tile.case.id)
        assert [one.reason for one in entries].count(DeskReason.WAIT_OVER) == 1

        goes_on(transaction, tile, at=self.MORNING)

        assert DeskReason.WAIT_OVER not in reasons(transaction, tile)

    def test_leaves_what_waits_for_the_weather_to_its_own_clock(
        self, transaction: Transaction, small: SmallMunicipality
    ) -> None:
        tile = received(transaction)
        the_crew_waits(transaction, tile, small, WaitingFor.WEATHER)

        assert bring_back_what_waited(transaction, now=self.MORNING) == 0


def a_day(*, ahead: int) -> date:
    return (datetime.now(tz=LOCAL_ZONE) + timedelta(days=ahead)).date()


class TestThePages:
    @pytest.fixture
    def said(self, report: Report) -> dict[str, str]:
        return report()

    @pytest.fixture
    def page(self, said: dict[str, str]) -> str:
        return f"/balie/zaken/{said['reference']}"

    def wait(self, desk: Browser, page: str, **changes: str) -> int:
        typed = {
            "waiting_for": "reporter",
            "waits_until": a_day(ahead=6).isoformat(),
            "waiting_words": "Welke van de twee bruggen is het?",
            **changes,
        }
        answered = desk.submit(page, f"{page}/wachten", **typed)
        return int(answered.status_code)

    def test_say_what_it_waits_for_and_until_when_to_everyone_who_reads_them(
        self, web: FlaskClient, desk: Browser, crew: Browser, said: dict[str, str], page: str
    ) -> None:
        assert self.wait(desk, page) == 303

        day = format_date(a_day(ahead=6), "d MMMM", locale="nl")
        reads = f"Wacht op: een antwoord van de melder, tot {day}"
        at_desk = desk.get(page).text
        assert at_desk.count(reads) == 2  # beside the due date, and in the history
        assert "De klok staat stil, want wij wachten op de melder" in at_desk
        assert "klok staat stil</span>" in at_desk
        (task,) = task_paths(crew)
        assert reads in crew.get(task).text
        followed = web.get(f"/volg/{said['token']}").text
        assert "Welke van de twee bruggen is het?" in followed
        assert "Wij wachten op uw antwoord tot" in followed
        assert ", plus de tijd dat wij wachten" in followed

    def test_lead_on_once_it_goes_on(self, web: FlaskClient, desk: Browser, page: str) -> None:
        self.wait(desk, page)

        answered = desk.submit(page, f"{page}/verder")

        assert answered.status_code == 303
        text = desk.get(page).text
        assert "Het gaat verder. De melding is bij Team Zuid." in text
        assert "Het wachten is voorbij" in text
        assert f"{page}/verder" not in text

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"waiting_for": ""}, "Zeg waarop het moet wachten."),
            ({"waiting_for": "material"}, "Zeg waarop het moet wachten."),
            ({"waiting_for": "\x00"}, "Zeg waarop het moet wachten."),
            ({"waits_until": ""}, "Zeg tot welke dag het wacht."),
            ({"waits_until": "2020-01-01"}, "Kies een dag na vandaag, binnen een jaar."),
            ({"waits_until": "9999-12-31"}, "Kies een dag na vandaag, binnen een jaar."),
            ({"waits_until": "morgen"}, "Zeg tot welke dag het wacht."),
            ({"waiting_words": ""}, "Schrijf wat de melder ons moet vertellen."),
            ({"waiting_words": "x" * 10_000}, "Gebruik hoogstens 500 tekens."),
        ],
    )
    def test_keep_what_was_typed_where_it_is_not_right(
        self,
        desk: Browser,
        page: str,
        connection: Connection,
        changes: dict[str, str],
        sentence: str,
    ) -> None:
        typed = {
            "waiting_for": "reporter",
            "waits_until": a_day(ahead=6).isoformat(),
            "waiting_words": HOSTILE,
            **changes,
        }

        answered = desk.submit(page, f"{page}/wachten", **typed)

        assert answered.status_code == 400
        assert sentence in answered.text
        assert HOSTILE not in answered.text
        assert connection.scalar(text("SELECT count(*) FROM clock_stop")) == 0

    def test_are_not_for_a_crew(self, desk: Browser, crew: Browser, page: str) -> None:
        proof = crew.hidden("/werk", "/werk")["csrf_token"]

        for step in ("wachten", "verder"):
            answered = crew.client.post(f"{page}/{step}", data={"csrf_token": proof})
            assert answered.status_code == 403

    def test_say_that_somebody_was_first(self, desk: Browser, page: str) -> None:
        typed = desk.hidden(page, f"{page}/wachten")
        self.wait(desk, page)

        answered = desk.send(
            f"{page}/wachten",
            typed,
            waiting_for="third-party",
            waiting_party="Netbeheerder",
            waits_until=a_day(ahead=9).isoformat(),
            waiting_words="",
        )

        assert answered.status_code == 412
        assert "Iemand was u net voor" in answered.text

    def test_show_what_is_at_risk_and_what_is_too_late_with_the_day(
        self, desk: Browser, crew: Browser, page: str, connection: Connection
    ) -> None:
        (task,) = task_paths(crew)
        assert "dreigt te laat" not in desk.get(page).text
        connection.execute(text("UPDATE defect_case SET at_risk_at = now() - interval '1 minute'"))

        assert "dreigt te laat" in desk.get(page).text
        assert "dreigt te laat" in crew.get(task).text

        connection.execute(text("UPDATE defect_case SET due_at = now() - interval '2 days'"))
        connection.execute(text("UPDATE task SET due_at = now() - interval '2 days'"))

        assert "te laat</span>" in desk.get(page).text
        assert "2 dagen te laat" in crew.get(task).text

    def test_mark_a_place_just_outside_the_border(self, desk: Browser, report: Report) -> None:
        inside = report()
        outside = report("Tegel op de grens", at=(4.1998, 51.58))

        marked = desk.get(f"/balie/zaken/{outside['reference']}").text

        assert "Net buiten de grens" in marked
        assert "minder dan 50 meter buiten de gemeente" in marked
        assert "Net buiten de grens" not in desk.get(f"/balie/zaken/{inside['reference']}").text
