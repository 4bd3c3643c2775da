"""A case on paper: what stands in it, and what never does."""

from __future__ import annotations

import unicodedata
from io import BytesIO

from flask.testing import FlaskClient
from pypdf import PdfReader
from pypdf.generic import Destination
from sqlalchemy import Connection, text

from app.foundation.provided import Provided
from app.photos.jobs import JOBS as PHOTO_JOBS
from tests.makers.sign_ins import Browser
from tests.makers.statements import statements
from tests.photos.pictures import a_jpeg
from tests.work.conftest import HOSTILE, Report


def paper(browser: Browser, reference: str) -> PdfReader:
    answered = browser.get(f"/balie/zaken/{reference}/pdf")
    assert answered.status_code == 200
    assert answered.headers["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(answered.data))


def words(found: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in found.pages).split())


class TestACaseOnPaper:
    def test_says_what_its_page_says(self, desk: Browser, report: Report) -> None:
        reference = report("Losse tegel bij de brug")["reference"]

        found = paper(desk, reference)

        said = words(found)
        assert found.metadata is not None
        assert found.metadata.title is not None
        assert found.metadata.title.endswith(reference)
        assert "Losse tegel bij de brug" in said
        assert "Team Zuid" in said
        assert "In behandeling" in said
        assert "Noor Balie" in said
        assert "pagina 1 van 1" in said

    def test_names_its_language_and_has_a_list_of_its_parts(
        self, desk: Browser, report: Report
    ) -> None:
        reference = report()["reference"]

        found = paper(desk, reference)

        assert str(found.root_object["/Lang"]) == "nl"
        assert [one.title for one in found.outline if isinstance(one, Destination)] == [
            "In het kort",
            f"Melding {reference}",
            "Taak van Team Zuid",
            "Geschiedenis",
        ]

    def test_holds_no_contact_details(self, desk: Browser, report: Report) -> None:
        reference = report(
            contact={
                "name": "Anna Melder",
                "email": "anna@voorbeeld.example",
                "phone": "0612345678",
            }
        )["reference"]

        said = words(paper(desk, reference))

        for one in ("Anna", "anna@", "0612345678"):
            assert one not in said

    def test_shows_strange_signs_as_text(self, desk: Browser, report: Report) -> None:
        reference = report(f"{HOSTILE} مرحبا 中文 😀 **vet** <b>")["reference"]

        said = words(paper(desk, reference))

        assert HOSTILE in said
        assert "**vet** <b>" in said

    def test_has_the_signs_of_other_languages(self, desk: Browser, report: Report) -> None:
        written = (
            "Zepsuta latarnia, źle świeci. Η λάμπα δεν ανάβει. Фонарь не горит."
            " Çöp doğru yerde değil. Đèn đường bị hỏng. Seite {nb}."
        )

        said = words(paper(desk, report(written)["reference"]))

        assert written in unicodedata.normalize("NFC", said)
        assert "kunnen niet worden afgedrukt" not in said

    def test_says_so_where_a_sign_cannot_be_printed(self, desk: Browser, report: Report) -> None:
        said = words(paper(desk, report("المصباح مكسور في الشارع")["reference"]))

        assert "Sommige tekens kunnen niet worden afgedrukt" in said

    def test_has_no_more_of_what_was_added_than_anybody_reads(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report("Gat in de weg")["reference"]
        connection.execute(
            text(
                """
                INSERT INTO remark (id, report_id, text, written_at)
                SELECT gen_random_uuid(), report.id, n || ' ' || repeat('lang ', 500), now()
                FROM report, generate_series(1, 60) AS n
                """
            )
        )

        found = paper(desk, reference)

        assert "Er is meer toegevoegd" in words(found)
        assert len(found.pages) < 30

    def test_goes_on_over_pages_with_a_long_word_and_many_lines(
        self, desk: Browser, report: Report
    ) -> None:
        reference = report("\n".join(["x" * 900, *(f"regel {n}" for n in range(60))]))["reference"]

        found = paper(desk, reference)

        assert len(found.pages) > 1
        assert "regel 59" in words(found)
        assert f"pagina {len(found.pages)} van {len(found.pages)}" in words(found)

    def test_has_the_photos_that_were_made_safe(
        self, web: FlaskClient, desk: Browser, report: Report, provided: Provided,
        connection: Connection,
    ) -> None:  # fmt: skip
        made = report()
        sent = web.post(
            f"/api/v1/reports/{made['id']}/photos",
            data={"photo": (BytesIO(a_jpeg()), "tegel.jpg")},
            headers={"Authorization": f"Bearer {made['token']}"},
        )
        assert sent.status_code == 201, sent.text
        assert len(paper(desk, made["reference"]).pages[0].images) == 0
        photo_id = connection.scalar(text("SELECT id FROM photo"))
        PHOTO_JOBS["photos.make_safe"].run(provided, photo_id=str(photo_id))

        found = paper(desk, made["reference"])

        assert sum(len(page.images) for page in found.pages) == 1

    def test_is_for_who_sees_the_desk_alone(
        self, crew: Browser, desk: Browser, report: Report
    ) -> None:
        reference = report()["reference"]

        assert crew.get(f"/balie/zaken/{reference}/pdf").status_code == 403
        assert desk.get("/balie/zaken/ZZZZ-ZZZZ/pdf").status_code == 404

    def test_costs_one_statement_more_than_the_page(
        self, desk: Browser, report: Report, connection: Connection
    ) -> None:
        reference = report()["reference"]
        desk.get(f"/balie/zaken/{reference}")
        with statements(connection) as of_page:
            desk.get(f"/balie/zaken/{reference}")
        with statements(connection) as of_paper:
            paper(desk, reference)

        assert len(of_paper) <= len(of_page) + 1
