"""One installation in a data folder: its secret, its lock, its processes' environment."""

from __future__ import annotations

import fcntl
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.entrypoints.ground.cluster import MAP_READER, Cluster
from app.entrypoints.ground.progress import CannotStart
from app.entrypoints.ground.provision import find_or_install

CHECKOUT = Path(__file__).resolve().parents[3]


class Installation:
    """What belongs to one data folder."""

    def __init__(self, data_folder: Path) -> None:
        self.data_folder = data_folder.resolve()
        try:
            self.data_folder.mkdir(parents=True, exist_ok=True)
            # Nobody lists it. The database's user has to pass through when root started us.
            self.data_folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for private in ("log", "photos"):
                (self.data_folder / private).mkdir(mode=0o700, exist_ok=True)
        except OSError as refused:
            raise CannotStart(
                f"The data folder {self.data_folder} cannot be made ({refused.strerror}): "
                "choose another with DATA_DIR."
            ) from refused
        self.logs = self.data_folder / "log"
        self.demo_credentials = self.data_folder / "demo-credentials.json"
        self.demo_loaded = self.data_folder / "demo-loaded"

    @classmethod
    def of_this_environment(cls) -> Installation:
        """Return the installation that DATA_DIR names, or the checkout's own.

        A name without a slash in front is a folder of the checkout, wherever one stands: server
        and command line mean the same one.
        """
        return cls(CHECKOUT / (os.environ.get("DATA_DIR") or ".data"))

    @property
    def has_own_database(self) -> bool:
        """Whether DATABASE_URL is missing, so that the private cluster is used."""
        return not os.environ.get("DATABASE_URL")

    def cluster(self) -> Cluster:
        """Return the private cluster; PostgreSQL is installed when the machine has none."""
        return Cluster(self.data_folder, find_or_install(CHECKOUT))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the data folder: only one at a time runs on it.

        Raises:
            CannotStart: someone else holds it.
        """
        with (self.data_folder / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip()
                raise CannotStart(
                    f"Straatbeeld already runs on {self.data_folder} (process {holder}): stop it "
                    "first, or give this one a folder of its own with DATA_DIR."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def environment(self, cluster: Cluster | None) -> dict[str, str]:
        """Return the environment of this installation's processes."""
        environment = dict(os.environ)
        environment["DATA_DIR"] = str(self.data_folder)
        environment["SECRET_KEY"] = os.environ.get("SECRET_KEY") or self._kept_secret()
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        environment.setdefault("PYTHONUNBUFFERED", "1")
        if cluster is not None:
            environment["DATABASE_URL"] = cluster.url()
            environment["MAP_DATABASE_URL"] = cluster.url(role=MAP_READER)
            environment["PATH"] = cluster.binaries.search_path(environment["PATH"])
        return environment

    def _kept_secret(self) -> str:
        """Return this installation's secret key, made at random the first time."""
        path = self.data_folder / "secret-key"
        if not path.exists():
            # Whole or not at all: half a secret would be kept for good.
            handle, name = tempfile.mkstemp(dir=self.data_folder, prefix="secret-key.")
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(name)
            Path(name).unlink()
        return path.read_text().strip()
