"""Shows the figures as a table that fits a terminal, each target with how far it was met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.accepting import Accepting
from benchmarks.photo_made_safe import PhotoFigures
from benchmarks.reading import Page


@dataclass(frozen=True, slots=True)
class Target:
    """Something that was asked for, what was measured, and whether that is enough."""

    name: str
    asked: str
    measured: str
    is_met: bool


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines with columns side by side: words to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def accepting_lines(all_of_them: Sequence[Accepting]) -> Iterator[str]:
    """Yield the table of accepting reports."""
    rows = [
        ("accepting a report", "clients", "/s", "p50 ms", "p99 ms", "web CPU ms", "db CPU ms",
         "cost ×bare", "speed bare/ours", "others' cores", "refused"),
    ]  # fmt: skip
    for one in all_of_them:
        what = f"{one.reports_before:,} reports, {'3 MB photo' if one.with_photo else 'no photo'}"
        if one.with_worker:
            what += ", worker at it"
        load = one.ours
        rows.append(
            (what, str(load.clients), f"{load.per_second:.0f}", f"{load.p50_ms:.1f}",
             f"{load.p99_ms:.1f}", f"{load.web_cpu_ms:.2f}", f"{load.postgres_cpu_ms:.2f}",
             _ratio(one.cost_ratio), _ratio(one.speed_ratio), f"{load.other_cores_busy:.2f}",
             str(load.refused)),
        )  # fmt: skip
        if (bare := one.bare) is not None:
            rows.append(
                ("  bare Flask, one row", str(bare.clients), f"{bare.per_second:.0f}",
                 f"{bare.p50_ms:.1f}", f"{bare.p99_ms:.1f}", f"{bare.web_cpu_ms:.2f}",
                 f"{bare.postgres_cpu_ms:.2f}", "", "", f"{bare.other_cores_busy:.2f}",
                 str(bare.refused)),
            )  # fmt: skip
    yield from aligned(rows)


def page_lines(pages: Sequence[Page]) -> Iterator[str]:
    """Yield the table of what is read."""
    rows = [
        ("reading", "median ms", "slowest ms", "kB sent", "statements", "of it PostgreSQL ms"),
    ]
    rows += [
        (f"{page.name} {page.address}"[:60], f"{page.median_ms:.1f}", f"{page.slowest_ms:.1f}",
         f"{page.travelling_bytes / 1000:.1f}", _number(page.statements),
         _number(page.database_ms))
        if not page.note
        else (f"{page.name} {page.address}"[:60], f"{page.status}: {page.note}", "", "", "", "")
        for page in pages
    ]  # fmt: skip
    yield from aligned(rows)


def photo_lines(photo: PhotoFigures) -> Iterator[str]:
    """Yield the table of one photo made safe."""
    yield from aligned(
        [
            ("photo made safe", "wall ms", "CPU ms", "memory MB", "Pillow alone, CPU ms", "ratio"),
            ("12 megapixels, 3 MB", f"{photo['wall_ms']:.0f}", f"{photo['cpu_ms']:.0f}",
             f"{photo['memory_mb']:.0f}", f"{photo['pillow_cpu_ms']:.0f}",
             f"{photo['ratio_to_pillow']:.2f}"),
        ]
    )  # fmt: skip


def target_lines(targets: Sequence[Target]) -> Iterator[str]:
    """Yield the targets, those that were missed too."""
    rows = [("target", "asked", "measured", "")]
    rows += [
        (one.name, one.asked, one.measured, "met" if one.is_met else "MISSED") for one in targets
    ]
    yield from aligned(rows)


def _ratio(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"


def _number(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"
