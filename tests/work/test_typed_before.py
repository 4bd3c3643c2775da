"""What somebody typed about a case or a task that was closed meanwhile can be read and copied."""

from __future__ import annotations

from io import BytesIO

from tests.makers.sign_ins import Browser
from tests.work.conftest import HOSTILE, Report, task_paths

WORDS = f"Putdeksel ontbreekt {HOSTILE}"


class TestWhatACrewTyped:
    def test_stays_when_the_desk_gave_the_task_away_meanwhile(
        self, crew: Browser, desk: Browser, report: Report
    ) -> None:
        case = f"/balie/zaken/{report('Gat')['reference']}"
        task = task_paths(crew)[0]
        hidden = crew.hidden(task, f"{task}/klaar")
        desk.submit(case, f"{case}/toewijzen", party="lux")

        answered = crew.send(f"{task}/klaar", hidden, result="solved", remark=WORDS)

        assert answered.status_code == 412
        assert "Wat u hebt getypt" in answered.text
        assert "Putdeksel ontbreekt &lt;script&gt;" in answered.text

    def test_is_gone_back_to_when_the_photos_are_too_large(
        self, crew: Browser, report: Report
    ) -> None:
        report("Gat")
        task = task_paths(crew)[0]

        answered = crew.client.post(
            f"{task}/klaar",
            input_stream=BytesIO(bytes(90_000_000)),
            content_type="multipart/form-data; boundary=x",
            content_length=90_000_000,
        )

        assert answered.status_code == 413
        assert f'href="{task}">Terug naar de taak' in answered.text


class TestWhatTheDeskTyped:
    def test_stays_when_a_crew_was_done_meanwhile(
        self, crew: Browser, desk: Browser, report: Report
    ) -> None:
        case = f"/balie/zaken/{report('Gat')['reference']}"
        hidden = desk.hidden(case, f"{case}/sluiten")
        task = task_paths(crew)[0]
        crew.submit(task, f"{task}/klaar", result="solved")

        for step, field, more in (
            ("sluiten", "words", {"reason": "already-fixed"}),
            ("wachten", "waiting_words", {"waiting_for": "reporter", "waits_until": "2027-01-04"}),
            ("deeltaak", "part_request", {"part_party": "lux"}),
        ):
            answered = desk.send(f"{case}/{step}", hidden, **{field: WORDS}, **more)

            assert answered.status_code in {409, 412}
            assert "Wat u hebt getypt" in answered.text
            assert "Putdeksel ontbreekt &lt;script&gt;" in answered.text
