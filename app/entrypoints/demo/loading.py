"""Loads the demo municipality: all of it in one transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.entrypoints.demo.a_draft import make_demo_draft
from app.entrypoints.demo.categories import demo_categories
from app.entrypoints.demo.houses import Houses
from app.entrypoints.demo.people import (
    AGREED_SINCE,
    DemoPeople,
    make_agreements,
    make_parties,
    make_sign_ins,
    write_credentials,
)
from app.entrypoints.demo.places import addresses, bins, demo_areas, lamp_posts
from app.entrypoints.demo.stories import demo_stories
from app.entrypoints.demo.telling import Teller, tell_stories
from app.entrypoints.demo.texts import load_texts_and_lists
from app.entrypoints.demo.works import demo_works
from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_DEMO
from app.foundation.settings import Settings
from app.identity.operations import parties as all_parties
from app.photos.storage import PhotoStore
from app.planning.operations import plan_works
from app.routing.operations.calendar_days import fill_coming_years
from app.triage.operations import load_categories
from app.work.operations.near_address import cases_without_address, keep_address

SEED = 851

#: More than the demo has.
_MOST_CASES = 10_000


class InUse(DomainError):
    """This database holds areas, parties or reports of its own; the demo is for an empty one."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading the demo brought; nothing when it was there already."""

    was_there_already: bool
    reports: int = 0
    assets: int = 0
    addresses: int = 0
    works: int = 0
    credentials: str = ""


def is_demo(transaction: Transaction) -> bool:
    """Whether the demo municipality is in this database."""
    return bool(
        transaction.connection.scalar(text("SELECT EXISTS (SELECT FROM party WHERE is_demo)"))
    )


def load_demo(provided: Provided, *, now: datetime, seed: int = SEED) -> Loaded:
    """Load the demo municipality into an empty database, and write its sign-ins to a file.

    A second time it finds the demo there and does nothing.

    Raises:
        InUse: there is something in the database that is not of the demo.
    """
    settings = provided.get(Settings)
    with provided.get(Database).transaction() as transaction:
        # Two that load at the same moment: the second finds the demo there.
        transaction.connection.execute(text("SELECT pg_advisory_xact_lock(85120851)"))
        if is_demo(transaction):
            return Loaded(was_there_already=True)
        _require_empty(transaction)
        parties = make_parties(transaction)
        load_categories(transaction, demo_categories(), is_demo=True)
        load_texts_and_lists(transaction, now=now)
        # Public holidays are no invention of the demo: they stay when it is cleared away.
        fill_coming_years(transaction, by=BY_DEMO, now=now)
        _load_areas(transaction, settings)
        how_many_assets = _load_assets(transaction, parties)
        how_many_addresses = _load_addresses(transaction)
        make_agreements(transaction, parties, municipality_code=settings.municipality_code, now=now)
        make_demo_draft(transaction, parties, now=now)
        accounts, credentials = make_sign_ins(transaction, parties, settings=settings, now=now)
        names = {party.code: party.name for party in all_parties(transaction)}
        works = demo_works(now.astimezone(LOCAL_ZONE).date(), party_names=names)
        plan_works(transaction, [(work, parties[by]) for work, by in works], now=now, is_demo=True)
        stories = demo_stories(now, seed=seed)
        teller = Teller(
            transaction=transaction,
            store=provided.get(PhotoStore),
            people=DemoPeople(parties, accounts),
            municipality_code=settings.municipality_code,
            now=now,
            chance=Random(seed),  # noqa: S311  # stories, not secrets
            open_references=[],
        )
        tell_stories(teller, stories)
        _keep_nearest_addresses(transaction, now=now)
        path = write_credentials(settings.data_dir, credentials)
    return Loaded(
        was_there_already=False,
        reports=len(stories),
        assets=how_many_assets,
        addresses=how_many_addresses,
        works=len(works),
        credentials=str(path),
    )


def _keep_nearest_addresses(transaction: Transaction, *, now: datetime) -> None:
    houses = Houses()
    for unasked in cases_without_address(transaction, at_most=_MOST_CASES):
        keep_address(transaction, unasked, houses.nearest(unasked.spot), now=now)


def _require_empty(transaction: Transaction) -> None:
    in_use = transaction.connection.scalar(
        text(
            """
            SELECT EXISTS (SELECT FROM area) OR EXISTS (SELECT FROM party)
                OR EXISTS (SELECT FROM report)
            """
        )
    )
    if in_use:
        raise InUse()


def _load_areas(transaction: Transaction, settings: Settings) -> None:
    rows = []
    for feature in demo_areas():
        told = feature["properties"]
        is_whole = told["kind"] == "municipality"
        rows.append(
            {
                "kind": told["kind"],
                "code": settings.municipality_code if is_whole else told["code"],
                "name": settings.municipality_name if is_whole else told["name"],
                "geometry": Jsonb(feature["geometry"]),
                "since": AGREED_SINCE,
            }
        )
    transaction.connection.execute(
        text(
            """
            INSERT INTO area (kind, code, name, shape, valid_from, source, is_demo)
            VALUES (:kind, :code, :name,
                    ST_SetSRID(ST_GeomFromGeoJSON(CAST(:geometry AS jsonb)), 4326),
                    :since, 'demo', true)
            """
        ),
        rows,
    )


def _load_assets(transaction: Transaction, parties: dict[str, UUID]) -> int:
    rows = [
        {
            "id": asset.id,
            "kind": asset.kind,
            "number": asset.number,
            "longitude": asset.spot.longitude,
            "latitude": asset.spot.latitude,
            "owner": parties[asset.owner_code] if asset.owner_code else None,
            "street": asset.spot.street,
        }
        for asset in [*lamp_posts(), *bins()]
    ]
    transaction.connection.execute(
        text(
            """
            INSERT INTO asset (id, kind, number, street, spot, owner_party_id, is_demo)
            VALUES (:id, :kind, :number, :street,
                    ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), :owner, true)
            """
        ),
        rows,
    )
    return len(rows)


def _load_addresses(transaction: Transaction) -> int:
    rows = [
        {
            "street": address.spot.street,
            "number": address.number,
            "postcode": address.postcode,
            "village": address.spot.village,
            "longitude": address.spot.longitude,
            "latitude": address.spot.latitude,
        }
        for address in addresses()
    ]
    transaction.connection.execute(
        text(
            """
            INSERT INTO address (street, number, postcode, village, spot, is_demo)
            VALUES (:street, :number, :postcode, :village,
                    ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326), true)
            """
        ),
        rows,
    )
    return len(rows)
