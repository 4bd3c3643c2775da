"""`script/server` as a real process: it starts, mends what dies, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.entrypoints.ground import processes
from app.entrypoints.ground.cluster import Cluster
from app.entrypoints.ground.provision import find_or_install
from tests.ground import CHECKOUT
from tests.makers.running import RunningSystem, a_running_system

pytestmark = pytest.mark.processes

#: Each process that serves pages takes seconds to start; nothing here asks for a second one.
ONE = "1"


@pytest.fixture(scope="module")
def started_once() -> Iterator[RunningSystem]:
    with a_running_system(WEB_PROCESSES=ONE) as system:
        yield system


@pytest.fixture
def running(started_once: RunningSystem) -> RunningSystem:
    """The system, over what the test before did to it."""
    assert soon(lambda: is_ready(started_once))
    return started_once


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the database's own user can walk into, as pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="straatbeeld-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        yield folder


def is_ready(system: RunningSystem) -> bool:
    try:
        with urllib.request.urlopen(f"{system.address}/health/ready", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ready")
    except OSError:
        return False


def readiness(system: RunningSystem) -> tuple[int, dict[str, str]]:
    """Return the status of the readiness check, and what it says of each part."""
    try:
        with urllib.request.urlopen(f"{system.address}/health/ready", timeout=10) as answer:
            return answer.status, json.load(answer)["checks"]
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.load(answer)["checks"]


def soon(holds: Callable[[], bool], *, within: float = 60.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def started(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run the server to its end, which has to come soon."""
    clean = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "app.entrypoints.ground.serve", "--no-demo"],
        cwd=CHECKOUT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestARunningSystem:
    def test_is_ready_with_a_line_and_the_seconds_for_every_step(
        self, running: RunningSystem
    ) -> None:
        said = running.output.read_text()
        for step in ("A database of its own", "Database", "Migrations", "Worker and web"):
            assert f"  {step} " in said
        assert running.address in said

    @pytest.mark.parametrize("service", ["worker", "web"])
    def test_starts_again_what_was_killed(self, running: RunningSystem, service: str) -> None:
        # After a database that was killed, a worker ends by itself and is started again.
        assert soon(lambda: bool(running.processes_of(service)) and is_ready(running))
        before = running.processes_of(service)

        for pid in before:
            # Some of them end with the first.
            with suppress(ProcessLookupError):
                running.kill(pid)

        assert soon(
            lambda: (
                bool(running.processes_of(service))
                and not set(running.processes_of(service)) & set(before)
                and is_ready(running)
            )
        )
        assert f"{service} ended (SIGKILL)" in running.output.read_text()

    def test_starts_its_database_again(self, running: RunningSystem) -> None:
        before = running.database_server()

        running.kill(before)

        assert soon(lambda: is_ready(running) and running.database_server() != before)

    def test_keeps_another_out_of_its_folder(self, running: RunningSystem) -> None:
        second = started(DATA_DIR=str(running.data_folder), PORT="1")

        assert second.returncode == 1
        assert f"already runs on {running.data_folder}" in second.stderr
        assert soon(lambda: is_ready(running), within=60)

    def test_keeps_another_off_its_port(self, running: RunningSystem, tmp_path: Path) -> None:
        port = running.address.rpartition(":")[2]

        second = started(DATA_DIR=str(tmp_path), PORT=port)

        assert second.returncode == 1
        assert f"Port {port} on 127.0.0.1 cannot be used" in second.stderr
        assert soon(lambda: is_ready(running), within=60)


class TestAWorkerThatStandsStill:
    def test_is_seen_and_seen_again_when_it_goes_on(self, running: RunningSystem) -> None:
        assert soon(lambda: len(running.processes_of("worker")) == 1 and is_ready(running))
        (worker,) = running.processes_of("worker")

        os.kill(worker, signal.SIGSTOP)
        try:
            stands_still = soon(lambda: readiness(running)[0] == 503)
            told = readiness(running)[1]
        finally:
            os.kill(worker, signal.SIGCONT)

        assert stands_still
        assert told == {
            "database": "ok",
            "migrations": "ok",
            "worker": "stands still",
            "queue": "ok",
        }
        assert soon(lambda: readiness(running)[0] == 200)


class TestWhatCannotStart:
    @pytest.mark.parametrize(
        ("environment", "said"),
        [
            ({"PORT": "http"}, "PORT is 'http'"),
            ({"PORT": "70000"}, "PORT is '70000'"),
            ({"DATA_DIR": "/dev/null/data"}, "choose another with DATA_DIR"),
            ({"DATABASE_URL": "mysql://anna:geheim@host/x"}, "begin with postgresql://"),
            ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "leave it out"),
        ],
    )
    def test_says_why_in_a_sentence(
        self, tmp_path: Path, environment: dict[str, str], said: str
    ) -> None:
        answer = started(**{"DATA_DIR": str(tmp_path), "PORT": free_port(), **environment})

        assert answer.returncode == 1
        assert said in answer.stderr
        assert "Traceback" not in answer.stderr
        assert "geheim" not in answer.stdout + answer.stderr


class TestStopping:
    def test_leaves_no_process_and_finds_everything_again(self, home: Path) -> None:
        folder, port = home / "data", free_port()

        first = stopped_after_ready(folder, port, signal.SIGINT)
        left = processes.marked(folder)
        secret = (folder / "secret-key").read_text()
        second = stopped_after_ready(folder, port, signal.SIGTERM)

        assert left == []
        assert "A database of its own" in first
        assert "A database of its own" not in second
        assert (folder / "secret-key").read_text() == secret
        assert processes.marked(folder) == []
        assert Cluster(folder, find_or_install(CHECKOUT)).server_pid() is None


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def stopped_after_ready(folder: Path, port: str, with_signal: signal.Signals) -> str:
    """Start the server, stop it as soon as it is ready, and return what it said."""
    clean = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")}
    server = subprocess.Popen(
        [sys.executable, "-m", "app.entrypoints.ground.serve", "--no-demo"],
        cwd=CHECKOUT,
        env={**clean, "DATA_DIR": str(folder), "PORT": port, "WEB_PROCESSES": ONE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = ""
        while "Ready after" not in said:
            line = server.stdout.readline()
            assert line, said
            said += line
        server.send_signal(with_signal)
        assert server.wait(60) == 0
        return said + server.stdout.read()
    finally:
        with server:
            server.kill()
