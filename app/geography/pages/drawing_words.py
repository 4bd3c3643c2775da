"""What is wrong with a drawn shape, and what was mended of it, in the reader's language."""

from __future__ import annotations

from flask_babel import format_decimal, gettext

from app.geography.drawing import (
    AT_LEAST_SQUARE_METRES,
    AT_MOST_CORNERS,
    AT_MOST_SQUARE_KILOMETRES,
)
from app.geography.importing.shapes import HOLE_LEFT_OUT
from app.geography.model import ShapeFault, ShapeRefused


def fault_words(refused: ShapeRefused) -> str:
    """Return what is wrong with a shape, and what to do about it."""
    sentences: dict[ShapeFault, str] = {
        ShapeFault.NOTHING_DRAWN: gettext(
            "Draw an outline on the map, or type its corners: one on each line."
        ),
        ShapeFault.NO_GEOJSON: gettext(
            "This is no GeoJSON that can be read. Copy all of it, or type a corner on each line."
        ),
        ShapeFault.NOT_ONE_FEATURE: gettext(
            "This GeoJSON does not hold exactly one area. Read in a file with several areas on the"
            " page of areas."
        ),
        ShapeFault.NO_POLYGON: gettext(
            "This GeoJSON holds no outline. It has to be a Polygon or a MultiPolygon."
        ),
        ShapeFault.TOO_FEW_CORNERS: gettext(
            "An outline needs at least three corners. Add corners, or remove this part."
        ),
        ShapeFault.TOO_MANY_CORNERS: gettext(
            "This outline has more than %(most)s corners. Read it in as a file instead.",
            most=format_decimal(AT_MOST_CORNERS),
        ),
        ShapeFault.LINE_WITHOUT_TWO_NUMBERS: gettext(
            "Line %(place)d does not hold two numbers, such as 51.5836 4.3195.",
            place=refused.place,
        ),
        ShapeFault.NO_SURFACE: gettext(
            "This line has no surface: it goes back over itself. Move a corner aside."
        ),
        ShapeFault.TANGLED: gettext(
            "This line crosses itself, or comes near itself, so often that it cannot be read."
            " Draw around the area once, with fewer corners."
        ),
        ShapeFault.NOT_IN_THE_NETHERLANDS: gettext(
            "This outline is not in the Netherlands. In GeoJSON the longitude comes first, such as"
            " 4.3195, and then the latitude, such as 51.5836."
        ),
        ShapeFault.TOO_SMALL: gettext(
            "This area is smaller than %(least)d m². Draw it larger.", least=AT_LEAST_SQUARE_METRES
        ),
        ShapeFault.TOO_LARGE: gettext(
            "This area is larger than %(most)s km². Draw it smaller.",
            most=format_decimal(AT_MOST_SQUARE_KILOMETRES),
        ),
    }
    return sentences[refused.fault]


def repaired_words(repaired: str | None) -> str | None:
    """Return in a sentence what was mended of a shape; none where it was whole."""
    if repaired is None:
        return None
    said = gettext(
        "The line crossed itself. It was repaired: look on the map whether this is what you mean."
    )
    if repaired == HOLE_LEFT_OUT:
        said = gettext(
            "A hole lies outside the outline. It was left out: look on the map whether this is what"
            " you mean."
        )
    return str(said)
