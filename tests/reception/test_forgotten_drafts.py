"""A form left alone takes its photos along; one in use keeps them, however old they are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from app.foundation.clock import StoppedClock
from app.foundation.database import Database
from app.photos.model import Photo
from app.photos.operations.coming_in import examine, store_original
from app.photos.operations.keeping import keep
from app.photos.operations.reading import photos_of_draft
from app.photos.operations.sweeping import sweep
from app.photos.storage import MemoryPhotoStore
from app.reception.drafts import forget_drafts, keep_content, open_draft
from app.reception.rules import draft_id_of
from tests.makers.people import MONDAY_MORNING
from tests.photos.pictures import a_jpeg

KEY, OTHER_KEY = "a" * 43, "b" * 43


def with_a_photo(database: Database, store: MemoryPhotoStore, key: str) -> Photo:
    original = store_original(store, examine(a_jpeg()))
    with database.transaction() as transaction:
        draft = open_draft(transaction, key, now=MONDAY_MORNING)
        (photo,) = keep(transaction, [original], draft_id=draft.id, now=MONDAY_MORNING)
    return photo


def test_the_photos_of_a_form_go_by_its_last_use(connection: Connection) -> None:
    database, store = Database(connection), MemoryPhotoStore(StoppedClock(MONDAY_MORNING))
    in_use = with_a_photo(database, store, KEY)
    with_a_photo(database, store, OTHER_KEY)
    later = MONDAY_MORNING + timedelta(days=6)
    with database.transaction() as transaction:
        draft = open_draft(transaction, KEY, now=later)
        keep_content(transaction, draft, draft.content, now=later)

    with database.transaction() as transaction:
        forgotten = forget_drafts(transaction, now=later + timedelta(days=7))
        sweep(transaction, store, later + timedelta(days=7))

    with database.transaction() as transaction:
        assert forgotten == 1
        assert photos_of_draft(transaction, draft_id_of(KEY)) == [in_use]
        assert photos_of_draft(transaction, draft_id_of(OTHER_KEY)) == []
        assert forget_drafts(transaction, now=later + timedelta(days=7, seconds=1)) == 1
        assert photos_of_draft(transaction, draft_id_of(KEY)) == []
