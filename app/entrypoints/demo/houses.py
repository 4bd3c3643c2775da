"""Which house of the demo is nearest, for cases by the thousand: nobody is asked for each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from app.entrypoints.demo.places import DemoAddress, addresses
from app.geography.model import NEAREST_ADDRESS_WITHIN_METRES, Address, Spot
from app.geography.rules import metres_between

#: Squares of about 100 metres: what is nearest is in the square itself or in one beside it, and
#: further away only where no house stands.
_ACROSS_DEGREES = 0.00145
_ALONG_DEGREES = 0.0009
#: So many squares to every side hold all within 200 metres.
_FURTHEST = 2


class Houses:
    """The houses of the demo, by the square in which each stands."""

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[DemoAddress]] = defaultdict(list)
        for house in addresses():
            self._squares[_square(house.spot.longitude, house.spot.latitude)].append(house)

    def nearest(self, spot: Spot) -> Address | None:
        """Return the address nearest to the spot, when there is one within 200 metres."""
        for squares in (1, _FURTHEST):
            house = self._nearest(spot, squares)
            if house is not None:
                return house
        return None

    def _nearest(self, spot: Spot, squares: int) -> Address | None:
        shrink = math.cos(math.radians(spot.latitude))
        house = min(
            self._around(spot, squares),
            key=lambda one: (
                ((one.spot.longitude - spot.longitude) * shrink) ** 2
                + (one.spot.latitude - spot.latitude) ** 2
            ),
            default=None,
        )
        if house is None:
            return None
        found = Address(
            house.spot.street,
            house.number,
            house.postcode,
            house.spot.village,
            Spot(house.spot.longitude, house.spot.latitude),
        )
        # In the corner of the squares stands what is further away than something outside them.
        within_metres = min(100 * squares, NEAREST_ADDRESS_WITHIN_METRES)
        return found if metres_between(spot, found.spot) <= within_metres else None

    def _around(self, spot: Spot, squares: int) -> Iterator[DemoAddress]:
        across, along = _square(spot.longitude, spot.latitude)
        for x in range(across - squares, across + squares + 1):
            for y in range(along - squares, along + squares + 1):
                yield from self._squares.get((x, y), ())


def _square(longitude: float, latitude: float) -> tuple[int, int]:
    return math.floor(longitude / _ACROSS_DEGREES), math.floor(latitude / _ALONG_DEGREES)
