"""What made-up reports rest on: categories, things along the streets, who is responsible."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import text

from app.entrypoints.demo.places import DemoAsset, Street, bins, lamp_posts
from app.entrypoints.demo.stories import ASSET_KINDS
from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import Spot
from app.geography.operations import locate
from app.intake.rules import REFERENCE_LENGTH, REFERENCE_LETTERS
from app.routing.calendar import Promise, promise
from app.routing.model import Decision
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.deciding import decide, defect_at, grounds_of
from app.triage.model import Category, Term
from app.triage.operations import category_tree

#: Longer ago than this nothing is made up.
_LONGEST_AGO = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Decided:
    """Who is responsible for a category in a village, and on what grounds."""

    decision: Decision
    grounds: dict[str, object]


class Town:
    """The demo municipality as the database holds it; it asks the database everything once."""

    def __init__(self, transaction: Transaction, *, now: datetime, chance: Random) -> None:
        self.categories = {
            category.code: category
            for main in category_tree(transaction).main_categories
            for category in main.categories
        }
        #: The account of each party's crew, and that of the desk: who did what.
        self.crew_of: dict[UUID, UUID] = {}
        self.desk: UUID | None = None
        self._transaction = transaction
        self._now = now
        self._chance = chance
        self._secret_chance = Random()  # noqa: S311  # references of made-up reports
        self._assets: dict[tuple[str, str, str], list[DemoAsset]] = defaultdict(list)
        self._decisions: dict[tuple[str, str, bool], Decided] = {}
        self._promised: dict[tuple[date, int, int, tuple[Term, ...]], Promise] = {}
        self._calendar = working_calendar(transaction, since=now - _LONGEST_AGO)
        for asset in (*lamp_posts(), *bins()):
            if asset.owner_code is None:
                key = asset.kind, asset.spot.village_code, asset.spot.street
                self._assets[key].append(asset)
        self._read_what_is_there()

    def asset(self, category: Category, street: Street, *, is_open: bool) -> DemoAsset | None:
        """Choose what stands along the street; at one thing one open case of a group at most."""
        kind = ASSET_KINDS.get(category.code)
        if kind is None or self._chance.random() < 0.2:
            return None
        here = self._assets[(kind, street.village_code, street.name)]
        asset = self._chance.choice(here) if here else None
        if asset is not None and is_open:
            key = asset.id, category.join_group
            if key in self._taken:
                return None
            self._taken.add(key)
        return asset

    def decided(self, category: Category, street: Street, asset: DemoAsset | None) -> Decided:
        """Return who is responsible in the street's village, by the rules for every report."""
        key = (category.code, street.village_code, asset is not None)
        if key not in self._decisions:
            today = self._now.astimezone(LOCAL_ZONE).date()
            located = locate(
                self._transaction,
                Spot(street.centre[0], street.centre[1]),
                asset_id=asset.id if asset else None,
                on=today,
            )
            defect = defect_at(located, category.code, at=self._now)
            decision = decide(self._transaction, defect)
            self._decisions[key] = Decided(decision, grounds_of(decision, defect))
        return self._decisions[key]

    def promised(self, received_at: datetime, terms: tuple[Term, ...]) -> Promise:
        """Return what a norm promises, and from when on that is at risk."""
        local = received_at.astimezone(LOCAL_ZONE)
        # To the quarter of an hour, so that thousands of cases need not be reckoned one by one.
        key = (local.date(), local.hour, local.minute // 15, terms)
        if key not in self._promised:
            self._promised[key] = promise(received_at, terms, self._calendar)
        return self._promised[key]

    def reference(self) -> str:
        """Return a reference that nothing has yet."""
        while True:
            letters = "".join(self._secret_chance.choices(REFERENCE_LETTERS, k=REFERENCE_LENGTH))
            reference = f"{letters[:4]}-{letters[4:]}"
            if reference not in self._references:
                self._references.add(reference)
                return reference

    def _read_what_is_there(self) -> None:
        connection = self._transaction.connection
        self._references = set(
            connection.scalars(
                text("SELECT reference FROM report UNION SELECT reference FROM defect_case")
            )
        )
        self._taken = {
            (row.asset_id, row.category_group)
            for row in connection.execute(
                text(
                    "SELECT asset_id, category_group FROM defect_case"
                    " WHERE asset_id IS NOT NULL AND closed_at IS NULL"
                )
            )
        }
        for row in connection.execute(
            text("SELECT id, role, party_id FROM account WHERE is_demo AND is_active")
        ):
            if row.party_id is not None:
                self.crew_of[row.party_id] = row.id
            elif row.role == "desk":
                self.desk = row.id
