"""The worker: does the jobs that transactions left for later."""

from __future__ import annotations

from app.entrypoints.logs import configure_logs
from app.entrypoints.wiring import JOBS, wire
from app.foundation.jobs import worker_app
from app.foundation.settings import Settings

#: Photos keep a core busy; two at a time are enough on the machines this runs on.
_AT_ONCE = 2


def run_worker(settings: Settings, *, until_empty: bool = False) -> None:
    """Do jobs until told to stop; with `until_empty`, until there is none left."""
    configure_logs(settings)
    app = worker_app(settings.database_url, JOBS, wire(settings))
    with app.open():
        app.run_worker(concurrency=_AT_ONCE, wait=not until_empty, delete_jobs="successful")
