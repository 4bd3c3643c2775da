"""Every photo store keeps the same promises."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.foundation.clock import SystemClock
from app.photos.storage import (
    FileMissing,
    FolderPhotoStore,
    MemoryPhotoStore,
    NotAFileName,
    PhotoStore,
    file_name,
    new_storage_key,
)

NAME = file_name("0123456789abcdef" * 2, "original")


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "folder":
        return FolderPhotoStore(tmp_path / "photos")
    return MemoryPhotoStore(SystemClock())


def content_of(store: PhotoStore, name: str) -> bytes:
    with store.open(name) as file:
        return file.read()


class TestAPhotoStore:
    def test_gives_back_what_was_put(self, store: PhotoStore) -> None:
        store.put(NAME, b"picture")

        assert content_of(store, NAME) == b"picture"

    def test_takes_a_view_of_larger_content(self, store: PhotoStore) -> None:
        store.put(NAME, memoryview(b"picture and film")[:7])

        assert content_of(store, NAME) == b"picture"

    def test_puts_the_last_content_in_place_of_the_first(self, store: PhotoStore) -> None:
        store.put(NAME, b"first")
        store.put(NAME, b"second")

        assert content_of(store, NAME) == b"second"
        assert len(list(store.files())) == 1

    def test_says_when_it_has_no_such_file(self, store: PhotoStore) -> None:
        with pytest.raises(FileMissing):
            store.open(NAME)

    def test_erases(self, store: PhotoStore) -> None:
        store.put(NAME, b"picture")
        store.delete(NAME)

        with pytest.raises(FileMissing):
            store.open(NAME)

    def test_erases_what_is_gone_without_complaint(self, store: PhotoStore) -> None:
        store.delete(NAME)

    def test_lists_every_file_with_its_size_and_age(self, store: PhotoStore) -> None:
        other = file_name(new_storage_key(), "320.webp")
        store.put(NAME, b"picture")
        store.put(other, b"small")

        listed = {file.name: file for file in store.files()}

        assert {name: file.size_bytes for name, file in listed.items()} == {NAME: 7, other: 5}
        assert abs(listed[NAME].stored_at - datetime.now(UTC)) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "photo.jpg",
            "../" + NAME,
            "/etc/passwd",
            NAME + "/../../x",
            NAME + "\n",
            NAME.replace(".", "./"),
            NAME.upper(),
            "٠" * 32 + ".original",
            "0" * 32 + "..",
            "0" * 32 + ".\0",
        ],
    )
    def test_has_no_way_out_of_it(self, store: PhotoStore, name: str) -> None:
        with pytest.raises(NotAFileName):
            store.put(name, b"")
        with pytest.raises(NotAFileName):
            store.open(name)
        with pytest.raises(NotAFileName):
            store.delete(name)


class TestAFolderOfPhotos:
    def test_is_open_to_its_own_user_alone(self, tmp_path: Path) -> None:
        store = FolderPhotoStore(tmp_path / "photos")
        store.put(NAME, b"picture")

        modes = {
            stat.S_IMODE(path.stat().st_mode)
            for path in (tmp_path / "photos").rglob("*")
            if path.is_dir()
        }

        assert modes == {0o700}
        assert stat.S_IMODE((tmp_path / "photos").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "photos" / NAME[:2] / NAME).stat().st_mode) == 0o600

    def test_shows_no_half_file_and_leaves_none(self, tmp_path: Path) -> None:
        store = FolderPhotoStore(tmp_path)

        with pytest.raises(TypeError):
            store.put(NAME, "not bytes")  # type: ignore[arg-type]  # stands for a full disk

        assert list(store.files()) == []
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_lists_what_an_interrupted_write_left(self, tmp_path: Path) -> None:
        store = FolderPhotoStore(tmp_path)
        left = tmp_path / "01" / f"{NAME[:32]}.0badcafe.part"
        left.parent.mkdir()
        left.write_bytes(b"hal")

        assert [file.name for file in store.files()] == [left.name]

        store.delete(left.name)
        assert not left.exists()


class TestAStorageKey:
    def test_is_another_one_each_time(self) -> None:
        assert len({new_storage_key() for _ in range(100)}) == 100
