"""Makes areas of others, as a mapping says: villages of neighbourhoods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from app.foundation.import_files import InFile
from app.foundation.sentences import Sentence
from app.geography.importing.model import AreaToImport
from app.geography.importing.shapes import united
from app.geography.model import AreasRefused

_Word = Annotated[str, Field(min_length=1, max_length=200)]


class UnitedArea(InFile):
    """An area and the codes of those it is made of."""

    code: _Word
    name: _Word
    made_of: Annotated[list[_Word], Field(min_length=1)]


class UnitedAreas(InFile):
    """A mapping file: every `[[area]]` with the codes it is made of."""

    area: Annotated[list[UnitedArea], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> UnitedAreas:
        codes = [area.code for area in self.area]
        parts = [part for area in self.area for part in area.made_of]
        for words in (codes, parts):
            twice = sorted({word for word in words if words.count(word) > 1})
            if twice:
                raise ValueError(f"stands twice: {', '.join(twice)}")
        return self


def unite(
    areas: Sequence[AreaToImport], mapping: UnitedAreas
) -> tuple[list[AreaToImport], list[str]]:
    """Return the areas of the mapping, and what an operator should know of those left out.

    Raises:
        AreasRefused: the mapping names a code that is not in the file.
    """
    parts = {area.code: area for area in areas}
    named = {part for area in mapping.area for part in area.made_of}
    if unknown := sorted(named - parts.keys()):
        raise AreasRefused(
            Sentence(
                "The mapping names codes that are not there: %(codes)s.", codes=", ".join(unknown)
            )
        )
    made = [
        AreaToImport(
            area.code,
            area.name,
            united(parts[part].shape for part in area.made_of),
            next((parts[part].repaired for part in area.made_of if parts[part].repaired), None),
        )
        for area in mapping.area
    ]
    left_out = sorted(parts.keys() - named)
    return made, [
        Sentence("In no area of the mapping: %(codes)s.", codes=", ".join(left_out))
    ] if left_out else []
