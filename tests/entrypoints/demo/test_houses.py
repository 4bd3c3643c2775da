"""Which house of the demo is nearest, found without asking for each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.entrypoints.demo.houses import Houses
from app.entrypoints.demo.places import Street, addresses, streets
from app.geography.model import NEAREST_ADDRESS_WITHIN_METRES, Spot
from app.geography.rules import metres_between

HOUSES = Houses()
EVERY_HOUSE = [Spot(one.spot.longitude, one.spot.latitude) for one in addresses()]


@given(
    street=st.sampled_from(streets()),
    along=st.floats(-150, 400),
    aside=st.floats(-350, 350),
)
def test_the_nearest_house_is_found_wherever_one_looks(
    street: Street, along: float, aside: float
) -> None:
    beside = street.spot(along, aside)
    spot = Spot(beside.longitude, beside.latitude)
    nearest = min(metres_between(spot, house) for house in EVERY_HOUSE)

    found = HOUSES.nearest(spot)

    if found is None:
        assert nearest > NEAREST_ADDRESS_WITHIN_METRES - 1
    else:
        # The squares measure on a flat earth: to a centimetre.
        assert metres_between(spot, found.spot) - nearest < 0.05
        assert nearest <= NEAREST_ADDRESS_WITHIN_METRES + 1
