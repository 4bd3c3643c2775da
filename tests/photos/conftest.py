"""A database of photos alone, a store in memory, and a stopped clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, text

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.photos.storage import MemoryPhotoStore, PhotoStore

NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)


@pytest.fixture
def database(connection: Connection) -> Database:
    """A database where photos may belong to reports and tasks that nobody made.

    Photos know nothing of either, so their tests need none. The rollback brings the keys back.
    """
    for key in ("fk_photo_report_id", "fk_photo_task_id"):
        connection.execute(text(f"ALTER TABLE photo DROP CONSTRAINT IF EXISTS {key}"))
    return Database(connection)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


@pytest.fixture
def store(clock: StoppedClock) -> MemoryPhotoStore:
    return MemoryPhotoStore(clock)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        database_url="postgresql://nowhere",
        secret_key=SecretStr("s" * 32),
        data_dir=Path("nowhere"),
        base_url="https://meldingen.example",
    )


@pytest.fixture
def services(
    database: Database, store: MemoryPhotoStore, clock: StoppedClock, settings: Settings
) -> Provided:
    """What the application provides, with the doubles in their places."""
    provided = Provided()
    provided.put(Database, database)
    provided.put(PhotoStore, store)
    provided.put(Clock, clock)
    provided.put(Settings, settings)
    return provided
