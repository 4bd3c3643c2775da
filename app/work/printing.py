"""A case on paper: what a page of it says, as a PDF. The one place that knows fpdf2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import FontFace, TextStyle, TTFFont

from app.foundation.assets import built_file

_FONT = "Noto Sans"
#: Other writings have files of their own, read only where a sign of theirs is printed.
_OTHER_WRITINGS = ("latin-ext", "greek", "cyrillic", "vietnamese")
#: Stands for the number of pages until it is known, and is as wide; nobody types it.
_PAGES = "\ue000\ue001\ue002"
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
    #: Said where a sign of what people wrote is in no letter of ours.
    unprintable: str


def as_pdf(sheet: Sheet) -> bytes:
    """Return a sheet as a PDF on A4, with its title, its language and a list of its parts."""
    paper = _Paper(sheet)
    if paper.lacks_signs:
        sheet = replace(sheet, below_title=f"{sheet.below_title} · {sheet.unprintable}")
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
        self.alias_nb_pages(_PAGES)
        #: Whether a sign is printed as an empty box, for no letter of ours has it.
        self.lacks_signs = self._read_other_letters(sheet)
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

    def _read_other_letters(self, sheet: Sheet) -> bool:
        """Read the letters that a sheet needs beside the first; return whether that is too few."""
        missing = {ord(sign) for sign in "".join(_texts(sheet)) if not sign.isspace()}
        missing -= self._signs_of(_FONT.lower())
        for name in _OTHER_WRITINGS if missing else ():
            # Making a heavy letter takes half a second each; a heading does without.
            self.add_font(name, fname=built_file(f"noto-sans-{name}.woff2"))
            missing -= self._signs_of(name)
        self.set_fallback_fonts(
            [name for name in _OTHER_WRITINGS if name in self.fonts], exact_match=False
        )
        return bool(missing)

    def _signs_of(self, name: str) -> set[int]:
        font = self.fonts[name]
        return set(font.cmap) if isinstance(font, TTFFont) else set()

    def footer(self) -> None:
        """Write what stands at the foot of each page."""
        self.set_y(-_MARGIN_MM + 4)
        self.set_font(_FONT, size=_SMALL_PT)
        number = self._sheet.page_of.format(page=self.page_no(), pages=_PAGES)
        self.cell(0, 4, f"{self._sheet.footer} · {number}")

    def write_below(self, words: str, line_mm: float) -> None:
        """Write words over the whole width, and go on below them."""
        self.multi_cell(0, line_mm, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _texts(sheet: Sheet) -> Iterator[str]:
    yield from (sheet.title, sheet.below_title, sheet.footer)
    for part in sheet.parts:
        yield part.heading
        yield from part.paragraphs
        for row in (*part.facts, *part.table):
            yield from row


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
            borders_layout="HORIZONTAL_LINES", text_align="L", line_height=_LINE_MM,
            padding=(0.8, 2), col_widths=(24, 54, 22),
        ) as table:  # fmt: skip
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
