"""A database with the demo in it, loaded once; what a test does to it is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.entrypoints.demo.loading import Loaded, load_demo
from app.entrypoints.wiring import HEARERS, wire
from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, MapDatabase, make_engine
from app.foundation.provided import Provided
from app.foundation.settings import Settings, read_settings
from app.geography.model import Spot
from app.routing.operations.explaining import explain
from tests import ground

#: A Tuesday afternoon.
NOW = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Demo:
    """The demo in a database of its own, as a test may change it."""

    provided: Provided
    connection: Connection
    loaded: Loaded

    def count(self, statement: str) -> int:
        """Return the number that `SELECT …` gives."""
        return int(self.connection.scalar(text(f"SELECT {statement}")) or 0)

    def party_at(self, place: tuple[float, float], category: str) -> str | None:
        """Return the name of the party that a report of this category would go to."""
        with self.provided.get(Database).transaction() as transaction:
            found = explain(
                transaction,
                Spot(*place),
                category_code=category,
                at=NOW,
                municipality_code="GM0851",
            )
        return found.decision.party.name if found.decision.party else None

    def counts(self, column: str, table: str) -> dict[str, int]:
        """Return how often each value of a column occurs."""
        rows = self.connection.execute(
            text(f"SELECT {column} AS value, count(*) AS n FROM {table} GROUP BY 1")
        )
        return {row.value: row.n for row in rows}


def services_on(bind: Connection, settings: Settings) -> Provided:
    """Return the wired services, with their database on this connection."""
    services = wire(settings)
    services.put(Database, Database(bind, hearers=HEARERS))
    services.put(MapDatabase, MapDatabase(bind))
    services.put(Clock, StoppedClock(NOW))
    return services


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(
        database_url="postgresql://unused",
        secret_key="a secret for tests, long enough to be one",
        data_dir=tmp_path_factory.mktemp("demo"),
        rate_limits="off",
        address_service="demo",
        tile_url="none",
    )


@pytest.fixture(scope="session")
def loaded_demo(
    database_server: ground.Server, database_template: str, demo_settings: Settings
) -> Iterator[tuple[ground.Clone, Loaded]]:
    clone = database_server.clone(database_template)
    engine = make_engine(clone.url, connections=1)
    with engine.connect() as connection:
        loaded = load_demo(services_on(connection, demo_settings), now=NOW)
        connection.commit()
    engine.dispose()
    yield clone, loaded
    database_server.drop(clone)


@pytest.fixture
def demo(loaded_demo: tuple[ground.Clone, Loaded], demo_settings: Settings) -> Iterator[Demo]:
    clone, loaded = loaded_demo
    engine = make_engine(clone.url, connections=1)
    with engine.connect() as connection:
        outer = connection.begin()
        yield Demo(services_on(connection, demo_settings), connection, loaded)
        outer.rollback()
    engine.dispose()


@pytest.fixture
def credentials_file(demo_settings: Settings) -> Iterator[Path]:
    """The file with the sign-ins; a test may take it away."""
    path = demo_settings.data_dir / "demo-credentials.json"
    before, mode = path.read_bytes(), path.stat().st_mode
    yield path
    path.write_bytes(before)
    path.chmod(mode)
