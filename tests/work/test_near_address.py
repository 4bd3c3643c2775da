"""A case keeps the nearest address: a job asks for it, and lists say the street."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.geography.addresses import AddressBook, NoAddresses
from app.geography.model import Address, Spot
from app.identity.permissions import Role
from app.work.jobs import FIND_MISSING_ADDRESSES, JOBS, find_address, find_missing_addresses
from app.work.model import Case
from app.work.operations.cases import case_by_reference
from app.work.operations.near_address import FIND_ADDRESS
from tests.makers.form_places import an_address
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import HOSTILE, Report, task_paths

#: So far east that another house is nearer.
FURTHER = (IN_DISTRICT[0] + 0.001, IN_DISTRICT[1])
#: Where no house stands within 200 metres.
IN_THE_FIELDS = (IN_DISTRICT[0], IN_DISTRICT[1] + 0.004)


@pytest.fixture(autouse=True)
def houses(provided: Provided, place: SmallMunicipality) -> None:
    """Kerkstraat 54 stands where reports are, Kade 3 further on."""
    with provided.get(Database).transaction() as transaction:
        an_address(transaction, "Kade", "3", FURTHER)
        an_address(transaction, "Kerkstraat", "54", IN_DISTRICT)


def case_with(provided: Provided, reference: str) -> Case:
    with provided.get(Database).transaction() as transaction:
        return case_by_reference(transaction, reference)


def waiting_jobs(connection: Connection) -> Sequence[str]:
    return connection.scalars(
        text("SELECT args ->> 'case_id' FROM procrastinate_jobs WHERE task_name = :name"),
        {"name": FIND_ADDRESS},
    ).all()


def do_jobs(provided: Provided, connection: Connection) -> None:
    for case_id in waiting_jobs(connection):
        find_address(provided, case_id=case_id)


class TestANewCase:
    def test_is_given_its_nearest_address_by_a_job_of_its_own_transaction(
        self, provided: Provided, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        before = case_with(provided, reference)

        do_jobs(provided, connection)

        after = case_with(provided, reference)
        assert (before.near_address, waiting_jobs(connection)) == (None, [str(after.id)])
        assert (after.near_address, after.near_village) == ("Kerkstraat 54", "Steenbergen")
        # Whoever looks at it meanwhile can go on.
        assert after.version == before.version

    def test_that_joins_another_asks_for_no_address_again(
        self, report: Report, place: SmallMunicipality, connection: Connection
    ) -> None:
        for _ in range(2):
            report(category="verlichting.lamp-brandt-niet", asset=str(place.lamp_id))

        assert len(waiting_jobs(connection)) == 1

    def test_in_the_fields_has_none_and_is_not_asked_for_again(
        self, provided: Provided, report: Report, connection: Connection
    ) -> None:
        reference = report(at=IN_THE_FIELDS)["reference"]

        do_jobs(provided, connection)

        asked_at = connection.scalar(
            text("SELECT near_asked_at FROM defect_case WHERE reference = :one"),
            {"one": reference},
        )
        assert case_with(provided, reference).near_address is None
        assert asked_at is not None

    def test_is_without_while_the_register_is_away_and_gets_it_later(
        self, provided: Provided, report: Report, connection: Connection
    ) -> None:
        references = [report()["reference"], report(at=FURTHER)["reference"]]
        book = provided.get(AddressBook)
        provided.put(AddressBook, NoAddresses())
        do_jobs(provided, connection)
        find_missing_addresses(provided)
        meanwhile = [case_with(provided, one).near_address for one in references]
        provided.put(AddressBook, book)

        find_missing_addresses(provided)

        assert meanwhile == [None, None]
        assert [case_with(provided, one).near_address for one in references] == [
            "Kerkstraat 54",
            "Kade 3",
        ]

    def test_whose_job_went_missing_is_found_every_few_minutes(self) -> None:
        assert JOBS[FIND_MISSING_ADDRESSES].every == "*/5 * * * *"

    def test_that_is_gone_when_the_job_is_done_stops_nothing(self, provided: Provided) -> None:
        find_address(provided, case_id="00000000-0000-0000-0000-000000000001")


class TestAMovedCase:
    def test_gets_the_address_of_its_new_place(
        self, desk: Browser, provided: Provided, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        do_jobs(provided, connection)
        here = f"/balie/zaken/{reference}/plek"

        answered = desk.submit(
            here, here, longitude=str(FURTHER[0]), latitude=str(FURTHER[1]), reason="mistake"
        )
        moved = case_with(provided, reference)
        do_jobs(provided, connection)

        assert answered.status_code == 303
        assert moved.near_address is None
        assert case_with(provided, reference).near_address == "Kade 3"

    def test_keeps_nothing_that_was_asked_for_its_old_place(
        self, provided: Provided, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        book = provided.get(AddressBook)

        class MovedMeanwhile:
            """Somebody moves the pin between the question and the answer."""

            def nearest(self, spot: Spot) -> Address | None:
                connection.execute(
                    text(
                        "UPDATE defect_case SET spot = ST_SetSRID(ST_MakePoint(:x, :y), 4326)"
                        " WHERE reference = :one"
                    ),
                    {"x": FURTHER[0], "y": FURTHER[1], "one": reference},
                )
                return book.nearest(spot)

            def is_away(self) -> bool:
                return False

        provided.put(AddressBook, MovedMeanwhile())
        do_jobs(provided, connection)

        assert case_with(provided, reference).near_address is None


class TestTheStreet:
    @pytest.fixture
    def kept(self, provided: Provided, report: Report, connection: Connection) -> str:
        """The number of a report near Kerkstraat 54, beside one in the fields."""
        reference: str = report()["reference"]
        report("Tegel in het veld", at=IN_THE_FIELDS)
        do_jobs(provided, connection)
        return reference

    @pytest.mark.parametrize("path", ["/beheer/zaken", "/balie"])
    def test_stands_on_the_lists_of_the_desk(
        self, desk: Browser, connection: Connection, kept: str, path: str
    ) -> None:
        connection.execute(
            text(
                "INSERT INTO desk_entry (id, case_id, reason, details, raised_at)"
                " SELECT gen_random_uuid(), id, 'remark', '{}', now() FROM defect_case"
            )
        )

        page = desk.get(path).text

        assert page.count("bij Kerkstraat 54") == 1
        assert "4651 AA" not in page

    @pytest.mark.parametrize("path", ["/werk", "/berichten"])
    def test_stands_on_the_lists_of_a_crew(self, crew: Browser, kept: str, path: str) -> None:
        assert crew.get(path).text.count("bij Kerkstraat 54") == 1

    def test_stands_where_a_team_lead_divides_the_work(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality, kept: str
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.TEAM_LEAD, party_id=place.team_id)

        assert signed_in(web, account).get("/werk/ploeg").text.count("bij Kerkstraat 54") == 1

    def test_stands_with_what_is_done_in_the_same_go(
        self,
        crew: Browser,
        report: Report,
        provided: Provided,
        connection: Connection,
        kept: str,
    ) -> None:
        report("Ernaast", at=(IN_DISTRICT[0] + 0.0001, IN_DISTRICT[1]))
        do_jobs(provided, connection)
        pages = [crew.get(one).text for one in task_paths(crew)]

        (beside,) = (page for page in pages if ">Ernaast<" in page)
        assert f"{kept} · bij Kerkstraat 54 · " in beside

    def test_stands_in_what_would_happen_to_many_at_once(self, desk: Browser, kept: str) -> None:
        hidden = desk.hidden("/beheer/zaken", "/beheer/zaken/samen")

        page = desk.send(
            "/beheer/zaken/samen/voorbeeld",
            hidden,
            zaak=[kept],
            wat="close",
            reason="not-public-space",
        ).text

        assert "bulk-lines" in page
        assert "bij Kerkstraat 54" in page

    def test_stands_on_the_pages_of_the_case_and_its_task(
        self, desk: Browser, crew: Browser, kept: str, provided: Provided
    ) -> None:
        # What is kept is shown, whoever is away.
        provided.put(AddressBook, NoAddresses())
        task = next(one for one in task_paths(crew) if "Kerkstraat" in crew.get(one).text)

        assert "bij Kerkstraat 54, Steenbergen" in desk.get(f"/balie/zaken/{kept}").text
        assert "bij Kerkstraat 54, Steenbergen" in crew.get(task).text

    def test_is_text_whatever_the_register_says(
        self, desk: Browser, kept: str, connection: Connection
    ) -> None:
        connection.execute(
            text("UPDATE defect_case SET near_address = :said WHERE reference = :kept"),
            {"said": HOSTILE, "kept": kept},
        )

        page = desk.get("/beheer/zaken").text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_has_a_column_in_the_file_with_the_village_priority_and_cause_by_name(
        self, desk: Browser, connection: Connection, kept: str
    ) -> None:
        connection.execute(
            text(
                """
                INSERT INTO area (kind, code, name, shape, valid_from, source)
                SELECT 'village', 'dint', 'Dinteloord', shape, valid_from, source
                FROM area WHERE kind = 'team-district' LIMIT 1
                """
            )
        )
        connection.execute(
            text(
                "INSERT INTO choice (code, list, name_nl, name_en)"
                " VALUES ('wortels', 'cause', 'Boomwortels', 'Tree roots')"
            )
        )
        connection.execute(
            text(
                "UPDATE defect_case SET priority = 'high', cause = 'wortels',"
                " areas = ARRAY['team-district:zuid', 'village:dint'] WHERE reference = :kept"
            ),
            {"kept": kept},
        )

        with statements(connection) as heard:
            rows = desk.get("/beheer/zaken/lijst.csv").text.splitlines()

        line = next(row for row in rows if kept in row)
        assert "Adres in de buurt" in rows[0]
        assert "Dinteloord;Kerkstraat 54;" in line
        assert "Hoog;Boomwortels;" in line
        assert len(heard) == 2, heard

    def test_is_not_for_the_public(self, connection: Connection, kept: str) -> None:
        told = connection.scalar(
            text("SELECT row_to_json(public_case)::text FROM public_case WHERE reference = :kept"),
            {"kept": kept},
        )

        assert told is not None
        assert "Kerkstraat" not in told
