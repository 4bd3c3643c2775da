"""Planned works are found where they are, while they last, and shown to anyone as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.foundation.database import Transaction
from app.geography.model import Box, Spot
from app.planning.model import Hindrance, PlannedWork, WorkWithoutPlace
from app.planning.operations import (
    current_works,
    plan_works,
    works_geojson,
    works_near,
    works_version,
)
from tests.codebase.tree import CHECKOUT
from tests.makers.statements import statements
from tests.makers.works import a_work

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
HERE = Spot(4.32, 51.58)
#: Degrees of about a metre to the north.
NORTH = 1 / 111_195

_EXAMPLES = CHECKOUT.parent / "shared" / "data" / "works" / "wzdx_examples"


def plan(transaction: Transaction, *works: PlannedWork, now: datetime = NOW) -> None:
    plan_works(transaction, [(work, None) for work in works], now=now)


def near(transaction: Transaction, *, within_metres: float = 100, on: date = TODAY) -> list[str]:
    found = works_near(transaction, HERE, within_metres=within_metres, on=on)
    return [one.work.reference for one in found]


def features(transaction: Transaction, *, box: Box | None = None) -> list[dict[str, Any]]:
    collection = json.loads(works_geojson(transaction, box=box, today=TODAY))
    assert collection["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = collection["features"]
    return found


class TestWorksNear:
    def test_come_nearest_first_by_their_nearest_part(self, transaction: Transaction) -> None:
        plan(
            transaction,
            a_work("POINT", at=(4.32, 51.58 + 50 * NORTH)),
            a_work("LINE", line=((4.30, 51.58 + 20 * NORTH), (4.34, 51.58 + 20 * NORTH))),
            a_work("AREA", area=((4.31, 51.57), (4.33, 51.57), (4.33, 51.59), (4.31, 51.59))),
            a_work("FAR", at=(4.32, 51.58 + 101 * NORTH)),
        )

        found = works_near(transaction, HERE, within_metres=100, on=TODAY)

        assert [one.work.reference for one in found] == ["AREA", "LINE", "POINT"]
        assert [one.distance_metres for one in found] == pytest.approx([0, 20, 50], abs=0.5)

    def test_are_no_more_than_asked_for(self, transaction: Transaction) -> None:
        plan(transaction, *(a_work(f"WORK-{number}") for number in range(5)))

        assert len(works_near(transaction, HERE, within_metres=1, on=TODAY, at_most=3)) == 3

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "is_found"),
        [
            (date(2026, 11, 24), date(2026, 11, 24), True),
            (date(2026, 1, 1), date(2026, 11, 24), True),
            (date(2026, 1, 1), date(2026, 11, 23), False),
            (date(2026, 11, 25), date(2026, 11, 26), True),
            (date(2030, 1, 1), date.max, True),
        ],
        ids=["today alone", "last day", "ended yesterday", "begins tomorrow", "far away in time"],
    )
    def test_count_to_the_end_of_their_last_day(
        self, transaction: Transaction, starts_on: date, ends_on: date, *, is_found: bool
    ) -> None:
        plan(transaction, a_work("WORK", starts_on=starts_on, ends_on=ends_on))

        assert near(transaction) == (["WORK"] if is_found else [])

    def test_ask_one_statement(self, transaction: Transaction) -> None:
        plan(transaction, a_work("WORK"))

        with statements(transaction.connection) as heard:
            near(transaction)

        assert len(heard) == 1


class TestCurrentWorks:
    def test_come_soonest_first_and_not_those_that_are_over(self, transaction: Transaction) -> None:
        plan(
            transaction,
            a_work("LATER", starts_on=date(2027, 1, 1)),
            a_work("NOW", starts_on=date(2026, 11, 1)),
            a_work("OVER", ends_on=date(2026, 11, 23)),
            a_work("SAME-DAY-2", starts_on=date(2026, 12, 1)),
            a_work("SAME-DAY-1", starts_on=date(2026, 12, 1)),
        )

        found = current_works(transaction, box=None, today=TODAY)

        assert [work.reference for work in found] == ["NOW", "SAME-DAY-1", "SAME-DAY-2", "LATER"]
        assert [work.is_under_way(TODAY) for work in found] == [True, False, False, False]
        assert len(current_works(transaction, box=None, today=TODAY, at_most=2)) == 2

    def test_are_those_that_touch_the_box(self, transaction: Transaction) -> None:
        plan(
            transaction,
            a_work("ACROSS", line=((4.0, 51.0), (5.0, 52.0))),
            a_work("INSIDE"),
            a_work("OUTSIDE", at=(6.0, 53.0)),
        )

        found = current_works(transaction, box=Box(4.31, 51.57, 4.33, 51.59), today=TODAY)

        assert {work.reference for work in found} == {"ACROSS", "INSIDE"}

    def test_speak_the_readers_language(self, transaction: Transaction) -> None:
        plan(transaction, a_work("WORK", title_nl="Riool", title_en="Sewer"))

        (work,) = current_works(transaction, box=None, today=TODAY)

        assert [work.title(language) for language in ("nl", "en", "fr")] == [
            "Riool",
            "Sewer",
            "Riool",
        ]
        assert work.description("en") == "The street is opened up."


class TestWorksAsGeojson:
    def test_tell_all_that_is_public(self, transaction: Transaction) -> None:
        plan(transaction, a_work("W-1", line=((4.3, 51.5), (4.4, 51.6))))

        assert features(transaction) == [
            {
                "type": "Feature",
                "id": "W-1",
                "geometry": {"type": "LineString", "coordinates": [[4.3, 51.5], [4.4, 51.6]]},
                "properties": {
                    "title": {"nl": "Nieuwe riolering", "en": "New sewer"},
                    "description": {"nl": "De straat gaat open.", "en": "The street is opened up."},
                    "kind": "sewer",
                    "hindrance": "detour",
                    "startsOn": "2020-01-01",
                    "endsOn": "2099-12-31",
                    "underWay": True,
                    "carriedOutBy": "Aannemer",
                },
            }
        ]

    @pytest.mark.parametrize(
        "words", ['"', "</script>", "\\", "\u2028", "a\nb", "{{ 7*7 }}", "é🚧"]
    )
    def test_carry_any_words_as_they_are(self, transaction: Transaction, words: str) -> None:
        plan(transaction, a_work(f"W{words}", title_nl=words, carried_out_by=words, kind=words))

        (feature,) = features(transaction)

        assert feature["id"] == f"W{words}"
        assert feature["properties"]["title"]["nl"] == words
        assert feature["properties"]["carriedOutBy"] == feature["properties"]["kind"] == words

    @pytest.mark.parametrize("hindrance", list(Hindrance))
    def test_tell_what_passers_by_notice(
        self, transaction: Transaction, hindrance: Hindrance
    ) -> None:
        plan(transaction, a_work("WORK", hindrance=hindrance))

        assert features(transaction)[0]["properties"]["hindrance"] == hindrance
        assert current_works(transaction, box=None, today=TODAY)[0].hindrance is hindrance

    @pytest.mark.parametrize(
        ("starts_on", "is_under_way"), [(TODAY, True), (date(2026, 11, 25), False)]
    )
    def test_tell_whether_it_has_begun(
        self, transaction: Transaction, starts_on: date, *, is_under_way: bool
    ) -> None:
        plan(transaction, a_work("WORK", starts_on=starts_on))

        assert features(transaction)[0]["properties"]["underWay"] is is_under_way


class TestAWorkThatIsPlannedAgain:
    def test_is_renewed_and_not_there_twice(self, transaction: Transaction) -> None:
        plan(transaction, a_work("WORK", title_nl="Eerst"))

        plan(transaction, a_work("WORK", title_nl="Dan", at=(4.4, 51.6), join_groups=("tree",)))

        (work,) = current_works(transaction, box=None, today=TODAY)
        assert (work.title_nl, work.join_groups) == ("Dan", ("tree",))
        assert json.loads(work.geometry)["coordinates"] == [4.4, 51.6]

    def test_changes_the_version_whatever_the_clock_says(self, transaction: Transaction) -> None:
        plan(transaction, a_work("WORK"))
        before = works_version(transaction, today=TODAY)

        plan(transaction, a_work("WORK", title_nl="Dan"), now=datetime(2020, 1, 1, tzinfo=UTC))

        assert works_version(transaction, today=TODAY) != before

    def test_does_not_keep_the_version_over_midnight(self, transaction: Transaction) -> None:
        plan(transaction, a_work("WORK"))

        assert works_version(transaction, today=TODAY) != works_version(
            transaction, today=date(2026, 11, 25)
        )


class TestAWorkThatCannotBe:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)},
            {"geometry": "{}"},
            {"geometry": '{"type": "Point", "coordinates": "here"}'},
        ],
    )
    def test_is_not_kept(self, transaction: Transaction, wrong: dict[str, Any]) -> None:
        with pytest.raises(DBAPIError), transaction.session.begin_nested():
            plan(transaction, a_work("FIRST"), a_work("WRONG", **wrong))

        assert transaction.connection.scalar(text("SELECT count(*) FROM planned_work")) == 0


class TestAWorkThatIsNowhere:
    @pytest.mark.parametrize(
        "geometry",
        [
            '{"type": "Point", "coordinates": []}',
            '{"type": "Polygon", "coordinates": []}',
            '{"type": "GeometryCollection", "geometries": []}',
        ],
    )
    def test_is_refused_and_so_are_those_with_it(
        self, transaction: Transaction, geometry: str
    ) -> None:
        with pytest.raises(WorkWithoutPlace):
            plan(transaction, a_work("FIRST"), a_work("NOWHERE", geometry=geometry))

        assert transaction.connection.scalar(text("SELECT count(*) FROM planned_work")) == 0


def examples() -> Sequence[Path]:
    return sorted(_EXAMPLES.glob("*.geojson"))


@pytest.mark.skipif(not examples(), reason="../shared/data/works/wzdx_examples is not here")
class TestTheShapesOfRealWorks:
    @pytest.mark.parametrize("example", examples(), ids=lambda path: path.stem)
    def test_are_kept_and_told_again(self, transaction: Transaction, example: Path) -> None:
        real = [
            feature["geometry"]
            for feature in json.loads(example.read_text(encoding="utf-8"))["features"]
        ]
        plan(
            transaction,
            *(
                a_work(f"W-{number:02}", geometry=json.dumps(geometry))
                for number, geometry in enumerate(real)
            ),
        )

        told = [feature["geometry"] for feature in features(transaction)]

        assert [one["type"] for one in told] == [one["type"] for one in real]
        longitude, latitude = _first_point(real[0])
        found = works_near(transaction, Spot(longitude, latitude), within_metres=5, on=TODAY)
        assert "W-00" in [one.work.reference for one in found]


def _first_point(geometry: dict[str, Any]) -> tuple[float, float]:
    within = geometry["coordinates"]
    while not isinstance(within[0], float | int):
        within = within[0]
    return within[0], within[1]
