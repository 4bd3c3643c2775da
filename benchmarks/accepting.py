"""Measures how fast reports are accepted, beside a bare Flask endpoint that inserts one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from benchmarks.bare import TABLE
from benchmarks.load import Connection, Load, Request, send
from benchmarks.residents import reports
from benchmarks.statements import counting
from benchmarks.system import Running, System, free_port

_BARE = "benchmarks.bare:create_app"

#: Every round sends other words and other places than the one before.
_seeds = count(1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long one measurement lasts, and how many requests it takes at the most."""

    seconds: float
    reports: int
    photo_reports: int
    warm_up_seconds: float
    counted: int

    def most(self, photo: bytes | None) -> int:
        """Return how many requests a measurement takes at the most."""
        return self.reports if photo is None else self.photo_reports


@dataclass(frozen=True, slots=True)
class Accepting:
    """Reports accepted, beside the bare endpoint in the same minute.

    `cost_ratio` is CPU time of web and database together over that of the bare endpoint;
    `speed_ratio` is the bare endpoint's requests a second over ours.
    """

    reports_before: int
    with_photo: bool
    with_worker: bool
    ours: Load
    bare: Load | None
    cost_ratio: float | None
    speed_ratio: float | None


def measure(
    system: System, bounds: Bounds, *, clients: list[int], photo: bytes | None
) -> list[Accepting]:
    """Measure reports with this photo (or none) at each number of clients."""
    before = int(system.ask("SELECT count(*) FROM report"))
    with system.superuser() as connection:
        connection.execute(f"SET ROLE straatbeeld; {TABLE}".encode())
    found = []
    for at_once in clients:
        system.settle()
        with system.web() as web:
            ours = _load(system, web, system.port, bounds, clients=at_once, photo=photo)
        system.settle()
        port = free_port()
        with system.web(application=_BARE, port=port) as bare_web:
            bare = _load(system, bare_web, port, bounds, clients=at_once, photo=photo)
        found.append(_beside(before, ours, bare, with_photo=photo is not None))
    return found


def measure_with_worker(system: System, bounds: Bounds, *, clients: int, photo: bytes) -> Accepting:
    """Measure reports with a photo while the worker makes those photos safe on the same cores."""
    before = int(system.ask("SELECT count(*) FROM report"))
    system.settle()
    with system.worker(), system.web() as web:
        ours = _load(system, web, system.port, bounds, clients=clients, photo=photo)
    return Accepting(before, True, True, ours, None, None, None)


def statements_per_report(system: System, bounds: Bounds, *, photo: bytes | None) -> float:
    """Return how many statements PostgreSQL counts for one report, BEGIN and COMMIT included."""
    with system.web():
        _post(system.port, bounds.counted, photo)  # the connections are made and warm
        with counting(system) as told:
            _post(system.port, bounds.counted, photo)
    return round(told.calls / bounds.counted, 1)


def _post(port: int, how_many: int, photo: bytes | None) -> None:
    with Connection(port) as connection:
        for request, _ in zip(_reports(port, photo), range(how_many), strict=False):
            status = connection.exchange(request)
            if status != 201:
                raise RuntimeError(f"A report was answered with {status}: {connection.body!r}")


def _reports(port: int, photo: bytes | None) -> Iterator[Request]:
    return reports(port, seed=next(_seeds), photo=photo)


def _load(
    system: System,
    web: Running,
    port: int,
    bounds: Bounds,
    *,
    clients: int,
    photo: bytes | None,
) -> Load:
    most = bounds.most(photo)
    # Written beforehand, so that the clients only have to send.
    written = [request for request, _ in zip(_reports(port, photo), range(2 * most), strict=False)]
    source = iter(written)

    def sent(at_most: int, seconds: float) -> Load:
        return send(
            port,
            source,
            clients=clients,
            at_most=at_most,
            seconds=seconds,
            web_cpu=web.cpu,
            postgres_cpu=system.cpu_of_database,
        )

    sent(most // 2, bounds.warm_up_seconds)
    return sent(most, bounds.seconds)


def _beside(before: int, ours: Load, bare: Load, *, with_photo: bool) -> Accepting:
    cost, least = (load.web_cpu_ms + load.postgres_cpu_ms for load in (ours, bare))
    return Accepting(
        reports_before=before,
        with_photo=with_photo,
        with_worker=False,
        ours=ours,
        bare=bare,
        cost_ratio=round(cost / least, 2) if least else None,
        speed_ratio=round(bare.per_second / ours.per_second, 2) if ours.per_second else None,
    )
