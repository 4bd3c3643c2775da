"""What people write, in one normal form and without what no keyboard writes."""

from __future__ import annotations

import unicodedata

#: Signs that turn the reading direction of what comes after them: "goed" can be made to read
#: "deog", and a name in a list can turn the line it stands in. Nobody needs them to write Dutch,
#: English, Arabic or Hebrew: the letters themselves know their direction.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: Letters and signs that show nothing, though Unicode does not count them among the formats:
#: joiners, fillers of Hangul and Khmer, the braille pattern without dots, selectors of a variant.
_SHOWING_NOTHING = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(chr(code) for code in range(0xFE00, 0xFE10))
    + "".join(chr(code) for code in range(0xE0100, 0xE01F0))
)
#: So many marks on one sign are read; the rest is left out.
_MOST_MARKS = 30
_SHOWING_NOTHING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})


def clean_text(text: str) -> str:
    """Return `text` in one normal form, with its line breaks; nothing where nothing is seen of it.

    Control characters and signs that turn the reading direction are left out. What joins signs,
    such as those of a flag or a family, stays as long as there is something to see.
    """
    normal = _normal(text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        c
        for c in normal
        if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs", "Co"} and c not in _TURNING)
    )
    # What was left out may have kept two signs apart that are one in the normal form.
    cleaned = _normal("".join(kept)).strip()
    return cleaned if any(_shows_something(c) for c in cleaned) else ""


def has_control_characters(text: str) -> bool:
    """Whether `text` holds characters that no keyboard writes, such as NUL or a lone surrogate."""
    return any(c not in "\n\r\t" and unicodedata.category(c) in {"Cc", "Cs"} for c in text)


def is_plain_line(text: str) -> bool:
    """Whether `text` is one line of signs that people write, with something to see.

    For names, which stand in lists, in sentences and on an operator's screen.
    """
    return any(_shows_something(c) for c in text) and not any(
        c in _TURNING or unicodedata.category(c) in {"Cc", "Cs", "Co", "Zl", "Zp"} for c in text
    )


def for_a_screen(text: str) -> str:
    """Return `text` with a visible sign for every one that steers a screen or turns what follows.

    Line breaks and tabs stay.
    """
    return "".join(
        "\ufffd"
        if c not in "\n\t" and (c in _TURNING or unicodedata.category(c) in {"Cc", "Cs"})
        else c
        for c in text
    )


def _normal(text: str) -> str:
    """Return `text` in one normal form, with no more marks on one sign than any writing has.

    Marks are put in order by comparing each with those before it: a hundred thousand on one letter
    take minutes. Thirty are what Unicode calls safe for streams (UAX 15).
    """
    if not text.isascii():
        kept, run = [], 0
        for sign in text:
            run = run + 1 if unicodedata.combining(sign) else 0
            if run <= _MOST_MARKS:
                kept.append(sign)
        text = "".join(kept)
    return unicodedata.normalize("NFC", text)


def _shows_something(character: str) -> bool:
    return (
        character not in _SHOWING_NOTHING
        and unicodedata.category(character) not in _SHOWING_NOTHING_CATEGORIES
    )
