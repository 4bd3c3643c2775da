"""Nothing lost: reports are sent while web, worker and database are killed, and all of them stay.

Real processes, a real database with fsync on, and SIGKILL. Whatever was answered with 201 is there
once, with its photo, in a case that somebody has; every job is done, and no file is left over.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import cycle, islice
from random import Random
from threading import Event
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image
from psycopg.rows import dict_row

from app.entrypoints.demo.places import lamp_posts, streets
from app.entrypoints.ground.cluster import OWNER, Cluster
from app.entrypoints.ground.provision import find_or_install
from app.foundation.database import Database, make_engine
from app.foundation.jobs import TAKE_UP_STALLED
from app.photos.model import Rendition
from app.photos.operations.sweeping import sweep
from app.photos.storage import FolderPhotoStore, file_name
from tests.ground import CHECKOUT
from tests.makers.running import RunningSystem, a_running_system

pytestmark = pytest.mark.processes

SENDERS = 4
KILLS = 10
#: One after the other, as long as kills are left. Granian starts a killed child again by itself.
VICTIMS = ("database", "worker", "a child of web", "worker", "web")
#: Whoever was killed, so many more are accepted within this time; then the next one is killed.
MORE_BETWEEN_KILLS = 5
BACK_WITHIN_SECONDS = 60
#: A worker counts as dead after twenty seconds, its jobs are looked for four times a minute, and
#: a job that met a dead database waits longer each time.
ALL_DONE_WITHIN = 120


@dataclass
class Sender:
    """Sends one report after the other, each until it is accepted, and remembers what it was told.

    Every report has an `Idempotency-Key`, as phones do it; now and then it is sent again although
    it was accepted, as networks do it.
    """

    address: str
    number: int
    stop: Event
    accepted: dict[str, str] = field(default_factory=dict)
    told_otherwise: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Send until it is time to stop; the last one is still sent to its end."""
        chance = Random(self.number)
        with httpx.Client(base_url=self.address, timeout=20, trust_env=False) as client:
            while not self.stop.is_set():
                key = f"sender {self.number} report {len(self.accepted)}"
                body, photo = a_body(chance), a_photo(chance)
                self.accepted[key] = self._until_accepted(client, key, body, photo)
                if chance.random() < 0.1:
                    again = self._until_accepted(client, key, body, photo)
                    if again != self.accepted[key]:
                        self.told_otherwise.append(key)

    def _until_accepted(
        self, client: httpx.Client, key: str, body: dict[str, Any], photo: bytes
    ) -> str:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                answered = client.post(
                    "/api/v1/reports",
                    files={
                        "report": (None, json.dumps(body), "application/json"),
                        "photo": ("photo.jpg", photo, "image/jpeg"),
                    },
                    headers={"Idempotency-Key": key},
                )
            except httpx.HTTPError as cut:
                self.answers[type(cut).__name__] += 1
                time.sleep(0.1)
                continue
            self.answers[str(answered.status_code)] += 1
            if answered.status_code == 201:
                return str(answered.json()["id"])
            # Away for a moment is all that may be said here; anything else is told at the end.
            time.sleep(0.2)
        raise TimeoutError(key)


def a_body(chance: Random) -> dict[str, Any]:
    """Make a report somewhere in the demo municipality, every third at a lamp post."""
    if chance.random() < 0.33:
        lamp = chance.choice(lamp_posts())
        return {
            "description": "De lamp brandt niet",
            "location": _point(lamp.spot.longitude, lamp.spot.latitude),
            "category": "verlichting.lamp-brandt-niet",
            "asset": str(lamp.id),
        }
    street = chance.choice(streets())
    spot = street.spot(chance.uniform(0, street.length_metres), chance.uniform(-4, 4))
    return {
        "description": chance.choice(("Er ligt een losse tegel", "Wespen bij de speeltuin")),
        "location": _point(spot.longitude, spot.latitude),
    }


def _point(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def a_photo(chance: Random) -> bytes:
    """Make a photo that no other is like, large enough that making it safe takes a moment."""
    picture = BytesIO()
    colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
    Image.radial_gradient("L").resize((1800, 1350)).convert("RGB").point(
        [level * part // 255 for part in colour for level in range(256)]
    ).save(picture, "JPEG", quality=85)
    return picture.getvalue()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSystem]:
    with a_running_system(demo=True) as system:
        yield system


def the_cluster(running: RunningSystem) -> Cluster:
    return Cluster(running.data_folder, find_or_install(CHECKOUT))


def asked(running: RunningSystem, statement: str) -> list[dict[str, Any]]:
    """Ask the database of the running system."""
    with psycopg.connect(
        the_cluster(running).url(role=OWNER), row_factory=dict_row, connect_timeout=5
    ) as connection:
        return connection.execute(statement.encode()).fetchall()


def health(running: RunningSystem) -> httpx.Response:
    return httpx.get(f"{running.address}/health/ready", timeout=10, trust_env=False)


def soon(holds: Callable[[], bool], *, within: float) -> bool:
    """Whether `holds` becomes true in time; while something is away it is not true yet."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if holds():
                return True
        except (psycopg.OperationalError, httpx.HTTPError, OSError, ValueError):
            pass
        time.sleep(0.2)
    return False


def victim(running: RunningSystem, which: str) -> int:
    """Return the process to kill, once there is one."""
    found: list[int] = []

    def look() -> bool:
        found.clear()
        if which == "database":
            pid = running.database_server()
            os.kill(pid, 0)
            found.append(pid)
        elif which == "worker":
            found.extend(running.processes_of("worker")[:1])
        else:
            web = running.processes_of("web")
            found.extend(web[:1] if which == "web" else web[1:2])
        return bool(found)

    assert soon(look, within=30), f"{which} did not come back"
    return found[0]


def how_many(senders: Sequence[Sender]) -> int:
    """Return how many reports were accepted so far."""
    return sum(len(sender.accepted) for sender in senders)


def went_on(senders: Sequence[Sender], wanted: int) -> bool:
    """Whether so many reports were accepted in time."""
    return soon(lambda: how_many(senders) >= wanted, within=BACK_WITHIN_SECONDS)


def unfinished_jobs(running: RunningSystem) -> list[dict[str, Any]]:
    return asked(
        running,
        f"""
        SELECT task_name, status::text, attempts FROM procrastinate_jobs
        WHERE task_name <> '{TAKE_UP_STALLED}' ORDER BY id
        """,
    )


class TestWhatWasAccepted:
    def test_is_there_whatever_is_killed(
        self, running: RunningSystem, record_property: Callable[[str, object], None]
    ) -> None:
        stop = Event()
        senders = [Sender(running.address, number, stop) for number in range(SENDERS)]
        chance = Random(7)
        killed: Counter[str] = Counter()
        begun = time.monotonic()

        with ThreadPoolExecutor(SENDERS) as threads:
            sending = [threads.submit(sender.run) for sender in senders]
            try:
                for which in islice(cycle(VICTIMS), KILLS):
                    wanted = how_many(senders) + MORE_BETWEEN_KILLS
                    assert went_on(senders, wanted), f"nothing is accepted after {killed}"
                    time.sleep(chance.uniform(0, 0.3))
                    running.kill(victim(running, which))
                    killed[which] += 1
            finally:
                stop.set()
            for one in sending:
                one.result()
        sent_after = time.monotonic() - begun
        all_done = soon(lambda: not unfinished_jobs(running), within=ALL_DONE_WITHIN)

        accepted = {key: report for sender in senders for key, report in sender.accepted.items()}
        answers = sum((sender.answers for sender in senders), Counter[str]())
        told = {
            "accepted": len(accepted),
            "answers": dict(answers),
            "killed": dict(killed),
            "seconds until all were sent": round(sent_after),
            "seconds until all was done": round(time.monotonic() - begun),
        }
        for name, value in told.items():
            record_property(name, value)
        print(f"\nNothing lost: {told}")
        assert all_done, unfinished_jobs(running)
        assert killed.total() >= 10
        assert [key for sender in senders for key in sender.told_otherwise] == []
        assert {said for said in answers if said.isdigit()} <= {"201", "502", "503"}
        self._every_report_is_there_once(running, accepted)
        self._every_report_has_its_photo(running, accepted)
        self._everybody_has_work(running)
        self._files_and_rows_agree(running)
        assert soon(lambda: health(running).json()["failedJobs"] == 0, within=10)

    def _every_report_is_there_once(self, running: RunningSystem, accepted: dict[str, str]) -> None:
        there = [
            str(row["id"]) for row in asked(running, "SELECT id FROM report WHERE NOT is_demo")
        ]
        assert len(set(accepted.values())) == len(accepted)
        assert sorted(there) == sorted(accepted.values())

    def _every_report_has_its_photo(self, running: RunningSystem, accepted: dict[str, str]) -> None:
        photos = asked(
            running,
            """
            SELECT photo.report_id, photo.status FROM photo
            JOIN report ON report.id = photo.report_id AND NOT report.is_demo
            """,
        )
        assert Counter(str(row["report_id"]) for row in photos) == Counter(accepted.values())
        assert Counter(row["status"] for row in photos) == {"ready": len(accepted)}

    def _everybody_has_work(self, running: RunningSystem) -> None:
        with_nobody = asked(
            running,
            """
            SELECT c.reference, c.stage FROM defect_case AS c
            JOIN report ON report.case_id = c.id AND NOT report.is_demo
            WHERE NOT EXISTS (SELECT FROM task WHERE task.case_id = c.id)
              AND NOT EXISTS (SELECT FROM desk_entry
                              WHERE desk_entry.case_id = c.id AND settled_at IS NULL)
            """,
        )
        miscounted = asked(
            running,
            """
            SELECT c.reference, c.report_count, count(*) AS reports FROM defect_case AS c
            JOIN report ON report.case_id = c.id
            GROUP BY c.id HAVING c.report_count <> count(*)
            """,
        )
        assert (with_nobody, miscounted) == ([], [])

    def _files_and_rows_agree(self, running: RunningSystem) -> None:
        store = FolderPhotoStore(running.data_folder / "photos")
        engine = make_engine(the_cluster(running).url(role=OWNER), connections=1)
        # An hour from now, so that nothing is let alone because it is young.
        later = datetime.now(UTC) + timedelta(hours=2)
        with Database(engine).transaction() as transaction:
            swept = sweep(transaction, store, later)
        engine.dispose()
        there = {file.name for file in store.files()}
        rows = asked(running, "SELECT storage_key, status FROM photo")
        known = {
            file_name(row["storage_key"], rendition) for row in rows for rendition in Rendition
        }
        print(f"Left by killed requests and swept: {swept.unknown_files} files; kept: {len(there)}")
        assert {row["status"] for row in rows} == {"ready"}
        assert there == known
