"""Every text of the pages has its Dutch translation."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def texts_of_the_pages() -> set[str]:
    """Return every msgid in templates and code."""
    found: set[str] = set()
    for folder in ("app", "templates"):
        for _, _, text, _, _ in extract_from_dir(
            ROOT / folder,
            method_map=METHODS,
            keywords={**DEFAULT_KEYWORDS, "lazy_gettext": None, "Sentence": None},
            # Babel passes over folders that begin with "_"; our frame is in one.
            directory_filter=lambda path: True,
        ):
            found.add(text[0] if isinstance(text, tuple) else text)
    return found


def dutch() -> Catalog:
    """Return the Dutch catalogue."""
    path = ROOT / "app/translations/nl/LC_MESSAGES/messages.po"
    return read_po(BytesIO(path.read_bytes()), locale="nl")


def ids_and_strings() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return each text of the catalogue with its translation, both with their plurals."""

    def several(words: object) -> tuple[str, ...]:
        return (
            tuple(str(word) for word in words) if isinstance(words, list | tuple) else (str(words),)
        )

    return [(several(message.id), several(message.string)) for message in dutch() if message.id]


class TestTheDutchCatalogue:
    def test_knows_every_text_of_the_pages(self) -> None:
        known = {ids[0] for ids, _ in ids_and_strings()}

        assert texts_of_the_pages() - known == set(), "run script/translations and write the Dutch"

    def test_leaves_none_untranslated(self) -> None:
        assert [ids[0] for ids, strings in ids_and_strings() if not all(strings)] == []

    def test_guesses_nothing(self) -> None:
        assert [message.id for message in dutch() if message.id and message.fuzzy] == []

    def test_keeps_what_is_filled_in(self) -> None:
        wrong = [
            ids[0]
            for ids, strings in ids_and_strings()
            if any(
                set(PLACEHOLDER.findall(one)) != set(PLACEHOLDER.findall(other))
                for one, other in zip(ids, strings, strict=True)
            )
        ]

        assert wrong == []
