"""Files that an operator brings in: checked whole, and refused with the place that is wrong."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from app.foundation.errors import DomainError
from app.foundation.texts import is_plain_line

#: A municipality's categories with all their keywords are a twentieth of this.
_AT_MOST_BYTES = 1_000_000

#: A key of many steps, such as `a.b.c`. A reader of TOML takes time by the square of the steps.
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}"""
)

#: What is wrong is said of so many places; the rest follows when these are mended.
_AT_MOST_SAID = 10


NOT_A_PLAIN_LINE = "holds a sign that no keyboard writes, or nothing that can be seen"


class FileRefused(DomainError):
    """The file cannot be brought in; nothing was changed."""


class FileTooLarge(FileRefused):
    """The file is larger than what is read."""


class InFile(BaseModel):
    """Something in a file; a word that is not known is a mistake in writing, so it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _can_be_read(cls, value: object) -> object:
        texts = value if isinstance(value, tuple) else (value,)
        if not all(is_plain_line(text) for text in texts if isinstance(text, str)):
            raise ValueError(NOT_A_PLAIN_LINE)
        return value


Wanted = TypeVar("Wanted", bound=InFile)


@dataclass(slots=True)
class Imported:
    """How much of a file was new, was changed, and was there already."""

    added: int = 0
    changed: int = 0
    as_they_were: int = 0
    #: Of those that are as they were: the demo's, which now stay when the demo is cleared.
    of_demo: int = 0

    def __str__(self) -> str:
        """Return it as an operator reads it."""
        said = f"{self.added} added, {self.changed} changed, {self.as_they_were} as they were"
        return f"{said} ({self.of_demo} of the demo, now your own)" if self.of_demo else said


def read_toml(file: Path, shape: type[Wanted]) -> Wanted:
    """Return what a TOML file holds, in this shape.

    Raises:
        FileRefused: it is too large, no TOML, or not in the shape; it says where.
    """
    try:
        written = content_of(file, at_most_bytes=_AT_MOST_BYTES).decode("utf-8")
        if _LONG_KEY.search(written):
            raise FileRefused(f"{file.name} is no TOML that can be used: a key has too many dots.")
        held = tomllib.loads(written)
    except UnicodeDecodeError:
        raise FileRefused(f"{file.name} is no text in UTF-8.") from None
    except (ValueError, RecursionError) as wrong:
        # A number of thousands of digits is a ValueError that is not of TOML.
        raise FileRefused(f"{file.name} is no TOML: {wrong}") from None
    try:
        return shape.model_validate(held)
    except ValidationError as wrong:
        said = [
            f"  {place(one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in wrong.errors(include_url=False, include_input=False)
        ]
        more = len(said) - _AT_MOST_SAID
        rest = [f"  and {more} more"] if more > 0 else []
        raise FileRefused(
            "\n".join((f"{file.name} is not right:", *said[:_AT_MOST_SAID], *rest))
        ) from None


def written_toml(name: str, tables: Iterable[Mapping[str, object]]) -> str:
    """Return a file of `[[name]]` tables that `read_toml` reads; what is None or empty stays out.

    A table holds texts, whole numbers, days, lists of texts, and tables of lists of texts.
    """
    blocks = []
    for table in tables:
        lines = [f"[[{name}]]"]
        lines += [
            f"{key} = {_toml(value)}"
            for key, value in table.items()
            if value is not None and value not in ((), [], {})
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _toml(value: object) -> str:
    if isinstance(value, str):
        # A basic string of TOML escapes as JSON does, and DEL besides.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return str(value)


def content_of(file: Path, *, at_most_bytes: int) -> bytes:
    """Return what an ordinary file holds; a pipe or a device is not waited for.

    Raises:
        FileRefused: it is no ordinary file.
        FileTooLarge: it is larger than this.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileRefused(f"{file.name} is no ordinary file.")
        content = opened.read(at_most_bytes + 1)
    if len(content) > at_most_bytes:
        raise FileTooLarge(
            f"{file.name} is larger than {at_most_bytes // 1_000_000} MB, the most that is read."
        )
    return content


def place(steps: tuple[int | str, ...]) -> str:
    """Return where in a file something stands, counted from one: `party 3, kind`."""
    words: list[str] = []
    for step in steps:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words)
