"""Following a report with its link: what its page says, what can be added, what stays secret."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.intake.operations import move_reports, remarks_of_reports
from app.photos.model import Purpose
from app.photos.operations.coming_in import examine_all, stored_originals
from app.photos.operations.keeping import keep
from app.photos.operations.making_safe import make_photo_safe
from app.photos.operations.reading import photos_of_report
from app.photos.storage import PhotoStore
from app.work.model import ActedBy, CaseStage, ClosingReason, DeskReason, Happening, WorkResult
from app.work.operations.cases import case_by_reference, move_case
from app.work.operations.desk import close_without_work
from app.work.operations.history import history_of_case
from app.work.operations.lists import desk_list, open_tasks_of_party
from app.work.operations.merging import merge_case
from app.work.operations.planning_task import plan_task
from app.work.operations.tasks import accept_task, complete_task, start_task
from tests.makers.places import (
    IN_DISTRICT,
    ON_MOTORWAY,
    SmallMunicipality,
    a_small_municipality,
)
from tests.makers.statements import statements

MARKUP = '<script>alert("hoi")</script> & {{ 7 * 7 }}'
STAFF = ActedBy("account")


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


def report(web: FlaskClient, *, at: tuple[float, float] = IN_DISTRICT, **more: object) -> Any:  # noqa: ANN401  # JSON
    body = {
        "description": "De lamp doet het niet",
        "location": {"type": "Point", "coordinates": list(at)},
        **more,
    }
    answered = web.post("/api/v1/reports", json=body)
    assert answered.status_code == 201, answered.get_data(as_text=True)
    return answered.get_json()


def page(web: FlaskClient, said: dict[str, Any], language: str = "nl") -> str:
    answered = web.get(f"/volg/{said['token']}?taal={language}")
    assert answered.status_code == 200
    return words_of(answered)


def words_of(answered: TestResponse) -> str:
    """Return what a reader of the page sees, on one line."""
    whole = answered.get_data(as_text=True)
    content = whole[whole.index("<main") : whole.index("</main>")]
    content = re.sub(r"<script.*?</script>", " ", content, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content)))


def events(web: FlaskClient, said: dict[str, Any]) -> list[str]:
    """Return what happened as the page tells it, the oldest first, without the times."""
    whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)
    timeline = whole[whole.index('<ol class="timeline"') :]
    timeline = timeline[: timeline.index("</ol>")]
    return [unescape(words).strip() for words in re.findall(r"</time>(.*?)</li>", timeline)][::-1]


def add(
    web: FlaskClient, said: dict[str, Any], *, remark: str = "", photos: list[bytes] | None = None
) -> TestResponse:
    whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', whole)
    assert proof
    boundary, content = encode_multipart(
        {
            "csrf_token": proof[1],
            "remark": remark,
            "photo": [
                FileStorage(BytesIO(photo), f"{number}.png")
                for number, photo in enumerate(photos or [])
            ]
            or [FileStorage(BytesIO(b""), "")],
        }
    )
    return web.post(
        f"/volg/{said['token']}",
        data=content,
        content_type=f'multipart/form-data; boundary="{boundary}"',
    )


def a_png(shade: int = 100) -> bytes:
    picture = BytesIO()
    Image.new("L", (40, 30), shade).save(picture, "PNG")
    return picture.getvalue()


def finish(
    transaction: Transaction, provided: Provided, party_id: UUID, result: WorkResult
) -> UUID:
    """Let a party do its one task; return the task."""
    now = provided.get(Clock).now()
    (listed,) = open_tasks_of_party(transaction, party_id)
    task_id = listed.task.id
    accept_task(transaction, task_id, party_id=party_id, by=STAFF, now=now)
    start_task(transaction, task_id, party_id=party_id, by=STAFF, now=now)
    complete_task(
        transaction,
        task_id,
        party_id=party_id,
        result=result,
        remark="voor collega's: sleutel 4",
        by=STAFF,
        now=now,
    )
    return task_id


class TestThePageOfAReport:
    def test_says_where_it_stands_who_has_it_and_by_when(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        provided.put(Clock, StoppedClock(provided.get(Clock).now().replace(2026, 11, 24, 10)))
        said = report(web, asset=str(place.lamp_id))

        words = page(web, said)

        assert said["reference"] in words
        assert "In behandeling" in words
        assert "Lux Verlichting heeft uw melding en gaat het oplossen." in words
        assert "Uiterlijk dinsdag 1 december" in words
        assert "De lamp doet het niet" in words

    def test_speaks_english_too(self, web: FlaskClient, place: SmallMunicipality) -> None:
        said = report(web, asset=str(place.lamp_id))

        assert "Lux Verlichting has your report and will solve it." in page(web, said, "en")

    @pytest.mark.usefixtures("place")
    def test_says_that_nobody_has_it_yet(self, web: FlaskClient) -> None:
        said = report(web, at=(4.25, 51.58), category="wegen.losse-tegel")

        assert "Wij zoeken uit wie het kan oplossen." in page(web, said)
        assert "Nog niemand" in page(web, said)

    def test_admits_that_it_is_late(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        provided.put(Clock, StoppedClock(provided.get(Clock).now() + timedelta(days=30)))

        words = page(web, said)

        assert "Wij zijn te laat. Onze excuses." in words
        assert "Wanneer klaar Uiterlijk" not in words

    def test_tells_what_happened_in_order(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)

        assert events(web, said) == [
            "Wij hebben de melding ontvangen",
            "Lux Verlichting heeft de melding gekregen",
            "Het werk is aangenomen",
            "Het werk is begonnen",
            "Het werk is klaar",
        ]

    def test_shows_what_people_wrote_as_text(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id), description=MARKUP)
        add(web, said, remark=MARKUP)

        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        assert "<script>alert" not in whole
        assert (
            whole.count("&lt;script&gt;alert(&#34;hoi&#34;)&lt;/script&gt; &amp; {{ 7 * 7 }}") == 2
        )

    def test_holds_nothing_that_only_staff_may_know(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(
            web,
            asset=str(place.lamp_id),
            contact={"name": "Jo Melder", "email": "jo@example.org", "phone": "0612345678"},
        )
        other = report(web, asset=str(place.lamp_id), description="Van de buren")
        with provided.get(Database).transaction() as transaction:
            finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)

        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        for secret in ("Jo Melder", "jo@example.org", "0612345678", "sleutel 4", "Van de buren"):
            assert secret not in whole
        assert other["token"] not in whole


class TestTheEndOfACase:
    def test_that_was_solved_says_so(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)

        words = page(web, said)

        assert "Opgelost" in words
        assert "Dit is opgelost. Dank u wel voor uw melding." in words
        assert "Is het niet opgelost? Laat het ons weten." in words
        assert "Wanneer klaar" not in words

    def test_shows_the_photos_of_the_repair(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        store, database = provided.get(PhotoStore), provided.get(Database)
        now = provided.get(Clock).now()
        with database.transaction() as transaction:
            task_id = finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)
            with stored_originals(store, examine_all([a_png()])) as originals:
                (photo,) = keep(
                    transaction, originals, purpose=Purpose.REPAIR, task_id=task_id, now=now
                )
        make_photo_safe(database, store, photo.id, now=now)

        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        assert "Foto's van het herstel" in unescape(whole)
        link = re.search(rf'<img src="(/photos/{photo.id}/[^"]+)"', whole)
        assert link
        assert web.get(unescape(link[1])).status_code == 200

    def test_without_work_says_why_in_the_words_of_the_desk_too(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            close_without_work(
                transaction,
                said["reference"],
                reason=ClosingReason.NOT_PUBLIC_SPACE,
                words="Vraag het aan uw buurman.",
                by=STAFF,
                now=provided.get(Clock).now(),
            )

        words = page(web, said)

        assert "Niet opgelost" in words
        assert "Het is op eigen terrein van iemand, niet van ons." in words
        assert "Vraag het aan uw buurman." in words

    @pytest.mark.usefixtures("place")
    def test_that_was_passed_on_says_to_whom_and_how_to_reach_them(self, web: FlaskClient) -> None:
        said = report(web, at=ON_MOTORWAY, category="wegen.losse-tegel")

        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        assert "Deze weg is van Rijkswaterstaat. Wij hebben uw melding" in whole
        assert "Zij krijgen uw naam en contactgegevens niet, dus u hoort niets van hen." in whole
        assert "Is het niet opgelost?" not in whole
        assert '<a href="https://rws.example/melden" rel="noopener noreferrer">' in whole
        assert '<a href="tel:0880000002">088 000 00 02</a>' in whole

    @pytest.mark.usefixtures("place")
    def test_that_was_passed_on_never_leads_to_a_script(
        self, web: FlaskClient, provided: Provided
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE party SET web_form = 'javascript:alert(1)' WHERE code = 'rws'")
            )
        said = report(web, at=ON_MOTORWAY, category="wegen.losse-tegel")

        assert "javascript:" not in web.get(f"/volg/{said['token']}").get_data(as_text=True)

    def test_that_became_part_of_another_says_of_which(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        first = report(web, category="wegen.losse-tegel")
        second = report(web, category="wegen.losse-tegel")
        with provided.get(Database).transaction() as transaction:
            merged, into = merge_case(
                transaction,
                second["reference"],
                first["reference"],
                by=STAFF,
                now=provided.get(Clock).now(),
            )
            move_reports(transaction, from_case=merged.id, to_case=into.id)

        assert f"Uw melding hoort bij melding {first['reference']}." in page(web, second)
        assert "Uw melding hoort bij" not in page(web, first)

    def test_that_the_desk_joined_keeps_its_own_story(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        start = provided.get(Clock).now().replace(2026, 9, 3, 10)
        provided.put(Clock, StoppedClock(start))
        first = report(web, category="wegen.losse-tegel")
        provided.put(Clock, StoppedClock(start + timedelta(days=80)))
        second = report(web, category="wegen.losse-tegel")
        later = start + timedelta(days=81)
        provided.put(Clock, StoppedClock(later))
        with provided.get(Database).transaction() as transaction:
            (task,) = [
                one
                for one in open_tasks_of_party(transaction, place.team_id)
                if one.case.reference == second["reference"]
            ]
            plan_task(
                transaction,
                task.task.id,
                party_id=place.team_id,
                on=(later + timedelta(days=4)).date(),
                by=STAFF,
                now=later,
            )
            merged, into = merge_case(
                transaction, second["reference"], first["reference"], by=STAFF, now=later
            )
            move_reports(transaction, from_case=merged.id, to_case=into.id)
            finish(transaction, provided, place.team_id, WorkResult.NOT_SOLVED)

        told = events(web, second)
        assert told[0] == "Wij hebben de melding ontvangen"
        assert (
            f"Uw melding hoort nu bij melding {first['reference']}."
            " Dit was al bekend sinds donderdag 3 september."
            " Het bezoek van vrijdag 27 november gaat daarom niet door."
        ) in told
        assert "Iemand anders meldde hetzelfde" not in told
        assert told[-1] == "Het werk loste het niet op. Wij kijken verder."
        whole = page(web, second)
        assert "3 september 2026" not in whole
        assert "Deze plek was al eerder gemeld. Het is later dan wij beloofden" in whole
        assert "Iemand anders meldde hetzelfde" in events(web, first)
        assert "Deze plek was al eerder gemeld" not in page(web, first)

    def test_that_was_solved_already_is_not_called_unsolved(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            close_without_work(
                transaction,
                said["reference"],
                reason=ClosingReason.ALREADY_FIXED.value,
                words="De buren deden het.",
                by=STAFF,
                now=provided.get(Clock).now(),
            )

        words = page(web, said)

        assert "Het was al opgelost" in words
        assert "Niet opgelost" not in words
        assert "Wij doen hier geen werk" not in words
        assert "De buren deden het." in words
        answered = web.get(
            f"/api/v1/reports/{said['id']}", headers={"Authorization": f"Bearer {said['token']}"}
        )
        assert answered.get_json()["status"] == "closed-without-work"

    def test_that_was_known_already_says_so(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        first = report(web, asset=str(place.lamp_id))
        second = report(web, asset=str(place.lamp_id))

        assert f"Uw melding hoort bij melding {first['reference']}." in page(web, second)
        assert events(web, second)[-1] == "Wij hebben uw melding ontvangen. Het was al bekend."
        assert events(web, first)[-1] == "Iemand anders meldde hetzelfde"

    @pytest.mark.parametrize(
        ("party", "words"),
        [
            (None, "wacht op een ander, bijvoorbeeld de netbeheerder"),
            ("Enexis", "wacht op Enexis."),
        ],
    )
    def test_that_waits_for_others_says_so(
        self,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        party: str | None,
        words: str,
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            found = case_by_reference(transaction, said["reference"], lock=True)
            move_case(
                transaction,
                found,
                CaseStage.WAITING,
                now=provided.get(Clock).now(),
                waiting_for="third-party",
                waiting_party=party,
            )

        assert words in page(web, said)


class TestTheStatementsOfThePage:
    def test_stay_as_few_with_many_photos_remarks_and_events(
        self,
        web: FlaskClient,
        provided: Provided,
        connection: Connection,
        place: SmallMunicipality,
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with statements(connection) as few:
            page(web, said)
        for number in range(5):
            add(web, said, remark=f"Opmerking {number}", photos=[a_png(number)])
            report(web, asset=str(place.lamp_id))

        with statements(connection) as many:
            page(web, said)

        assert len(many) == len(few) <= 10


class TestPhotosOfAReport:
    def test_are_shown_as_far_as_they_are_ready_and_else_told_of(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        add(web, said, photos=[a_png(1), a_png(2), a_png(3)])
        database, store = provided.get(Database), provided.get(PhotoStore)
        with database.transaction() as transaction:
            first, second, _third = photos_of_report(transaction, UUID(said["id"]))
            transaction.connection.execute(
                text("UPDATE photo SET status = 'unreadable' WHERE id = :id"), {"id": second.id}
            )
        make_photo_safe(database, store, first.id, now=provided.get(Clock).now())

        words = page(web, said)
        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        assert f'<img src="/photos/{first.id}/' in whole
        assert "Foto 2 kunnen wij niet lezen." in words
        assert "Foto 3 is aangekomen." in words
        assert "U kunt nog 2 foto's toevoegen" in words


class TestAdding:
    def test_a_remark_reaches_the_desk_and_is_no_history(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        answered = add(web, said, remark="De paal staat\nook scheef.")

        assert answered.status_code == 303
        assert answered.headers["Location"] == f"/volg/{said['token']}"
        assert "De paal staat ook scheef." in page(web, said)
        with provided.get(Database).transaction() as transaction:
            (entry,) = desk_list(transaction, reason=DeskReason.REMARK)
            assert entry.case.reference == said["reference"]
            history = history_of_case(transaction, entry.case.id)
            assert history[-1].happening is Happening.REMARK_ADDED
            assert history[-1].actor_kind == "reporter"
            assert "scheef" not in str(history)

    def test_a_remark_to_a_closed_report_reaches_the_desk(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)

        assert add(web, said, remark="Hij is nog steeds uit.").status_code == 303
        with provided.get(Database).transaction() as transaction:
            (listed,) = desk_list(transaction, reason=DeskReason.REMARK)
        (entry,) = listed.entries
        assert entry.details == {"report": said["reference"]}

    def test_more_remarks_than_anybody_reads_are_not_taken(
        self, web: FlaskClient, place: SmallMunicipality, connection: Connection
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        connection.execute(
            text(
                "INSERT INTO remark (id, report_id, text, written_at)"
                " SELECT gen_random_uuid(), report.id, 'Nr ' || n, now()"
                " FROM report, generate_series(1, 30) AS n"
            )
        )

        answered = add(web, said, remark="Nog iets")

        assert "Bel ons" in answered.text
        assert "Nog iets</textarea>" in answered.text
        assert connection.scalar(text("SELECT count(*) FROM remark")) == 30

    def test_the_same_form_twice_is_one_remark_and_one_photo(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        answers = [add(web, said, remark="Nog iets", photos=[a_png()]) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]
        with provided.get(Database).transaction() as transaction:
            assert len(remarks_of_reports(transaction, [UUID(said["id"])])) == 1
            assert len(photos_of_report(transaction, UUID(said["id"]))) == 1
        files = [path for path in provided.get(Settings).photo_folder.rglob("*") if path.is_file()]
        assert len(files) == 1

    def test_a_photo_is_in_the_history_and_only_of_a_closed_report_at_the_desk(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        assert add(web, said, photos=[a_png(1)]).status_code == 303
        with provided.get(Database).transaction() as transaction:
            assert desk_list(transaction) == []
            finish(transaction, provided, place.contractor_id, WorkResult.SOLVED)
        assert add(web, said, photos=[a_png(2)]).status_code == 303

        assert events(web, said).count("Er is een foto toegevoegd") == 2
        with provided.get(Database).transaction() as transaction:
            assert len(desk_list(transaction, reason=DeskReason.REMARK)) == 1

    @pytest.mark.parametrize(
        ("remark", "photos", "said_why"),
        [
            ("", [], "Schrijf iets of kies een foto."),
            (" \n\x00 ", [], "Schrijf iets of kies een foto."),
            ("x" * 3001, [], "3000 tekens"),
            ("Zie de foto", [b"geen foto"], "Dit is geen foto"),
            ("Zie de foto", [a_png(), b""], "Foto 2: Het bestand is leeg."),
            ("Zie de foto", [a_png()[:-6]], "niet heel aan"),
            ("Zie de foto", [a_png(shade) for shade in range(6)], "hoogstens 5 foto"),
        ],
    )
    def test_what_is_not_right_is_said_and_what_was_typed_stays(
        self,
        web: FlaskClient,
        provided: Provided,
        place: SmallMunicipality,
        remark: str,
        photos: list[bytes],
        said_why: str,
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        answered = add(web, said, remark=remark, photos=photos)

        assert answered.status_code == 400
        assert said_why in words_of(answered)
        whole = answered.get_data(as_text=True)
        assert f">{remark}</textarea>" in whole or not remark.strip("\n \x00")
        assert "(1 fout)" in whole
        with provided.get(Database).transaction() as transaction:
            assert remarks_of_reports(transaction, [UUID(said["id"])]) == []
            assert photos_of_report(transaction, UUID(said["id"])) == []

    def test_more_than_five_photos_in_all_is_refused(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        add(web, said, photos=[a_png(shade) for shade in range(3)])

        answered = add(web, said, remark="En nog", photos=[a_png(shade) for shade in range(10, 13)])

        assert answered.status_code == 400
        assert ">En nog</textarea>" in answered.get_data(as_text=True)
        with provided.get(Database).transaction() as transaction:
            assert len(photos_of_report(transaction, UUID(said["id"]))) == 3

    def test_without_the_forms_own_proof_changes_nothing(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        answered = web.post(f"/volg/{said['token']}", data={"remark": "van een andere site"})

        assert answered.status_code == 400
        with provided.get(Database).transaction() as transaction:
            assert remarks_of_reports(transaction, [UUID(said["id"])]) == []


class TestTheLink:
    def test_is_kept_out_of_caches_search_engines_and_other_sites(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        headers = web.get(f"/volg/{said['token']}").headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]

    def test_stands_in_no_link_that_leads_elsewhere(
        self, web: FlaskClient, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))

        whole = web.get(f"/volg/{said['token']}").get_data(as_text=True)

        holding = re.findall(rf'(\w+)="[^"]*{re.escape(said["token"])}[^"]*"', whole)
        assert holding == ["action"]

    def test_is_cut_out_of_every_log(
        self,
        web: FlaskClient,
        place: SmallMunicipality,
        provided: Provided,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        add(web, said, remark="Nog iets")
        web.get(f"/volg/{said['token']}?taal=en")
        web.get(f"/volg/{said['token']}/meer")
        provided.put(Settings, "not settings, so that the page fails")
        assert web.get(f"/volg/{said['token']}").status_code == 500

        logged = "".join(capsys.readouterr())

        paths = [json.loads(line).get("path") for line in logged.splitlines()]
        assert [path for path in paths if path and path.startswith("/volg")] == [
            *["/volg/…"] * 3,
            "/volg/…/meer",
            "/volg/…",
        ]
        assert '"event": "fault"' in logged
        assert said["token"] not in logged

    @pytest.mark.usefixtures("place")
    @pytest.mark.parametrize(
        "token", ["wrong", "A" * 43, "x" * 5_000, "%00", "%ff", "..%2f..", "<b>", "🔑"]
    )
    def test_that_is_wrong_opens_a_page_that_says_so(self, web: FlaskClient, token: str) -> None:
        answers = [web.get(f"/volg/{token}"), web.post(f"/volg/{token}", data={"remark": "x"})]

        assert answers[0].status_code == 404
        assert answers[0].mimetype == "text/html"
        # A form without its proof is refused before anything is looked up.
        assert answers[1].status_code in {400, 404}

    @pytest.mark.usefixtures("place")
    def test_that_is_wrong_is_kept_as_secret_as_a_right_one(self, web: FlaskClient) -> None:
        answered = web.get("/volg/wrong")

        assert "Deze link kennen wij niet" in words_of(answered)
        assert answered.headers["Referrer-Policy"] == "no-referrer"
        assert answered.headers["Cache-Control"] == "no-store"
        assert "wrong" not in answered.get_data(as_text=True)

    def test_is_said_where_to_find(self, web: FlaskClient) -> None:
        answered = web.get("/volg")

        assert answered.status_code == 200
        assert "Bent u de link kwijt?" in words_of(answered)


class TestAddingWithAToken:
    def test_over_the_api_a_photo_that_is_there_is_not_added_again(
        self, web: FlaskClient, provided: Provided, place: SmallMunicipality
    ) -> None:
        said = report(web, asset=str(place.lamp_id))
        answers = [
            web.post(
                f"/api/v1/reports/{said['id']}/photos",
                data={"photo": [(BytesIO(a_png(shade)), "a.png") for shade in (1, 2, 1)]},
                headers={"Authorization": f"Bearer {said['token']}"},
            )
            for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].get_json() == answers[1].get_json()
        assert len(answers[0].get_json()["photos"]) == 2
        files = [path for path in provided.get(Settings).photo_folder.rglob("*") if path.is_file()]
        assert len(files) == 2
