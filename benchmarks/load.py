"""Clients that cost little themselves: raw sockets that stay open, requests written beforehand."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import psutil

#: The parts of one request, sent one after the other: headers, report, photo, end.
Request = Sequence[bytes]

_WAIT_SECONDS = 30.0
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of clients saw, and what it cost; times in milliseconds.

    `web_cpu_ms` and the others are CPU time for each request, over all processes of that kind.
    `other_cores_busy` is how much of the machine somebody else used at the same moment: above
    some tenths the rates and the tail say more about them than about us.
    """

    clients: int
    requests: int
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    refused: int
    web_cpu_ms: float
    postgres_cpu_ms: float
    client_cpu_ms: float
    other_cores_busy: float


@dataclass(slots=True)
class _Seen:
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0
    fault: Exception | None = None


def send(
    port: int,
    requests: Iterator[Request],
    *,
    clients: int,
    at_most: int,
    seconds: float,
    web_cpu: Callable[[], float],
    postgres_cpu: Callable[[], float],
    expected: int = 201,
) -> Load:
    """Send requests from so many clients at once, each waiting for its answer, until either bound.

    Raises:
        OSError: a connection broke.
    """
    seen = [_Seen() for _ in range(clients)]
    source = _Shared(requests, at_most)
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_client, args=(port, source, until, one, expected)) for one in seen
    ]
    web, postgres, own, machine = web_cpu(), postgres_cpu(), time.process_time(), _machine_busy()
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - began
    web, postgres = web_cpu() - web, postgres_cpu() - postgres
    own, machine = time.process_time() - own, _machine_busy() - machine
    for one in seen:
        if one.fault is not None:
            raise one.fault
    all_of_them = sorted(took for one in seen for took in one.milliseconds)
    count = max(1, len(all_of_them))
    return Load(
        clients=clients,
        requests=len(all_of_them),
        seconds=round(lasted, 2),
        per_second=round(len(all_of_them) / lasted, 1),
        p50_ms=round(percentile(all_of_them, 50), 2),
        p99_ms=round(percentile(all_of_them, 99), 2),
        slowest_ms=round(all_of_them[-1], 2) if all_of_them else 0.0,
        refused=sum(one.refused for one in seen),
        web_cpu_ms=round(web * _MILLISECONDS / count, 2),
        postgres_cpu_ms=round(postgres * _MILLISECONDS / count, 2),
        client_cpu_ms=round(own * _MILLISECONDS / count, 2),
        other_cores_busy=round(max(0.0, machine - web - postgres - own) / lasted, 2),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the value below which so many percent lie, of values in order; the nearest rank."""
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


class _Shared:
    """Hands every request to one client only."""

    def __init__(self, requests: Iterator[Request], at_most: int) -> None:
        self._requests = requests
        self._left = at_most
        self._lock = threading.Lock()

    def next(self) -> Request | None:
        with self._lock:
            if self._left <= 0:
                return None
            self._left -= 1
            return next(self._requests, None)


def _client(port: int, source: _Shared, until: float, seen: _Seen, expected: int) -> None:
    try:
        with Connection(port) as connection:
            while time.monotonic() < until and (request := source.next()) is not None:
                began = time.perf_counter()
                status = connection.exchange(request)
                seen.milliseconds.append((time.perf_counter() - began) * _MILLISECONDS)
                seen.refused += status != expected
    except Exception as fault:  # told to whoever joins this thread
        seen.fault = fault


class Connection:
    """One HTTP/1.1 connection that stays open; reads no more of an answer than it must."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_WAIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(256 * 1024)
        #: The last answer's body.
        self.body = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def exchange(self, request: Request) -> int:
        """Send one request, wait for the whole answer, and return its status.

        Raises:
            OSError: the connection broke.
        """
        if len(request) == 1:
            self._socket.sendall(request[0])
        else:
            for part in request:
                self._socket.sendall(part)
        received = self._socket.recv_into(self._buffer)
        whole = bytes(memoryview(self._buffer)[:received])
        while (end := whole.find(b"\r\n\r\n")) < 0:
            whole += self._more()
        head = whole[:end].lower()
        length = _content_length(head)
        body = [whole[end + 4 :]]
        missing = length - len(body[0])
        while missing > 0:
            body.append(self._more())
            missing -= len(body[-1])
        self.body = b"".join(body)
        return int(head[9:12])

    def _more(self) -> bytes:
        received = self._socket.recv_into(self._buffer)
        if received == 0:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return bytes(memoryview(self._buffer)[:received])


def _content_length(head: bytes) -> int:
    at = head.find(b"content-length:")
    if at < 0:
        return 0
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def _machine_busy() -> float:
    """Return the CPU seconds that this machine has been busy, whoever for."""
    used = psutil.cpu_times()
    idle = used.idle + getattr(used, "iowait", 0.0)
    # A guest's time is counted within `user` already.
    guests = getattr(used, "guest", 0.0) + getattr(used, "guest_nice", 0.0)
    return float(sum(used) - idle - guests - getattr(used, "steal", 0.0))
