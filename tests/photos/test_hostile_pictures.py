"""Pictures made to harm: refused, or kept from delaying others and from taking the worker along."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from app.foundation.clock import Clock, SystemClock
from app.foundation.database import Database
from app.foundation.jobs import HEAVY_QUEUE, QUEUE, work, worker_app
from app.foundation.provided import Provided
from app.photos.jobs import JOBS
from app.photos.model import (
    Container,
    PhotoKind,
    PhotoShowsNothing,
    PhotoStatus,
    PhotoTooManyScans,
    StoredOriginal,
    WebpTooManyPixels,
)
from app.photos.operations import coming_in, keeping, making_safe, reading
from app.photos.own_process import Bounds, OwnProcessDied, make_safe_apart
from app.photos.rendering import Undecodable, make_safe
from app.photos.rules import examine, is_heavy
from app.photos.storage import ORIGINAL, MemoryPhotoStore, PhotoStore, file_name, new_storage_key
from tests.ground import Clone
from tests.photos.conftest import NOW
from tests.photos.pictures import a_heic, a_jpeg, a_png, a_webp, drawn, encoded, secret_exif


def one_colour(width_px: int, height_px: int) -> Image.Image:
    return Image.new("RGB", (width_px, height_px), (9, 9, 9))


def a_flat_webp(width_px: int, height_px: int, **options: object) -> bytes:
    """Return a WebP that weighs next to nothing whatever its size."""
    return encoded(one_colour(width_px, height_px), "WEBP", lossless=True, method=0, **options)


def a_jpeg_gone_over(width_px: int, height_px: int, scans: int) -> bytes:
    """Return a progressive JPEG whose last scan is there again and again."""
    content = encoded(one_colour(width_px, height_px), "JPEG", progressive=True, quality=50)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * (scans - 10) + b"\xff\xd9"


def container(kind: PhotoKind, width_px: int, height_px: int, scans: int = 1) -> Container:
    return Container(kind, width_px, height_px, 3_000_000, frozenset(), scans)


class TestAtTheDoor:
    def test_one_without_a_thing_to_see_is_refused(self) -> None:
        with pytest.raises(PhotoShowsNothing):
            examine(a_flat_webp(5000, 4000), reads_heic=True)

    def test_a_webp_that_takes_too_much_memory_is_refused(self) -> None:
        with pytest.raises(WebpTooManyPixels) as refused:
            examine(a_flat_webp(8000, 6000), reads_heic=True)

        assert "JPEG" in str(refused.value)

    def test_one_to_go_over_again_and_again_is_refused(self) -> None:
        with pytest.raises(PhotoTooManyScans):
            examine(a_jpeg_gone_over(5000, 4000, scans=41), reads_heic=True)

    def test_a_jpeg_that_promises_pixels_and_brings_none_is_refused(self) -> None:
        small = encoded(one_colour(8, 8), "JPEG")
        frame = small.index(b"\xff\xc0") + 5
        size = (6000).to_bytes(2, "big") + (8000).to_bytes(2, "big")
        promising = small[:frame] + size + small[frame + 4 :]

        with pytest.raises(PhotoShowsNothing):
            examine(promising, reads_heic=True)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("progressive", [False, True])
    def test_an_honest_photo_of_the_dark_comes_in(self, kind: str, progressive: bool) -> None:
        options = {"progressive": progressive} if kind == "JPEG" else {}
        content = encoded(one_colour(4000, 3000), kind, quality=1, **options)

        assert examine(content, reads_heic=True).container.width_px == 4000

    def test_an_honest_photo_as_large_as_they_come_may_be_progressive(self) -> None:
        content = encoded(one_colour(8000, 6200), "JPEG", progressive=True, quality=80)

        assert examine(content, reads_heic=True).container.scans == 10

    def test_a_small_picture_may_have_one_colour(self) -> None:
        examined = examine(a_flat_webp(1000, 1000), reads_heic=True)

        assert len(examined.content) < 100


class TestWhatIsHeavy:
    @pytest.mark.parametrize(
        "usual",
        [
            container(PhotoKind.JPEG, 4032, 3024),
            container(PhotoKind.JPEG, 4624, 3468),
            container(PhotoKind.JPEG, 4624, 3468, scans=10),
            container(PhotoKind.HEIC, 4032, 3024),
            container(PhotoKind.PNG, 1440, 3200),
            container(PhotoKind.WEBP, 2048, 1536),
        ],
        ids=lambda one: f"{one.kind.name}-{one.width_px}-{one.scans}",
    )
    def test_is_no_usual_photo_of_a_phone(self, usual: Container) -> None:
        assert not is_heavy(usual)

    @pytest.mark.parametrize(
        "heavy",
        [
            container(PhotoKind.JPEG, 8160, 6120),
            container(PhotoKind.JPEG, 4032, 3024, scans=40),
            container(PhotoKind.HEIC, 8064, 6048),
            container(PhotoKind.PNG, 8000, 6000),
            container(PhotoKind.WEBP, 4000, 3000),
        ],
        ids=lambda one: f"{one.kind.name}-{one.width_px}-{one.scans}",
    )
    def test_is_what_takes_a_decoder_long_or_much(self, heavy: Container) -> None:
        assert is_heavy(heavy)

    def test_waits_in_a_queue_of_its_own(self, database: Database) -> None:
        originals = [
            StoredOriginal(new_storage_key(), told, 3_000_000, "0" * 64)
            for told in (
                container(PhotoKind.JPEG, 8160, 6120),
                container(PhotoKind.JPEG, 4032, 3024),
            )
        ]

        with database.transaction() as transaction:
            heavy, usual = keeping.keep(transaction, originals, report_id=uuid4(), now=NOW)

        with database.transaction() as transaction:
            queues = {
                row.photo_id: row.queue_name
                for row in transaction.connection.execute(
                    text(
                        "SELECT args ->> 'photo_id' AS photo_id, queue_name FROM procrastinate_jobs"
                    )
                )
            }
        assert queues == {str(heavy.id): HEAVY_QUEUE, str(usual.id): QUEUE}


class TestInAProcessOfItsOwn:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (a_jpeg(900, 600, exif=secret_exif(6)), PhotoKind.JPEG),
            (a_png(900, 600), PhotoKind.PNG),
            (a_webp(900, 600), PhotoKind.WEBP),
        ],
        ids=["jpeg", "png", "webp"],
    )
    def test_the_same_pictures_are_made(self, content: bytes, kind: PhotoKind) -> None:
        assert make_safe_apart(content, kind) == make_safe(content, kind)

    def test_the_same_pictures_are_made_of_a_heic(self) -> None:
        content = a_heic(640, 480)

        assert make_safe_apart(content, PhotoKind.HEIC) == make_safe(content, PhotoKind.HEIC)

    def test_a_broken_one_is_no_more_than_broken(self) -> None:
        with pytest.raises(Undecodable, match="UnidentifiedImageError"):
            make_safe_apart(b"no picture", PhotoKind.JPEG)

    def test_one_that_wants_too_much_memory_is_given_up(self) -> None:
        with pytest.raises(Undecodable):
            make_safe_apart(a_flat_webp(8000, 6000), PhotoKind.WEBP)

    def test_one_that_wants_too_much_time_is_given_up(self) -> None:
        slow = a_jpeg_gone_over(8000, 6000, scans=120)

        with pytest.raises(Undecodable, match="SIGXCPU"):
            make_safe_apart(slow, PhotoKind.JPEG, Bounds(seconds=1))

    def test_one_whose_process_others_killed_is_not_given_up(self) -> None:
        slow = a_jpeg_gone_over(8000, 6000, scans=120)
        with ThreadPoolExecutor(1) as pool:
            thread = pool.submit(threading.get_native_id).result()
            made = pool.submit(make_safe_apart, slow, PhotoKind.JPEG)

            os.kill(the_child_of(thread), signal.SIGKILL)

            with pytest.raises(OwnProcessDied):
                made.result()

    def test_is_unreadable_and_the_worker_lives_on(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        content = a_flat_webp(8000, 6000)
        original = StoredOriginal(
            new_storage_key(), container(PhotoKind.WEBP, 8000, 6000), len(content), "0" * 64
        )
        store.put(file_name(original.storage_key, ORIGINAL), content)
        with database.transaction() as transaction:
            (photo,) = keeping.keep(transaction, [original], report_id=uuid4(), now=NOW)

        making_safe.make_photo_safe(database, store, photo.id, now=NOW)

        with database.transaction() as transaction:
            assert reading.find_photo(transaction, photo.id).status is PhotoStatus.UNREADABLE
        assert list(store.files()) == []


def the_child_of(thread: int) -> int:
    """Return the process that a thread of ours started."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if children := Path(f"/proc/self/task/{thread}/children").read_text().split():
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("no process was started")


class OpeningStore(MemoryPhotoStore):
    """A store that remembers which originals were opened, in their order."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.opened: list[str] = []

    def open(self, name: str) -> BinaryIO:
        self.opened.append(name)
        return super().open(name)


class TestManyHeavyPictures:
    def test_do_not_delay_a_usual_photo(
        self, fresh_database: Clone, committing_database: Database
    ) -> None:
        store = OpeningStore()
        heavy = a_flat_webp(3000, 2200, exif=secret_exif() + bytes(1000))
        draft = uuid4()
        examined = [examine(heavy, reads_heic=True)] * 60
        examined.append(examine(encoded(drawn(4000, 3000), "JPEG"), reads_heic=True))
        originals = [coming_in.store_original(store, one) for one in examined]
        with committing_database.transaction() as transaction:
            *_, usual = keeping.keep(transaction, originals, draft_id=draft, now=NOW)

        work_until_ready(fresh_database, committing_database, store, usual.id)

        assert file_name(usual.storage_key, ORIGINAL) in store.opened[:3]
        # And they were not left alone meanwhile.
        assert len(store.opened) > 1


def work_until_ready(clone: Clone, database: Database, store: PhotoStore, photo_id: UUID) -> None:
    """Have a worker do jobs until this photo is made safe, and no longer."""
    services = Provided()
    services.put(Database, database)
    services.put(PhotoStore, store)
    services.put(Clock, SystemClock())
    app = worker_app(clone.url, JOBS, services, note_fault=lambda _, __: None)

    def status() -> PhotoStatus:
        with database.transaction() as transaction:
            return reading.find_photo(transaction, photo_id).status

    async def work_for_a_while() -> None:
        working = asyncio.create_task(work(app, at_once=2, until_empty=False))
        deadline = time.monotonic() + 60
        while await asyncio.to_thread(status) is PhotoStatus.RECEIVED:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    asyncio.run(work_for_a_while())
    assert status() is PhotoStatus.READY
