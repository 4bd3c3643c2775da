"""Reads areas that would replace all of a kind, lets them do so from a day on, and undoes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from uuid import UUID

import shapely
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.identifiers import new_id
from app.foundation.sentences import Sentence
from app.geography.importing.area_files import AreaReading, read_areas
from app.geography.model import AreasRefused
from app.geography.rules import AreaFields, require_kind

#: The outlines of all municipalities of the country, in detail, are a fifth of this.
AT_MOST_BYTES = 25_000_000

#: A municipality has a hundred neighbourhoods at the most.
AT_MOST_AREAS = 2_000


@dataclass(frozen=True, slots=True)
class ShapedArea:
    """An area with its outline as hexadecimal WKB in WGS 84."""

    code: str
    name: str
    shape: str


@dataclass(frozen=True, slots=True)
class ReplacedAreas:
    """What replacing did: the areas it made, and those it ended with their last day before."""

    import_number: int
    made: tuple[UUID, ...]
    ended: Mapping[UUID, date | None]


def areas_in_file(
    content: bytes, file_name: str, *, kind: str, fields: AreaFields
) -> list[ShapedArea]:
    """Return the areas of a file that was sent, read as an import would.

    The checks are those of an import, but for one: an outline that crosses itself is not mended.
    Whoever tries an area should see that very area.

    Raises:
        MapFileRefused: the file cannot be read.
        AreasRefused: no word as kind, something in it is not right, an outline crosses itself.
    """
    require_kind(kind)
    with TemporaryDirectory(prefix="straatbeeld-") as folder:
        # Of the name that a browser tells, only how it ends says anything.
        path = Path(folder) / f"areas{PurePosixPath(file_name).suffix.lower()[:12]}"
        path.write_bytes(content)
        reading = AreaReading(fields)
        read = read_areas(path, reading, at_most_bytes=AT_MOST_BYTES, tell=_say_nothing)
    if len(read.areas) > AT_MOST_AREAS:
        raise AreasRefused(
            Sentence(
                "These are %(count)s areas; more than %(most)s are too many.",
                count=len(read.areas),
                most=AT_MOST_AREAS,
            )
        )
    for area in read.areas:
        if area.repaired is not None:
            raise AreasRefused(
                Sentence(
                    "The outline of %(name)s is not right: %(why)s.",
                    name=area.name,
                    why=area.repaired,
                )
            )
    return [
        ShapedArea(area.code, area.name, shapely.to_wkb(area.shape, hex=True))
        for area in read.areas
    ]


def _say_nothing(_sentence: str) -> None:
    """Tell nobody: it is done within the answer to a request."""


def areas_of_kind(transaction: Transaction, kind: str, *, on: date) -> list[UUID]:
    """Return the ids of the areas of a kind that hold on this day or later, in a fixed order."""
    return list(
        transaction.connection.scalars(
            text(
                """
                SELECT id FROM area
                WHERE kind = :kind AND (valid_until IS NULL OR valid_until > :on) ORDER BY id
                """
            ),
            {"kind": kind, "on": on},
        )
    )


def replace_areas(
    transaction: Transaction,
    kind: str,
    areas: Sequence[ShapedArea],
    *,
    source: str,
    from_day: date,
    now: datetime,
) -> ReplacedAreas:
    """Let these be the areas of a kind from a day on; what there was ends then.

    Raises:
        AreasRefused: there are areas of this kind that begin on that day or later.
    """
    connection = transaction.connection
    lock_areas_of(transaction, kind)
    there = connection.execute(
        text(
            """
            SELECT id, valid_from, valid_until FROM area
            WHERE kind = :kind AND (valid_until IS NULL OR valid_until > :day) FOR UPDATE
            """
        ),
        {"kind": kind, "day": from_day},
    ).all()
    if later := [row.valid_from for row in there if row.valid_from >= from_day]:
        raise AreasRefused(
            Sentence(
                "There are areas of the kind %(kind)s that begin on %(day)s: choose a later day.",
                kind=kind,
                day=min(later).isoformat(),
            )
        )
    number = connection.scalar(
        text(
            "INSERT INTO area_import (kind, source, at, valid_from)"
            " VALUES (:kind, :source, :now, :day) RETURNING number"
        ),
        {"kind": kind, "source": source, "now": now, "day": from_day},
    )
    assert number is not None  # noqa: S101  # RETURNING gives a row
    connection.execute(
        text("UPDATE area SET valid_until = :day, ended_by_import = :number WHERE id = ANY(:ids)"),
        {"day": from_day, "number": number, "ids": [row.id for row in there]},
    )
    made = [new_id() for _ in areas]
    connection.execute(
        text(
            """
            INSERT INTO area (id, kind, code, name, shape, valid_from, source, made_by_import)
            VALUES (:id, :kind, :code, :name, ST_GeomFromWKB(decode(:shape, 'hex'), 4326), :day,
                    :source, :number)
            """
        ),
        [
            {
                "id": area_id,
                "kind": kind,
                "code": area.code,
                "name": area.name,
                "shape": area.shape,
                "day": from_day,
                "source": source,
                "number": number,
            }
            for area_id, area in zip(made, areas, strict=True)
        ],
    )
    return ReplacedAreas(number, tuple(made), {row.id: row.valid_until for row in there})


def bring_areas_back(
    transaction: Transaction, kind: str, replaced: ReplacedAreas, *, from_day: date, now: datetime
) -> None:
    """Undo `replace_areas`: what it made goes, what it ended is as it was.

    Raises:
        AreasRefused: the areas of this kind were changed since.
    """
    connection = transaction.connection
    lock_areas_of(transaction, kind)
    since = connection.execute(
        text("SELECT id, valid_until FROM area WHERE kind = :kind AND valid_from >= :day"),
        {"kind": kind, "day": from_day},
    ).all()
    ended = connection.scalars(
        text("SELECT id FROM area WHERE id = ANY(:ids) AND valid_until = :day"),
        {"ids": list(replaced.ended), "day": from_day},
    ).all()
    as_made = {row.id: row.valid_until for row in since} == dict.fromkeys(replaced.made)
    if not as_made or set(ended) != set(replaced.ended):
        raise AreasRefused(
            Sentence("The areas of the kind %(kind)s were changed since.", kind=kind)
        )
    connection.execute(text("DELETE FROM area WHERE id = ANY(:ids)"), {"ids": list(replaced.made)})
    for area_id, valid_until in replaced.ended.items():
        connection.execute(
            text("UPDATE area SET valid_until = :until, ended_by_import = NULL WHERE id = :id"),
            {"until": valid_until, "id": area_id},
        )
    connection.execute(
        text("UPDATE area_import SET undone_at = :now WHERE number = :number"),
        {"now": now, "number": replaced.import_number},
    )


def lock_areas_of(transaction: Transaction, kind: str) -> None:
    """Let this wait for an import of the same kind, and the other way round; twice is once."""
    transaction.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 851))"), {"kind": f"area {kind}"}
    )
