"""Measures the pages of people who work here among 100,000 cases: list, search, case, crew."""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from benchmarks.reading import signed_in
from benchmarks.statements import counting
from benchmarks.system import System
from benchmarks.table import Target, aligned

CASES, HISTORY = 100_000, 1_000_000

#: Reports that join a case make none: so many reports make that many cases.
REPORTS_FOR_CASES = 1.11
#: Of all reports; a municipality has some weeks of work lying open.
OPEN_SHARE = 0.08

_ROUNDS = 30
_ZAKEN = "/beheer/zaken"


@dataclass(frozen=True, slots=True)
class Asked:
    """One page, asked for again and again by one client; milliseconds inside the web server.

    `database_ms` is PostgreSQL's own time for the bare statements of one answer, in the same run.
    """

    kind: str
    name: str
    p50_ms: float
    p95_ms: float
    client_p95_ms: float
    statements: float | None
    database_ms: float | None
    kilobytes: float
    #: What the same sum took in the same moments: a machine is now quick, now slow.
    yardstick_ms: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times PostgreSQL's own time the answer took, at the median."""
        return self.p50_ms / self.database_ms if self.database_ms else None


#: What each kind of page was asked to stay within: milliseconds at p95, statements.
_WITHIN = {"list": (60, 8), "search": (80, None), "case": (40, 12), "crew": (40, None)}


def fill(system: System) -> None:
    """Give the cases that are there a history of ten entries each, and one in five a photo."""
    missing = HISTORY - int(system.ask("SELECT count(*) FROM history_entry"))
    with system.superuser() as connection:
        connection.execute(
            """
            INSERT INTO history_entry (case_id, at, happening, actor_kind, details)
            SELECT c.id, c.received_at + n * interval '1 hour',
                   (ARRAY['opened', 'task-offered', 'task-accepted', 'task-started'])[1 + n %% 4],
                   'system', '{}'
            FROM defect_case AS c
            CROSS JOIN generate_series(
                1, ceil(%s::float / (SELECT count(*) FROM defect_case))::integer) AS n
            """,
            (max(missing, 0),),
        )
        connection.execute(
            """
            INSERT INTO photo (id, storage_key, purpose, status, report_id, position, kind,
                size_bytes, width_px, height_px, sha256, received_at)
            SELECT gen_random_uuid(), replace(gen_random_uuid()::text, '-', ''), 'report',
                   'unreadable', report.id, 0, 'image/jpeg', 1, 1, 1, repeat('0', 64), received_at
            FROM report WHERE hashtext(report.id::text) % 5 = 0
            """
        )
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def measure(system: System, *, is_counted: bool) -> list[Asked]:
    """Measure the list with each filter, the search, a case and a crew's list."""
    with system.web() as running:
        office, crew = signed_in(system, "coordinator"), signed_in(system, "crew")
        if office is None or crew is None:
            return []
        asking = _Asking(system, running.log, is_counted=is_counted)
        found = [
            asking.page("list", name, partial(office.get, address))
            for name, address in _lists(system, office)
        ]
        found += [
            asking.page("search", name, _search(office, typed)) for name, typed in _searches(system)
        ]
        reference = system.ask(
            "SELECT reference FROM defect_case WHERE closed_at IS NULL"
            " ORDER BY received_at DESC LIMIT 1"
        )
        case = f"/balie/zaken/{reference}"
        found.append(asking.page("case", "a case with its history", lambda: office.get(case)))
        found.append(asking.page("crew", "a crew's list", lambda: crew.get("/werk")))
    return found


def _lists(system: System, office: httpx.Client) -> Iterator[tuple[str, str]]:
    """Yield what is filtered, and the address."""
    party = system.ask("SELECT code FROM party WHERE kind = 'team' ORDER BY code LIMIT 1")
    day = str(system.ask("SELECT (now() - interval '200 days')::date"))
    later = str(system.ask("SELECT (now() - interval '170 days')::date"))
    asked = {
        "open, as it opens": "",
        "everything": "status=alle",
        "closed": "status=gesloten",
        "in progress": "status=in-progress",
        "main kind": "status=alle&soort=verlichting",
        "kind": "status=alle&soort=verlichting.lamp-brandt-niet",
        "village": "status=alle&gebied=village:de-heen",
        "village and kind": "status=alle&gebied=village:de-heen&soort=wegen.losse-tegel",
        "party": f"status=alle&uitvoerder={party}",
        "party, open": f"uitvoerder={party}",
        "nobody has it": "uitvoerder=nobody",
        "channel": "status=alle&kanaal=phone",
        "period": f"status=alle&van={day}&tot={later}",
        "too late": "norm=overdue",
        "at risk": "norm=at-risk",
        "clock stands still": "norm=stopped",
        "on time": "norm=on-time&volgorde=norm",
        "danger": "status=alle&gevaar=ja",
        "with a photo": "status=alle&foto=ja",
        "words": "status=alle&woorden=lantaarnpaal",
        "words that few have": "status=alle&woorden=matras+zolder",
        "oldest first": "status=alle&volgorde=oud",
        "several together": f"uitvoerder={party}&norm=overdue&foto=ja&volgorde=norm",
    }
    for name, query in asked.items():
        yield name, f"{_ZAKEN}?{query}" if query else _ZAKEN
    address = f"{_ZAKEN}?status=alle"
    for _ in range(5):
        further = re.search(r'<a href="([^"]+)" rel="next"', office.get(address).text)
        if further is None:
            return
        address = further[1].replace("&amp;", "&")
    yield "the sixth page of everything", address


def _searches(system: System) -> Iterator[tuple[str, str]]:
    yield "number", str(system.ask("SELECT max(reference) FROM defect_case"))
    yield (
        "address",
        str(system.ask("SELECT street || ' ' || number FROM address ORDER BY street LIMIT 1")),
    )
    yield (
        "reporter's e-mail",
        str(system.ask("SELECT coalesce(max(email), 'jan@example.org') FROM contact")),
    )
    yield "reporter's name", str(system.ask("SELECT coalesce(max(name), 'Jansen') FROM contact"))
    yield "words", "lantaarnpaal kapot"


def _search(office: httpx.Client, typed: str) -> Callable[[], httpx.Response]:
    page = office.get(f"{_ZAKEN}/zoeken").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"zoek": typed, "csrf_token": token[1] if token else ""}
    return lambda: office.post(f"{_ZAKEN}/zoeken", data=form)


class _Asking:
    """Asks for pages, and reads in the server's log what each took there."""

    def __init__(self, system: System, log: Path, *, is_counted: bool) -> None:
        self._system, self._log, self._is_counted = system, log, is_counted

    def page(self, kind: str, name: str, ask: Callable[[], httpx.Response]) -> Asked:
        """Ask for one page often enough to say what it takes."""
        # Each process and thread has planned the statements by then.
        for _ in range(6):
            answer = ask()
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            note = f"answers {answer.status_code}"
            return Asked(kind, name, 0, 0, 0, None, None, 0, note=note)
        answers, yardsticks = [], []
        for _ in range(_ROUNDS):
            yardsticks.append(_yardstick())
            answers.append(ask())
        took = self._milliseconds({one.headers["X-Request-Id"] for one in answers})
        counted = database = None
        if self._is_counted:
            with counting(self._system) as told:
                for _ in range(_ROUNDS):
                    ask()
            counted = round(told.calls_without_transactions / _ROUNDS, 1)
            database = round(told.milliseconds / _ROUNDS, 2)
        return Asked(
            kind,
            name,
            round(statistics.median(took), 1),
            _p95(took),
            _p95([one.elapsed.total_seconds() * 1000 for one in answers]),
            counted,
            database,
            round(len(answer.content) / 1000, 1),
            round(statistics.median(yardsticks), 2),
        )

    def _milliseconds(self, requests: set[str]) -> list[float]:
        found = []
        for line in self._log.read_text().splitlines():
            if '"answered"' not in line:
                continue
            said = json.loads(line)
            if said.get("request") in requests:
                found.append(float(said["milliseconds"]))
        return found


def _yardstick() -> float:
    """Return how many milliseconds a hundred thousand additions take at this moment."""
    began, total = time.perf_counter(), 0
    for number in range(100_000):
        total += number
    return (time.perf_counter() - began) * 1000


def _p95(took: Sequence[float]) -> float:
    """Return what 95 of 100 stay within: the nearest rank."""
    return round(sorted(took)[math.ceil(0.95 * len(took)) - 1], 1)


def targets(found: Sequence[Asked]) -> Iterator[Target]:
    """Yield what was asked of each kind of page, by the slowest of it."""
    for kind, (within_ms, most) in _WITHIN.items():
        pages = [one for one in found if one.kind == kind and not one.note]
        if not pages:
            continue
        slowest = max(pages, key=lambda one: one.p95_ms)
        yield Target(
            f"{kind} at p95, slowest: {slowest.name}",
            f"< {within_ms} ms",
            f"{slowest.p95_ms:.0f} ms",
            slowest.p95_ms < within_ms,
        )
        counted = [one.statements for one in pages if one.statements is not None]
        if most is not None and counted:
            yield Target(
                f"{kind}, statements", f"≤ {most}", f"{max(counted):.0f}", max(counted) <= most
            )


def lines(found: Sequence[Asked]) -> Iterator[str]:
    """Yield the measurements as a table."""
    rows = [
        ("among 100,000 cases", "p50 ms", "p95 ms", "client p95", "statements",
         "PostgreSQL ms", "ratio", "kB", "yardstick"),
    ]  # fmt: skip
    rows += [
        (f"{one.kind}: {one.name}", f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}",
         f"{one.client_p95_ms:.1f}", _number(one.statements), _number(one.database_ms),
         _number(one.ratio), f"{one.kilobytes:.0f}", f"{one.yardstick_ms:.1f}")
        if not one.note
        else (f"{one.kind}: {one.name}", one.note, "", "", "", "", "", "", "")
        for one in found
    ]  # fmt: skip
    yield from aligned(rows)


def _number(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"
