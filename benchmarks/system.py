"""The system that is measured: a private database, and web and worker as they really run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg

from app.entrypoints.ground import processes
from app.entrypoints.ground.cluster import SUPERUSER, Cluster
from app.entrypoints.ground.installation import CHECKOUT, Installation
from app.entrypoints.ground.progress import CannotStart
from app.entrypoints.ground.serve import web_command

HOST = "127.0.0.1"

_OPERATOR = [sys.executable, "-m", "app.entrypoints.command_line"]

#: What somebody set for another installation says nothing about this one.
_NOT_OURS = ("DATABASE_URL", "MAP_DATABASE_URL", "SECRET_KEY", "BASE_URL", "DATA_DIR", "PORT")


class System:
    """A private installation in a folder of its own: fsync on, the settings of `script/server`."""

    def __init__(self, installation: Installation, cluster: Cluster, port: int) -> None:
        self.installation = installation
        self.cluster = cluster
        self.port = port
        self.environment = {
            **installation.environment(cluster),
            "PORT": str(port),
            "BASE_URL": f"http://{HOST}:{port}",
            "RATE_LIMITS": "off",
            "ADDRESS_SERVICE": "demo",
            "TILE_URL": "none",
        }

        self._server: subprocess.Popen[bytes] | None = None

    def start_database(self) -> None:
        """Start the database server and wait until it answers."""
        self._server = self.cluster.start()
        self.cluster.wait_until_it_answers(self._server)

    def stop_database(self) -> None:
        """Stop the database server."""
        self.cluster.stop()
        if self._server is not None:
            self._server.wait()

    def operate(self, *arguments: str) -> str:
        """Run one of the operator's commands and return what it said.

        Raises:
            CannotStart: it did not work; with what it said last.
        """
        done = subprocess.run(
            [*_OPERATOR, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=CHECKOUT,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
            raise CannotStart(f"'straatbeeld {' '.join(arguments)}' did not work:\n{said}")
        return done.stdout.strip()

    @contextmanager
    def web(self, *, application: str | None = None, port: int | None = None) -> Iterator[Running]:
        """Run the web server, as `script/server` does; `application` takes the place of ours."""
        port = port or self.port
        command = web_command(HOST, port, self.environment)
        if application is not None:
            command[-1] = application
        with self._running("web" if application is None else "bare", command) as running:
            path = "/health/live" if application is None else "/"
            deadline = time.monotonic() + 60
            while not _answers(port, path):
                if time.monotonic() > deadline or running.process.poll() is not None:
                    raise CannotStart(f"The web server does not start: see {running.log}.")
                time.sleep(0.05)
            yield running

    @contextmanager
    def worker(self) -> Iterator[Running]:
        """Run the worker."""
        with self._running("worker", [*_OPERATOR, "worker"]) as running:
            yield running

    @contextmanager
    def _running(self, name: str, command: list[str]) -> Iterator[Running]:
        log = self.installation.logs / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=self.environment,
                cwd=CHECKOUT,
                start_new_session=True,
                # What runs there asks the kernel one thing and takes no lock.
                preexec_fn=processes.dying_with_parent(signal.SIGTERM),  # noqa: PLW1509  # asks the kernel one thing and takes no lock
            )
        try:
            yield Running(process, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                processes.kill_group(process.pid)
                process.wait()

    def superuser(self) -> psycopg.Connection[Any]:
        """Return a connection that may see and change everything; it commits by itself."""
        return psycopg.connect(self.cluster.url(role=SUPERUSER), autocommit=True)

    def ask(self, question: str) -> Any:  # noqa: ANN401  # columns by name
        """Return the one value that a statement answers."""
        with self.superuser() as connection:
            row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None

    def settle(self) -> None:
        """Let the next measurement begin alike: no jobs, no photos, statistics and disk at rest."""
        with self.superuser() as connection:
            connection.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
            connection.execute("DELETE FROM photo WHERE status = 'received'")
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
        shutil.rmtree(self.installation.data_folder / "photos")
        (self.installation.data_folder / "photos").mkdir(mode=0o700)

    def sign_ins(self) -> dict[str, dict[str, str]]:
        """Return what signs in the first demo account of each role."""
        known = json.loads(self.installation.demo_credentials.read_text())
        found: dict[str, dict[str, str]] = {}
        for person in known["staff"]:
            found.setdefault(person["role"], person)
        return found

    def cpu_of_database(self) -> float:
        """Return the CPU seconds that the database server has used, all its processes together."""
        server = self.cluster.server_pid()
        return cpu_seconds(server) if server else 0.0


class Running:
    """A process that was started, with all it started itself."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def cpu(self) -> float:
        """Return the CPU seconds used so far."""
        return cpu_seconds(self.process.pid)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process, those it started, and those of them that ended."""
    total = 0.0
    family = psutil.Process(pid)
    for process in (family, *family.children(recursive=True)):
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system
        if process.pid == pid:
            total += used.children_user + used.children_system
    return total


@contextmanager
def private_system(folder: Path) -> Iterator[System]:
    """Make a database in `folder`, run its server, and remove all of it at the end."""
    for name in _NOT_OURS:
        os.environ.pop(name, None)
    installation = Installation(folder)
    with installation.held():
        cluster = installation.cluster()
        if cluster.exists:
            # What a run that was killed left behind.
            cluster.clear_remains()
            shutil.rmtree(cluster.data)
        cluster.create()
        system = System(installation, cluster, free_port())
        try:
            system.start_database()
            cluster.prepare()
            yield system
        finally:
            system.stop_database()
            shutil.rmtree(cluster.home.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
