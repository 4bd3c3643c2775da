"""`script/bench`: sets up a private system, measures it, prints a table and writes JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from app.entrypoints.ground.installation import CHECKOUT
from app.entrypoints.ground.progress import CannotStart, complain
from benchmarks import (
    accepting,
    importing,
    office,
    photo_made_safe,
    reading,
    routing,
    table,
    what_if,
)
from benchmarks.accepting import Accepting, Bounds
from benchmarks.reading import Page
from benchmarks.statements import load_counter
from benchmarks.system import System, private_system
from benchmarks.table import Target

_PARTS = ("accepting", "reading", "photo", "what-if", "office", "routing", "importing")
_CLIENTS = [1, 8]
_THOROUGH = Bounds(seconds=15, reports=6000, photo_reports=600, warm_up_seconds=4, counted=60)
_QUICK = Bounds(seconds=4, reports=1500, photo_reports=120, warm_up_seconds=1.5, counted=20)

_SMALL, _LARGE = 10_000, 100_000
_OPEN_CASES = 10_000


def main() -> int:
    """Measure what is asked for; return the exit status."""
    wanted = _arguments()
    # Asked to stop, we end what we started, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(os.environ.get("DATA_DIR") or CHECKOUT / ".data").resolve()
    output = wanted.output or folder / "bench.json"
    try:
        with private_system(folder / "bench") as system:
            figures = _measure(system, wanted)
    except CannotStart as problem:
        return complain(problem)
    written = json.dumps(figures, indent=2, default=asdict)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(written + "\n")
    sys.stdout.write(written + "\n" if wanted.json else "\n".join(_lines(figures)) + "\n")
    _say(f"\nThe same as JSON: {output}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measures Straatbeeld on a private database: accepting reports, the map, the "
        "pages, one photo made safe. See benchmarks/README.md for what the numbers are.",
    )
    parser.add_argument("--quick", action="store_true", help="a minute: the small size only")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--output", type=Path, help="where the JSON goes (DATA_DIR/bench.json)")
    parser.add_argument(
        "--only",
        choices=list(_PARTS),
        action="append",
        help="one part; may be repeated",
    )
    return parser.parse_args()


def _measure(system: System, wanted: argparse.Namespace) -> dict[str, Any]:
    parts = set(wanted.only or _PARTS)
    bounds = _QUICK if wanted.quick else _THOROUGH
    figures: dict[str, Any] = {
        "machine": _machine(),
        "settings": {
            "web_processes": system.environment.get("WEB_PROCESSES") or "2",
            "web_threads": system.environment.get("WEB_THREADS") or "4",
            "fsync": system.ask("SHOW fsync"),
            "synchronous_commit": system.ask("SHOW synchronous_commit"),
            "postgresql": system.ask("SHOW server_version"),
        },
        "accepting": [],
        "statements": {},
        "reading": [],
        "open_cases": None,
        "photo_made_safe": None,
        "what_if": [],
        "office": [],
        "routing": [],
        "importing": None,
    }
    _say("The demo municipality")
    is_counted = load_counter(system)
    system.operate("migrate")
    system.operate("demo", "load")
    decisions = 500 if wanted.quick else 3000
    if parts <= {"routing", "importing"}:
        _largest(system, figures, parts, decisions=decisions, is_counted=is_counted)
        return figures
    if parts == {"office"}:
        figures["office"] = _office(system, is_counted=is_counted)
        figures["targets"] = list(_targets(figures))
        return figures
    photo = photo_made_safe.noisy_photo()
    _fill(system, _SMALL, open_share=0.05)
    if "accepting" in parts:
        if is_counted:
            _say("Statements")
            figures["statements"] = {
                "without_photo": accepting.statements_per_report(system, bounds, photo=None),
                "with_photo": accepting.statements_per_report(system, bounds, photo=photo),
            }
        figures["accepting"] += _accepting(system, bounds, photo)
    if not wanted.quick and parts - {"what-if"}:
        still = _OPEN_CASES - int(system.ask("SELECT count(*) FROM public_case WHERE stage IN"
            " ('received', 'assigned', 'planned', 'in-progress', 'waiting')"))  # fmt: skip
        more = _LARGE - int(system.ask("SELECT count(*) FROM report"))
        # Eight of a hundred reports join a case that is there.
        _fill(system, _LARGE, open_share=max(0.0, min(1.0, still * 1.12 / more)))
    if "reading" in parts:
        _say("Reading")
        with system.web():
            on_map, figures["open_cases"] = reading.map_cases(system, is_counted=is_counted)
            figures["reading"] = [on_map, *reading.pages(system, is_counted=is_counted)]
    if "accepting" in parts and not wanted.quick:
        figures["accepting"] += _accepting(system, bounds, photo)
        _say("Accepting with the worker at it")
        figures["accepting"].append(
            accepting.measure_with_worker(system, bounds, clients=8, photo=photo)
        )
    if "photo" in parts:
        _say("One photo made safe")
        figures["photo_made_safe"] = photo_made_safe.measure(photo)
    if "what-if" in parts:
        _say("Comparing a draft with the past")
        figures["what_if"] = what_if.measure(system)
    if "office" in parts and not wanted.quick:
        figures["office"] = _office(system, is_counted=is_counted)
    _largest(system, figures, parts, decisions=decisions, is_counted=is_counted)
    return figures


def _largest(
    system: System, figures: dict[str, Any], parts: set[str], *, decisions: int, is_counted: bool
) -> None:
    """Measure what makes the municipality larger, so the last: first with how many it is found."""
    if "routing" in parts:
        _say("Deciding who gets a report")
        figures["routing"] = routing.measure(system, decisions=decisions, is_counted=is_counted)
    if "importing" in parts:
        _say("Importing objects")
        figures["importing"] = importing.measure(system)
    figures["targets"] = list(_targets(figures))


def _office(system: System, *, is_counted: bool) -> list[office.Asked]:
    _fill(system, round(office.CASES * office.REPORTS_FOR_CASES), open_share=office.OPEN_SHARE)
    _say("The history of the cases")
    office.fill(system)
    _say("List, search, case and crew")
    return office.measure(system, is_counted=is_counted)


def _accepting(system: System, bounds: Bounds, photo: bytes) -> list[Accepting]:
    found = []
    for with_photo in (None, photo):
        _say(f"Accepting reports {'with' if with_photo else 'without'} a photo")
        found += accepting.measure(system, bounds, clients=_CLIENTS, photo=with_photo)
    return found


def _fill(system: System, size: int, *, open_share: float) -> None:
    missing = size - int(system.ask("SELECT count(*) FROM report"))
    if missing > 0:
        _say(f"Filling up to {size:,} reports")
        system.operate(
            "demo", "fill", f"--reports={missing}", f"--open-share={open_share:.4f}",
            f"--seed={size}",
        )  # fmt: skip
        with system.superuser() as connection:
            connection.execute("VACUUM (ANALYZE)")


def _machine() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
    }


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    for line in known.read_text().splitlines() if known.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _targets(figures: dict[str, Any]) -> Iterator[Target]:
    all_of_them: Sequence[Accepting] = figures["accepting"]
    plain = [
        one for one in all_of_them if one.ours.clients == max(_CLIENTS) and not one.with_worker
    ]
    for one in plain:
        what = f"{'3 MB photo' if one.with_photo else 'no photo'}, {one.reports_before:,} reports"
        speed, tail = one.ours.per_second, one.ours.p99_ms
        yield Target(f"accepted, {what}", "≥ 200/s (aim 300)", f"{speed:.0f}/s", speed >= 200)
        yield Target(f"99 of 100 within, {what}", "< 80 ms", f"{tail:.0f} ms", tail < 80)
    for with_photo in (False, True):
        costs = [
            one.ours.web_cpu_ms + one.ours.postgres_cpu_ms
            for one in plain
            if one.with_photo is with_photo
        ]
        if len(costs) == 2:
            grown = costs[1] / costs[0]
            what = "3 MB photo" if with_photo else "no photo"
            yield Target(
                f"CPU at both sizes, {what}", "within 1.25×", f"{grown:.2f}×", grown <= 1.25
            )
    for name, counted in figures["statements"].items():
        yield Target(f"statements, {name.replace('_', ' ')}", "≤ 20", f"{counted}", counted <= 20)
    decided: Sequence[routing.Deciding] = figures["routing"]
    if decided:
        few, many = decided
        what = f"deciding, {many.areas:,} areas"
        yield Target(f"{what}, p99", "< 5 ms", f"{many.p99_ms:.1f} ms", many.p99_ms < 5)
        grown = many.median_ms / few.median_ms
        yield Target(f"{what} against {few.areas}", "< 1.5×", f"{grown:.2f}×", grown < 1.5)
        if many.statements is not None:
            yield Target(f"{what}, statements", "≤ 2", f"{many.statements}", many.statements <= 2)
    compared: Sequence[what_if.Compared] = figures["what_if"]
    if compared:
        slowest = max(one.seconds for one in compared)
        what = f"what-if over {compared[0].reports:,} reports"
        yield Target(what, "< 30 s", f"{slowest:.1f} s", slowest < 30)
    imported: importing.Imported | None = figures["importing"]
    if imported:
        what, took = f"importing {imported.objects:,} objects", imported.seconds
        yield Target(what, "< 60 s", f"{took:.1f} s", took < 60)
    yield from office.targets(figures["office"])
    pages: Sequence[Page] = [page for page in figures["reading"] if not page.note]
    for page in pages:
        if page.address == "/map/cases.geojson":
            what = f"{figures['open_cases']:,} open cases on the map"
            took, size = page.median_ms, page.travelling_bytes / 1000
            yield Target(what, "< 120 ms", f"{took:.0f} ms", took < 120)
            yield Target(f"{what}, sent", "≤ 300 kB", f"{size:.0f} kB", size <= 300)
        if page.address == "/api/v1/categories":
            took = page.median_ms
            yield Target("category list", "< 5 ms", f"{took:.1f} ms", took < 5)


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    machine, settings = figures["machine"], figures["settings"]
    yield (
        f"{machine['cores']} cores ({machine['processor']}), PostgreSQL {settings['postgresql']},"
        f" fsync {settings['fsync']}, {settings['web_processes']} web processes"
        f" × {settings['web_threads']} threads"
    )
    if figures["accepting"]:
        yield ""
        yield from table.accepting_lines(figures["accepting"])
    if figures["statements"]:
        yield ""
        for name, counted in figures["statements"].items():
            yield f"statements for a report {name.replace('_', ' ')}: {counted}"
    if figures["reading"]:
        yield ""
        yield from table.page_lines(figures["reading"])
    if figures["photo_made_safe"]:
        yield ""
        yield from table.photo_lines(figures["photo_made_safe"])
    if figures["what_if"]:
        yield ""
        yield from what_if.lines(figures["what_if"])
    if figures["office"]:
        yield ""
        yield from office.lines(figures["office"])
    if figures["routing"]:
        yield ""
        yield from routing.lines(figures["routing"])
    if figures["importing"]:
        yield ""
        yield from importing.lines(figures["importing"])
    if figures["targets"]:
        yield ""
        yield from table.target_lines(figures["targets"])


def _say(what: str) -> None:
    """Tell on standard error how far we are; standard output is for the figures."""
    print(f"{time.strftime('%H:%M:%S')}  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
