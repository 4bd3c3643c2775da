"""Processes that never outlive who started them, found again by a mark in their environment."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

#: Environment variables that every process of the supervisor carries.
HOME_MARK = "STRAATBEELD_HOME"
SERVICE_MARK = "STRAATBEELD_SERVICE"

_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")


def dying_with_parent(
    with_signal: signal.Signals, *, parent: int | None = None
) -> Callable[[], None]:
    """Return what a child runs before its program, so that the kernel ends it with its parent.

    Call this in the parent, or name the parent. Must run after a change of user, which clears the
    wish.
    """
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    expected = parent or os.getpid()

    def ask_the_kernel() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
            if os.getppid() != expected:  # it died before we asked
                os._exit(1)

    return ask_the_kernel


def _processes() -> Iterator[tuple[int, Path]]:
    if not _PROC.is_dir():
        return
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            yield int(entry.name), entry


def marked(home: Path, service: str | None = None) -> list[int]:
    """Return the processes that a supervisor of `home` started, or only those of one service."""
    wanted = [f"{HOME_MARK}={home}".encode()]
    if service is not None:
        wanted.append(f"{SERVICE_MARK}={service}".encode())
    found = []
    for pid, entry in _processes():
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if all(mark in environment for mark in wanted):
            found.append(pid)
    return found


def working_in(folder: Path, *, as_user: int | None = None) -> list[int]:
    """Return the processes whose working directory is `folder`: a cluster's server and backends.

    Root inside a container may not look at the processes of another user: give that user's number.
    """
    found = []
    hidden = False
    for pid, entry in _processes():
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(pid)
        except PermissionError:
            hidden = True
        except OSError:
            continue
    if hidden and not found and as_user is not None and os.geteuid() == 0:
        return _working_in_as_seen_by(as_user, folder)
    return found


def _working_in_as_seen_by(user: int, folder: Path) -> list[int]:
    seen = subprocess.run(
        ["find", "/proc", "-maxdepth", "2", "-name", "cwd", "-lname", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=user,
        extra_groups=[],
    ).stdout
    return [int(line.split("/")[2]) for line in seen.splitlines() if line.split("/")[2].isdigit()]


def end(pids: Callable[[], list[int]], *, with_signal: signal.Signals, within: float) -> bool:
    """Signal what `pids` finds, until it finds nothing; whether that happened in time."""
    deadline = time.monotonic() + within
    signalled: set[int] = set()
    while found := pids():
        for pid in found:
            if pid not in signalled:
                signalled.add(pid)
                try:
                    os.kill(pid, with_signal)
                except ProcessLookupError:
                    continue
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def kill_group(group: int) -> None:
    """Kill every process of `group`, if there is still one."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
