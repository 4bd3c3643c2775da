"""Brings areas in, lists what was brought in, and takes an import back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import Row, text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, note_rule_change
from app.foundation.sentences import Sentence
from app.geography.importing.likeness import are_alike
from app.geography.importing.model import AreaImport, AreasImported, AreaToImport, ImportUndone
from app.geography.model import AreasRefused, ImportNotFound, ImportNotUndone
from app.geography.rules import require_kind


@dataclass(frozen=True, slots=True)
class AreasToImport:
    """The areas of a kind from a day on."""

    kind: str
    areas: Sequence[AreaToImport]
    #: Where they came from, such as the name of the file.
    source: str
    valid_from: date
    #: Areas of the kind that are not among them stay, instead of ending on that day.
    keeps_others: bool = False
    #: A code that there must be.
    must_have: str | None = None
    #: Nothing of it will stay: it has no number, so that those of imports have no gaps.
    is_trial: bool = False


_IN_FORCE = text(
    """
    SELECT id, code, name, ST_AsBinary(shape) AS shape, valid_from, valid_until, source, is_demo
    FROM area
    WHERE kind = :kind AND (valid_until IS NULL OR valid_until > :on)
    ORDER BY code, valid_from
    FOR UPDATE
    """
)

#: A period of no days leaves what came in and went on one day as it was, so it can come back.
_END = text(
    """
    UPDATE area SET valid_until = greatest(valid_from, CAST(:on AS date)), ended_by_import = :number
    WHERE id = :id
    """
)

_ADD = text(
    """
    INSERT INTO area (kind, code, name, shape, valid_from, source, made_by_import)
    VALUES (:kind, :code, :name, ST_GeomFromWKB(:shape, 4326), :on, :source, :number)
    """
)


def import_areas(
    transaction: Transaction, wanted: AreasToImport, *, by: ChangedBy, now: datetime
) -> AreasImported:
    """Let these be the areas of their kind from the day on; what is the same stays untouched.

    The same is what has the same name and an outline that differs by no more than frames do.

    What there was of this kind and is not among them, or looked otherwise, ends on that day, demo
    areas too, and stays readable as history. Each change is noted.

    Raises:
        AreasRefused: the kind is no word, a code occurs twice, or one that must be there is not.
    """
    require_kind(wanted.kind)
    codes = [area.code for area in wanted.areas]
    if wanted.must_have is not None and wanted.must_have not in codes:
        raise AreasRefused(
            Sentence(
                "None of these areas has the code %(code)s, which is that of this municipality:"
                " every report would be refused.",
                code=wanted.must_have,
            )
        )
    lock_kind(transaction, wanted.kind)
    here = {
        row.code: row
        for row in transaction.connection.execute(
            _IN_FORCE, {"kind": wanted.kind, "on": wanted.valid_from}
        )
    }
    new = [area for area in wanted.areas if not _is_same(here.get(area.code), area)]
    among = set(codes)
    gone = [code for code in here if code not in among] if not wanted.keeps_others else []
    changed = [area.code for area in new if area.code in here]
    _require_none_later([here[code] for code in [*gone, *changed]], wanted)
    unchanged = len(codes) - len(new)
    if not new and not gone:
        return AreasImported(None, (), (), (), unchanged)
    number = None if wanted.is_trial else _number(transaction, wanted, now)
    for code in [*gone, *changed]:
        transaction.write(_END, {"on": wanted.valid_from, "number": number, "id": here[code].id})
    for area in new:
        transaction.write(
            _ADD,
            {
                "kind": wanted.kind,
                "code": area.code,
                "name": area.name,
                "shape": shapely.to_wkb(area.shape),
                "on": wanted.valid_from,
                "source": wanted.source,
                "number": number,
            },
        )
    after = {area.code: _after(wanted, area, number) for area in new}
    for code in [*gone, *after]:
        note_rule_change(
            transaction,
            what="area",
            code=f"{wanted.kind}/{code}",
            by=by,
            at=now,
            before=_told_of(here[code]) if code in here else None,
            after=after.get(code),
        )
    return AreasImported(
        number, [area.code for area in new if area.code not in here], changed, gone, unchanged
    )


def _require_none_later(rows: Sequence[Row[Any]], wanted: AreasToImport) -> None:
    """Let pass what has begun: what begins later would hold at the same time as what comes now."""
    if later := [row for row in rows if row.valid_from > wanted.valid_from]:
        first = min(later, key=lambda row: (row.valid_from, row.code))
        raise AreasRefused(
            Sentence(
                "%(name)s (%(code)s) already changes on %(day)s: choose a later day, or take that"
                " change back first.",
                name=first.name,
                code=first.code,
                day=first.valid_from.isoformat(),
            )
        )


def _is_same(row: Row[Any] | None, area: AreaToImport) -> bool:
    return (
        row is not None
        and not row.is_demo
        and row.name == area.name
        and are_alike(shapely.from_wkb(bytes(row.shape)), area.shape)
    )


def lock_kind(transaction: Transaction, kind: str) -> None:
    """Let two imports of one kind wait for each other, and give long ones the time they need."""
    transaction.connection.execute(text("SET LOCAL statement_timeout = '10min'"))
    transaction.connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    transaction.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '10min'"))
    transaction.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 851))"), {"kind": f"area {kind}"}
    )


def _number(transaction: Transaction, wanted: AreasToImport, now: datetime) -> int:
    number: int = transaction.connection.execute(
        text(
            """
            INSERT INTO area_import (kind, source, at, valid_from)
            VALUES (:kind, :source, :at, :on) RETURNING number
            """
        ),
        {"kind": wanted.kind, "source": wanted.source, "at": now, "on": wanted.valid_from},
    ).scalar_one()
    return number


def _told_of(row: Row[Any]) -> Mapping[str, Any]:
    return {
        "name": row.name,
        "validFrom": row.valid_from.isoformat(),
        "validUntil": row.valid_until.isoformat() if row.valid_until else None,
        "source": row.source,
    }


def _after(wanted: AreasToImport, area: AreaToImport, number: int | None) -> Mapping[str, Any]:
    return {
        "name": area.name,
        "validFrom": wanted.valid_from.isoformat(),
        "validUntil": None,
        "source": wanted.source,
        "import": number,
    }


_IMPORTS = text(
    """
    SELECT number, kind, source, at, valid_from, undone_at,
           (SELECT count(*) FROM area WHERE made_by_import = number) AS areas
    FROM area_import
    WHERE CAST(:kind AS text) IS NULL OR kind = :kind
    ORDER BY number DESC LIMIT :at_most
    """
)


def area_imports(
    transaction: Transaction, *, kind: str | None = None, at_most: int = 50
) -> list[AreaImport]:
    """Return what was brought in, the newest first; of one kind where it is named."""
    rows = transaction.connection.execute(_IMPORTS, {"kind": kind, "at_most": at_most})
    return [AreaImport(**row._mapping) for row in rows]


_LATEST = text(
    """
    SELECT number, kind, valid_from FROM area_import
    WHERE undone_at IS NULL AND kind = coalesce(
        CAST(:kind AS text), (SELECT kind FROM area_import WHERE number = :number))
    ORDER BY number DESC LIMIT 1
    """
)

_SINCE_THEN = text(
    """
    SELECT ended.code FROM area AS ended JOIN area AS other USING (kind, code)
    WHERE ended.ended_by_import = :number AND other.id <> ended.id
      AND other.made_by_import IS DISTINCT FROM :number
      AND (other.valid_until IS NULL OR other.valid_until > :today)
    ORDER BY ended.code
    """
)

_DROP = text(
    """
    DELETE FROM area
    WHERE made_by_import = :number AND valid_from >= :today
    RETURNING code, name, valid_from, valid_until, source
    """
)

_STOP = text(
    """
    UPDATE area SET valid_until = :today
    WHERE made_by_import = :number AND (valid_until IS NULL OR valid_until > :today)
    RETURNING code, name, valid_from, NULL AS valid_until, source
    """
)

#: What ended today or later goes on as if nothing had happened.
_GO_ON = text(
    """
    UPDATE area SET valid_until = NULL, ended_by_import = NULL
    WHERE ended_by_import = :number AND valid_until >= :today
    RETURNING code, name, valid_from, source
    """
)

#: What ended before begins anew: what was decided in between was decided without it.
_COME_BACK = text(
    """
    INSERT INTO area (kind, code, name, shape, valid_from, source, is_demo)
    SELECT kind, code, name, shape, :today, source, is_demo
    FROM area WHERE ended_by_import = :number AND valid_until < :today
    RETURNING code, name, valid_from, source
    """
)


def undo_import(
    transaction: Transaction,
    *,
    kind: str | None = None,
    number: int | None = None,
    by: ChangedBy,
    now: datetime,
    today: date,
) -> ImportUndone:
    """Take back the last import of a kind, or the one with this number when it is the last.

    Areas that it made go, or end today where they have been in force; those it ended come back.

    Raises:
        ImportNotFound: nothing was imported, or it was taken back already.
        ImportNotUndone: a later import of the kind comes first, or areas were made since then.
    """
    found = transaction.connection.execute(_LATEST, {"kind": kind, "number": number}).one_or_none()
    if found is None or (number is not None and number > found.number):
        raise ImportNotFound()
    if number is not None and found.number != number:
        raise ImportNotUndone(
            Sentence(
                "Import %(number)s of the same kind came later: take that back first.",
                number=found.number,
            )
        )
    lock_kind(transaction, found.kind)
    values = {"number": found.number, "today": today}
    taken = transaction.connection.execute(
        text(
            "UPDATE area_import SET undone_at = :now WHERE number = :number AND undone_at IS NULL"
        ),
        {"now": now, "number": found.number},
    )
    if taken.rowcount == 0:
        raise ImportNotFound()
    if since := transaction.connection.scalars(_SINCE_THEN, values).all():
        raise ImportNotUndone(
            Sentence("Since then these were made anew: %(codes)s.", codes=", ".join(since))
        )
    gone = [
        *transaction.connection.execute(_DROP, values),
        *transaction.connection.execute(_STOP, values),
    ]
    back = [
        *transaction.connection.execute(_COME_BACK, values),
        *transaction.connection.execute(_GO_ON, values),
    ]
    before = {row.code: _told_of(row) for row in gone}
    after = {row.code: _back(row, found.number) for row in back}
    for code in sorted(before.keys() | after.keys()):
        note_rule_change(
            transaction,
            what="area",
            code=f"{found.kind}/{code}",
            by=by,
            at=now,
            before=before.get(code),
            after=after.get(code),
        )
    return ImportUndone(
        found.number, found.kind, sorted(row.code for row in gone), sorted(row.code for row in back)
    )


def _back(row: Row[Any], number: int) -> Mapping[str, Any]:
    return {
        "name": row.name,
        "validFrom": row.valid_from.isoformat(),
        "validUntil": None,
        "source": row.source,
        "undoneImport": number,
    }
