"""Joining what hardly is one defect: the page says what differs and asks, alone and in bulk."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.geography.model import Spot
from app.geography.rules import metres_between
from app.work.rules import HARDLY_ONE_DEFECT_METRES, doubts_about_joining
from tests.makers.cases import a_case
from tests.makers.places import IN_DISTRICT
from tests.makers.sign_ins import Browser
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report
from tests.work.test_office_bulk import do, press_do, preview, stage

#: About 70 metres, and 2 kilometres to the east.
NEAR = (IN_DISTRICT[0] + 0.001, IN_DISTRICT[1])
FAR = (IN_DISTRICT[0] + 0.03, IN_DISTRICT[1])


@pytest.fixture
def tile(report: Report) -> str:
    """The number of the case that the others would join."""
    return str(report()["reference"])


def join(desk: Browser, one: str, other: str, **more: str) -> tuple[int, str]:
    page = f"/balie/zaken/{one}"
    answered = desk.submit(page, f"{page}/samenvoegen", other=other, **more)
    return answered.status_code, answered.text


class TestJoiningWhatHardlyIsOneDefect:
    @pytest.mark.parametrize(
        ("at", "category", "said", "not_said"),
        [
            (FAR, "wegen.losse-tegel", "Ze liggen 2,1 km uit elkaar.", "verschillende soorten"),
            (NEAR, "overig.anders", "Het zijn verschillende soorten", "uit elkaar"),
        ],
    )
    def test_asks_first_and_says_what_differs(
        self,
        desk: Browser,
        report: Report,
        tile: str,
        connection: Connection,
        at: tuple[float, float],
        category: str,
        said: str,
        not_said: str,
    ) -> None:
        other = report(f"Wespen {HOSTILE}", at=at, category=category)["reference"]

        status, page = join(desk, other, tile)

        assert status == 200
        assert "Gaan deze over hetzelfde?" in page
        assert said in page
        assert not_said not in page
        assert HOSTILE not in page
        assert stage(connection, other) != "merged"
        happened = connection.scalars(text("SELECT happening FROM history_entry")).all()
        assert "merged" not in happened

    def test_costs_the_same_however_many_reports_there_are(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Wespen", at=FAR)["reference"]
        path = f"/balie/zaken/{other}/samenvoegen"
        form = desk.hidden(f"/balie/zaken/{other}", path)
        with statements(connection) as of_one:
            desk.send(path, form, other=tile)
        for number in range(4):
            report(f"Ook {number}", sameAs=tile)
        with statements(connection) as of_many:
            asked = desk.send(path, form, other=tile)

        assert "Gaan deze over hetzelfde?" in asked.text
        assert len(of_one) == len(of_many) <= 32

    def test_is_done_once_somebody_says_so(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Wespen", at=FAR, category="overig.anders")["reference"]
        path = f"/balie/zaken/{other}/samenvoegen"
        page = desk.submit(f"/balie/zaken/{other}", path, other=tile).text
        form = fields_of(page, path, button="Toch samenvoegen")

        answered = desk.send(path, form, sure=["kind", "place"])

        assert (answered.status_code, answered.location) == (303, f"/balie/zaken/{tile}")
        assert stage(connection, other) == "merged"

    def test_asks_again_where_only_half_of_it_was_answered(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Wespen", at=FAR, category="overig.anders")["reference"]

        status, page = join(desk, other, tile, sure="kind")

        assert status == 200
        assert "Gaan deze over hetzelfde?" in page
        assert stage(connection, other) == "assigned"

    def test_that_is_not_done_after_all_leads_back_with_the_number(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Wespen", at=FAR)["reference"]

        status, page = join(desk, other, tile, back="yes")

        assert status == 200
        assert f'value="{tile}"' in page
        assert "Wat doet u?" in page
        assert stage(connection, other) == "assigned"

    def test_of_somebody_who_was_late_is_412(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Wespen", at=FAR)["reference"]
        page, path = f"/balie/zaken/{other}", f"/balie/zaken/{other}/samenvoegen"
        form = fields_of(desk.submit(page, path, other=tile).text, path, button="Toch")
        desk.submit(page, f"{page}/wegen", priority="high")

        late = desk.send(path, form, sure=["place"])

        assert late.status_code == 412
        assert "Prioriteit: hoog" in late.text
        assert stage(connection, other) == "assigned"

    def test_asks_nothing_where_kind_and_place_agree(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        other = report("Nog een", at=NEAR)["reference"]

        status, _ = join(desk, other, tile)

        assert status == 303
        assert stage(connection, other) == "merged"

    def test_says_that_it_is_impossible_before_it_asks(
        self, desk: Browser, report: Report, tile: str
    ) -> None:
        other = report("Wespen", at=FAR)["reference"]
        page = f"/balie/zaken/{tile}"
        desk.submit(page, f"{page}/sluiten", reason="already-fixed")

        status, shown = join(desk, other, tile)

        assert status == 409
        assert "Die melding is niet meer open." in shown


def fields_of(page: str, action: str, *, button: str) -> dict[str, str]:
    """Return the hidden fields of the form with this action and button."""
    forms = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    (form,) = (one for one in forms if button in one)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found if name != "sure"}


class TestJoiningSeveralAtOnce:
    def test_marks_those_that_differ_and_leaves_them_out_unless_somebody_says_so(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        alike, wasps = (
            report("Nog een", at=NEAR)["reference"],
            report("Wespen", at=FAR, category="overig.anders")["reference"],
        )

        shown = preview(desk, [tile, alike, wasps], wat="merge", into=tile).text
        done = desk.get(press_do(desk, shown, differing="niet").location).text

        assert shown.count("Let op: een andere soort, 2,1 km verderop.") == 1
        assert "1 melding verschilt van de melding waar ze bij zou horen" in shown
        assert (stage(connection, alike), stage(connection, wasps)) == ("merged", "assigned")
        assert "Ze is overgeslagen." in done

    def test_joins_those_too_when_somebody_says_so(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        wasps = report("Wespen", at=FAR)["reference"]

        do(desk, [tile, wasps], wat="merge", into=tile)

        assert stage(connection, wasps) == "merged"

    def test_joins_nothing_that_was_not_shown_as_different(
        self, desk: Browser, report: Report, tile: str, connection: Connection
    ) -> None:
        wasps, bees = (report(one, at=FAR)["reference"] for one in ("Wespen", "Bijen"))
        shown = preview(desk, [tile, wasps, bees], wat="merge", into=tile).text
        forged = shown.replace(f'name="anders" value="{bees}"', 'name="anders" value="\x00"')

        press_do(desk, forged)

        assert (stage(connection, wasps), stage(connection, bees)) == ("merged", "assigned")

    def test_asks_nothing_where_kind_and_place_agree(
        self, desk: Browser, report: Report, tile: str
    ) -> None:
        alike = report("Nog een", at=NEAR)["reference"]

        shown = preview(desk, [tile, alike], wat="merge", into=tile).text

        assert "Let op" not in shown
        assert 'name="verschil"' not in shown


class TestDoubts:
    @given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.booleans())
    def test_are_the_same_from_either_side_and_none_where_kind_and_place_agree(
        self, east: float, north: float, is_other: bool
    ) -> None:
        one = a_case()
        other = a_case(
            longitude=one.longitude + east,
            latitude=one.latitude + north,
            category_group="another" if is_other else one.category_group,
        )
        apart = metres_between(
            Spot(one.longitude, one.latitude), Spot(other.longitude, other.latitude)
        )

        doubts = doubts_about_joining(one, other)

        assert doubts.words == doubts_about_joining(other, one).words
        assert ("kind" in doubts.words) == is_other
        assert ("place" in doubts.words) == (apart > HARDLY_ONE_DEFECT_METRES)
        assert bool(doubts) == bool(doubts.words)
