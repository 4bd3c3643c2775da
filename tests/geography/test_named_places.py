"""What somebody may mean who types a place, without asking anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.geography.model import Address, Spot
from app.geography.named_places import (
    NamedStreet,
    exact_addresses,
    has_number,
    named_streets,
    object_named,
)

HERE = Spot(4.32, 51.58)


def an_address(street: str, number: str, village: str = "Dinteloord") -> Address:
    return Address(street, number, "4671 AB", village, HERE)


class TestAStreet:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("Kerkstraat", NamedStreet("kerkstraat")),
            ("in de Kerkstraat", NamedStreet("kerkstraat")),
            ("near the Kerkstraat", NamedStreet("kerkstraat")),
            ("Kerkstraat, De Heen", NamedStreet("kerkstraat", "", "de heen")),
            ("kerkstraat in de heen", NamedStreet("kerkstraat", "", "de heen")),
            ("De Weelen", NamedStreet("de weelen")),
            ("Kerkstraat 54", NamedStreet("kerkstraat", "kerkstraat 54")),
            ("kerkstraat54a", NamedStreet("kerkstraat", "kerkstraat 54a")),
            ("Kerkstraat 54 Dinteloord", NamedStreet("kerkstraat", "kerkstraat 54", "dinteloord")),
            ("lamp Kerkstraat", NamedStreet("kerkstraat")),
        ],
    )
    def test_is_taken_from_the_words_alone(self, typed: str, meant: NamedStreet) -> None:
        assert meant in named_streets(typed, [])

    def test_is_what_the_register_knows_it_as(self) -> None:
        proposed = [an_address("Burgemeester van Loonstraat", "1")]

        assert NamedStreet("burgemeester van loonstraat") in named_streets("loonstr", proposed)

    def test_of_the_register_is_of_the_village_that_is_typed(self) -> None:
        proposed = [an_address("Kerkstraat", "1")]

        named = named_streets("kerkstr dinteloord", proposed)

        assert NamedStreet("kerkstraat", "", "dinteloord") in named
        assert NamedStreet("kerkstraat") not in named

    def test_is_none_where_only_a_village_is_typed(self) -> None:
        named = named_streets("Dinteloord", [an_address("Kade", "1"), an_address("Markt", "2")])

        assert [one.street for one in named] == ["dinteloord"]

    def test_with_a_number_is_that_house(self) -> None:
        proposed = [an_address("Kerkstraat", number) for number in ("5", "50", "51")]

        assert exact_addresses("kerkstraat 5", proposed) == proposed[:1]
        assert exact_addresses("kerkstraat 9", proposed) == proposed

    @given(st.text(max_size=60))
    def test_is_looked_for_in_few_ways_whatever_is_typed(self, typed: str) -> None:
        named = named_streets(typed, [an_address("Kade", "1")])

        assert len(named) <= 40
        assert all(one.street for one in named)


class TestAThing:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("lantaarnpaal 12", ("lamp-post", "12")),
            ("de prullenbak nr. B7 in Kade", ("bin", "B7 Kade")),
            ("12 Burgemeesterlaan", (None, "12 Burgemeesterlaan")),
        ],
    )
    def test_is_a_kind_with_the_words_to_find_it_by(
        self, typed: str, meant: tuple[str | None, str]
    ) -> None:
        assert object_named(typed) == meant
        assert has_number(typed)
