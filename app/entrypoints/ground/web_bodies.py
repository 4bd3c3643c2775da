"""Takes the bodies of requests in on the event loop, within bounds of time, memory and number.

Nothing here holds one of the few threads: a body that stops half-way costs a little memory for a
while, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_log = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024

#: A body that is larger goes on in a file.
IN_MEMORY_BYTES = 4 * _MEGABYTE
#: So much of all bodies of one process is in memory; what comes on top goes to a file at once.
ALL_IN_MEMORY_BYTES = 64 * _MEGABYTE
#: What is gathered before a file is written to.
_GATHERED_BYTES = 256 * 1024


class BodyState(Enum):
    """How far a body came."""

    WHOLE = "whole"
    #: Longer than any can be: what was not read stays unread.
    TOO_LONG = "too long"
    #: It fell silent, or came too slowly.
    STOPPED = "stopped"
    #: There was no room for another one.
    NO_ROOM = "no room"
    #: The client went away, or its chunks cannot be read; it may still hear an answer.
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """What a body may cost; the seconds and bytes a second are for the slowest honest phone."""

    most_bytes: int
    #: Of a body that brings no files.
    most_text_bytes: int
    silence_seconds: float
    #: So long a body may come slower than it must; what comes faster gives back what was used up,
    #: and never more than this.
    grace_seconds: float
    least_bytes_per_second: float
    longest_seconds: float
    at_once: int
    #: Of one client; None where all of them come through a proxy of ours, which has its own bound.
    at_once_of_one_client: int | None = None
    #: Of all bodies of one process; photos of everybody at once are far below it.
    in_files_bytes: int = 1024 * _MEGABYTE
    #: What bodies leave of the disk to the database and the photos.
    left_on_disk_bytes: int = 512 * _MEGABYTE


class NoRoom(OSError):
    """There is no room on the disk for another piece of a body."""


class Body:
    """One request's body: in memory while it is small and there is room, then in a file.

    The file has no name, so nothing is left of it whatever happens.
    """

    def __init__(self, intake: BodyIntake) -> None:
        self._intake = intake
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._in_file_bytes = 0
        self._file: IO[bytes] | None = None
        self.state = BodyState.WHOLE
        self.length = 0

    async def add(self, piece: bytes) -> None:
        """Keep the next piece."""
        self.length += len(piece)
        self._held_bytes += len(piece)
        self._intake.held_bytes += len(piece)
        self._pieces.append(piece)
        if self._file is None:
            if self.length <= IN_MEMORY_BYTES and self._intake.held_bytes <= ALL_IN_MEMORY_BYTES:
                return
            self._file = tempfile.TemporaryFile(  # noqa: SIM115  # closed with the body
                buffering=0, dir=self._intake.folder
            )
        elif self._held_bytes < _GATHERED_BYTES:
            return
        # A disk that is slow for a moment must not hold up the loop.
        await asyncio.get_running_loop().run_in_executor(self._intake.disk, self._write)

    def as_file(self) -> IO[bytes]:
        """Return the whole body to read from its beginning."""
        if self._file is None:
            return BytesIO(self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces))
        self._write()
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Give back what the body held."""
        self._forget()
        self._intake.in_files_bytes -= self._in_file_bytes
        self._in_file_bytes = 0
        if self._file is not None:
            self._file.close()

    def _write(self) -> None:
        assert self._file is not None  # noqa: S101  # for the type checker
        rest = memoryview(b"".join(self._pieces))
        self._in_file_bytes += len(rest)
        self._intake.make_room_in_files(len(rest))
        while rest:
            rest = rest[self._file.write(rest) :]
        self._forget()

    def _forget(self) -> None:
        self._pieces = []
        self._intake.held_bytes -= self._held_bytes
        self._held_bytes = 0


class BodyIntake:
    """Takes in the bodies of one process."""

    def __init__(self, bounds: BodyBounds, *, folder: Path | None, disk: Executor) -> None:
        self._bounds = bounds
        self.folder = folder
        self.disk = disk
        #: Of all bodies that are not closed yet.
        self.held_bytes = 0
        self.in_files_bytes = 0
        self._of_client: Counter[str] = Counter()
        self._under_way: set[asyncio.Timeout] = set()
        self._is_stopping = False

    async def take_in(
        self, receive: Receive, *, told_length: int | None, has_files: bool, client: str = ""
    ) -> Body:
        """Return the body, as far as it came; `told_length` is in bytes, if the client told it."""
        body = Body(self)
        most_bytes = self._bounds.most_bytes if has_files else self._bounds.most_text_bytes
        if told_length is not None and told_length > most_bytes:
            body.length, body.state = told_length, BodyState.TOO_LONG
        elif not self._has_place_for(client):
            body.state = BodyState.NO_ROOM
        else:
            self._of_client[client] += 1
            try:
                await self._receive_all(body, receive, most_bytes)
            except NoRoom:
                body.state = BodyState.NO_ROOM
            except OSError:
                _log.exception("A request could not be kept on disk.")
                body.state = BodyState.NO_ROOM
            except BaseException:
                body.close()
                raise
            finally:
                self._of_client[client] -= 1
                if not self._of_client[client]:
                    del self._of_client[client]
        return body

    def make_room_in_files(self, more_bytes: int) -> None:
        """Count bytes that are about to be written to a file; called beside the loop.

        Raises:
            NoRoom: bodies hold enough of the disk, or others need what is left of it.
        """
        self.in_files_bytes += more_bytes
        free_bytes = shutil.disk_usage(self.folder or tempfile.gettempdir()).free
        is_enough = self.in_files_bytes > self._bounds.in_files_bytes
        if is_enough or free_bytes - more_bytes < self._bounds.left_on_disk_bytes:
            raise NoRoom

    def _has_place_for(self, client: str) -> bool:
        of_one = self._bounds.at_once_of_one_client
        return (
            not self._is_stopping
            and len(self._under_way) < self._bounds.at_once
            and (of_one is None or self._of_client[client] < of_one)
        )

    def stop(self) -> None:
        """Wait for no further piece of any body: the process ends."""
        self._is_stopping = True
        for patience in self._under_way:
            patience.reschedule(0)

    async def _receive_all(self, body: Body, receive: Receive, most_bytes: int) -> None:
        bounds, now = self._bounds, asyncio.get_running_loop().time
        ends_at = now() + bounds.longest_seconds
        patience_until = now() + bounds.grace_seconds
        try:
            async with asyncio.timeout(bounds.silence_seconds) as patience:
                self._under_way.add(patience)
                try:
                    while True:
                        message = await receive()
                        if message["type"] != "http.request":
                            body.state = BodyState.BROKEN
                            return
                        if piece := message.get("body", b""):
                            await body.add(piece)
                            patience_until = min(
                                patience_until + len(piece) / bounds.least_bytes_per_second,
                                now() + bounds.grace_seconds,
                            )
                        if body.length > most_bytes:
                            body.state = BodyState.TOO_LONG
                            return
                        if not message.get("more_body", False):
                            return
                        if not self._is_stopping:
                            silent_at = now() + bounds.silence_seconds
                            patience.reschedule(min(silent_at, patience_until, ends_at))
                finally:
                    self._under_way.discard(patience)
        except TimeoutError:
            body.state = BodyState.NO_ROOM if self._is_stopping else BodyState.STOPPED
