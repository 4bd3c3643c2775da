"""A photo that comes while the database is away, or the disk is full, is refused for now."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection, text

from app.entrypoints.web import create_app
from app.entrypoints.wiring import wire
from app.foundation.clock import SystemClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings, read_settings
from app.photos.operations.sweeping import sweep
from app.photos.storage import FolderPhotoStore, MemoryPhotoStore, PhotoStore, StoreFull
from tests.makers.places import IN_DISTRICT, a_small_municipality
from tests.photos.pictures import a_jpeg

#: Nothing listens on the first port of this machine.
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def without_a_database(folder: Path) -> Settings:
    return read_settings(
        database_url=NOWHERE,
        secret_key="a secret for tests, long enough to be one",
        data_dir=folder,
        rate_limits="off",
        address_service="none",
        tile_url="none",
    )


def test_says_when_to_come_back_and_leaves_nothing_for_long(
    tmp_path: Path, connection: Connection
) -> None:
    settings = without_a_database(tmp_path)
    report = {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
    }

    answered = (
        create_app(wire(settings))
        .test_client()
        .post(
            "/api/v1/reports",
            data={"report": json.dumps(report), "photo": (BytesIO(a_jpeg()), "lamp.jpg")},
        )
    )

    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "3")
    store = FolderPhotoStore(settings.photo_folder)
    left = []
    for minutes in (0, 59, 61):
        with Database(connection).transaction() as transaction:
            sweep(transaction, store, datetime.now(UTC) + timedelta(minutes=minutes))
        left.append(len(list(store.files())))
    assert left == [1, 1, 0]


class FullStore(MemoryPhotoStore):
    """A store with no room for another photo."""

    def put(self, name: str, content: bytes | memoryview) -> None:
        raise StoreFull


def test_is_told_to_come_back_when_there_is_no_room(
    provided: Provided, connection: Connection
) -> None:
    provided.put(PhotoStore, FullStore(SystemClock()))
    a_small_municipality_is_there(connection)
    report = {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(IN_DISTRICT)},
    }

    answered = (
        create_app(provided)
        .test_client()
        .post(
            "/api/v1/reports",
            data={"report": json.dumps(report), "photo": (BytesIO(a_jpeg()), "lamp.jpg")},
        )
    )

    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "60")
    assert connection.scalar(text("SELECT count(*) FROM report")) == 0


def a_small_municipality_is_there(connection: Connection) -> None:
    with Database(connection).transaction() as transaction:
        a_small_municipality(transaction)
