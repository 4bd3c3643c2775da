"""Logs tell what happened, and nothing that opens a report or is somebody's."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.entrypoints.logs import configure_logs
from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.intake.model import Contact
from tests.entrypoints.test_retention_commands import a_report
from tests.makers.places import a_small_municipality

TOKEN = "3q2-7wABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0"


@pytest.fixture(autouse=True)
def logs(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logs as in a running process, heard; the loggers of before come back afterwards."""
    root = logging.getLogger()
    handlers, level, configured = list(root.handlers), root.level, structlog.get_config()
    configure_logs(settings)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class TestARequest:
    def test_is_one_line_with_what_happened_and_its_id(
        self, web: FlaskClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer = web.get("/api/v1/categories?secret=1")

        (line,) = lines(capsys)
        assert line["path"] == "/api/v1/categories"
        assert (line["method"], line["status"]) == ("GET", 200)
        assert line["request"] == answer.headers["X-Request-Id"]
        assert isinstance(line["milliseconds"], float)

    def test_tells_no_token_and_no_address(
        self, web: FlaskClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        web.get(f"/volg/{TOKEN}", environ_base={"REMOTE_ADDR": "198.51.100.7"})
        web.get(
            "/api/v1/reports/00000000-0000-4000-8000-000000000000",
            headers={"Authorization": f"Bearer {TOKEN}", "User-Agent": "Anna's phone"},
        )
        web.post("/api/v1/reports", json={"description": "Bel mij", "contact": {"phone": "0612"}})

        told = capsys.readouterr().out
        assert told.count("\n") == 3
        for secret in (TOKEN, "198.51.100.7", "Anna", "Bel mij", "0612"):
            assert secret not in told

    @pytest.mark.parametrize("path", ["/volg//{}", "/volg/%20{}", "/volg/%22{}%22", "/{}", "/x/{}"])
    def test_of_a_link_that_was_pasted_wrongly_tells_no_token(
        self, web: FlaskClient, capsys: pytest.CaptureFixture[str], path: str
    ) -> None:
        web.get(path.format(TOKEN))

        assert TOKEN not in capsys.readouterr().out

    def test_tells_no_more_of_an_address_than_anybody_reads(
        self, web: FlaskClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # Were each sign of it a place to begin looking from, this would take minutes.
        web.get(f"/{'a.' * 100_000}")

        (told,) = lines(capsys)
        assert str(told["path"]) == f"/{'a.' * 100_000}"[:500]

    def test_of_a_machine_that_looks_whether_we_live_is_not_logged(
        self, web: FlaskClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        web.get("/health/live")

        assert lines(capsys) == []


class TestWhatIsCutOut:
    @pytest.mark.parametrize(
        ("said", "left"),
        [
            (f"GET /volg/{TOKEN}/foto failed", "GET /volg/…/foto failed"),
            (f"GET /volg/{TOKEN}?x=1", "GET /volg/…?x=1"),
            (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer …"),
            ("Authorization: Basic YW5uYTpnZWhlaW0=", "Authorization: Basic …"),
            ("/foto/7?expires=9&signature=abc", "/foto/7?expires=9&signature=…"),
            (f"?token={TOKEN}&page=2", "?token=…&page=2"),
            ("client_secret=hush grant_type=x", "client_secret=… grant_type=x"),
            ("mail to anna.smit+a@mail.example.org failed", "mail to … failed"),
            (f"{'a.' * 18}a@example.org and b@example.org", "… and …"),
            (
                "postgresql://straatbeeld:hush@db/straatbeeld",
                "postgresql://straatbeeld:…@db/straatbeeld",
            ),
            (
                "refused\nDETAIL: Failing row contains (7, Anna).\nmore",
                "refused\nDETAIL: …\nmore",
            ),
            ("nothing to hide at 10:15", "nothing to hide at 10:15"),
        ],
    )
    def test_is_cut_wherever_it_stands(
        self, capsys: pytest.CaptureFixture[str], said: str, left: str
    ) -> None:
        structlog.get_logger("ours").warning(said, inside={"deep": [said]})
        logging.getLogger("a.library").warning(said)

        ours, of_a_library = lines(capsys)
        assert (ours["event"], ours["inside"]) == (left, {"deep": [left]})
        assert of_a_library["event"] == left

    def test_is_cut_out_of_a_trace(self, capsys: pytest.CaptureFixture[str]) -> None:
        try:
            raise ValueError(f"cannot open /volg/{TOKEN} for anna@example.org")
        except ValueError as fault:
            structlog.get_logger("ours").error("fault", exc_info=fault)
            logging.getLogger("a.library").error("fault", exc_info=fault)

        told = "".join(str(line["exception"]) for line in lines(capsys))
        assert told.count("ValueError: cannot open /volg/… for …") == 2
        assert TOKEN not in told
        assert "anna@" not in told

    def test_is_what_a_statement_was_to_write(
        self, transaction: Transaction, capsys: pytest.CaptureFixture[str]
    ) -> None:
        a_small_municipality(transaction)
        report_id = a_report(transaction, closed=None)
        contact = Contact(name="Anna Smit", email="anna@example.org", phone="0612345678")

        with pytest.raises(IntegrityError) as refused, transaction.connection.begin_nested():
            transaction.connection.execute(
                text(
                    "INSERT INTO contact (report_id, name, email, phone, kept_at)"
                    " VALUES (:id, :name, :email, :phone, now())"
                ),
                {
                    "id": report_id,
                    "name": contact.name,
                    "email": contact.email,
                    "phone": contact.phone,
                },
            )
        structlog.get_logger("ours").error("fault", exc_info=refused.value)

        told = capsys.readouterr().out
        assert "UniqueViolation" in told
        for personal in (contact.name, contact.email, contact.phone, str(report_id)):
            assert str(personal) not in told


class FullDisk(io.StringIO):
    """Standard output on a disk where nothing fits any more."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


class TestALineThatCannotBeWritten:
    def test_fails_no_request(self, web: FlaskClient) -> None:
        with contextlib.redirect_stdout(FullDisk()):
            status = web.get("/api/v1/categories").status_code

        assert status == 200
