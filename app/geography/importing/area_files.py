"""Reads the areas of a file: what they are called, their outlines whole and in WGS 84."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely
from shapely.geometry.base import BaseGeometry

from app.foundation.sentences import Sentence
from app.foundation.texts import clean_text, has_control_characters
from app.geography.importing import files
from app.geography.importing.frames import WGS84, Frame, name_of_frame
from app.geography.importing.model import (
    AreasRead,
    AreaToImport,
    Faults,
    Feature,
    FeatureRefused,
    Progress,
)
from app.geography.importing.shapes import GAP_METRES, corridor, whole_polygon
from app.geography.importing.uniting import UnitedAreas, unite
from app.geography.model import AreasRefused
from app.geography.rules import AreaFields

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class AreaReading:
    """How a file with areas is to be read."""

    fields: AreaFields
    #: The EPSG code to read it in; without one the file's own word counts.
    epsg: int | None = None
    layer: str | None = None
    #: Lines and points become corridors so wide to both sides.
    buffer_metres: float | None = None
    gap_metres: float = GAP_METRES
    skips_bad: bool = False
    #: Where somebody waits for the answer, so many areas and corners are read; without, all.
    at_most_areas: int | None = None
    at_most_corners: int | None = None
    #: Which areas make up which, such as villages of neighbourhoods.
    united: UnitedAreas | None = None
    #: Features that are wanted; the others are passed over in silence.
    wanted: Callable[[Mapping[str, object]], bool] | None = None


def read_areas(
    path: Path, reading: AreaReading, *, at_most_bytes: int, tell: Progress
) -> AreasRead:
    """Return the areas in a GeoJSON, GeoPackage or Shapefile.

    Raises:
        MapFileRefused: the file cannot be read.
        AreasRefused: something in it is not right, with feature and reason; with `skips_bad` only
            when nothing is left.
    """
    with (
        TemporaryDirectory(prefix="straatbeeld-") as folder,
        files.opened(
            path, at_most_bytes=at_most_bytes, layer=reading.layer, unpack_into=Path(folder)
        ) as opened,
    ):
        return _Reader(opened, reading, tell).read()


class _Reader:
    """Reads one file, feature by feature, and remembers what was not right."""

    def __init__(self, file: files.MapFile, reading: AreaReading, tell: Progress) -> None:
        self._file = file
        self._reading = reading
        self._tell = tell
        self._faults = Faults(file.name)
        self._remarks: list[str] = []
        self._pieces: dict[str, list[BaseGeometry]] = {}
        self._names: dict[str, str] = {}
        self._repaired: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._corners = 0

    def read(self) -> AreasRead:
        frame = self._frame()
        self._require_fields()
        self._require_few(self._file.count, self._reading.at_most_areas)
        for feature in self._file.features(self._told):
            if self._reading.wanted and not self._reading.wanted(feature.properties):
                continue
            if feature.shape is not None:
                self._corners += int(shapely.get_num_coordinates(feature.shape))
                self._require_few(self._corners, self._reading.at_most_corners)
            try:
                self._take(feature, frame)
            except FeatureRefused as wrong:
                self._faults.note(feature.number, wrong)
        areas = self._areas()
        if self._reading.united is not None:
            areas, remarks = unite(areas, self._reading.united)
            self._remarks += remarks
        if not areas or not self._reading.skips_bad:
            self._faults.require_none(AreasRefused)
        if not areas:
            raise AreasRefused(Sentence("%(file)s holds no areas.", file=self._file.name))
        return AreasRead(areas, tuple(self._faults.found), tuple(self._remarks))

    def _frame(self) -> Frame:
        told = self._file.frame
        given = self._reading.epsg
        if given is None and told is None:
            raise AreasRefused(
                Sentence(
                    "%(file)s does not say in which frame its coordinates are: say --crs 4326 for"
                    " degrees, or --crs 28992 for the national grid.",
                    file=self._file.name,
                )
            )
        frame = Frame(given if given is not None else told or WGS84)
        if given is not None and told is not None and name_of_frame(told) != frame.name:
            self._remarks.append(
                Sentence(
                    "The file says %(told)s of itself; it is read as %(frame)s.",
                    told=name_of_frame(told),
                    frame=frame.name,
                )
            )
        return frame

    def _require_few(self, there: int, at_most: int | None) -> None:
        if at_most is not None and there > at_most:
            raise AreasRefused(
                Sentence(
                    "%(file)s holds more than a page reads: %(areas)s areas and %(corners)s corners"
                    " at the most. The command 'straatbeeld import areas' reads larger ones.",
                    file=self._file.name,
                    areas=str(self._reading.at_most_areas),
                    corners=str(self._reading.at_most_corners),
                )
            )

    def _require_fields(self) -> None:
        fields = self._reading.fields
        if (fields.code or fields.name) and self._file.count > 1 and not self._joins():
            raise AreasRefused(
                Sentence(
                    "One code and name for %(count)s areas is not possible: name their fields.",
                    count=self._file.count,
                )
            )
        for wanted in (fields.code_field, fields.name_field):
            if wanted is not None and wanted not in self._file.fields:
                known = ", ".join(sorted(self._file.fields)) or "none"
                raise AreasRefused(
                    Sentence(
                        "%(file)s has no field %(field)s; it has: %(known)s.",
                        file=self._file.name,
                        field=repr(wanted),
                        known=known,
                    )
                )

    def _joins(self) -> bool:
        """Whether features with one code become one area: the pieces of a road do."""
        return self._reading.buffer_metres is not None

    def _take(self, feature: Feature, frame: Frame) -> None:
        fields = self._reading.fields
        code = fields.code or _word(feature, fields.code_field)
        code = fields.code_for.get(code, code)
        name = fields.name or _word(feature, fields.name_field)
        if fields.name_pattern and (kept := re.fullmatch(fields.name_pattern, name)):
            name = kept[1]
        shape = feature.shape
        if shape is None or shape.is_empty:
            raise FeatureRefused(Sentence("%(name)s has no geometry that can be read", name=name))
        if code in self._pieces and not self._joins():
            raise FeatureRefused(
                Sentence(
                    "%(name)s has the code %(code)s of feature %(number)s",
                    name=name,
                    code=repr(code),
                    number=self._numbers[code],
                )
            )
        try:
            if self._joins():
                if shape.geom_type not in _ROADS:
                    raise FeatureRefused(
                        Sentence(
                            "is a %(kind)s; a corridor is made of lines or points",
                            kind=shape.geom_type,
                        )
                    )
                here, repaired = frame.in_wgs84(shape), None
            else:
                mended, repaired = whole_polygon(shape)
                here, again = whole_polygon(frame.in_wgs84(mended))
                repaired = repaired or again
        except FeatureRefused as wrong:
            raise FeatureRefused(
                Sentence("%(name)s %(why)s", name=name, why=wrong.reason)
            ) from None
        self._pieces.setdefault(code, []).append(here)
        self._names.setdefault(code, name)
        self._numbers.setdefault(code, feature.number)
        if repaired:
            self._repaired[code] = repaired

    def _areas(self) -> list[AreaToImport]:
        buffer_metres = self._reading.buffer_metres
        return [
            AreaToImport(
                code,
                self._names[code],
                pieces[0]
                if buffer_metres is None
                else corridor(
                    pieces, buffer_metres=buffer_metres, gap_metres=self._reading.gap_metres
                ),
                self._repaired.get(code),
            )
            for code, pieces in self._pieces.items()
        ]

    def _told(self, read: int, of: int) -> None:
        self._tell(f"{self._file.name}: {read:,} of {of:,} read")


_ROADS = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString"})


def _word(feature: Feature, field: str | None) -> str:
    value = feature.properties.get(field or "")
    word = clean_text(str(value)) if value is not None else ""
    if not word:
        raise FeatureRefused(Sentence("has nothing in the field %(field)s", field=repr(field)))
    if len(word) > _LONGEST_NAME or "\n" in word or has_control_characters(word):
        raise FeatureRefused(
            Sentence(
                "has in %(field)s what is no name: %(word)s",
                field=repr(field),
                word=repr(word[:40]),
            )
        )
    return word
