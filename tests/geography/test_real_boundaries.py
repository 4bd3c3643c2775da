"""Boundaries and roads as CBS, Kadaster and the national road register publish them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely

import app.entrypoints.tables  # noqa: F401  # an agreement refers to tables of others
from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.geography.importing.frames import from_metres, in_metres
from app.geography.importing.shapes import links
from app.geography.importing.uniting import UnitedAreas
from app.geography.model import Spot
from app.geography.operations import locate
from app.geography.rules import AreaFields
from app.identity.model import PartyKind
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.routing.operations.deciding import decide, defect_at
from tests.codebase.tree import CHECKOUT
from tests.geography.map_files import NOW, TODAY, a_file, imported, read
from tests.makers.categories import a_category
from tests.makers.people import a_party

BOUNDARIES = Path(os.environ.get("SHARED_DATA", CHECKOUT.parent / "shared" / "data")) / "boundaries"

pytestmark = pytest.mark.skipif(
    not BOUNDARIES.is_dir(), reason="there are no real boundaries beside this checkout"
)

NEIGHBOURHOODS = AreaFields(code_field="statcode", name_field="statnaam")
CENTRES = {
    "steenbergen": (4.31944, 51.58417),
    "dinteloord": (4.36944, 51.635),
    "nieuw-vossemeer": (4.21806, 51.59),
    "kruisland": (4.40972, 51.56917),
    "welberg": (4.33056, 51.57667),
    "de-heen": (4.268, 51.607),
}
MADE_OF = {
    "steenbergen": ["0000", "0002", "0003", "0004", "0007", "0008", "0009"],
    "welberg": ["0001"],
    "kruisland": ["0100", "0109"],
    "de-heen": ["0200", "0209"],
    "dinteloord": ["0300", "0301", "0308", "0309"],
    "nieuw-vossemeer": ["0400", "0409"],
}
#: Less than the 60 metres beside the road that are ours.
BUFFER_METRES = 59


class TestRealBoundaries:
    def test_of_the_municipality_come_in(self, transaction: Transaction) -> None:
        fields = AreaFields(code="GM0851", name_field="gemeente")

        imported(
            transaction,
            BOUNDARIES / "steenbergen_gemeente_wgs84.geojson",
            fields,
            kind="municipality",
            must_have="GM0851",
        )

        (area,) = locate(transaction, Spot(4.32, 51.58), asset_id=None, on=TODAY).areas
        assert area.square_metres == pytest.approx(151e6, rel=0.01)

    def test_of_18_neighbourhoods_are_the_same_in_both_frames(self) -> None:
        degrees, metres = (
            read(BOUNDARIES / f"steenbergen_buurten_2022_{frame}.geojson", NEIGHBOURHOODS).areas
            for frame in ("wgs84", "rd28992")
        )

        assert len(degrees) == len(metres) == 18
        assert {area.code for area in degrees} == {area.code for area in metres}
        furthest = max(
            shapely.hausdorff_distance(in_metres(one.shape), in_metres(other.shape))
            for one, other in zip(degrees, metres, strict=True)
        )
        assert furthest < 2

    def test_of_all_345_municipalities_come_in(self, transaction: Transaction) -> None:
        fields = AreaFields(
            code_field="gemeente", name_field="gemeente", code_for={"Steenbergen": "GM0851"}
        )
        path = BOUNDARIES / "nl_gemeenten_2022_wgs84.geojson"

        done = imported(transaction, path, fields, kind="municipality", must_have="GM0851")
        again = imported(transaction, path, fields, kind="municipality", must_have="GM0851")

        assert len(done.added) == 345
        assert (again.number, again.as_they_were) == (None, 345)

    def test_make_villages_in_which_each_centre_lies(self, transaction: Transaction) -> None:
        villages = UnitedAreas.model_validate(
            {
                "area": [
                    {"code": code, "name": code, "made_of": [f"BU0851{one}" for one in parts]}
                    for code, parts in MADE_OF.items()
                ]
            }
        )

        imported(
            transaction,
            BOUNDARIES / "steenbergen_buurten_2022_wgs84.geojson",
            NEIGHBOURHOODS,
            united=villages,
        )

        found = {
            code: [a.code for a in locate(transaction, Spot(*at), asset_id=None, on=TODAY).areas]
            for code, at in CENTRES.items()
        }
        assert found == {code: [code] for code in CENTRES}


def posts() -> list[dict[str, Any]]:
    path = BOUNDARIES / "steenbergen_hectometerpunten_nwb_2020.geojson"
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def roads(features: list[dict[str, Any]]) -> dict[str, list[shapely.Point]]:
    """Return the posts of every road, in metres of the national grid."""
    found: dict[str, list[shapely.Point]] = {}
    for one in features:
        spot = in_metres(shapely.Point(one["geometry"]["coordinates"]))
        assert isinstance(spot, shapely.Point)
        found.setdefault(one["properties"]["wegnaam"], []).append(spot)
    return found


def beside(features: list[dict[str, Any]]) -> list[shapely.Point]:
    """Return spots 60 metres beside the roads, in metres; where roads fork none is beside."""
    lines = [link for spots in roads(features).values() for link in links(spots, 500)]
    whole = shapely.union_all(lines)
    spots = []
    for line in lines:
        (x, y), (to_x, to_y) = line.coords[0], line.coords[-1]
        for side in (60, -60):
            spot = shapely.Point(
                (x + to_x) / 2 - (to_y - y) / line.length * side,
                (y + to_y) / 2 + (to_x - x) / line.length * side,
            )
            if spot.distance(whole) > 59.9:
                spots.append(spot)
    return spots


class TestCorridorsOfEverySecondPost:
    @pytest.fixture
    def whose(self, transaction: Transaction, tmp_path: Path) -> Any:  # noqa: ANN401  # only handed on
        """Agreements for everything here and for the roads; answers whose a spot is."""
        category = a_category(transaction, "wegen.gat")
        imported(
            transaction,
            BOUNDARIES / "steenbergen_gemeente_wgs84.geojson",
            AreaFields(code="GM0851", name_field="gemeente"),
            kind="municipality",
        )
        imported(
            transaction,
            a_file(tmp_path, *posts()[::2]),
            AreaFields(code_field="wegnaam", name_field="wegnaam"),
            kind="road-authority",
            buffer_metres=BUFFER_METRES,
        )
        for code, kind, areas in (
            ("ours", PartyKind.TEAM, [("municipality", "GM0851")]),
            ("rws", PartyKind.AUTHORITY, [("road-authority", "A4")]),
            (
                "province",
                PartyKind.AUTHORITY,
                [("road-authority", "N257"), ("road-authority", "N268")],
            ),
        ):
            party = a_party(transaction, code=code, kind=kind)
            for number, area in enumerate(areas):
                make_agreement(
                    transaction,
                    AgreementToMake(
                        code=f"{code}-{number}",
                        party_id=party.id,
                        category_code=None,
                        area=area,
                        asset_owner_id=None,
                        valid_from=TODAY,
                    ),
                    by=BY_COMMAND,
                    now=NOW,
                )

        def answer(spot: shapely.Point) -> str | None:
            here = from_metres(spot)
            assert isinstance(here, shapely.Point)
            located = locate(transaction, Spot(here.x, here.y), asset_id=None, on=TODAY)
            at = datetime(2026, 11, 24, 12, tzinfo=UTC)
            party = decide(transaction, defect_at(located, category, at=at)).party
            return party.code if party else None

        return answer

    def test_refer_the_posts_left_out_to_the_right_authority(self, whose: Any) -> None:  # noqa: ANN401  # only handed on
        right = {"A4": "rws", "N257": "province", "N268": "province"}

        wrong = [
            one["properties"]["id_wrh"]
            for one in posts()[1::2]
            for spot in roads([one])[one["properties"]["wegnaam"]]
            if whose(spot) != right[one["properties"]["wegnaam"]]
        ]

        # The first hangs over the N257, so it lies in both corridors, and the smaller comes first.
        # The last one of the N257 stands 100 metres beyond the last that was kept.
        assert wrong == ["A4Li 223.5", "N257M 11.3"]

    def test_leave_what_lies_60_metres_beside_to_us(self, whose: Any) -> None:  # noqa: ANN401  # only handed on
        spots = beside(posts()[::2])

        assert len(spots) > 200
        assert {whose(spot) for spot in spots} <= {"ours", None}
        assert sum(whose(spot) == "ours" for spot in spots) > 0.95 * len(spots)
