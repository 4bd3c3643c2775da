"""A worker that stands still is seen by monitors, on real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import httpx
import pytest

from tests.makers.running import RunningSystem, a_running_system

pytestmark = pytest.mark.processes


def ready(running: RunningSystem) -> httpx.Response:
    return httpx.get(f"{running.address}/health/ready", timeout=10, trust_env=False)


def soon(holds: Callable[[], bool], *, within: float) -> bool:
    """Whether `holds` becomes true in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


class TestAWorkerThatStandsStill:
    def test_is_seen_and_seen_again_when_it_goes_on(self) -> None:
        with a_running_system() as running:
            assert soon(lambda: ready(running).status_code == 200, within=60)
            (worker,) = running.processes_of("worker")

            os.kill(worker, signal.SIGSTOP)
            try:
                stands_still = soon(lambda: ready(running).status_code == 503, within=60)
                told = ready(running).json()["checks"]
            finally:
                os.kill(worker, signal.SIGCONT)

            assert stands_still
            assert told == {
                "database": "ok",
                "migrations": "ok",
                "worker": "stands still",
                "queue": "ok",
            }
            assert soon(lambda: ready(running).status_code == 200, within=60)
