"""The life of a photo on the real database: kept, made safe, shown, moved, erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text

from app.foundation.clock import StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.settings import Settings
from app.photos.model import (
    ExaminedPhoto,
    Photo,
    PhotoKind,
    PhotoNotFound,
    PhotoStatus,
    Purpose,
    Rendition,
    TooManyPhotos,
)
from app.photos.operations import (
    coming_in,
    erasing,
    keeping,
    making_safe,
    reading,
    showing,
    sweeping,
)
from app.photos.records import photo_table
from app.photos.rules import examine
from app.photos.storage import ORIGINAL, FileMissing, FolderPhotoStore, MemoryPhotoStore, file_name
from tests.makers.statements import statements
from tests.photos.conftest import NOW
from tests.photos.pictures import a_jpeg, a_png

REPORT, TASK, DRAFT = UUID(int=1), UUID(int=2), UUID(int=3)


def examined(content: bytes | None = None) -> ExaminedPhoto:
    return examine(a_jpeg() if content is None else content, reads_heic=True)


def kept(
    database: Database,
    store: MemoryPhotoStore,
    *,
    content: bytes | None = None,
    report_id: UUID | None = None,
    task_id: UUID | None = None,
    draft_id: UUID | None = None,
) -> Photo:
    original = coming_in.store_original(store, examined(content))
    with database.transaction() as transaction:
        (photo,) = keeping.keep(
            transaction,
            [original],
            report_id=report_id,
            task_id=task_id,
            draft_id=draft_id,
            now=NOW,
        )
    return photo


def as_it_stands(database: Database, photo: Photo) -> Photo:
    with database.transaction() as transaction:
        return reading.find_photo(transaction, photo.id)


def jobs(transaction: Transaction, name: str) -> list[dict[str, object]]:
    found = transaction.connection.execute(
        text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"),
        {"name": name},
    )
    return [row.args for row in found]


def files_of(store: MemoryPhotoStore, photo: Photo) -> set[str]:
    return {
        file.name.removeprefix(photo.storage_key + ".")
        for file in store.files()
        if file.name.startswith(photo.storage_key)
    }


def make_safe(database: Database, store: MemoryPhotoStore, photo: Photo) -> None:
    making_safe.make_photo_safe(database, store, photo.id, now=NOW)


RENDITIONS = {rendition.value for rendition in Rendition}


class TestKeepingPhotos:
    def test_writes_their_rows_and_defers_making_them_safe(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        with (
            coming_in.stored_originals(store, [examined(), examined(a_png())]) as originals,
            database.transaction() as transaction,
        ):
            photos = keeping.keep(transaction, originals, report_id=REPORT, now=NOW)

        with database.transaction() as transaction:
            assert reading.photos_of_report(transaction, REPORT) == photos
            assert [photo.position for photo in photos] == [0, 1]
            assert [photo.kind for photo in photos] == [PhotoKind.JPEG, PhotoKind.PNG]
            assert {photo.status for photo in photos} == {PhotoStatus.RECEIVED}
            assert jobs(transaction, "photos.make_safe") == [
                {"photo_id": str(photo.id)} for photo in photos
            ]

    def test_takes_one_statement_however_many_there_are(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        originals = [coming_in.store_original(store, examined()) for _ in range(5)]

        with (
            database.transaction() as transaction,
            statements(transaction.connection) as asked,
        ):
            photos = keeping.keep(transaction, originals, report_id=REPORT, now=NOW)
            found = reading.photos_of_report(transaction, REPORT)

        assert found == photos
        insert, _asking_them_back = asked
        assert insert.startswith("INSERT INTO photo")

    def test_keeps_the_photo_and_not_what_was_hung_behind_it(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, content=a_jpeg() + b"film", report_id=REPORT)

        with store.open(file_name(photo.storage_key, ORIGINAL)) as file:
            assert file.read() == a_jpeg()
        assert photo.size_bytes == len(a_jpeg()) + 4

    def test_leaves_nothing_when_refused(self, database: Database, store: MemoryPhotoStore) -> None:
        def refuse() -> None:
            with (
                coming_in.stored_originals(store, [examined()]) as originals,
                database.transaction() as transaction,
            ):
                keeping.keep(transaction, originals, report_id=REPORT, now=NOW)
                raise DomainError

        with pytest.raises(DomainError):
            refuse()

        assert list(store.files()) == []
        with database.transaction() as transaction:
            assert reading.photos_of_report(transaction, REPORT) == []
            assert jobs(transaction, "photos.make_safe") == []

    def test_leaves_the_files_to_the_sweeper_after_a_fault(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        with (
            pytest.raises(RuntimeError),
            coming_in.stored_originals(store, [examined()]),
            database.transaction(),
        ):
            raise RuntimeError("was it committed?")

        assert len(list(store.files())) == 1

    def test_is_about_the_repair_when_it_says_so(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        original = coming_in.store_original(store, examined())

        with database.transaction() as transaction:
            photos = keeping.keep(
                transaction, [original], purpose=Purpose.REPAIR, task_id=TASK, now=NOW
            )
            assert reading.photos_of_task(transaction, TASK) == photos
            assert reading.photos_of_tasks(transaction, [TASK, uuid4()]) == {TASK: photos}

        assert photos[0].purpose is Purpose.REPAIR

    def test_reads_those_of_many_reports_at_once(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        other = uuid4()
        first = kept(database, store, report_id=REPORT)
        second = kept(database, store, report_id=other)
        kept(database, store, report_id=uuid4())

        with database.transaction() as transaction:
            found = reading.photos_of_reports(transaction, [REPORT, other, uuid4()])

        assert found == {REPORT: [first], other: [second]}

    def test_has_room_for_five(self, database: Database, store: MemoryPhotoStore) -> None:
        present = [kept(database, store, report_id=REPORT) for _ in range(4)]

        keeping.check_room(present, 1)
        with pytest.raises(TooManyPhotos):
            keeping.check_room(present, 2)


class TestMakingAPhotoSafe:
    def test_leaves_the_renditions_alone(self, database: Database, store: MemoryPhotoStore) -> None:
        photo = kept(database, store, report_id=REPORT)

        make_safe(database, store, photo)

        ready = as_it_stands(database, photo)
        assert (ready.status, ready.made_safe_at) == (PhotoStatus.READY, NOW)
        assert (ready.shown_width_px, ready.shown_height_px) == (24, 16)
        assert files_of(store, photo) == RENDITIONS

    def test_says_so_when_no_picture_can_be_made(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        store.put(file_name(photo.storage_key, ORIGINAL), b"\xff\xd8\xff\xd9")

        make_safe(database, store, photo)

        assert as_it_stands(database, photo).status is PhotoStatus.UNREADABLE
        assert files_of(store, photo) == set()

    def test_says_so_when_the_original_is_gone(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        store.delete(file_name(photo.storage_key, ORIGINAL))

        make_safe(database, store, photo)

        assert as_it_stands(database, photo).status is PhotoStatus.UNREADABLE

    def test_changes_nothing_the_second_time(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        make_safe(database, store, photo)
        ready, files = as_it_stands(database, photo), sorted(f.name for f in store.files())

        making_safe.make_photo_safe(database, store, photo.id, now=NOW + timedelta(days=1))

        assert as_it_stands(database, photo) == ready
        assert sorted(file.name for file in store.files()) == files

    @pytest.mark.parametrize("puts_before_death", [0, 1, 2, 3])
    def test_ends_well_after_being_killed_while_writing(
        self, database: Database, store: MemoryPhotoStore, puts_before_death: int
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        dying = DyingStore(store, puts=puts_before_death)
        with pytest.raises(Killed):
            making_safe.make_photo_safe(database, dying, photo.id, now=NOW)

        make_safe(database, store, photo)

        assert as_it_stands(database, photo).status is PhotoStatus.READY
        assert files_of(store, photo) == RENDITIONS

    def test_ends_well_after_being_killed_before_erasing(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        with pytest.raises(Killed):
            making_safe.make_photo_safe(database, DyingStore(store, puts=9), photo.id, now=NOW)
        assert as_it_stands(database, photo).status is PhotoStatus.READY
        assert ORIGINAL in files_of(store, photo)

        make_safe(database, store, photo)

        assert files_of(store, photo) == RENDITIONS

    def test_leaves_no_file_of_a_photo_erased_meanwhile(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)

        class ErasingStore(DyingStore):
            def put(self, name: str, content: bytes | memoryview) -> None:
                with database.transaction() as transaction:
                    erasing.erase_photos_of_reports(transaction, [REPORT])
                self.inner.put(name, content)

            def delete(self, name: str) -> None:
                self.inner.delete(name)

        making_safe.make_photo_safe(database, ErasingStore(store, puts=9), photo.id, now=NOW)

        assert files_of(store, photo) == set()

    def test_ends_the_same_when_two_do_it_at_once(
        self, committing_database: Database, tmp_path: Path
    ) -> None:
        store = FolderPhotoStore(tmp_path)
        original = coming_in.store_original(store, examined(a_jpeg(800, 600)))
        with committing_database.transaction() as transaction:
            (photo,) = keeping.keep(transaction, [original], draft_id=DRAFT, now=NOW)

        with ThreadPoolExecutor(3) as workers:
            runs = [
                workers.submit(
                    making_safe.make_photo_safe, committing_database, store, photo.id, now=NOW
                )
                for _ in range(3)
            ]
            for run in runs:
                run.result()

        assert as_it_stands(committing_database, photo).status is PhotoStatus.READY
        assert {file.name.partition(".")[2] for file in store.files()} == RENDITIONS

    def test_passes_by_a_photo_that_is_erased(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        making_safe.make_photo_safe(database, store, uuid4(), now=NOW)

        assert list(store.files()) == []


class Killed(BaseException):
    """Stands for SIGKILL."""


class DyingStore(MemoryPhotoStore):
    """A store whose process dies after so many files, or when it should erase."""

    def __init__(self, inner: MemoryPhotoStore, *, puts: int) -> None:
        super().__init__(StoppedClock(NOW))
        self.inner = inner
        self._puts = puts
        self._files = inner._files

    def put(self, name: str, content: bytes | memoryview) -> None:
        if not self._puts:
            raise Killed
        self._puts -= 1
        self.inner.put(name, content)

    def delete(self, name: str) -> None:
        raise Killed


class TestShowingAPhoto:
    def test_gives_no_address_before_it_is_safe(
        self, database: Database, store: MemoryPhotoStore, settings: Settings
    ) -> None:
        photo = kept(database, store, report_id=REPORT)

        assert showing.links(photo, settings, NOW) is None
        assert showing.shown(photo, settings, NOW) == {
            "id": str(photo.id),
            "status": "received",
            "url": None,
            "thumbnailUrl": None,
            "jpegUrl": None,
        }

    def test_gives_whole_addresses_when_it_is(
        self, database: Database, store: MemoryPhotoStore, settings: Settings
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        make_safe(database, store, photo)

        shown = showing.shown(as_it_stands(database, photo), settings, NOW)

        assert shown["status"] == "ready"
        start = f"https://meldingen.example/photos/{photo.id}/"
        assert (shown["url"] or "").startswith(start + "1600.webp?expires=")
        assert (shown["thumbnailUrl"] or "").startswith(start + "320.webp?expires=")
        assert (shown["jpegUrl"] or "").startswith(start + "1600.jpg?expires=")
        assert photo.storage_key not in str(shown)


class TestPhotosOfADraft:
    def test_go_with_the_report_in_the_order_it_names(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        first = kept(database, store, draft_id=DRAFT)
        second = kept(database, store, draft_id=DRAFT)

        with database.transaction() as transaction:
            attached = keeping.attach_to_report(
                transaction, [second.id, first.id], REPORT, draft_id=DRAFT
            )

        with database.transaction() as transaction:
            assert reading.photos_of_report(transaction, REPORT) == attached
            assert [photo.id for photo in attached] == [second.id, first.id]
            assert reading.photos_of_draft(transaction, DRAFT) == []

    def test_do_not_go_with_the_report_of_another(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, draft_id=DRAFT)

        with pytest.raises(PhotoNotFound), database.transaction() as transaction:
            keeping.attach_to_report(transaction, [photo.id], REPORT, draft_id=uuid4())

        assert as_it_stands(database, photo).draft_id == DRAFT

    def test_can_be_taken_back(self, database: Database, store: MemoryPhotoStore) -> None:
        photo = kept(database, store, draft_id=DRAFT)

        with pytest.raises(PhotoNotFound), database.transaction() as transaction:
            erasing.erase_from_draft(transaction, photo.id, draft_id=uuid4())
        with database.transaction() as transaction:
            erasing.erase_from_draft(transaction, photo.id, draft_id=DRAFT)

        with database.transaction() as transaction:
            assert reading.photos_of_draft(transaction, DRAFT) == []


class TestErasing:
    def test_takes_the_rows_at_once_and_the_files_by_a_job(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        other = kept(database, store, report_id=uuid4())
        make_safe(database, store, photo)

        with database.transaction() as transaction:
            assert erasing.erase_photos_of_reports(transaction, [REPORT]) == 1

        with database.transaction() as transaction:
            assert reading.photos_of_report(transaction, REPORT) == []
            (job,) = jobs(transaction, "photos.erase_files")
        assert job == {"storage_keys": [photo.storage_key]}
        erasing.erase_files(store, [photo.storage_key])
        assert files_of(store, photo) == set()
        assert files_of(store, other) == {ORIGINAL}

    def test_takes_the_photos_of_a_repair(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        kept(database, store, task_id=TASK)

        with database.transaction() as transaction:
            assert erasing.erase_photos_of_tasks(transaction, [TASK]) == 1
            assert reading.photos_of_task(transaction, TASK) == []

    def test_takes_the_photos_of_drafts(self, database: Database, store: MemoryPhotoStore) -> None:
        kept(database, store, draft_id=DRAFT)
        other = kept(database, store, draft_id=uuid4())

        with database.transaction() as transaction:
            assert erasing.erase_photos_of_drafts(transaction, [DRAFT]) == 1
            assert reading.photos_of_draft(transaction, DRAFT) == []
            assert reading.find_photo(transaction, other.id) == other


class TestTheSweeper:
    def test_erases_old_files_that_no_row_knows_and_nothing_else(
        self, database: Database, store: MemoryPhotoStore, clock: StoppedClock
    ) -> None:
        waiting = kept(database, store, report_id=REPORT)
        ready = kept(database, store, report_id=REPORT)
        make_safe(database, store, ready)
        orphan = coming_in.store_original(store, examined())
        half = file_name("ab" * 16, "0badcafe.part")
        store.put(half, b"hal")
        clock.instant = NOW + timedelta(hours=1)
        young = coming_in.store_original(store, examined())

        with database.transaction() as transaction:
            swept = sweeping.sweep(transaction, store, NOW + timedelta(minutes=61))

        assert (swept.unknown_files, swept.stray_photos) == (2, 0)
        assert files_of(store, waiting) == {ORIGINAL}
        assert files_of(store, ready) == RENDITIONS
        with store.open(file_name(young.storage_key, ORIGINAL)):
            pass
        with pytest.raises(FileMissing):
            store.open(file_name(orphan.storage_key, ORIGINAL))
        with pytest.raises(FileMissing):
            store.open(half)

    def test_erases_an_original_that_outlived_its_making_safe(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        make_safe(database, store, photo)
        store.put(file_name(photo.storage_key, ORIGINAL), a_jpeg())

        with database.transaction() as transaction:
            sweeping.sweep(transaction, store, NOW + timedelta(hours=2))

        assert files_of(store, photo) == RENDITIONS

    def test_erases_photos_that_belong_to_nothing(
        self, database: Database, store: MemoryPhotoStore
    ) -> None:
        stray = kept(database, store)
        sent = kept(database, store, report_id=REPORT)
        of_a_repair = kept(database, store, task_id=TASK)
        of_a_draft_in_use = kept(database, store, draft_id=DRAFT)

        with database.transaction() as transaction:
            before = sweeping.sweep(transaction, store, NOW + timedelta(days=7))
            after = sweeping.sweep(transaction, store, NOW + timedelta(days=7, seconds=1))

        assert (before.stray_photos, after.stray_photos) == (0, 1)
        with database.transaction() as transaction:
            left = set(transaction.connection.scalars(select(photo_table.c.id)))
            assert jobs(transaction, "photos.erase_files") == [
                {"storage_keys": [stray.storage_key]}
            ]
        assert left == {sent.id, of_a_repair.id, of_a_draft_in_use.id}

    def test_only_counts_in_a_dry_run(self, database: Database, store: MemoryPhotoStore) -> None:
        stray = kept(database, store)
        coming_in.store_original(store, examined())

        with database.transaction() as transaction:
            swept = sweeping.sweep(transaction, store, NOW + timedelta(days=8), is_dry_run=True)

        assert (swept.unknown_files, swept.stray_photos) == (1, 1)
        assert len(list(store.files())) == 2
        with database.transaction() as transaction:
            assert reading.find_photo(transaction, stray.id) == stray


class TestTheTableOfPhotos:
    @pytest.mark.parametrize(
        ("column", "value", "constraint"),
        [
            ("status", "lost", "ck_photo_status"),
            ("purpose", "art", "ck_photo_purpose"),
            ("kind", "image/svg+xml", "ck_photo_kind"),
            ("storage_key", "../../etc/passwd", "ck_photo_storage_key"),
            ("status", "ready", "ck_photo_ready_is_made_safe"),
            ("draft_id", DRAFT, "ck_photo_one_place"),
            ("width_px", 0, "ck_photo_sizes"),
        ],
    )
    def test_takes_no_nonsense(
        self,
        database: Database,
        store: MemoryPhotoStore,
        column: str,
        value: object,
        constraint: str,
    ) -> None:
        photo = kept(database, store, report_id=REPORT)
        row = {name: getattr(photo, name) for name in Photo.__slots__}
        row |= {"id": uuid4(), "storage_key": "f" * 32, column: value}

        with pytest.raises(Exception, match=constraint), database.transaction() as transaction:
            transaction.connection.execute(insert(photo_table).values(row))
