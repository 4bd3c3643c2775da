"""A small installation with committed reports and photos, to back up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine

from app.entrypoints.ground.provision import find_or_install
from app.entrypoints.tables import METADATA
from app.entrypoints.wiring import HEARERS, wire
from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, make_engine
from app.foundation.provided import Provided
from app.foundation.settings import read_settings
from app.intake.model import Channel, Contact, NewReport
from app.photos.operations.coming_in import examine_all, store_original
from app.photos.operations.making_safe import make_photo_safe
from app.photos.storage import PhotoStore
from app.reception.operations import receive_report
from tests.ground import CHECKOUT, Clone
from tests.makers.people import MONDAY_MORNING
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.photos.pictures import a_jpeg

KEY = "a secret for tests, long enough to be one"


@dataclass
class AnInstallation:
    """A database and a folder with photos that a test may break."""

    provided: Provided
    database: Clone
    photos: Path
    engine: Engine

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Return everything in every table."""
        with psycopg.connect(self.database.url) as connection:
            return {
                table: sorted(
                    connection.execute(f'SELECT * FROM "{table}"'.encode()).fetchall(), key=repr
                )
                for table in METADATA.tables
                if table != "rate_count"
            }

    def files(self) -> dict[str, bytes]:
        """Return every file in the store."""
        return {path.name: path.read_bytes() for path in self.photos.rglob("*") if path.is_file()}

    def destroy(self) -> None:
        """Lose everything: every table and every photo."""
        self.engine.dispose()
        with psycopg.connect(self.database.url) as connection:
            connection.execute("SET client_min_messages = warning")
            for table in METADATA.tables:
                connection.execute(f'DROP TABLE "{table}" CASCADE'.encode())
        for path in self.photos.rglob("*"):
            if path.is_file():
                path.unlink()

    def another_report(self, text: str, *, photos: int = 0) -> list[str]:
        """Receive one more report; return the ids of its photos."""
        store = self.provided.get(PhotoStore)
        drawn = [a_jpeg(40 + place, 30) for place in range(photos)]
        originals = [store_original(store, photo) for photo in examine_all(drawn)]
        with self.provided.get(Database).transaction() as transaction:
            received = receive_report(
                transaction,
                NewReport(
                    description=text,
                    longitude=IN_DISTRICT[0],
                    latitude=IN_DISTRICT[1],
                    channel=Channel.WEB,
                    category="wegen.losse-tegel",
                    contact=Contact(email="anna@example.org"),
                ),
                municipality_code="GM0851",
                now=MONDAY_MORNING,
                originals=originals,
            )
        return [str(photo.id) for photo in received.photos]


@pytest.fixture
def installation(
    fresh_database: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AnInstallation]:
    """Two reports: one whose photo was made safe, one whose photo still waits for that."""
    monkeypatch.setenv("PATH", find_or_install(CHECKOUT).search_path(os.environ["PATH"]))
    data = tmp_path / "data"
    settings = read_settings(
        database_url=fresh_database.url, secret_key=KEY, data_dir=data, rate_limits="off"
    )
    engine = make_engine(fresh_database.url, connections=3)
    provided = wire(settings)
    provided.put(Database, Database(engine, hearers=HEARERS))
    provided.put(Clock, StoppedClock(MONDAY_MORNING + timedelta(hours=1)))
    made = AnInstallation(provided, fresh_database, settings.photo_folder, engine)
    with provided.get(Database).transaction() as transaction:
        a_small_municipality(transaction)
    for photo_id in made.another_report("Losse tegel bij de kerk.", photos=1):
        make_photo_safe(
            provided.get(Database), provided.get(PhotoStore), UUID(photo_id), now=MONDAY_MORNING
        )
    made.another_report("Nog een losse tegel.", photos=2)
    yield made
    engine.dispose()
