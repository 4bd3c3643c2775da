"""The worker: does the jobs that transactions left for later."""

from __future__ import annotations

from app.entrypoints.logs import configure_logs
from app.entrypoints.wiring import JOBS, wire
from app.foundation.jobs import run_worker_app, worker_app
from app.foundation.kept_jobs import fault_book
from app.foundation.settings import Settings

#: Photos keep a core busy; two at a time are enough on the machines this runs on.
_AT_ONCE = 2


def run_worker(settings: Settings, *, until_empty: bool = False) -> None:
    """Do jobs until told to stop; with `until_empty`, until there is none left."""
    configure_logs(settings)
    services = wire(settings)
    app = worker_app(settings.database_url, JOBS, services, note_fault=fault_book(services))
    run_worker_app(app, at_once=_AT_ONCE, until_empty=until_empty)
