"""From the frame of a file to WGS 84 and to the national grid, with pyproj."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from app.foundation.sentences import Sentence
from app.geography.importing.model import FeatureRefused
from app.geography.model import MapFileRefused

WGS84 = 4326
#: The national grid (Amersfoort / RD New), in metres.
RD = 28992

#: West, south, east and north of the Netherlands in Europe, with some room.
_NETHERLANDS = shapely.box(3.0, 50.6, 7.4, 53.8)


class Frame:
    """The frame a file's coordinates are in, and the way from there to ours."""

    def __init__(self, name: str | int) -> None:
        """Look up a frame by its EPSG code or by the words of a file.

        Raises:
            MapFileRefused: nobody knows it.
        """
        try:
            self._crs = CRS.from_user_input(name)
            self._to_wgs84 = _between(self._crs, CRS.from_epsg(WGS84))
        except (CRSError, ProjError):
            shown = f"EPSG:{name}" if isinstance(name, int) else repr(name[:80])
            raise MapFileRefused(
                Sentence("%(frame)s is a frame that is not known.", frame=shown)
            ) from None

    @property
    def name(self) -> str:
        """What the frame is called, such as `EPSG:28992`."""
        epsg = self._crs.to_epsg()
        return f"EPSG:{epsg}" if epsg else str(self._crs.name)

    def in_wgs84(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape of the Netherlands in WGS 84, longitude first.

        Raises:
            FeatureRefused: it is somewhere else; it says so when two axes changed places.
        """
        found = _moved(shape, self._to_wgs84)
        if _is_here(found):
            return found
        swapped = _moved(_turned(shape), self._to_wgs84)
        if _is_here(swapped):
            raise FeatureRefused(
                Sentence("has its two axes in the wrong order: longitude, or east, comes first")
            )
        raise FeatureRefused(
            Sentence(
                "is not in the Netherlands, read as %(frame)s; coordinates in metres of the"
                " national grid are --crs 28992",
                frame=self.name,
            )
        )


def is_in_the_netherlands(longitude: float, latitude: float) -> bool:
    """Whether a place in WGS 84 is where the places of files have to be."""
    return _is_here(shapely.Point(longitude, latitude))


def name_of_frame(words: str) -> str:
    """Return what a frame is called; one that is not known by the words themselves."""
    try:
        return Frame(words).name
    except MapFileRefused:
        return words[:80]


@cache
def _to_rd() -> Transformer:
    return _between(CRS.from_epsg(WGS84), CRS.from_epsg(RD))


@cache
def _from_rd() -> Transformer:
    return _between(CRS.from_epsg(RD), CRS.from_epsg(WGS84))


def in_metres(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape of WGS 84 in the national grid, where a metre is a metre."""
    return _moved(shape, _to_rd())


def from_metres(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape of the national grid in WGS 84."""
    return _moved(shape, _from_rd())


def _between(one: CRS, other: CRS) -> Transformer:
    return Transformer.from_crs(one, other, always_xy=True)


def _moved(shape: BaseGeometry, way: Transformer) -> BaseGeometry:
    # The types of shapely know of one array with both axes alone.
    moved: Any = shapely.transform(shape, way.transform, interleaved=False)  # type: ignore[arg-type]  # shapely's types know interleaved coordinates only
    assert isinstance(moved, BaseGeometry)  # noqa: S101  # one shape in, one shape out
    return moved


def _turned(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda both: both[:, ::-1])


def _is_here(shape: BaseGeometry) -> bool:
    """Whether the shape lies in the Netherlands; a coordinate that is no number lies nowhere."""
    west, south, east, north = shape.bounds
    here_west, here_south, here_east, here_north = _NETHERLANDS.bounds
    return (
        bool(shapely.get_coordinates(shape).size)
        and here_west <= west <= east <= here_east
        and here_south <= south <= north <= here_north
        and math.isfinite(float(shapely.get_coordinates(shape).sum()))
    )
