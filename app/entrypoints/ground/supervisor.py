"""Keeps processes alive: starts them in order, restarts what dies with back-off, ends them all."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from app.entrypoints.ground import processes
from app.entrypoints.ground.cluster import Cluster
from app.entrypoints.ground.progress import CannotStart, say

_LOOK_EVERY_SECONDS = 0.1
_LOG_KEPT_BYTES = 20_000_000


@dataclass(frozen=True)
class Patience:
    """How long to wait before a dead process is started again."""

    first_seconds: float = 0.2
    longest_seconds: float = 15.0
    #: Who lived this long is forgiven its earlier deaths.
    healthy_after_seconds: float = 10.0

    def before_restart(self, *, deaths_in_a_row: int) -> float:
        """Return the seconds to wait: double for every death in a row."""
        return float(min(self.longest_seconds, self.first_seconds * 2 ** (deaths_in_a_row - 1)))


class Service:
    """Something that has to run: how to start it, and how to end it with all its children."""

    name: str
    log: Path

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; the process it returns stands for the whole service."""
        raise NotImplementedError

    def clear_remains(self, process: subprocess.Popen[bytes] | None) -> None:
        """End what a dead process left behind, so that it can be started again."""
        raise NotImplementedError

    def ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask it to finish what it is doing and stop."""
        process.send_signal(signal.SIGTERM)


@dataclass
class Program(Service):
    """A program of ours, such as the web server or the worker."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    home: Path

    def start(self) -> subprocess.Popen[bytes]:
        """Start the program in a session of its own, marked, and ending with us."""
        marks = {processes.HOME_MARK: str(self.home), processes.SERVICE_MARK: self.name}
        with _opened_log(self.log) as log:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.environment, **marks},
                start_new_session=True,
                # What runs there asks the kernel one thing and takes no lock.
                preexec_fn=processes.dying_with_parent(signal.SIGTERM),  # noqa: PLW1509  # asks the kernel one thing and takes no lock
            )

    def clear_remains(self, process: subprocess.Popen[bytes] | None) -> None:
        """Kill its process group, and whatever of it left the group."""
        if process is not None:
            processes.kill_group(process.pid)
        processes.end(
            lambda: processes.marked(self.home, self.name),
            with_signal=signal.SIGKILL,
            within=5,
        )


@dataclass
class DatabaseServer(Service):
    """The private cluster's server."""

    cluster: Cluster
    name: str = "database"

    def __post_init__(self) -> None:
        self.log = self.cluster.log

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; it recovers by itself what a kill left unfinished."""
        return self.cluster.start()

    def clear_remains(self, process: subprocess.Popen[bytes] | None) -> None:
        """End orphaned backends, which leave the process group of their server."""
        self.cluster.clear_remains()

    def ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask for a fast shutdown: connections end, nothing needs recovery."""
        process.send_signal(signal.SIGINT)


def _opened_log(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_KEPT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


@dataclass
class _Kept:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    deaths_in_a_row: int = 0


@dataclass
class Supervisor:
    """Keeps services running in the order given and ends them in the opposite order."""

    patience: Patience = field(default_factory=Patience)
    stop_within_seconds: float = 15.0
    told: Callable[[str], None] = say

    def __post_init__(self) -> None:
        self._kept: list[_Kept] = []
        # A plain mark: the handler of a signal runs between two steps of this same thread, and
        # would wait for ever on a lock that the step before it holds.
        self._is_asked_to_stop = False

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether Ctrl-C was pressed or SIGTERM came."""
        return self._is_asked_to_stop

    @property
    def keeps_something(self) -> bool:
        """Whether there is something to end."""
        return bool(self._kept)

    def listen_to_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and a closed terminal stop everything."""
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(which, self._ask_to_stop)

    def start(self, service: Service) -> subprocess.Popen[bytes]:
        """Start `service` and keep it running from now on."""
        service.clear_remains(None)
        kept = _Kept(service)
        self._kept.append(kept)
        return self._start(kept)

    def wait_until(self, service: Service, is_ready: Callable[[], bool], *, within: float) -> None:
        """Return when `service` is ready, keeping everything alive meanwhile.

        Raises:
            CannotStart: it died several times or took too long; with what it logged last.
        """
        kept = next(k for k in self._kept if k.service is service)
        deadline = time.monotonic() + within
        while not is_ready():
            if self.is_asked_to_stop:
                raise StoppedWhileStarting
            if kept.deaths_in_a_row >= 3 or time.monotonic() > deadline:
                raise CannotStart(
                    f"{service.name} does not start. Its last words, from {service.log}:\n"
                    + last_words(service.log)
                )
            self.look()
            time.sleep(0.03)

    def run(self) -> None:
        """Keep everything running until we are asked to stop."""
        while not self._is_asked_to_stop:
            time.sleep(_LOOK_EVERY_SECONDS)
            self.look()

    def _ask_to_stop(self, *_signal_and_frame: object) -> None:
        self._is_asked_to_stop = True

    def look(self) -> None:
        """Start again what died and has waited long enough."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.process is not None:
                if kept.process.poll() is not None:
                    self._bury(kept, kept.process, now)
            elif now >= kept.restart_at:
                self._start(kept)

    def stop(self) -> None:
        """End every service, the last one started first, and leave no process."""
        for kept in reversed(self._kept):
            if kept.process is not None:
                if kept.process.poll() is None:
                    kept.service.ask_to_stop(kept.process)
                try:
                    kept.process.wait(self.stop_within_seconds)
                except subprocess.TimeoutExpired:
                    kept.process.kill()
            kept.service.clear_remains(kept.process)
        self._kept.clear()

    def _start(self, kept: _Kept) -> subprocess.Popen[bytes]:
        kept.process = kept.service.start()
        kept.started_at = time.monotonic()
        return kept.process

    def _bury(self, kept: _Kept, dead: subprocess.Popen[bytes], now: float) -> None:
        kept.process = None
        lived = now - kept.started_at
        if lived >= self.patience.healthy_after_seconds:
            kept.deaths_in_a_row = 0
        kept.deaths_in_a_row += 1
        kept.service.clear_remains(dead)
        wait = self.patience.before_restart(deaths_in_a_row=kept.deaths_in_a_row)
        kept.restart_at = time.monotonic() + wait
        self.told(
            f"  {kept.service.name} ended ({_how_it_ended(dead.returncode)}) after {lived:.1f} s; "
            f"starting it again in {wait:.1f} s. Its log: {kept.service.log}"
        )


class StoppedWhileStarting(Exception):
    """Ctrl-C or SIGTERM came before everything ran."""


def _how_it_ended(returncode: int) -> str:
    if returncode >= 0:
        return f"exit status {returncode}"
    return signal.Signals(-returncode).name


def last_words(log: Path, *, lines: int = 20) -> str:
    """Return the end of `log`."""
    if not log.exists():
        return "(it said nothing)"
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 20_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
