"""Adds many plausible reports at once, for trying and for measuring: COPY, no operations."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.entrypoints.demo.loading import is_demo
from app.entrypoints.demo.places import DemoSpot, Street, streets
from app.entrypoints.demo.stories import Written, writings
from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.geography.model import Spot
from app.geography.operations import locate
from app.intake.rules import REFERENCE_LENGTH, REFERENCE_LETTERS
from app.publishing.rules import blurred
from app.reception.operations import defect_at
from app.routing.calendar import due_at
from app.routing.model import RULE_VERSION, Decision, PartyOfAgreement
from app.routing.operations import decide, grounds_of
from app.triage.model import Category, PublicVisibility
from app.triage.operations import category_tree
from app.work.rules import stage_of_new_case

#: Closed cases are spread over so many days, open ones over the last sixty.
CLOSED_OVER_DAYS = 3 * 365
OPEN_OVER_DAYS = 60

#: Of a hundred reports so many are about a case that is known already.
JOINED_OF_HUNDRED = 8

_OPEN_STAGES = ("assigned", "planned", "in-progress", "waiting")


class NoDemoToFill(DomainError):
    """Reports are only made up in the demo municipality; load it first."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling brought."""

    reports: int
    cases: int
    open_cases: int


@dataclass(frozen=True, slots=True)
class _MadeCase:
    """A made-up case."""

    id: UUID
    reference: str
    spot: DemoSpot
    stage: str
    party: PartyOfAgreement | None
    reports: int
    is_danger: bool
    received_at: datetime
    due_at: datetime
    changed_at: datetime
    closed_at: datetime | None


@dataclass(slots=True)
class _Rows:
    """Rows by table, in the order of the columns below."""

    cases: list[tuple[object, ...]] = field(default_factory=list)
    reports: list[tuple[object, ...]] = field(default_factory=list)
    contacts: list[tuple[object, ...]] = field(default_factory=list)
    tasks: list[tuple[object, ...]] = field(default_factory=list)
    desk_entries: list[tuple[object, ...]] = field(default_factory=list)
    history: list[tuple[object, ...]] = field(default_factory=list)
    decisions: list[tuple[object, ...]] = field(default_factory=list)
    public_cases: list[tuple[object, ...]] = field(default_factory=list)


_COLUMNS = {
    "cases": (
        "defect_case",
        (
            "id, reference, category_code, category_group, stage, spot, party_id, is_danger,"
            " report_count, received_at, due_at, changed_at, version, planned_on, waiting_for,"
            " closed_at, closing_reason, is_demo"
        ),
    ),
    "reports": (
        "report",
        (
            "id, reference, case_id, description, spot, category_code, category_chosen_by,"
            " category_certainty, is_danger, answers, channel, language, token_generation,"
            " received_at, is_demo"
        ),
    ),
    "contacts": ("contact", "report_id, email, kept_at"),
    "tasks": (
        "task",
        "id, case_id, party_id, stage, version, offered_at, due_at, changed_at, held_until, result",
    ),
    "desk_entries": ("desk_entry", "id, case_id, reason, details, raised_at"),
    "history": ("history_entry", "case_id, at, happening, actor_kind, details"),
    "decisions": (
        "routing_decision",
        "id, case_id, party_id, agreement_id, because, grounds, rule_version, decided_at",
    ),
    "public_cases": (
        "public_case",
        (
            "reference, category_code, stage, spot, party_name, report_count, reported_at, due_at,"
            " changed_at"
        ),
    ),
}


def fill_demo(
    provided: Provided, *, reports: int, open_share: float, seed: int, now: datetime
) -> Filled:
    """Add so many reports to the demo, of which the share `open_share` stands in open cases.

    Categories, places, days and parties are as in the demo; who is responsible is decided by the
    same rules as for a real report, once for each category in each village. The same seed gives
    the same reports, but for their ids and references.

    Raises:
        NoDemoToFill: the demo is not in this database.
    """
    with provided.get(Database).transaction() as transaction:
        if not is_demo(transaction):
            raise NoDemoToFill()
        transaction.connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        author = _Author(transaction, now=now, seed=seed)
        made = author.write(reports, open_share=open_share)
        _copy(transaction.driver_connection, author.rows)
        for table, _ in _COLUMNS.values():
            transaction.connection.execute(text(f"ANALYZE {table}"))
    return made


class _Author:
    """Makes up the rows."""

    def __init__(self, transaction: Transaction, *, now: datetime, seed: int) -> None:
        self._transaction = transaction
        self._now = now
        self._chance = Random(seed)  # noqa: S311  # made-up reports, not secrets
        self._secret_chance = Random()  # noqa: S311  # references of made-up reports
        self._categories = {
            category.code: category
            for main in category_tree(transaction).main_categories
            for category in main.categories
        }
        self._decisions: dict[tuple[str, str], tuple[Decision, Jsonb]] = {}
        self._due: dict[tuple[date, bool, int], datetime] = {}
        self._references = set(
            transaction.connection.scalars(
                text("SELECT reference FROM report UNION SELECT reference FROM defect_case")
            )
        )
        self.rows = _Rows()

    def write(self, reports: int, *, open_share: float) -> Filled:
        """Make up so many reports with their cases; return what there is."""
        chance, here = self._chance, streets()
        lengths = [street.length_metres for street in here]
        written = [one for one in writings() if one.category in self._categories]
        shares = [one.share for one in written]
        open_cases = cases = done = 0
        open_reports = round(reports * open_share)
        while done < reports:
            is_open = done < open_reports
            most = min(3, (open_reports if is_open else reports) - done)
            joined = chance.random() * 100 < JOINED_OF_HUNDRED and most > 1
            count = chance.randint(2, most) if joined else 1
            self._case(
                chance.choices(written, shares)[0],
                chance.choices(here, lengths)[0],
                is_open=is_open,
                reports=count,
            )
            done += count
            cases += 1
            open_cases += is_open
        return Filled(reports=done, cases=cases, open_cases=open_cases)

    def _case(self, written: Written, street: Street, *, is_open: bool, reports: int) -> None:
        chance, rows = self._chance, self.rows
        category = self._categories[written.category]
        decision, grounds = self._decided(category, street)
        received_at = self._moment(is_open=is_open)
        is_danger = category.norm.danger_working_days is not None and chance.random() < 0.04
        due = self._due_at(received_at, category.norm.days(danger=is_danger))
        party = decision.party
        first_stage = stage_of_new_case(party.kind if party else None).value
        stage, changed_at, closed_at = self._stage(first_stage, received_at, due, is_open=is_open)
        made = _MadeCase(
            id=uuid4(),
            reference=self._reference(),
            spot=street.spot(chance.uniform(0, street.length_metres), chance.uniform(-90, 90)),
            stage=stage,
            party=party,
            reports=reports,
            is_danger=is_danger,
            received_at=received_at,
            due_at=due,
            changed_at=changed_at,
            closed_at=closed_at,
        )
        self._keep(made, category)
        for number in range(reports):
            self._report(written, made, number)
        rows.decisions.append(
            (
                uuid4(),
                made.id,
                party.id if party else None,
                decision.agreement.id if decision.agreement else None,
                decision.because.value,
                grounds,
                RULE_VERSION,
                received_at,
            )
        )
        self._history(made.id, received_at, "opened", category=category.code)
        if party is not None:
            self._history(made.id, received_at, "task-offered", party=party.name)
            self._task(made, party)
        elif is_open:
            desk_entry = (uuid4(), made.id, "nobody-responsible", Jsonb({}), received_at)
            rows.desk_entries.append(desk_entry)
        if closed_at is not None and first_stage != "referred":
            self._history(made.id, closed_at, "task-done" if party else "stage-changed")
        self._publish(made, category)

    def _keep(self, made: _MadeCase, category: Category) -> None:
        self.rows.cases.append(
            (
                made.id,
                made.reference,
                category.code,
                category.join_group,
                made.stage,
                _ewkb(made.spot.longitude, made.spot.latitude),
                made.party.id if made.party else None,
                made.is_danger,
                made.reports,
                made.received_at,
                made.due_at,
                made.changed_at,
                1,
                (self._now + timedelta(days=3)).date() if made.stage == "planned" else None,
                "third-party" if made.stage == "waiting" else None,
                made.closed_at,
                "nothing-found" if made.stage == "closed-without-work" else None,
                True,
            )
        )

    def _report(self, written: Written, made: _MadeCase, number: int) -> None:
        chance, report_id = self._chance, uuid4()
        by_words = chance.random() < 0.3
        received_at = min(made.received_at + timedelta(hours=number), self._now)
        self.rows.reports.append(
            (
                report_id,
                made.reference if number == 0 else self._reference(),
                made.id,
                chance.choice(written.texts),
                _ewkb(made.spot.longitude, made.spot.latitude),
                written.category,
                "words" if by_words else "reporter",
                0.8 if by_words else 1.0,
                made.is_danger,
                Jsonb({}),
                chance.choices(("mobile", "web", "phone", "counter"), (50, 30, 16, 4))[0],
                "nl",
                1,
                received_at,
                True,
            )
        )
        # Contact details of what closed long ago are gone; of the rest half left an address.
        if self._now - received_at < timedelta(days=90) and chance.random() < 0.5:
            address = f"melder-{report_id.hex[:8]}@straatbeeld.example"
            self.rows.contacts.append((report_id, address, received_at))

    def _task(self, made: _MadeCase, party: PartyOfAgreement) -> None:
        stage = {
            "assigned": self._chance.choice(("offered", "accepted")),
            "planned": "accepted",
            "in-progress": "started",
            "waiting": "on-hold",
            "referred": "offered",
        }.get(made.stage, "done")
        self.rows.tasks.append(
            (
                uuid4(),
                made.id,
                party.id,
                stage,
                1,
                made.received_at,
                made.due_at,
                made.changed_at,
                (self._now + timedelta(days=5)).date() if stage == "on-hold" else None,
                {"resolved": "solved", "closed-without-work": "nothing-found"}.get(made.stage),
            )
        )

    def _history(self, case_id: UUID, at: datetime, happening: str, **details: str) -> None:
        self.rows.history.append((case_id, at, happening, "system", Jsonb(details)))

    def _publish(self, made: _MadeCase, category: Category) -> None:
        if category.public_visibility is PublicVisibility.HIDDEN:
            return
        longitude, latitude = made.spot.longitude, made.spot.latitude
        if category.public_visibility is PublicVisibility.BLURRED:
            longitude, latitude = blurred(longitude, latitude)
        self.rows.public_cases.append(
            (
                made.reference,
                category.code,
                made.stage,
                _ewkb(longitude, latitude),
                made.party.name if made.party else None,
                made.reports,
                made.received_at,
                made.due_at,
                made.changed_at,
            )
        )

    def _stage(
        self, first: str, received_at: datetime, due: datetime, *, is_open: bool
    ) -> tuple[str, datetime, datetime | None]:
        """Return the stage, when it was reached, and when the case closed."""
        if first == "referred":
            return first, received_at, received_at
        if is_open:
            if first == "received":
                return first, received_at, None
            stage = self._chance.choices(_OPEN_STAGES, (60, 10, 20, 10))[0]
            return stage, min(received_at + timedelta(hours=5), self._now), None
        # Four of five are done in time.
        taken = (due - received_at) * self._chance.triangular(0.05, 1.6, 0.6)
        closed_at = min(received_at + taken, self._now)
        stage = "resolved" if self._chance.random() < 0.92 else "closed-without-work"
        return stage, closed_at, closed_at

    def _moment(self, *, is_open: bool) -> datetime:
        chance = self._chance
        days = (
            OPEN_OVER_DAYS * chance.random() ** 2
            if is_open
            else chance.uniform(1, CLOSED_OVER_DAYS)
        )
        day = self._now - timedelta(days=days)
        if day.astimezone(LOCAL_ZONE).weekday() >= 5 and chance.random() < 0.5:
            day -= timedelta(days=2)
        seconds = int(chance.triangular(6 * 3600, 22 * 3600, 10 * 3600))
        moment = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=seconds)
        return min(moment, self._now - timedelta(hours=4))

    def _due_at(self, received_at: datetime, days: int) -> datetime:
        local = received_at.astimezone(LOCAL_ZONE)
        key = (local.date(), local.hour >= 17, days)
        if key not in self._due:
            self._due[key] = due_at(received_at, norm_working_days=days)
        return self._due[key]

    def _decided(self, category: Category, street: Street) -> tuple[Decision, Jsonb]:
        key = (category.code, street.village_code)
        if key not in self._decisions:
            today = self._now.astimezone(LOCAL_ZONE).date()
            spot = Spot(street.centre[0], street.centre[1])
            located = locate(self._transaction, spot, asset_id=None, on=today)
            defect = defect_at(located, category.code)
            decision = decide(self._transaction, defect, today=today)
            self._decisions[key] = decision, Jsonb(grounds_of(decision, defect))
        return self._decisions[key]

    def _reference(self) -> str:
        while True:
            letters = "".join(self._secret_chance.choices(REFERENCE_LETTERS, k=REFERENCE_LENGTH))
            reference = f"{letters[:4]}-{letters[4:]}"
            if reference not in self._references:
                self._references.add(reference)
                return reference


def _copy(connection: psycopg.Connection[Any], rows: _Rows) -> None:
    with connection.cursor() as cursor:
        for name, (table, columns) in _COLUMNS.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in _of(rows, name):
                    copy.write_row(row)


def _of(rows: _Rows, name: str) -> Iterator[Sequence[object]]:
    yield from getattr(rows, name)


def _ewkb(longitude: float, latitude: float) -> str:
    """Return a point in WGS 84 as PostGIS reads it from text: little-endian EWKB in hexadecimal."""
    return "0101000020E6100000" + struct.pack("<dd", longitude, latitude).hex().upper()
