"""Photos over HTTP, by the worker and from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.clock import StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided, attach
from app.foundation.settings import Settings
from app.photos.commands import photos as photos_command
from app.photos.jobs import JOBS
from app.photos.model import Photo, PhotoNotFound, PhotoStatus
from app.photos.operations import coming_in, erasing, keeping, reading, showing
from app.photos.pages import blueprint
from app.photos.rules import examine
from app.photos.storage import MemoryPhotoStore
from tests.photos.conftest import NOW
from tests.photos.pictures import a_jpeg


@pytest.fixture
def web(services: Provided) -> Iterator[FlaskClient]:
    """An application with nothing but photos, where a missing photo is a 404."""
    application = Flask("photos-alone")
    attach(application.extensions, services)
    application.register_blueprint(blueprint)
    application.register_error_handler(PhotoNotFound, lambda refused: (str(refused), 404))
    with application.test_client() as client:
        yield client


@pytest.fixture
def ready(services: Provided, database: Database, store: MemoryPhotoStore) -> Photo:
    """A photo that was made safe."""
    photo = received(database, store)
    JOBS["photos.make_safe"].run(services, photo_id=str(photo.id))
    with database.transaction() as transaction:
        return reading.find_photo(transaction, photo.id)


def received(database: Database, store: MemoryPhotoStore) -> Photo:
    original = coming_in.store_original(store, examine(a_jpeg(), reads_heic=True))
    with database.transaction() as transaction:
        (photo,) = keeping.keep(transaction, [original], report_id=uuid4(), now=NOW)
    return photo


def link(photo: Photo, settings: Settings) -> str:
    found = showing.links(photo, settings, NOW)
    assert found is not None
    return found.large


class TestAPhotoLink:
    def test_shows_the_picture_and_lets_nothing_else_happen(
        self, web: FlaskClient, ready: Photo, settings: Settings
    ) -> None:
        answer = web.get(link(ready, settings))

        assert answer.status_code == 200
        assert answer.data.startswith(b"RIFF")
        assert answer.content_type == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Robots-Tag"] == "noindex, noimageindex"
        # From 10:20 to 13:00.
        assert answer.headers["Cache-Control"] == "private, max-age=9600, immutable"

    def test_shows_the_jpeg_and_the_thumbnail_too(
        self, web: FlaskClient, ready: Photo, settings: Settings
    ) -> None:
        links = showing.links(ready, settings, NOW)
        assert links is not None

        assert web.get(links.jpeg).content_type == "image/jpeg"
        assert web.get(links.thumbnail).content_type == "image/webp"

    def test_is_answered_shortly_when_the_browser_has_the_picture(
        self, web: FlaskClient, ready: Photo, settings: Settings
    ) -> None:
        tag = web.get(link(ready, settings)).headers["ETag"]

        again = web.get(link(ready, settings), headers={"If-None-Match": tag})

        assert (again.status_code, again.data) == (304, b"")

    def test_ends(
        self, web: FlaskClient, ready: Photo, settings: Settings, clock: StoppedClock
    ) -> None:
        address = link(ready, settings)
        clock.instant = NOW + timedelta(hours=3)

        assert web.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("signature=", "signature=0"),
            ("expires=", "expires=9"),
            ("1600.webp", "320.webp"),
            ("1600.webp", "original"),
            ("1600.webp", "..%2f..%2foriginal"),
        ],
    )
    def test_cannot_be_bent(
        self, web: FlaskClient, ready: Photo, settings: Settings, old: str, new: str
    ) -> None:
        assert web.get(link(ready, settings).replace(old, new)).status_code == 404

    def test_is_needed(self, web: FlaskClient, ready: Photo) -> None:
        assert web.get(f"/photos/{ready.id}/1600.webp").status_code == 404

    def test_shows_nothing_once_the_photo_is_erased(
        self, web: FlaskClient, ready: Photo, settings: Settings, database: Database
    ) -> None:
        address = link(ready, settings)
        assert ready.report_id is not None
        with database.transaction() as transaction:
            erasing.erase_photos_of_reports(transaction, [ready.report_id])

        assert web.get(address).status_code == 404

    def test_shows_nothing_when_the_file_is_gone(
        self, web: FlaskClient, ready: Photo, settings: Settings, store: MemoryPhotoStore
    ) -> None:
        erasing.erase_files(store, [ready.storage_key])

        assert web.get(link(ready, settings)).status_code == 404


class TestTheJobsOfPhotos:
    def test_make_a_photo_safe(self, ready: Photo) -> None:
        assert ready.status is PhotoStatus.READY

    def test_erase_files(self, services: Provided, ready: Photo, store: MemoryPhotoStore) -> None:
        JOBS["photos.erase_files"].run(services, storage_keys=[ready.storage_key])

        assert list(store.files()) == []

    def test_sweep_every_hour(
        self,
        services: Provided,
        database: Database,
        store: MemoryPhotoStore,
        clock: StoppedClock,
    ) -> None:
        coming_in.store_original(store, examine(a_jpeg(), reads_heic=True))
        photo = received(database, store)
        clock.instant = NOW + timedelta(hours=2)

        JOBS["photos.sweep"].run(services)

        assert [file.name.partition(".")[0] for file in store.files()] == [photo.storage_key]
        assert JOBS["photos.sweep"].every is not None


class TestTheSweepCommand:
    def test_says_what_it_would_erase_and_then_what_it_erased(
        self, services: Provided, store: MemoryPhotoStore, clock: StoppedClock
    ) -> None:
        coming_in.store_original(store, examine(a_jpeg(), reads_heic=True))
        clock.instant = NOW + timedelta(hours=2)

        dry = CliRunner().invoke(photos_command, ["sweep", "--dry-run"], obj=services)
        assert len(list(store.files())) == 1
        wet = CliRunner().invoke(photos_command, ["sweep"], obj=services)

        assert "Would erase 1 files" in dry.output
        assert "Erased 1 files" in wet.output
        assert list(store.files()) == []
