"""Measures what is read: the map's cases, the categories, and the pages people open."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from app.identity.one_time_codes import code_at
from benchmarks.statements import Told, counting
from benchmarks.system import HOST, System

_ROUNDS = 15
_LAMP_IN_DINTELOORD = "lon=4.3700&lat=51.6350"


@dataclass(frozen=True, slots=True)
class Page:
    """One address, asked for again and again by one client; times in milliseconds.

    `database_ms` is PostgreSQL's own time for all statements of one answer, without what
    planning and sending cost; `travelling_bytes` is the answer as it was sent, compressed.
    """

    name: str
    address: str
    status: int
    median_ms: float
    slowest_ms: float
    travelling_bytes: int
    statements: float | None
    database_ms: float | None
    note: str = ""


def map_cases(system: System, *, is_counted: bool) -> tuple[Page, int]:
    """Measure the map's cases while each answer is a new version; return them, and how many."""
    open_cases = int(
        system.ask(
            "SELECT count(*) FROM public_case WHERE stage IN"
            " ('received', 'assigned', 'planned', 'in-progress', 'waiting')"
        )
    )

    def change() -> None:
        # Any case that moves makes a new version of the whole answer.
        system.ask(
            "UPDATE public_case SET changed_at = clock_timestamp() WHERE reference ="
            " (SELECT min(reference) FROM public_case) RETURNING 1"
        )

    page = _measured(
        system,
        httpx.Client(base_url=f"http://{HOST}:{system.port}"),
        "map, every case is new",
        "/map/cases.geojson",
        before_each=change,
        is_counted=is_counted,
        only="string_agg",
    )
    return page, open_cases


def pages(system: System, *, is_counted: bool) -> list[Page]:
    """Measure the pages and endpoints that people and phones open most, as far as they exist."""
    anyone = httpx.Client(base_url=f"http://{HOST}:{system.port}")
    wanted = [
        (anyone, "categories", "/api/v1/categories"),
        (anyone, "suggestions", "/api/v1/categories/suggestions?text=lantaarnpaal+doet+het+niet"),
        (anyone, "place", f"/api/v1/places?{_LAMP_IN_DINTELOORD}"),
        (anyone, "front page", "/"),
        (anyone, "report form", "/melden"),
        (signed_in(system, "crew"), "crew's list", "/werk"),
        (signed_in(system, "desk"), "desk's list", "/balie"),
    ]
    return [
        _measured(system, client, name, address, is_counted=is_counted)
        for client, name, address in wanted
        if client is not None
    ]


def _measured(
    system: System,
    client: httpx.Client,
    name: str,
    address: str,
    *,
    is_counted: bool,
    before_each: Callable[[], None] = lambda: None,
    only: str = "",
) -> Page:
    # Both web processes have to have answered once.
    for _ in range(6):
        before_each()
        answer = client.get(address)
    if answer.status_code != httpx.codes.OK:
        return Page(name, address, answer.status_code, 0, 0, 0, None, None, "not there")
    took = []
    for _ in range(_ROUNDS):
        before_each()
        began = time.perf_counter()
        answer = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
    told = _counted(system, client, address, before_each) if is_counted else None
    return Page(
        name=name,
        address=address,
        status=answer.status_code,
        median_ms=round(statistics.median(took), 2),
        slowest_ms=round(max(took), 2),
        travelling_bytes=int(answer.headers.get("Content-Length", len(answer.content))),
        statements=round(told.calls / _ROUNDS, 1) if told else None,
        database_ms=(
            round(sum(one.milliseconds for one in told.asked if only in one.statement) / _ROUNDS, 2)
            if told
            else None
        ),
    )


def _counted(
    system: System, client: httpx.Client, address: str, before_each: Callable[[], None]
) -> Told:
    with counting(system) as told:
        for _ in range(_ROUNDS):
            before_each()
            client.get(address)
    return told


def signed_in(system: System, role: str) -> httpx.Client | None:
    """Return a client that is signed in as a demo account of this role."""
    if (sign_in := system.sign_ins().get(role)) is None:
        return None
    # Patient, for a machine that is busy is no reason to measure nothing.
    client = httpx.Client(base_url=f"http://{HOST}:{system.port}", timeout=60)
    _send(client, "/inloggen", email=sign_in["email"], password=sign_in["password"])
    if key := sign_in.get("one_time_key"):
        _send(client, "/inloggen/tweede-stap", code=code_at(key, datetime.now(UTC)))
    return client


def _send(client: httpx.Client, path: str, **typed: str) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    client.post(path, data={**typed, "csrf_token": token.group(1) if token else ""})
