"""What the demo municipality holds."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.entrypoints.demo.loading import InUse, load_demo
from app.entrypoints.web import create_app
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from app.identity.permissions import ROLES_OF_A_PARTY, ROLES_WITH_SECOND_FACTOR, Role
from app.work.model import OPEN_STAGES, CaseStage, DeskReason, TaskStage
from tests.entrypoints.demo.conftest import NOW, Demo
from tests.makers.people import a_party

#: In the harbour of Steenbergen, and in a street of the same town.
IN_THE_HARBOUR = (4.3150, 51.58635)
IN_THE_STREET = (4.3194, 51.5842)


class TestTheDemo:
    def test_has_the_six_villages_and_the_outline(self, demo: Demo) -> None:
        kinds = demo.counts("kind", "area")

        assert (kinds["municipality"], kinds["village"], kinds["team-district"]) == (1, 6, 2)

    def test_has_8_main_and_33_inner_categories_each_with_a_norm(self, demo: Demo) -> None:
        main = demo.count("count(*) FROM category WHERE parent_code IS NULL")
        inner = demo.count("count(*) FROM category WHERE norm_amount > 0")

        assert (main, inner) == (8, 33)

    def test_has_teams_a_contractor_and_the_other_authorities(self, demo: Demo) -> None:
        assert demo.counts("kind", "party") == {"team": 3, "contractor": 2, "authority": 3}

    def test_has_300_lamp_posts_200_bins_and_12_works(self, demo: Demo) -> None:
        assert demo.counts("kind", "asset") == {"lamp-post": 300, "bin": 200}
        assert demo.count("count(*) FROM planned_work") == 12

    def test_numbers_what_stands_along_a_street_in_that_street_alone(self, demo: Demo) -> None:
        numbers = demo.count("count(DISTINCT number) FROM asset WHERE kind = 'lamp-post'")

        assert demo.count("count(*) FROM asset WHERE street = ''") == 0
        assert numbers < 60

    def test_gives_the_water_board_its_water_and_nothing_beside_it(self, demo: Demo) -> None:
        ditch, tile = (
            demo.party_at(IN_THE_HARBOUR, category)
            for category in ("water.sloot-of-oever", "wegen.losse-tegel")
        )

        assert (ditch, tile) == ("Waterschap Brabantse Delta", "Buitendienst zuid")
        assert demo.party_at(IN_THE_STREET, "water.sloot-of-oever") == "Buitendienst zuid"
        passed_on = "category_code = 'water.sloot-of-oever' AND stage = 'referred'"
        assert demo.count(f"count(*) FROM defect_case WHERE {passed_on}") >= 2

    def test_knows_near_which_house_nearly_every_case_is(self, demo: Demo) -> None:
        cases = demo.count("count(*) FROM defect_case")

        assert demo.count("count(*) FROM defect_case WHERE near_asked_at IS NOT NULL") == cases
        assert demo.count("count(near_address) FROM defect_case") > 0.9 * cases
        assert demo.count("count(DISTINCT near_street) FROM defect_case") > 10

    def test_says_how_the_other_authorities_are_reached(self, demo: Demo) -> None:
        reached = "phone <> '' AND email LIKE '%.example' AND web_form LIKE 'https://%.example/%'"

        assert demo.count(f"count(*) FROM party WHERE kind = 'authority' AND {reached}") == 3

    def test_has_120_reports_of_the_last_90_days_in_all_stages(self, demo: Demo) -> None:
        stages = demo.counts("stage", "defect_case")

        assert demo.count("count(*) FROM report") == 120
        assert demo.count(f"count(*) FROM report WHERE received_at >= '{NOW}'") == 0
        assert (
            demo.count(
                f"count(*) FROM report WHERE received_at < timestamptz '{NOW}' - interval '91 days'"
            )
            == 0
        )
        assert set(stages) == set(CaseStage)
        assert set(demo.counts("stage", "task")) == set(TaskStage)

    def test_shows_the_desk_what_it_is_for(self, demo: Demo) -> None:
        waiting = demo.counts("reason", "desk_entry WHERE settled_at IS NULL")

        assert {
            DeskReason.NOBODY_RESPONSIBLE,
            DeskReason.DECLINED,
            DeskReason.UNSURE_CATEGORY,
            DeskReason.POSSIBLE_DUPLICATE,
        } <= set(waiting)

    def test_has_one_lamp_that_three_people_reported(self, demo: Demo) -> None:
        assert demo.count(
            "count(*) FROM defect_case WHERE asset_id IS NOT NULL AND report_count >= 3"
        )

    def test_has_photos_at_reports_and_at_repairs(self, demo: Demo) -> None:
        purposes = demo.counts("purpose", "photo")

        assert purposes["report"] > 40
        assert purposes["repair"] > 5
        assert demo.count("max(size_bytes) FROM photo") < 100_000

    def test_tells_nothing_that_has_not_happened_yet(self, demo: Demo) -> None:
        assert demo.count(f"count(*) FROM history_entry WHERE at > '{NOW}'") == 0
        assert demo.count(f"count(*) FROM defect_case WHERE changed_at > '{NOW}'") == 0

    def test_tells_every_history_in_the_order_in_which_it_happened(self, demo: Demo) -> None:
        out_of_order = demo.count(
            "count(*) FROM history_entry AS earlier JOIN history_entry AS later USING (case_id)"
            " WHERE earlier.id < later.id AND earlier.at > later.at"
        )

        assert out_of_order == 0

    def test_leaves_every_open_case_with_a_task_or_at_the_desk(self, demo: Demo) -> None:
        alone = demo.count(
            "count(*) FROM defect_case AS c WHERE c.closed_at IS NULL"
            " AND NOT EXISTS (SELECT FROM task WHERE case_id = c.id"
            "  AND stage IN ('offered', 'accepted', 'started', 'on-hold'))"
            " AND NOT EXISTS (SELECT FROM desk_entry WHERE case_id = c.id AND settled_at IS NULL)"
        )

        assert alone == 0

    def test_is_loaded_once(self, demo: Demo) -> None:
        again = load_demo(demo.provided, now=NOW)

        assert again.was_there_already
        assert demo.count("count(*) FROM report") == 120

    def test_keeps_out_of_a_database_that_is_in_use(
        self, provided: Provided, transaction: Transaction
    ) -> None:
        a_party(transaction)

        with pytest.raises(InUse):
            load_demo(provided, now=NOW)


class TestTheDemosSignIns:
    def test_are_in_a_file_that_only_its_owner_reads(
        self, demo: Demo, credentials_file: Path
    ) -> None:
        assert demo.loaded.credentials == str(credentials_file)
        assert stat.S_IMODE(credentials_file.stat().st_mode) == 0o600

    def test_have_the_promised_shape(self, demo: Demo, credentials_file: Path) -> None:
        told = json.loads(credentials_file.read_text())

        assert set(told) == {"staff", "partners"}
        plain = {"email", "password", "role", "party"}
        assert all(set(one) - {"one_time_key"} == plain for one in told["staff"])
        with_key = {one["role"] for one in told["staff"] if "one_time_key" in one}
        assert with_key == ROLES_WITH_SECOND_FACTOR
        assert all(set(one) == {"client_id", "client_secret", "party"} for one in told["partners"])
        assert {one["role"] for one in told["staff"]} == set(Role)
        assert {one["role"] for one in told["staff"] if one["party"]} == ROLES_OF_A_PARTY
        parties = set(demo.connection.scalars(text("SELECT code FROM party")))
        assert {one["party"] for one in told["staff"] if one["party"]} <= parties
        assert {one["party"] for one in told["partners"]} <= parties

    def test_have_a_password_each_that_is_nowhere_in_the_database(
        self, demo: Demo, credentials_file: Path
    ) -> None:
        staff = json.loads(credentials_file.read_text())["staff"]
        passwords = {one["password"] for one in staff}

        assert len(passwords) == len(staff)
        assert all(len(password) >= 16 for password in passwords)
        hashes = demo.connection.scalars(text("SELECT password_hash FROM account")).all()
        assert not any(password in kept for password in passwords for kept in hashes)


class TestThePublicMapOfTheDemo:
    @pytest.fixture
    def visitor(self, demo: Demo) -> FlaskClient:
        application = create_app(demo.provided)
        application.testing = True
        return application.test_client()

    @pytest.mark.parametrize("stage", sorted(set(CaseStage) - {CaseStage.MERGED}))
    def test_shows_every_stage_but_what_joined_another(
        self, visitor: FlaskClient, stage: CaseStage
    ) -> None:
        shown = visitor.get(f"/map/cases.geojson?status={stage}").get_json()["features"]

        assert shown

    def test_shows_what_is_open_when_nothing_is_asked(self, visitor: FlaskClient) -> None:
        shown = visitor.get("/map/cases.geojson").get_json()["features"]

        assert {one["properties"]["status"] for one in shown} == set(OPEN_STAGES)

    def test_shows_planned_works(self, visitor: FlaskClient) -> None:
        assert len(visitor.get("/map/works.geojson").get_json()["features"]) >= 8
