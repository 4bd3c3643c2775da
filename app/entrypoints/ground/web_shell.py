"""The shell round the web application: an ASGI application that runs it in a few threads.

The event loop takes each request in whole before a thread is given, and sends each answer when the
thread is free again, so that neither a slow sender nor a slow reader ever holds one.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from app.entrypoints.ground.web_bodies import Body, BodyBounds, BodyIntake, BodyState, Receive
from app.entrypoints.unfinished import BODY_STATE
from app.identity.rates import client_network

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)

#: An answer that is larger waits in a file for whoever reads it slowly.
_ANSWER_IN_MEMORY_BYTES = 4 * 1024 * 1024
_SENT_AT_ONCE_BYTES = 256 * 1024

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class WebShell:
    """Runs a WSGI application behind ASGI in `threads` threads."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        bounds: BodyBounds,
        folder: Path | None = None,
    ) -> None:
        self._application = application
        self._folder = folder
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._disk = ThreadPoolExecutor(2, thread_name_prefix="web-disk")
        self._intake = BodyIntake(bounds, folder=folder, disk=self._disk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the process."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = _environ(scope)
        body: Body | None = None
        try:
            if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
                body = await self._take_in(environ, receive)
            answer = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._run, environ, body
            )
        finally:
            if body is not None:
                body.close()
        if body is not None and body.state is not BodyState.WHOLE:
            # What was not read stands between this answer and the next request.
            answer.headers.append((b"connection", b"close"))
        try:
            await answer.send_all(send)
        finally:
            answer.close()

    async def _take_in(self, environ: dict[str, Any], receive: Receive) -> Body:
        # With both, the chunks count: nobody must believe the length.
        is_chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) is not None
        told = environ.pop("CONTENT_LENGTH", "")
        body = await self._intake.take_in(
            receive,
            told_length=int(told) if told.isdecimal() and not is_chunked else None,
            has_files=environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"),
            client=client_network(environ.get("REMOTE_ADDR")),
        )
        environ["CONTENT_LENGTH"] = str(body.length)
        environ[BODY_STATE] = body.state.value
        return body

    def _run(self, environ: dict[str, Any], body: Body | None) -> _Answer:
        """Run the application to its end, in a thread."""
        if body is not None and body.state is BodyState.WHOLE:
            environ["wsgi.input"] = body.as_file()
        answer = _Answer(self._folder)
        given: Iterable[bytes] = ()
        try:
            given = self._application(environ, answer.start)
            for piece in given:
                answer.add(piece)
        except Exception:
            _log.exception("The application did not answer.")
            answer.fail()
        finally:
            if close := getattr(given, "close", None):
                close()
        return answer

    def _give_up_half_bodies_when_asked_to_stop(self) -> None:
        """Hear the signal beside the server, which waits for open requests before it tells us.

        The event loop hears of signals through its own descriptor, whatever handler there is.
        """
        loop = asyncio.get_running_loop()
        for asked in (signal.SIGTERM, signal.SIGINT):
            # Elsewhere than in the main thread there are no signals.
            with suppress(ValueError):
                signal.signal(asked, lambda *_: loop.call_soon_threadsafe(self._intake.stop))
                signal.siginterrupt(asked, False)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._give_up_half_bodies_when_asked_to_stop()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._intake.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


class _Answer:
    """What the application answered, kept until it is sent."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._file: IO[bytes] | None = None

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: _ExcInfo | None = None,
        /,
    ) -> Callable[[bytes], object]:
        """Take status and headers, as WSGI's `start_response`."""
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self.add

    def add(self, piece: bytes) -> None:
        """Keep the next piece."""
        if self._file is None:
            self._pieces.append(piece)
            self._held_bytes += len(piece)
            if self._held_bytes <= _ANSWER_IN_MEMORY_BYTES:
                return
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # see `close`
            piece = b"".join(self._pieces)
            self._pieces = []
        self._file.write(piece)

    def fail(self) -> None:
        """Answer that something went wrong, whatever was answered so far."""
        self.close()
        self._file = None
        self.status = 500
        self.headers = [(b"content-type", b"text/plain; charset=utf-8")]
        self._pieces = [b"Something went wrong on our side. Try again in a moment.\n"]

    async def send_all(self, send: Send) -> None:
        """Send everything, as fast as the client reads."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        if self._file is None:
            await send({"type": "http.response.body", "body": b"".join(self._pieces)})
            return
        self._file.seek(0)
        while piece := self._file.read(_SENT_AT_ONCE_BYTES):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Give back the file, if there is one."""
        if self._file is not None:
            self._file.close()


def _environ(scope: Scope) -> dict[str, Any]:
    """Return the request as WSGI tells it (PEP 3333), without a body."""
    path = scope.get("raw_path")
    path = unquote_to_bytes(path) if path else scope["path"].encode()
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": _NOTHING,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    for written, content in scope["headers"]:
        # WSGI writes X_Real and X-Real alike; only one of them is a header that proxies know.
        if b"_" in written:
            continue
        name = written.decode("latin-1").upper().replace("-", "_")
        value = content.decode("latin-1")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    return environ


class _Nothing:
    """The body of a request that has none, or whose body is not read."""

    def read(self, _size: int = -1) -> bytes:
        return b""

    def readline(self, _size: int = -1) -> bytes:
        return b""

    def readlines(self, _hint: int = -1) -> list[bytes]:
        return []

    def __iter__(self) -> _Nothing:
        return self

    def __next__(self) -> bytes:
        raise StopIteration


_NOTHING = _Nothing()
