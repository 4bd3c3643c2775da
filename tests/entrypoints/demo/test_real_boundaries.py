"""Real boundaries in place of the demo's own: reports go on to whom they belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.entrypoints.import_commands import import_
from app.foundation.database import Database
from app.geography.model import AgreementsWouldEnd, OutsideServiceArea
from app.intake.model import Channel, NewReport
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from tests.entrypoints.demo.conftest import NOW, Demo

BOUNDARIES = Path(__file__).resolve().parents[4] / "shared" / "data" / "boundaries"

pytestmark = pytest.mark.skipif(
    not BOUNDARIES.is_dir(), reason=f"there are no real boundaries in {BOUNDARIES}"
)

STATISTICS = ("--code-field", "statcode", "--name-field", "statnaam")


def imported(demo: Demo, name: str, *words: str) -> Result:
    result = CliRunner().invoke(
        import_, ["areas", str(BOUNDARIES / name), *words], obj=demo.provided
    )
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def real(demo: Demo) -> Demo:
    """The demo with the real outline and the real villages."""
    imported(
        demo,
        "steenbergen_gemeente_wgs84.geojson",
        *("--kind", "municipality", "--code", "GM0851", "--name-field", "gemeente"),
    )
    imported(
        demo,
        "steenbergen_wijken_2024_wgs84.geojson",
        *("--kind", "village", "--name-pattern", r"Wijk \d+ (.*)", *STATISTICS),
    )
    return demo


def received(demo: Demo, category: str, longitude: float, latitude: float) -> ReceivedReport:
    with demo.provided.get(Database).transaction() as transaction:
        return receive_report(
            transaction,
            NewReport(
                description="Hier is iets kapot.",
                longitude=longitude,
                latitude=latitude,
                channel=Channel.MOBILE,
                category=category,
            ),
            municipality_code="GM0851",
            now=NOW,
        )


class TestRealBoundaries:
    @pytest.mark.parametrize(
        ("category", "spot", "village", "party"),
        [
            ("verlichting.lamp-brandt-niet", (4.36944, 51.635), "Dinteloord", "lichtwacht"),
            ("wegen.losse-tegel", (4.40972, 51.56917), "Kruisland", "buiten-zuid"),
            ("wegen.losse-tegel", (4.36944, 51.635), "Dinteloord", "buiten-noord"),
            ("groen.maaien", (4.21806, 51.59), "Nieuw-Vossemeer", "groen"),
            ("afval.zwerfafval", (4.3200, 51.5954), "Steenbergen", "rijkswaterstaat"),
        ],
    )
    def test_let_every_report_go_where_it_went(
        self,
        real: Demo,
        category: str,
        spot: tuple[float, float],
        village: str,
        party: str,
    ) -> None:
        report = received(real, category, *spot)

        assert report.party is not None
        assert report.party["code"] == party
        assert [area["name"] for area in report.areas if area["kind"] == "village"] == [village]

    def test_refuse_what_lies_in_the_next_village(self, real: Demo) -> None:
        with pytest.raises(OutsideServiceArea):
            received(real, "wegen.losse-tegel", 4.2893, 51.4946)

    def test_are_five_villages_in_use_and_the_demos_six_as_history(self, real: Demo) -> None:
        in_use = real.counts("is_demo::text", "area WHERE kind = 'village' AND valid_until IS NULL")
        ended = real.counts(
            "is_demo::text", "area WHERE kind = 'village' AND valid_until IS NOT NULL"
        )

        assert (in_use, ended) == ({"false": 5}, {"true": 6})

    def test_are_the_same_in_both_frames(self, demo: Demo) -> None:
        centres = text(
            "SELECT code, round(ST_X(ST_Centroid(shape))::numeric, 4),"
            " round(ST_Y(ST_Centroid(shape))::numeric, 4)"
            " FROM area WHERE kind = 'neighbourhood' AND valid_until IS NULL ORDER BY code"
        )
        said, found = [], []
        for frame in ("rd28992", "wgs84"):
            result = imported(
                demo,
                f"steenbergen_buurten_2022_{frame}.geojson",
                *("--kind", "neighbourhood", *STATISTICS),
            )
            said.append(result.output)
            found.append(demo.connection.execute(centres).all())

        assert found[0] == found[1]
        assert len(found[0]) == 18
        assert "18 new" in said[0]
        assert "All 18 areas of kind neighbourhood are as they were." in said[1]

    def test_of_roads_take_the_place_of_the_demos_with_the_codes_of_its_agreements(
        self, demo: Demo
    ) -> None:
        named = ("--code-field", "wegnaam", "--name-field", "wegnaam", "--buffer-metres", "50")
        roads = ("steenbergen_hectometerpunten_nwb_2020.geojson", "--kind", "road-authority")
        theirs = CliRunner().invoke(
            import_, ["areas", str(BOUNDARIES / roads[0]), *roads[1:], *named], obj=demo.provided
        )

        result = imported(
            demo,
            *roads,
            *named,
            *("--code-for", "A4=a4", "--code-for", "N257=n257", "--code-for", "N268=n268"),
        )

        assert isinstance(theirs.exception, AgreementsWouldEnd)
        assert "3 changed: a4, n257, n268." in result.output
        assert "no longer count" not in result.output
        assert demo.party_at((4.39634, 51.64301), "afval.zwerfafval") == "Rijkswaterstaat"

    def test_know_every_municipality_so_a_reporter_is_told_which_one_it_is(
        self, demo: Demo
    ) -> None:
        imported(
            demo,
            "nl_gemeenten_2022_wgs84.geojson",
            *("--kind", "municipality", "--code-field", "gemeente", "--name-field", "gemeente"),
            *("--code-for", "Steenbergen=GM0851"),
        )

        with pytest.raises(OutsideServiceArea, match="Bergen op Zoom"):
            received(demo, "wegen.losse-tegel", 4.2893, 51.4946)

    def test_say_which_agreements_no_longer_count(self, demo: Demo) -> None:
        result = imported(
            demo,
            "steenbergen_wijken_2024_wgs84.geojson",
            *("--kind", "team-district", "--even-if-agreements-end", *STATISTICS),
        )

        assert "team-district noord, team-district zuid" in result.output
