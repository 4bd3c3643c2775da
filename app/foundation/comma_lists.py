"""Tables as files for spreadsheets, in which no cell is run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

#: A spreadsheet takes a cell that begins with one of these for a formula.
_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n|%")

#: Dutch spreadsheets part cells by this, since they write a comma in numbers.
_BETWEEN_CELLS = ";"


def as_spreadsheet(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as a spreadsheet opens it: UTF-8 that says so, one line a row.

    What somebody typed stays text: a cell that would be a formula begins with an apostrophe.
    """
    written = StringIO()
    writer = csv.writer(written, delimiter=_BETWEEN_CELLS, lineterminator="\r\n")
    writer.writerow([_as_text(head) for head in heads])
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    words = str(cell)
    if isinstance(cell, int | float):
        return words
    # A spreadsheet passes over blanks before it looks.
    begins = words[:1] + words.lstrip()[:1]
    return f"'{words}" if _BEGINS_A_FORMULA.intersection(begins) else words
