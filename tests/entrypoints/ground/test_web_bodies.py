"""How much room bodies get: of one client, on the disk, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.entrypoints.ground.web_bodies import Body, BodyBounds, BodyIntake, BodyState

MEGABYTE = 1024 * 1024

BOUNDS = BodyBounds(
    most_bytes=40 * MEGABYTE,
    most_text_bytes=MEGABYTE,
    silence_seconds=5,
    grace_seconds=5,
    least_bytes_per_second=1000,
    longest_seconds=60,
    at_once=50,
    left_on_disk_bytes=0,
)


class Sender:
    """Sends pieces as the server hands them on, and then falls silent."""

    def __init__(self, *pieces: bytes, is_whole: bool, pause_seconds: float = 0) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._is_whole = is_whole
        self._pause_seconds = pause_seconds

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(self._pause_seconds)
        piece = next(self._pieces, None)
        if piece is None:
            if not self._is_whole:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": piece, "more_body": True}


@pytest.fixture
def disk() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as disk:
        yield disk


async def taken_in(intake: BodyIntake, sender: Sender, *, client: str = "192.0.2.1") -> Body:
    return await intake.take_in(sender, told_length=None, has_files=True, client=client)


class TestOneClient:
    def test_has_few_places_and_takes_none_from_another(
        self, tmp_path: Path, disk: ThreadPoolExecutor
    ) -> None:
        bounds = replace(BOUNDS, at_once_of_one_client=2, silence_seconds=0.3)
        intake = BodyIntake(bounds, folder=tmp_path, disk=disk)

        async def three_and_a_neighbour() -> list[BodyState]:
            half = [Sender(b"{", is_whole=False) for _ in range(3)]
            bodies = await asyncio.gather(
                *(taken_in(intake, sender) for sender in half),
                taken_in(intake, Sender(b"{}", is_whole=True), client="198.51.100.7"),
            )
            later = await taken_in(intake, Sender(b"{}", is_whole=True))
            return [body.state for body in (*bodies, later)]

        assert asyncio.run(three_and_a_neighbour()) == [
            BodyState.STOPPED,
            BodyState.STOPPED,
            BodyState.NO_ROOM,
            BodyState.WHOLE,
            BodyState.WHOLE,
        ]


class TestTheDisk:
    @pytest.mark.parametrize(
        "bounds",
        [
            replace(BOUNDS, in_files_bytes=8 * MEGABYTE),
            replace(BOUNDS, left_on_disk_bytes=1 << 60),
        ],
        ids=["all bodies together", "what others need"],
    )
    def test_is_not_filled_with_bodies(
        self, tmp_path: Path, disk: ThreadPoolExecutor, bounds: BodyBounds
    ) -> None:
        intake = BodyIntake(bounds, folder=tmp_path, disk=disk)
        pieces = [b"x" * MEGABYTE] * 20

        body = asyncio.run(taken_in(intake, Sender(*pieces, is_whole=True)))
        state = body.state
        body.close()

        assert state is BodyState.NO_ROOM
        assert (intake.held_bytes, intake.in_files_bytes) == (0, 0)

    def test_is_given_back(self, tmp_path: Path, disk: ThreadPoolExecutor) -> None:
        intake = BodyIntake(BOUNDS, folder=tmp_path, disk=disk)

        body = asyncio.run(taken_in(intake, Sender(*[b"x" * MEGABYTE] * 20, is_whole=True)))
        length = len(body.as_file().read())
        held = intake.in_files_bytes
        body.close()

        assert (length, held) == (20 * MEGABYTE, 20 * MEGABYTE)
        assert (intake.held_bytes, intake.in_files_bytes) == (0, 0)


class TestABodyThatComesSteadily:
    def test_ends_at_some_time_however_fast_it_is(
        self, tmp_path: Path, disk: ThreadPoolExecutor
    ) -> None:
        intake = BodyIntake(replace(BOUNDS, longest_seconds=0.5), folder=tmp_path, disk=disk)
        steady = Sender(*[b"x" * 10_000] * 100, is_whole=True, pause_seconds=0.05)

        body = asyncio.run(taken_in(intake, steady))

        assert body.state is BodyState.STOPPED
