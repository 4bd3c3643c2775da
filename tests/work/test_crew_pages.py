"""`/werk` over HTTP: what a crew sees of its own party's tasks, and what it can do."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from app.photos.storage import PhotoStore
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.photos.pictures import a_jpeg
from tests.work.conftest import HOSTILE, Report, task_paths


@pytest.fixture
def task(crew: Browser, report: Report) -> str:
    """The address of the one task on the crew's list."""
    report()
    (path,) = task_paths(crew)
    return path


def stage_of(connection: Connection, path: str) -> str:
    return str(
        connection.scalar(
            text("SELECT stage FROM task WHERE id = :id"), {"id": path.rpartition("/")[2]}
        )
    )


def photos_of(connection: Connection, path: str) -> int:
    return int(
        connection.scalar(
            text("SELECT count(*) FROM photo WHERE task_id = :id AND purpose = 'repair'"),
            {"id": path.rpartition("/")[2]},
        )
    )


def a_file(content: bytes | None = None, name: str = "herstel.jpg") -> tuple[BytesIO, str]:
    return BytesIO(a_jpeg() if content is None else content), name


class TestTheList:
    def test_is_of_ones_own_party_alone(
        self, crew: Browser, report: Report, place: SmallMunicipality
    ) -> None:
        report("Losse tegel van ons")
        report("Lamp van een ander", category=None, asset=str(place.lamp_id))

        page = crew.get("/werk").text

        assert "Losse tegel van ons" in page
        assert "Lamp van een ander" not in page
        assert "1 taak te doen" in page

    def test_has_danger_before_what_is_near_and_started_before_all(
        self, crew: Browser, report: Report
    ) -> None:
        report("Ver weg", at=(4.36, 51.6))
        report("Dichtbij", at=(4.3201, 51.58))
        report("Gevaarlijk", at=(4.365, 51.61), danger=True)
        report("Begonnen", at=(4.366, 51.62))
        begun = crew.get("/werk").text.index("Begonnen")
        assert begun > 0
        (path,) = [one for one in task_paths(crew) if "Begonnen" in crew.get(one).text]
        crew.submit(path, f"{path}/beginnen")

        page = crew.get(
            "/werk", volgorde="dichtbij", lon=str(IN_DISTRICT[0]), lat=str(IN_DISTRICT[1])
        ).text

        order = [page.index(words) for words in ("Begonnen", "Gevaarlijk", "Dichtbij", "Ver weg")]
        assert order == sorted(order)
        assert "10 m" in page
        assert "Gevaar</span>" in page

    def test_says_by_when_in_words(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report("Te laat")
        connection.execute(text("UPDATE task SET due_at = now() - interval '2 days'"))

        assert "2 dagen te laat" in crew.get("/werk").text

    @pytest.mark.parametrize(
        "query",
        [
            {"lon": "x", "lat": "51"},
            {"lon": "nan", "lat": "inf"},
            {"lon": "999", "lat": "999"},
            {"lon": "4.3"},
            {"page": "-1"},
            {"page": "9" * 30},
        ],
    )
    def test_takes_a_strange_question_for_none(
        self, crew: Browser, report: Report, query: dict[str, str]
    ) -> None:
        report()

        answered = crew.get("/werk", **query)

        assert answered.status_code == 200
        assert "taak te doen" in answered.text

    def test_asks_the_database_as_much_for_one_task_as_for_many(
        self, crew: Browser, report: Report, connection: Connection
    ) -> None:
        report()
        with statements(connection) as for_one:
            crew.get("/werk")
        for number in range(12):
            report(f"Losse tegel {number}", at=(4.32 + number / 500, 51.6))
        with statements(connection) as for_many:
            crew.get("/werk")

        assert len(for_many) == len(for_one) <= 10

    def test_is_light_with_a_whole_page_of_tasks(self, crew: Browser, report: Report) -> None:
        for number in range(42):
            report("Losse tegel, " + "erg los " * 30, at=(4.31 + number / 900, 51.6))

        page = crew.get("/werk")

        assert len(page.data) < 100_000
        assert page.text.count('class="task"') == 40
        assert "/werk?page=2" in page.text

    def test_is_not_for_the_desk(self, desk: Browser) -> None:
        assert desk.get("/werk").status_code == 403

    def test_asks_to_sign_in_first(self, web: FlaskClient) -> None:
        assert web.get("/werk").headers["Location"].startswith("/inloggen?next=/werk")


class TestATask:
    def test_shows_what_was_written_as_text_and_nothing_of_who_wrote_it(
        self, crew: Browser, report: Report
    ) -> None:
        report(HOSTILE, contact={"name": "Jan Melder", "email": "jan@example.org"})
        (path,) = task_paths(crew)

        page = crew.get(path).text

        assert "&lt;script&gt;alert(" in page
        assert HOSTILE not in page
        assert "Jan Melder" not in page
        assert "jan@example.org" not in page
        assert "geo:51.58,4.32?q=51.58,4.32" in page

    def test_of_another_party_is_not_there(
        self,
        crew: Browser,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        task: str,
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=Role.CREW, party_id=place.contractor_id)
        other = signed_in(web, account)
        hidden = crew.hidden(task, f"{task}/beginnen")
        hidden["csrf_token"] = other.hidden("/werk", "/uitloggen")["csrf_token"]

        assert other.get(task).status_code == 404
        for step in ("beginnen", "klaar", "teruggeven", "fotos"):
            answered = other.send(
                f"{task}/{step}", hidden, result="solved", reason="not-ours", photo=[a_file()]
            )
            assert answered.status_code == 404, step

    @pytest.mark.parametrize(
        "path", ["/werk/taken/niets", "/werk/taken/00000000-0000-4000-8000-000000000000"]
    )
    def test_that_is_none_is_not_found(self, crew: Browser, path: str) -> None:
        assert crew.get(path).status_code == 404

    def test_asks_the_database_a_fixed_number_of_times(
        self, crew: Browser, task: str, connection: Connection, report: Report
    ) -> None:
        with statements(connection) as first:
            crew.get(task)
        report("Nog een keer", sameAs=_reference(crew, task))
        crew.submit(task, f"{task}/beginnen")
        with statements(connection) as later:
            crew.get(task)

        assert len(first) == len(later) <= 15

    def test_taken_away_tells_nothing_of_the_reports_any_more(
        self, crew: Browser, desk: Browser, task: str
    ) -> None:
        case = f"/balie/zaken/{_reference(crew, task)}"
        desk.submit(case, f"{case}/toewijzen", party="lux")

        page = crew.get(task).text

        assert "Deze taak is niet meer van u." in page
        assert "Losse tegel bij de brug" not in page


class TestStarting:
    def test_says_so_on_the_page_and_in_the_history(self, crew: Browser, task: str) -> None:
        answered = crew.submit(task, f"{task}/beginnen")

        assert (answered.status_code, answered.location) == (303, task)
        page = crew.get(task).text
        assert f'action="{task}/beginnen"' not in page
        assert "Begonnen <span" in page
        assert "(Karim Team)" in page

    def test_twice_is_no_error(self, crew: Browser, task: str) -> None:
        form = crew.hidden(task, f"{task}/beginnen")
        crew.send(f"{task}/beginnen", form)

        assert crew.send(f"{task}/beginnen", form).status_code == 303


class TestReportingDone:
    def test_closes_the_case_and_keeps_the_photos(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        answered = crew.submit(
            task,
            f"{task}/klaar",
            result="solved",
            remark="Vervangen",
            photo=[a_file(), a_file(b"")],
        )

        assert (answered.status_code, answered.location) == (303, task)
        page = crew.get(task).text
        assert "Klaar: Opgelost" in page
        assert "Vervangen" in page
        assert "Foto 2 is leeg." in page
        assert stage_of(connection, task) == "done"
        assert photos_of(connection, task) == 1
        assert connection.scalar(text("SELECT stage FROM defect_case")) == "resolved"

    @pytest.mark.parametrize(
        ("photos", "complaint"),
        [
            ([a_file(b"geen foto")], "Bestand 1 is geen foto."),
            ([a_file(a_jpeg()[:-9])], "Foto 1 is niet compleet."),
        ],
    )
    def test_goes_on_where_a_photo_fails(
        self,
        crew: Browser,
        task: str,
        connection: Connection,
        photos: list[tuple[BytesIO, str]],
        complaint: str,
    ) -> None:
        answered = crew.submit(task, f"{task}/klaar", result="solved", photo=photos)

        assert answered.status_code == 303
        page = crew.get(task).text
        assert complaint in page
        assert "U kunt op deze pagina foto&#39;s toevoegen." in page
        assert stage_of(connection, task) == "done"

    def test_goes_on_where_the_disk_is_full(
        self, crew: Browser, task: str, connection: Connection, provided: Provided
    ) -> None:
        provided.put(PhotoStore, cast(PhotoStore, FullDisk()))

        answered = crew.submit(task, f"{task}/klaar", result="solved", photo=[a_file()])

        assert answered.status_code == 303
        assert stage_of(connection, task) == "done"
        assert "De foto&#39;s konden niet worden bewaard." in crew.get(task).text

    def test_keeps_five_photos_of_six(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        photos = [a_file(a_jpeg(20 + number)) for number in range(6)]

        crew.submit(task, f"{task}/klaar", result="solved", photo=photos)

        assert photos_of(connection, task) == 5
        assert "U kunt hoogstens 5 foto&#39;s sturen." in crew.get(task).text

    def test_twice_is_no_error_and_keeps_each_photo_once(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        form = crew.hidden(task, f"{task}/klaar")
        crew.send(f"{task}/klaar", form, result="solved", remark="Gedaan", photo=[a_file()])

        again = crew.send(f"{task}/klaar", form, result="solved", remark="Gedaan", photo=[a_file()])

        assert again.status_code == 303
        assert photos_of(connection, task) == 1
        happened = connection.scalars(text("SELECT happening FROM history_entry")).all()
        assert list(happened).count("task-done") == 1

    def test_after_a_colleague_said_otherwise_keeps_what_was_typed(
        self, crew: Browser, task: str
    ) -> None:
        form = crew.hidden(task, f"{task}/klaar")
        crew.send(f"{task}/klaar", form, result="solved")

        answered = crew.send(f"{task}/klaar", form, result="not-solved", remark="Kraan nodig")

        assert answered.status_code == 412
        assert "Iemand was u net voor" in answered.text
        assert "Klaar: Opgelost" in answered.text

    def test_needs_a_result_and_keeps_the_remark(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        answered = crew.submit(task, f"{task}/klaar", result="weg", remark=HOSTILE)

        assert answered.status_code == 400
        assert "Kies hoe het is afgelopen." in answered.text
        assert "&lt;script&gt;alert(" in answered.text
        assert HOSTILE not in answered.text
        assert stage_of(connection, task) == "offered"

    @pytest.mark.parametrize("version", ["", "x", "9" * 40, "-1"])
    def test_needs_the_version_of_the_page(self, crew: Browser, task: str, version: str) -> None:
        form = {**crew.hidden(task, f"{task}/klaar"), "version": version}

        answered = crew.send(f"{task}/klaar", form, result="solved", remark="Gedaan")

        assert answered.status_code == 400
        assert ">Gedaan</textarea>" in answered.text

    def test_on_an_older_page_says_what_changed(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        form = crew.hidden(task, f"{task}/klaar")
        crew.submit(task, f"{task}/beginnen")

        answered = crew.send(f"{task}/klaar", form, result="not-solved", remark="Kraan nodig")

        assert answered.status_code == 412
        news = answered.text.partition("notice--warning")[2].partition("</ul>")[0]
        assert "Begonnen" in news
        assert "De melding kwam binnen" not in news
        assert ">Kraan nodig</textarea>" in answered.text
        assert 'value="not-solved" checked' in answered.text
        assert stage_of(connection, task) == "started"

    def test_takes_photos_afterwards(
        self, crew: Browser, task: str, connection: Connection
    ) -> None:
        crew.submit(task, f"{task}/klaar", result="solved")

        crew.submit(task, f"{task}/fotos", photo=[a_file()])

        assert photos_of(connection, task) == 1
        assert "1 foto toegevoegd." in crew.get(task).text

    def test_asks_for_a_photo_where_none_was_chosen(self, crew: Browser, task: str) -> None:
        crew.submit(task, f"{task}/klaar", result="solved")

        answered = crew.submit(task, f"{task}/fotos", photo=[a_file(b"", "")])

        assert answered.status_code == 400
        assert "Kies eerst een foto." in answered.text


class TestGivingBack:
    def test_brings_the_case_to_the_desk(self, crew: Browser, task: str, desk: Browser) -> None:
        reference = _reference(crew, task)

        answered = crew.submit(
            task, f"{task}/teruggeven", reason="not-mine", decline_remark="Is voor groen"
        )

        assert (answered.status_code, answered.location) == (303, "/werk")
        assert "De balie kijkt ernaar." in crew.get("/werk").text
        listed = desk.get("/balie", reden="declined").text
        assert reference in listed
        assert "Team Zuid: Voor een ander team" in listed
        assert "Is voor groen" in desk.get(f"/balie/zaken/{reference}").text

    def test_twice_is_no_error(self, crew: Browser, task: str) -> None:
        form = crew.hidden(task, f"{task}/teruggeven")
        crew.send(f"{task}/teruggeven", form, reason="not-ours")

        assert crew.send(f"{task}/teruggeven", form, reason="not-ours").status_code == 303

    @pytest.mark.parametrize("reason", ["", "geen-zin"])
    def test_needs_one_of_the_reasons(self, crew: Browser, task: str, reason: str) -> None:
        answered = crew.submit(task, f"{task}/teruggeven", reason=reason, decline_remark="x" * 3001)

        assert answered.status_code == 400
        assert "Kies waarom u de taak teruggeeft." in answered.text
        assert "Gebruik hoogstens 3000 tekens." in answered.text
        assert "x" * 3001 in answered.text


class FullDisk:
    """A store that has no room left."""

    def put(self, name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    def delete(self, name: str) -> None:
        raise AssertionError(f"{name} was never kept")


def _reference(crew: Browser, task: str) -> str:
    page = crew.get(task).text
    return page.partition("<dt>Nummer</dt><dd>")[2].partition("</dd>")[0]
