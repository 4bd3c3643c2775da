"""A case on paper: what a page of it says, as a PDF. The one place that knows fpdf2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import FontFace, TextStyle

from app.foundation.assets import built_file

_FONT = "Noto Sans"
_HEAVY = {"wght": 650.0}
_TEXT_PT, _SMALL_PT, _HEADING_PT, _TITLE_PT = 10, 8.5, 13, 18
_MARGIN_MM = 18
_LINE_MM = 5
_PHOTO_MM, _PHOTO_HIGH_MM, _BETWEEN_MM = 82, 64, 8
#: A heading with less than this below it goes to the next page.
_BELOW_HEADING_MM = 30


@dataclass(frozen=True, slots=True)
class PrintedPhoto:
    """A photo as JPEG, and what a screen reader says of it."""

    jpeg: bytes
    says: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sheet: a heading, and what stands below it; each paragraph is one text."""

    heading: str
    paragraphs: Sequence[str] = ()
    #: Name and value, one below the other.
    facts: Sequence[tuple[str, str]] = ()
    #: The first row has the names of the columns.
    table: Sequence[Sequence[str]] = ()
    photos: Sequence[PrintedPhoto] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed; `page_of` has `{page}` and `{pages}` in it."""

    title: str
    below_title: str
    language: str
    parts: Sequence[Part]
    footer: str
    page_of: str


def as_pdf(sheet: Sheet) -> bytes:
    """Return a sheet as a PDF on A4, with its title, its language and a list of its parts."""
    paper = _Paper(sheet)
    paper.add_page()
    paper.set_font(_FONT, "B", _TITLE_PT)
    paper.write_below(sheet.title, 8)
    paper.set_font(_FONT, size=_TEXT_PT)
    paper.write_below(sheet.below_title, _LINE_MM)
    for part in sheet.parts:
        _print(paper, part)
    return bytes(paper.output())


class _Paper(FPDF):
    """A4 in the letter of the pages, with a footer on each sheet."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self._sheet = sheet
        letter = built_file("noto-sans.woff2")
        self.add_font(_FONT, fname=letter)
        self.add_font(_FONT, style="B", fname=letter, variations=_HEAVY)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_MARGIN_MM + 4)
        self.set_title(sheet.title)
        self.set_lang(sheet.language)
        self.set_creator("Straatbeeld")
        self.set_section_title_styles(
            TextStyle(
                font_family=_FONT, font_style="B", font_size_pt=_HEADING_PT, t_margin=5, b_margin=1
            )
        )

    def footer(self) -> None:
        """Write what stands at the foot of each page."""
        self.set_y(-_MARGIN_MM + 4)
        self.set_font(_FONT, size=_SMALL_PT)
        number = self._sheet.page_of.format(page=self.page_no(), pages="{nb}")
        self.cell(0, 4, f"{self._sheet.footer} · {number}")

    def write_below(self, words: str, line_mm: float) -> None:
        """Write words over the whole width, and go on below them."""
        self.multi_cell(0, line_mm, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _print(paper: _Paper, part: Part) -> None:
    if paper.get_y() + _BELOW_HEADING_MM > paper.page_break_trigger:
        paper.add_page()
    paper.start_section(part.heading)
    paper.set_font(_FONT, size=_TEXT_PT)
    if part.facts:
        with paper.table(
            borders_layout="NONE", col_widths=(30, 70), first_row_as_headings=False, text_align="L",
            line_height=_LINE_MM + 0.5,
        ) as table:  # fmt: skip
            for name, value in part.facts:
                row = table.row()
                row.cell(name, style=FontFace(emphasis="B"))
                row.cell(value)
    for words in part.paragraphs:
        paper.write_below(words, _LINE_MM)
        paper.ln(1)
    if part.table:
        with paper.table(
            borders_layout="HORIZONTAL_LINES", text_align="L", line_height=_LINE_MM
        ) as table:
            for cells in part.table:
                table.row(cells)
    _print_photos(paper, part.photos)


def _print_photos(paper: _Paper, photos: Sequence[PrintedPhoto]) -> None:
    """Print photos two beside each other, each whole."""
    for first in range(0, len(photos), 2):
        if paper.get_y() + _PHOTO_HIGH_MM > paper.page_break_trigger:
            paper.add_page()
        top = paper.get_y() + 2
        for column, photo in enumerate(photos[first : first + 2]):
            paper.image(
                BytesIO(photo.jpeg),
                x=_MARGIN_MM + column * (_PHOTO_MM + _BETWEEN_MM),
                y=top,
                w=_PHOTO_MM,
                h=_PHOTO_HIGH_MM,
                keep_aspect_ratio=True,
                alt_text=photo.says,
            )
        paper.set_y(top + _PHOTO_HIGH_MM + 2)
