"""The nouns of bringing in: a feature, an area as a file gives it, what came of an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shapely.geometry.base import BaseGeometry

from app.foundation.sentences import Sentence
from app.geography.model import MapFileRefused

#: Is told in a sentence how far long work is.
Progress = Callable[[str], None]

#: What is wrong is said of so many features; the rest follows when these are mended.
_AT_MOST_SAID = 20


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing in a file, counted from one; its shape is still in the file's own frame.

    Without a shape it has none, or one that nobody can read.
    """

    number: int
    properties: Mapping[str, object]
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a feature cannot be taken."""

    number: int
    reason: str

    def __str__(self) -> str:
        """Return it as an operator reads it."""
        return str(self.sentence)

    @property
    def sentence(self) -> Sentence:
        """It in words that can be said in another language."""
        return Sentence("feature %(number)s: %(why)s", number=self.number, why=self.reason)


class FeatureRefused(Exception):
    """This feature cannot be taken; the others may be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class Faults:
    """What was wrong in one file."""

    file_name: str
    found: list[Fault] = field(default_factory=list)

    def note(self, number: int, reason: str | FeatureRefused) -> None:
        """Keep that a feature is not right."""
        self.found.append(Fault(number, reason if isinstance(reason, str) else reason.reason))

    def require_none(self, refusal: type[MapFileRefused]) -> None:
        """Go on when all was right.

        Raises:
            MapFileRefused: of the class given, with file, feature and reason, one line each.
        """
        if not self.found:
            return
        found = sorted(self.found, key=lambda fault: fault.number)
        more = len(found) - _AT_MOST_SAID
        raise refusal(
            Sentence.of_lines(
                (
                    Sentence("%(file)s was not taken; nothing was changed:", file=self.file_name),
                    *(
                        Sentence(
                            "  feature %(number)s: %(why)s", number=fault.number, why=fault.reason
                        )
                        for fault in found[:_AT_MOST_SAID]
                    ),
                    *([Sentence("  and %(more)s more", more=more)] if more > 0 else []),
                )
            )
        )


@dataclass(frozen=True, slots=True)
class AreaToImport:
    """An area as a file gives it, its shape (MultiPolygon) in WGS 84."""

    code: str
    name: str
    shape: BaseGeometry
    #: What was wrong with its outline and is repaired, such as a line that crosses itself.
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class AreasRead:
    """What a file with areas gave, and what was left out of it."""

    areas: Sequence[AreaToImport]
    faults: Sequence[Fault] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AreasImported:
    """What came of bringing in areas; without a number nothing was different, or it was a trial."""

    number: int | None
    added: Sequence[str]
    changed: Sequence[str]
    ended: Sequence[str]
    as_they_were: int

    @property
    def is_different(self) -> bool:
        """Whether anything was not there already."""
        return bool(self.added or self.changed or self.ended)


@dataclass(frozen=True, slots=True)
class AreaImport:
    """One time that areas were brought in."""

    number: int
    kind: str
    source: str
    at: datetime
    valid_from: date
    undone_at: datetime | None
    areas: int


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What taking back an import did: codes of areas."""

    number: int
    kind: str
    gone: Sequence[str]
    back: Sequence[str]
