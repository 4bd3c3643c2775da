"""Lists cases by a filter: a page by its key, how many there are, and rows for a spreadsheet.

The one place that reads the tables of other capabilities beside those of work: a list of a hundred
cases is one statement; see `docs/decisions/the-list-of-cases-is-one-statement.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.foundation.database import Transaction
from app.triage.model import Name
from app.work.model import Case
from app.work.operations.case_rows import CASE_COLUMNS, CASE_TABLES, case_of
from app.work.operations.office.case_filter import CaseFilter, CaseOrder, Place
from app.work.operations.office.condition import HOLD_THE_WORDS, as_words, condition_of

CASES_ON_A_PAGE = 100

#: Cases are counted up to here: beyond it nobody reads them one by one.
COUNTED_UP_TO = 1000

#: Words that more reports have than this are common.
_MOST_FOR_FEW = 500

#: Order → the column it goes by, and whether it goes down.
_BY: dict[CaseOrder, tuple[str, bool]] = {
    CaseOrder.NEWEST: ("received_at", True),
    CaseOrder.OLDEST: ("received_at", False),
    CaseOrder.DUE: ("due_at", False),
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as it stands on the list, with what is needed of its first report and its place."""

    case: Case
    category_name: Name
    #: Kind, code and name of each, as it was decided.
    areas: Sequence[Mapping[str, str]]
    asset_number: str | None
    #: Where numbers are unique in their street alone.
    asset_street: str | None
    asset_kind: str | None
    begins: str
    channel: str | None
    has_photo: bool

    @property
    def number_and_street(self) -> str | None:
        """The number of its object as people find it, with its street where that is known."""
        return ", ".join(filter(None, (self.asset_number, self.asset_street))) or None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a list, whether it goes on at either side, and how many cases the list has.

    Of `count`, one more than `COUNTED_UP_TO` means more than that.
    """

    lines: Sequence[CaseLine]
    has_before: bool
    has_after: bool
    count: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a row of a spreadsheet: nothing that somebody typed, and nobody's details."""

    case: Case
    category_name: Name
    #: The names of the villages it lies in.
    villages: str
    cause: Name | None
    channel: str | None


def list_cases(
    transaction: Transaction,
    wanted: CaseFilter,
    *,
    order: CaseOrder,
    now: datetime,
    place: Place | None = None,
    at_most: int = CASES_ON_A_PAGE,
) -> CasePage:
    """Return a page of the cases that are wanted, after or before a place.

    One statement; one more where words are looked for.
    """
    found = condition_of(wanted, now=now)
    if wanted.words and _are_common(transaction, wanted.words):
        found = condition_of(wanted, now=now, are_words_common=True)
    after, values = "", found.values
    column, goes_down = _BY[order]
    turned = place is not None and place.is_before
    is_down = goes_down != turned
    if place is not None:
        sign = "<" if is_down else ">"
        after = f" AND (c.{column}, c.id) {sign} (:place_at, CAST(:place_id AS uuid))"
        values = {**values, "place_at": place.at, "place_id": place.id}
    statement = _PAGE.format(
        before=found.before,
        condition=found.condition,
        after=after,
        column=column,
        way="DESC" if is_down else "ASC",
    )
    rows = transaction.read(
        _statement(statement), {**values, "at_most": at_most + 1, "most": COUNTED_UP_TO + 1}
    )
    count = rows[0].count_of_all
    rows = [row for row in rows if row.id is not None]
    is_more = len(rows) > at_most
    lines = [_line(row) for row in rows[:at_most]]
    if turned:
        return CasePage(lines[::-1], has_before=is_more, has_after=True, count=count)
    return CasePage(lines, has_before=place is not None, has_after=is_more, count=count)


@lru_cache(maxsize=512)
def _statement(written: str) -> TextClause:
    """Return a statement as it was prepared before; there is one for each sort of filter."""
    return text(written)


def _are_common(transaction: Transaction, words: str) -> bool:
    """Return whether so many reports have these words that their cases are found otherwise."""
    statement = text(f"SELECT count(*) FROM ({HOLD_THE_WORDS} LIMIT :most) AS taken")  # noqa: S608  # our own condition
    values = {"words": as_words(words), "most": _MOST_FOR_FEW + 1}
    return int(transaction.connection.execute(statement, values).scalar_one()) > _MOST_FOR_FEW


def rows_of_cases(
    transaction: Transaction,
    wanted: CaseFilter,
    *,
    order: CaseOrder,
    now: datetime,
    at_most: int,
) -> Iterator[CaseRow]:
    """Yield the cases that are wanted as rows of a spreadsheet. One statement."""
    found = condition_of(wanted, now=now)
    column, goes_down = _BY[order]
    rows = transaction.connection.execute(
        text(
            f"""
            SELECT {CASE_COLUMNS}, category.name_nl, category.name_en,
                   cause.name_nl AS cause_nl, cause.name_en AS cause_en,
                   array_to_string(ARRAY(
                       SELECT coalesce(
                           (SELECT area.name FROM area
                            WHERE area.kind = 'village' AND area.code = substr(of.area, 9)
                            ORDER BY area.valid_from DESC LIMIT 1), substr(of.area, 9))
                       FROM unnest(c.areas) AS of (area) WHERE of.area LIKE 'village:%'
                   ), ', ') AS villages,
                   (SELECT channel FROM report WHERE report.case_id = c.id
                    ORDER BY received_at, id LIMIT 1) AS channel
            FROM {CASE_TABLES}
            LEFT JOIN choice AS cause ON cause.code = c.cause
            WHERE {found.condition}
            ORDER BY c.{column} {"DESC" if goes_down else "ASC"}, c.id
            LIMIT :at_most
            """  # noqa: S608  # our own columns and conditions
        ),
        {**found.values, "at_most": at_most},
    )
    for row in rows:
        yield CaseRow(
            case_of(row),
            Name(row.name_nl, row.name_en),
            row.villages,
            Name(row.cause_nl, row.cause_en) if row.cause_nl is not None else None,
            row.channel,
        )


def place_of(line: CaseLine, order: CaseOrder, *, is_before: bool) -> Place:
    """Return the place beside a case, from where the list goes on."""
    at = getattr(line.case, _BY[order][0])
    return Place(at, line.case.id, is_before)


def cases_by_id(transaction: Transaction, case_ids: Sequence[UUID]) -> Sequence[CaseLine]:
    """Return these cases as lines, in the order of the ids. One statement."""
    rows = transaction.read(_BY_ID, {"ids": list(case_ids)})
    return [_line(row) for row in rows]


def lines_by_reference(transaction: Transaction, references: Sequence[str]) -> Sequence[CaseLine]:
    """Return the cases with these references that are there, in their order. One statement."""
    rows = transaction.connection.execute(
        text(
            f"""
            WITH page AS MATERIALIZED (
                SELECT defect_case.id, position
                FROM unnest(CAST(:references AS text[])) WITH ORDINALITY
                     AS wanted (reference, position)
                JOIN defect_case ON defect_case.reference = wanted.reference
            )
            {_LINES} ORDER BY page.position
            """  # noqa: S608  # our own column lists
        ),
        {"references": list(references)},
    )
    return [_line(row) for row in rows]


_LINES = f"""
    SELECT {CASE_COLUMNS}, category.name_nl, category.name_en, decided.areas,
           asset.number AS asset_number, asset.street AS asset_street, asset.kind AS asset_kind,
           first.description, first.channel, c.has_photo
    FROM page JOIN ({CASE_TABLES}) ON c.id = page.id
    LEFT JOIN asset ON asset.id = c.asset_id
    LEFT JOIN LATERAL (
        SELECT left(description, 400) AS description, channel FROM report
        WHERE report.case_id = c.id ORDER BY received_at, id LIMIT 1
    ) AS first ON true
    LEFT JOIN LATERAL (
        SELECT grounds -> 'areas' AS areas FROM routing_decision
        WHERE routing_decision.case_id = c.id ORDER BY decided_at DESC, id LIMIT 1
    ) AS decided ON true
"""  # noqa: S608  # our own column lists

_BY_ID = text(
    f"""
    WITH page AS MATERIALIZED (
        SELECT id, position
        FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, position)
    )
    {_LINES} ORDER BY page.position
    """  # noqa: S608  # our own column lists
)

_PAGE = f"""
    WITH {{before}} page AS MATERIALIZED (
        SELECT c.id FROM defect_case AS c
        WHERE {{condition}} {{after}}
        ORDER BY c.{{column}} {{way}}, c.id {{way}}
        LIMIT :at_most
    ), counted AS MATERIALIZED (
        SELECT count(*) AS count_of_all
        FROM (SELECT FROM defect_case AS c WHERE {{condition}} LIMIT :most) AS taken
    )
    SELECT counted.count_of_all, line.* FROM counted LEFT JOIN ({_LINES}) AS line ON true
    ORDER BY line.{{column}} {{way}}, line.id {{way}}
"""  # noqa: S608  # our own conditions


def _line(row: Any) -> CaseLine:  # noqa: ANN401  # columns by name
    return CaseLine(
        case=case_of(row),
        category_name=Name(row.name_nl, row.name_en),
        areas=row.areas or [],
        asset_number=row.asset_number,
        asset_street=row.asset_street,
        asset_kind=row.asset_kind,
        begins=row.description or "",
        channel=row.channel,
        has_photo=row.has_photo,
    )
