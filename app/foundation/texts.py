"""What people write, in one normal form and without what no keyboard writes."""

from __future__ import annotations

import unicodedata


def clean_text(text: str) -> str:
    """Return `text` in one normal form, without control characters but with its line breaks."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in normal if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
    return "".join(kept).strip()


def has_control_characters(text: str) -> bool:
    """Whether `text` holds characters that no keyboard writes, such as NUL or a lone surrogate."""
    return any(c not in "\n\r\t" and unicodedata.category(c) in {"Cc", "Cs"} for c in text)
