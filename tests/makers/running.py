"""The whole system as real processes, the way `script/server` runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.entrypoints.ground import processes
from tests.ground import CHECKOUT


class DidNotStart(Exception):
    """The system did not become ready; the message is what it said."""


@dataclass
class RunningSystem:
    """Real processes that serve on a port of their own."""

    address: str
    data_folder: Path
    supervisor: subprocess.Popen[bytes]
    output: Path

    def processes_of(self, service: str) -> list[int]:
        """Return the processes of `web` or `worker`, the first one started first."""
        return sorted(processes.marked(self.data_folder, service))

    def database_server(self) -> int:
        """Return the process of the private database server."""
        lock = self.data_folder / "database" / "data" / "postmaster.pid"
        return int(lock.read_text().split("\n", 1)[0])

    def kill(self, pid: int) -> None:
        """Kill a process as a power cut would."""
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> int:
        """Stop everything as Ctrl-C does; return the exit status."""
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(60)


@contextmanager
def a_running_system(
    *, database_url: str | None = None, demo: bool = False, within: float = 120.0, **settings: str
) -> Iterator[RunningSystem]:
    """Run database, worker and web, and stop them afterwards.

    Without `database_url` the system gets a private cluster, which can be killed too. `settings`
    are environment variables.
    """
    with (
        tempfile.TemporaryDirectory(prefix="straatbeeld-", ignore_cleanup_errors=True) as name,
        socket.socket() as probe,
    ):
        folder = Path(name).resolve()
        folder.chmod(0o711)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **{k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")},
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "RATE_LIMITS": "off",
            **({"DATABASE_URL": database_url} if database_url else {}),
            **settings,
        }
        output = folder / "output.log"
        with output.open("wb") as file:
            supervisor = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "app.entrypoints.ground.serve",
                    "--demo" if demo else "--no-demo",
                ],
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = RunningSystem(f"http://127.0.0.1:{port}", folder, supervisor, output)
        try:
            _wait_until_ready(running, within)
            yield running
        finally:
            running.stop()


def _wait_until_ready(running: RunningSystem, within: float) -> None:
    deadline = time.monotonic() + within
    while "Ready after" not in running.output.read_text():
        if running.supervisor.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(running.output.read_text())
        time.sleep(0.05)
