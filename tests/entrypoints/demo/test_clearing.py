"""What is left when the demo is cleared."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.entrypoints.demo.clearing import NoDemoHere, clear_demo
from app.entrypoints.demo.filling import fill_demo
from app.entrypoints.demo.loading import load_demo
from app.entrypoints.tables import METADATA
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.intake.model import Channel, Language, NewReport
from app.reception.operations import receive_report
from tests.entrypoints.demo.conftest import NOW, Demo

#: Where unclear reports go, which the migrations put there, and the count of public changes.
OF_THE_MIGRATIONS = {"category", "category_keyword", "table_change", "working_day"}


def rows_left(demo: Demo) -> dict[str, int]:
    left = {table: demo.count(f"count(*) FROM {table}") for table in METADATA.tables}
    return {table: rows for table, rows in left.items() if rows}


def a_report_of_a_person(demo: Demo) -> str:
    with demo.provided.get(Database).transaction() as transaction:
        lamp = transaction.connection.scalar(
            text(
                "SELECT asset.id FROM asset WHERE kind = 'lamp-post' AND owner_party_id IS NULL"
                " AND NOT EXISTS (SELECT FROM defect_case WHERE asset_id = asset.id)"
                " ORDER BY number LIMIT 1"
            )
        )
        spot = transaction.connection.execute(
            text("SELECT ST_X(spot) AS x, ST_Y(spot) AS y FROM asset WHERE id = :id"), {"id": lamp}
        ).one()
        received = receive_report(
            transaction,
            NewReport(
                description="De lamp voor mijn huis is echt kapot.",
                longitude=spot.x,
                latitude=spot.y,
                channel=Channel.WEB,
                category="verlichting.lamp-brandt-niet",
                asset_id=lamp,
                language=Language.DUTCH,
            ),
            municipality_code=demo.provided.get(Settings).municipality_code,
            now=NOW,
        )
        return received.report.reference


class TestClearingTheDemo:
    def test_leaves_nothing_of_it(self, demo: Demo, credentials_file: Path) -> None:
        fill_demo(demo.provided, reports=500, open_share=0.3, seed=1, now=NOW)

        gone, stayed = clear_demo(demo.provided)

        # Public holidays are of the country, not of the demo.
        assert set(rows_left(demo)) <= OF_THE_MIGRATIONS | {"day_off"}
        assert gone["report"] == 620
        assert stayed == {}

    def test_takes_the_file_with_the_sign_ins(self, demo: Demo, credentials_file: Path) -> None:
        clear_demo(demo.provided)

        assert not credentials_file.exists()

    def test_has_the_files_of_its_photos_erased_after_the_commit(
        self, demo: Demo, credentials_file: Path
    ) -> None:
        photos = demo.count("count(*) FROM photo")

        clear_demo(demo.provided)

        erased = demo.count(
            "sum(jsonb_array_length(args -> 'storage_keys')) FROM procrastinate_jobs"
            " WHERE task_name = 'photos.erase_files'"
        )
        assert erased == photos

    def test_leaves_a_persons_report_with_all_it_needs(
        self, demo: Demo, credentials_file: Path
    ) -> None:
        reference = a_report_of_a_person(demo)

        _, stayed = clear_demo(demo.provided)

        kept = demo.connection.execute(
            text(
                "SELECT c.category_code, party.code AS party, asset.number FROM report AS r"
                " JOIN defect_case AS c ON c.id = r.case_id JOIN party ON party.id = c.party_id"
                " JOIN asset ON asset.id = c.asset_id WHERE r.reference = :reference"
            ),
            {"reference": reference},
        ).one()
        assert (kept.category_code, kept.party) == ("verlichting.lamp-brandt-niet", "lichtwacht")
        assert demo.count("count(*) FROM report") == 1
        assert stayed["asset"] == 1

    def test_can_be_followed_by_loading_it_again(self, demo: Demo, credentials_file: Path) -> None:
        clear_demo(demo.provided)

        again = load_demo(demo.provided, now=NOW)

        assert (again.reports, again.was_there_already) == (120, False)

    def test_lets_the_history_only_grow_again_afterwards(
        self, demo: Demo, credentials_file: Path
    ) -> None:
        clear_demo(demo.provided)

        enabled = demo.connection.scalar(
            text("SELECT tgenabled FROM pg_trigger WHERE tgname = 'history_entry_only_grows'")
        )
        assert enabled == "A"

    def test_is_refused_where_there_is_no_demo(self, provided: Provided) -> None:
        with pytest.raises(NoDemoHere):
            clear_demo(provided)


def test_an_account_that_a_person_made_is_not_of_the_demo(
    demo: Demo, credentials_file: Path
) -> None:
    demo.connection.execute(
        text(
            "INSERT INTO party (id, code, name, kind, is_demo)"
            " VALUES (:id, 'eigen', 'Eigen ploeg', 'team', false)"
        ),
        {"id": uuid4()},
    )

    clear_demo(demo.provided)

    assert demo.count("count(*) FROM party") == 1
