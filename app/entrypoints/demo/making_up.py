"""Makes up reports with all that belongs to them, as rows for the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from app.entrypoints.demo.copied_rows import Rows, point
from app.entrypoints.demo.houses import Houses
from app.entrypoints.demo.made_lives import Life, joinings, life, steps_with_ids
from app.entrypoints.demo.places import DemoAsset, Street, streets
from app.entrypoints.demo.stories import Written, is_english, writings
from app.entrypoints.demo.town import Decided, Town
from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import Spot
from app.geography.rules import metres_between
from app.publishing.rules import blurred
from app.routing.model import RULE_VERSION, PartyOfAgreement
from app.triage.model import Category, PublicVisibility
from app.work.rules import stage_of_new_case

#: Closed cases are spread over so many days, open ones over the last sixty.
CLOSED_OVER_DAYS = 3 * 365
OPEN_OVER_DAYS = 60

#: Of a hundred reports so many are about a case that is known already.
JOINED_OF_HUNDRED = 8

#: Of a hundred reports so many leave the category to their words.
WORDS_OF_HUNDRED = 30

#: What is not on the street itself lies so far from its middle at the most.
_ASIDE_METRES = 90

#: A new case this near to another of its group may be the same: the desk looks.
_MAYBE_THE_SAME_METRES = 60


@dataclass(frozen=True, slots=True)
class _MadeCase:
    """A made-up case."""

    id: UUID
    reference: str
    spot: Spot
    asset: DemoAsset | None
    category: Category
    decided: Decided
    life: Life
    reports: int
    is_danger: bool
    received_at: datetime
    due_at: datetime
    at_risk_at: datetime

    @property
    def party(self) -> PartyOfAgreement | None:
        """Whose it is; a party that declined has it no longer."""
        return None if self.life.task_stage == "declined" else self.decided.decision.party


class Author:
    """Makes up reports, as many as are asked for."""

    def __init__(self, transaction: Transaction, *, now: datetime, seed: int) -> None:
        self.cases = 0
        self.open_cases = 0
        self._town = Town(transaction, now=now, chance=Random(seed))  # noqa: S311  # the same
        self._now = now
        self._chance = Random(seed)  # noqa: S311  # made-up reports, not secrets
        self._lengths = [street.length_metres for street in streets()]
        self._written = [one for one in writings() if one.category in self._town.categories]
        self._shares = [one.share for one in self._written]
        self._last_open: dict[tuple[str, Street], _MadeCase] = {}
        self._houses = Houses()
        self._rows = Rows()

    def write(self, reports: int, *, is_open: bool) -> Rows:
        """Make up so many reports with their cases; return the rows of these alone."""
        self._rows = Rows()
        chance, done = self._chance, 0
        while done < reports:
            most = min(3, reports - done)
            joined = most > 1 and chance.random() * 100 < JOINED_OF_HUNDRED
            count = chance.randint(2, most) if joined else 1
            written = chance.choices(self._written, self._shares)[0]
            street = chance.choices(streets(), self._lengths)[0]
            made = self._case(written, street, is_open=is_open, reports=count)
            self._keep(made, written)
            self._look_at_the_desk(made, street, is_open=is_open)
            done += count
            self.cases += 1
            self.open_cases += made.life.closed_at is None
        return self._rows

    def _case(self, written: Written, street: Street, *, is_open: bool, reports: int) -> _MadeCase:
        chance = self._chance
        category = self._town.categories[written.category]
        asset = self._town.asset(category, street, is_open=is_open)
        decided = self._town.decided(category, street, asset)
        received_at = self._moment(is_open=is_open)
        norm = category.norm
        is_danger = norm.danger_term is not None and chance.random() < 0.04
        promised = self._town.promised(received_at, norm.terms(danger=is_danger))
        party = decided.decision.party
        beside = (
            asset.spot
            if asset
            else street.spot(
                chance.uniform(0, street.length_metres),
                chance.uniform(-_ASIDE_METRES, _ASIDE_METRES),
            )
        )
        return _MadeCase(
            id=uuid4(),
            reference=self._town.reference(),
            spot=Spot(beside.longitude, beside.latitude),
            asset=asset,
            category=category,
            decided=decided,
            life=life(
                chance,
                first_stage=stage_of_new_case(party.kind if party else None).value,
                received_at=received_at,
                due_at=promised.due_at,
                now=self._now,
                is_open=is_open,
            ),
            reports=reports,
            is_danger=is_danger,
            received_at=received_at,
            due_at=promised.due_at,
            at_risk_at=promised.at_risk_at,
        )

    def _keep(self, made: _MadeCase, written: Written) -> None:
        rows, lived, category = self._rows, made.life, made.category
        party, decision = made.party, made.decided.decision
        place = point(made.spot.longitude, made.spot.latitude)
        near = self._houses.nearest(made.spot)
        rows.cases.append(
            (
                made.id,
                made.reference,
                category.code,
                category.join_group,
                lived.stage,
                place,
                made.asset.id if made.asset else None,
                party.id if party else None,
                made.is_danger,
                made.reports,
                made.received_at,
                made.due_at,
                made.at_risk_at,
                lived.changed_at,
                made.reports + len(lived.steps),
                lived.planned_on,
                lived.waiting_for,
                lived.held_until,
                lived.closed_at,
                lived.closing_reason,
                True,
                f"{near.street} {near.number}" if near else None,
                near.street if near else None,
                near.village if near else None,
                self._now,
            )
        )
        rows.decisions.append(
            (
                uuid4(),
                made.id,
                decision.party.id if decision.party else None,
                decision.agreement.id if decision.agreement else None,
                decision.because.value,
                json.dumps(
                    {
                        **made.decided.grounds,
                        "asset": made.asset.number_and_street if made.asset else None,
                        "assetKind": made.asset.kind if made.asset else None,
                    }
                ),
                RULE_VERSION,
                made.received_at,
            )
        )
        self._happened(made, made.received_at, "opened", {"category": category.code})
        joined_at = [
            made.received_at + (lived.changed_at - made.received_at) * (number / made.reports)
            for number in range(made.reports)
        ]
        for number, received_at in enumerate(joined_at):
            self._report(written, made, place, received_at, is_first=number == 0)
        task_id = self._task(made) if decision.party else None
        actor = self._town.crew_of.get(decision.party.id) if decision.party else self._town.desk
        steps = sorted((*joinings(joined_at), *lived.steps), key=lambda step: step.at)
        for step, details in steps_with_ids(steps, task_id):
            if step.happening == "report-joined":
                self._happened(made, step.at, step.happening, details, by="reporter")
            else:
                self._happened(made, step.at, step.happening, details, by="account", actor=actor)
        if lived.waiting_for is not None:
            rows.clock_stops.append(
                (uuid4(), made.id, lived.waiting_for, lived.changed_at, made.due_at)
            )
            self._happened(
                made,
                lived.changed_at,
                "clock-stopped",
                {"waitingFor": lived.waiting_for, "due": made.due_at.isoformat()},
            )
        self._publish(made)

    def _report(
        self,
        written: Written,
        made: _MadeCase,
        place: str,
        received_at: datetime,
        *,
        is_first: bool,
    ) -> None:
        chance, report_id = self._chance, uuid4()
        by_words = chance.random() * 100 < WORDS_OF_HUNDRED
        words = chance.choice(written.texts)
        self._rows.reports.append(
            (
                report_id,
                made.reference if is_first else self._town.reference(),
                made.id,
                words,
                place,
                made.asset.id if made.asset else None,
                written.category,
                "words" if by_words else "reporter",
                round(chance.uniform(0.55, 0.98), 2) if by_words else 1.0,
                made.is_danger,
                "{}",
                chance.choices(("mobile", "web", "phone", "counter"), (50, 30, 16, 4))[0],
                "en" if is_english(words) else "nl",
                1,
                received_at,
                True,
            )
        )
        # Contact details of what closed long ago are gone; of the rest half left an address.
        if self._now - received_at < timedelta(days=90) and chance.random() < 0.5:
            address = f"melder-{report_id.hex[:8]}@straatbeeld.example"
            self._rows.contacts.append((report_id, address, received_at))

    def _task(self, made: _MadeCase) -> UUID:
        lived, party, task_id = made.life, made.decided.decision.party, uuid4()
        assert party is not None  # noqa: S101  # told by the caller
        self._rows.tasks.append(
            (
                task_id,
                made.id,
                party.id,
                lived.task_stage,
                1 + sum(step.of_task for step in lived.steps),
                made.received_at,
                made.due_at,
                max((step.at for step in lived.steps if step.of_task), default=made.received_at),
                lived.held_until,
                lived.result,
                lived.remark,
                lived.decline_reason,
            )
        )
        self._happened(made, made.received_at, "task-offered", {"party": party.name})
        return task_id

    def _look_at_the_desk(self, made: _MadeCase, street: Street, *, is_open: bool) -> None:
        """Let the case stand on the desk's list where it would; with what closed, that is over."""
        if made.decided.decision.party is None:
            self._at_desk(made, "nobody-responsible", {})
        if made.life.task_stage == "declined":
            party = made.decided.decision.party
            why = {"why": made.life.decline_reason, "party": party.name if party else None}
            self._at_desk(made, "declined", why)
        if not is_open or made.asset is not None:
            return
        key = made.category.join_group, street
        other = self._last_open.get(key)
        self._last_open[key] = made
        if other is not None:
            metres = round(metres_between(made.spot, other.spot))
            if metres <= _MAYBE_THE_SAME_METRES:
                self._at_desk(
                    made, "possible-duplicate", {"case": other.reference, "metres": metres}
                )

    def _at_desk(self, made: _MadeCase, reason: str, details: Mapping[str, object]) -> None:
        raised_at = made.life.changed_at if reason == "declined" else made.received_at
        self._rows.desk_entries.append(
            (uuid4(), made.id, reason, json.dumps(details), raised_at, made.life.closed_at)
        )

    def _happened(
        self,
        made: _MadeCase,
        at: datetime,
        happening: str,
        details: Mapping[str, object],
        *,
        by: str = "system",
        actor: UUID | None = None,
    ) -> None:
        if by == "account" and actor is None:
            by = "system"
        self._rows.history.append((made.id, at, happening, by, actor, json.dumps(details)))

    def _publish(self, made: _MadeCase) -> None:
        visibility = made.category.public_visibility
        if visibility is PublicVisibility.HIDDEN:
            return
        longitude, latitude = made.spot.longitude, made.spot.latitude
        if visibility is PublicVisibility.BLURRED:
            longitude, latitude = blurred(longitude, latitude)
        self._rows.public_cases.append(
            (
                made.reference,
                made.category.code,
                made.life.stage,
                point(longitude, latitude),
                made.party.name if made.party else None,
                made.reports,
                made.received_at,
                made.due_at,
                made.life.changed_at,
            )
        )

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
