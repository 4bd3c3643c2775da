"""What was passed on to another authority, on the desk's pages: no day is promised for it."""

from __future__ import annotations

import re

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.work.model import DeskReason
from app.work.operations.cases import case_by_reference
from app.work.operations.desk_list import raise_at_desk
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY
from tests.makers.sign_ins import Browser
from tests.work.conftest import Report


class TestWhatWasPassedOn:
    def test_has_no_day_on_its_page_and_its_task_was_passed_on(
        self, desk: Browser, report: Report
    ) -> None:
        ours = desk.get(f"/balie/zaken/{report(at=IN_DISTRICT)['reference']}").text

        page = desk.get(f"/balie/zaken/{report(at=ON_MOTORWAY)['reference']}").text

        assert re.search(r"17:00 \((nog|over) \d+ dagen\)", ours)
        assert "17:00 (" not in page
        assert "Zij bepalen zelf wanneer. Wij hebben geen dag beloofd." in page
        assert "<strong>Rijkswaterstaat</strong> · Doorgestuurd" in page
        assert "Te doen" not in page
        assert "Dit is een weg van Rijkswaterstaat: A4." in page

    def test_has_no_day_on_the_desks_list_either(
        self, desk: Browser, report: Report, provided: Provided
    ) -> None:
        lists = []
        for at in (IN_DISTRICT, ON_MOTORWAY):
            reference = report(at=at)["reference"]
            with provided.get(Database).transaction() as transaction:
                found = case_by_reference(transaction, reference)
                now = provided.get(Clock).now()
                raise_at_desk(transaction, found.id, DeskReason.REMARK, details={}, now=now)
            lines = desk.get("/balie").text.split('<li class="card desk-line">')
            (line,) = [one for one in lines if reference in one]
            lists.append("afgesproken:" in line)

        assert lists == [True, False]
