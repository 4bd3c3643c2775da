"""What filling the demo with many reports brings."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.entrypoints.demo.filling import Filled, NoDemoToFill, fill_demo
from app.foundation.provided import Provided
from app.work.model import OPEN_STAGES, CaseStage, Happening
from tests.entrypoints.demo.conftest import NOW, Demo

ALL_RULES = """
    count(*) FROM defect_case AS c WHERE c.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM task WHERE case_id = c.id
        AND stage IN ('offered', 'accepted', 'started', 'on-hold'))
    AND NOT EXISTS (SELECT FROM desk_entry WHERE case_id = c.id AND settled_at IS NULL)
"""


def filled(demo: Demo, *, reports: int = 500, open_share: float = 0.4, seed: int = 7) -> Filled:
    return fill_demo(demo.provided, reports=reports, open_share=open_share, seed=seed, now=NOW)


class TestFillingTheDemo:
    def test_adds_exactly_so_many_reports(self, demo: Demo) -> None:
        before = demo.count("count(*) FROM report")

        added = filled(demo, reports=1_000)

        assert added.reports == 1_000
        assert demo.count("count(*) FROM report") == before + 1_000

    def test_counts_the_cases_it_made(self, demo: Demo) -> None:
        cases = demo.count("count(*) FROM defect_case")
        open_cases = demo.count("count(*) FROM defect_case WHERE closed_at IS NULL")

        added = filled(demo)

        assert demo.count("count(*) FROM defect_case") == cases + added.cases
        assert (
            demo.count("count(*) FROM defect_case WHERE closed_at IS NULL")
            == open_cases + added.open_cases
        )

    def test_leaves_the_asked_share_in_open_cases(self, demo: Demo) -> None:
        added = filled(demo, reports=2_000, open_share=0.5)

        # Some of what would be open was passed on to another authority at once.
        assert 0.4 < added.open_cases / added.cases < 0.55

    @pytest.mark.parametrize("open_share", [0.0, 1.0])
    def test_can_leave_none_or_all_of_them_open(self, demo: Demo, open_share: float) -> None:
        added = filled(demo, reports=300, open_share=open_share)

        assert (added.open_cases > 200) is (open_share == 1.0)
        assert (added.open_cases == 0) is (open_share == 0.0)

    def test_gives_every_report_its_case_task_history_and_decision(self, demo: Demo) -> None:
        filled(demo)

        for table in ("report", "routing_decision", "history_entry"):
            without = demo.count(
                f"count(*) FROM defect_case AS c WHERE NOT EXISTS"
                f" (SELECT FROM {table} WHERE case_id = c.id)"
                + (" AND c.stage <> 'merged'" if table == "report" else "")
            )
            assert without == 0, table
        assert demo.count(ALL_RULES) == 0

    def test_counts_the_reports_of_each_case_right(self, demo: Demo) -> None:
        filled(demo, reports=1_500)

        wrong = demo.count(
            "count(*) FROM defect_case AS c WHERE c.stage <> 'merged' AND c.report_count <>"
            " (SELECT count(*) FROM report WHERE case_id = c.id)"
        )
        assert wrong == 0
        assert demo.count("count(*) FROM defect_case WHERE report_count > 1") > 50

    def test_shows_the_public_what_operations_would_show(self, demo: Demo) -> None:
        filled(demo)

        different = demo.count(
            """
            count(*) FROM defect_case AS c
            JOIN category ON category.code = c.category_code
            LEFT JOIN party ON party.id = c.party_id
            LEFT JOIN public_case AS p ON p.reference = c.reference
            WHERE (p.reference IS NULL)
                  <> (category.public_visibility = 'hidden' OR c.stage = 'merged')
               OR p.stage <> c.stage OR p.party_name IS DISTINCT FROM party.name
                  AND p.reference IS NOT NULL
               OR p.report_count <> c.report_count OR p.due_at <> c.due_at
               OR category.public_visibility = 'exact' AND NOT ST_DWithin(p.spot, c.spot, 0.00001)
               OR category.public_visibility = 'blurred' AND ST_DWithin(p.spot, c.spot, 0)
            """
        )
        assert different == 0

    def test_tells_each_history_in_order_and_nothing_of_the_future(self, demo: Demo) -> None:
        filled(demo)

        assert demo.count(f"count(*) FROM history_entry WHERE at > '{NOW}'") == 0
        out_of_order = demo.count(
            "count(*) FROM history_entry AS earlier JOIN history_entry AS later USING (case_id)"
            " WHERE earlier.id < later.id AND earlier.at > later.at"
        )
        assert out_of_order == 0
        known = {happening.value for happening in Happening}
        assert set(demo.counts("happening", "history_entry")) <= known

    def test_stands_in_every_stage_a_case_can_have(self, demo: Demo) -> None:
        filled(demo, reports=2_000)

        stages = demo.counts("stage", "defect_case")
        assert all(stages[stage] > 5 for stage in (*OPEN_STAGES, CaseStage.RESOLVED))

    def test_knows_near_which_house_nearly_every_case_is(self, demo: Demo) -> None:
        filled(demo)

        cases = demo.count("count(*) FROM defect_case WHERE near_asked_at IS NOT NULL")
        assert cases == demo.count("count(*) FROM defect_case")
        assert demo.count("count(near_address) FROM defect_case") > 0.9 * cases

    def test_has_one_open_case_at_a_lamp_at_most(self, demo: Demo) -> None:
        filled(demo, reports=3_000, open_share=1.0)

        assert demo.count("count(*) FROM defect_case WHERE asset_id IS NOT NULL") > 100

    def test_gives_the_same_reports_with_the_same_seed(self, demo: Demo) -> None:
        shape = text(
            "SELECT md5(string_agg(description || ST_AsText(spot) || received_at, ''"
            " ORDER BY description, spot, received_at)) FROM report"
        )
        made = []
        for seed in (1, 1, 2):
            with demo.connection.begin_nested() as savepoint:
                filled(demo, reports=200, seed=seed)
                made.append(demo.connection.scalar(shape))
                savepoint.rollback()

        assert made[0] == made[1] != made[2]

    def test_needs_the_demo(self, provided: Provided) -> None:
        with pytest.raises(NoDemoToFill):
            fill_demo(provided, reports=10, open_share=0.1, seed=1, now=NOW)

    def test_stops_the_clock_of_every_case_that_waits_for_somebody_else(self, demo: Demo) -> None:
        filled(demo, reports=400)

        waiting = demo.count("count(*) FROM defect_case WHERE stage = 'waiting'")
        stopped = demo.count(
            "count(*) FROM defect_case AS c JOIN clock_stop AS stop ON stop.case_id = c.id"
            " AND stop.ran_on_at IS NULL WHERE c.stage = 'waiting' AND c.waits_until IS NOT NULL"
        )
        assert waiting == stopped > 0
