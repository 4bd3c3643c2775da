"""The supervisor keeps processes alive, and takes all of them with it when it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.entrypoints.ground import processes
from app.entrypoints.ground.cluster import SUPERUSER, Cluster
from app.entrypoints.ground.provision import find_or_install
from app.entrypoints.ground.supervisor import DatabaseServer, Patience, Program, Supervisor
from tests.ground import CHECKOUT

pytestmark = pytest.mark.processes

#: A program with a child of its own that left the process group, as servers have.
_WITH_A_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("up", flush=True)
time.sleep(600)
"""


def a_program(home: Path, *, name: str = "web", code: str = _WITH_A_CHILD) -> Program:
    """Make a program that the supervisor can keep."""
    return Program(name, [sys.executable, "-c", code], dict(os.environ), home / f"{name}.log", home)


def soon(
    holds: Callable[[], bool], *, under: Supervisor | None = None, within: float = 20.0
) -> bool:
    """Whether `holds` becomes true in time, while the supervisor does its work."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if under is not None:
            under.look()
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """A supervisor that says nothing and is stopped after the test."""
    supervisor = Supervisor(told=lambda _line: None)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the server's user can enter too, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="straatbeeld-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


class TestPatience:
    def test_doubles_with_every_death_up_to_a_limit(self) -> None:
        patience = Patience(first_seconds=0.2, longest_seconds=1.0)

        waits = [patience.before_restart(deaths_in_a_row=n) for n in range(1, 6)]

        assert waits == [0.2, 0.4, 0.8, 1.0, 1.0]


class TestADeadProgram:
    def test_is_started_again_after_its_children_were_ended(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        first = supervisor.start(a_program(tmp_path))
        assert soon(lambda: len(processes.marked(tmp_path, "web")) == 2)
        before = set(processes.marked(tmp_path, "web"))

        first.kill()

        assert soon(lambda: not before & _alive(tmp_path), under=supervisor)
        assert soon(lambda: len(_alive(tmp_path)) == 2, under=supervisor)

    def test_does_not_take_another_with_it(self, supervisor: Supervisor, tmp_path: Path) -> None:
        web = supervisor.start(a_program(tmp_path))
        worker = supervisor.start(a_program(tmp_path, name="worker"))

        web.kill()
        assert soon(lambda: web.poll() is not None, under=supervisor)
        supervisor.look()

        assert worker.poll() is None

    def test_says_how_it_ended_and_where_its_log_is(self, tmp_path: Path) -> None:
        lines: list[str] = []
        supervisor = Supervisor(told=lines.append)
        supervisor.start(a_program(tmp_path, code="raise SystemExit(3)"))

        assert soon(lambda: bool(lines), under=supervisor)
        supervisor.stop()

        assert "web ended (exit status 3)" in lines[0]
        assert str(tmp_path / "web.log") in lines[0]


class TestASupervisorThatStops:
    def test_leaves_no_process(self, supervisor: Supervisor, tmp_path: Path) -> None:
        supervisor.start(a_program(tmp_path))
        assert soon(lambda: len(_alive(tmp_path)) == 2)

        supervisor.stop()

        assert _alive(tmp_path) == set()


class TestAKilledSupervisor:
    def test_takes_its_programs_with_it(self, tmp_path: Path) -> None:
        code = (
            "from pathlib import Path; from tests.entrypoints.ground.test_supervisor import *\n"
            f"s = Supervisor(); s.start(a_program(Path({str(tmp_path)!r}), code='import time;"
            " time.sleep(600)')); s.run()"
        )
        killed = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT)
        assert soon(lambda: len(_alive(tmp_path)) == 1)

        killed.kill()
        killed.wait()

        assert soon(lambda: _alive(tmp_path) == set())


class TestAKilledDatabaseServer:
    def test_comes_back_with_what_was_committed(
        self, open_folder: Path, supervisor: Supervisor
    ) -> None:
        cluster = Cluster(open_folder, find_or_install(CHECKOUT))
        cluster.create()
        database = DatabaseServer(cluster)
        server = supervisor.start(database)
        supervisor.wait_until(database, lambda: cluster.answers, within=60)
        url = cluster.url(role=SUPERUSER, database="postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
            # A busy backend outlives its server for as long as its statement takes.
            busy = psycopg.connect(url)
            busy.pgconn.send_query(b"SELECT pg_sleep(600)")

            os.kill(server.pid, signal.SIGKILL)
            server.wait()
            supervisor.look()
            supervisor.wait_until(database, lambda: cluster.answers, within=60)
            busy.close()

        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


def _alive(home: Path) -> set[int]:
    return set(processes.marked(home))
