"""A private PostgreSQL cluster: made once, reached through a Unix socket, ended with its owner."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.entrypoints.ground.narrowing import keep_strangers_out, narrow
from app.entrypoints.ground.processes import dying_with_parent, end, working_in
from app.entrypoints.ground.progress import CannotStart
from app.entrypoints.ground.provision import Binaries

DATABASE = "straatbeeld"
OWNER = "straatbeeld"
#: Reads what the public may see, and nothing else; migrations say what that is.
MAP_READER = "straatbeeld_map"
SUPERUSER = "postgres"

#: A socket's whole path has to fit in 107 bytes; its name takes some of them.
_LONGEST_SOCKET_FOLDER = 90

_SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    "max_wal_size": "2GB",
}
_FOR_TESTS_ONLY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Account:
    """The user a server runs as, when the one who starts it is root."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Return who runs the server instead of root; None when we are not root.

    Raises:
        CannotStart: we are root and Debian's `postgres` user is missing.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise CannotStart(
            "PostgreSQL refuses to run as root and there is no user 'postgres': make one with "
            "'useradd --system postgres', or start as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _may_enter(account: Account, folder: Path) -> bool:
    """Whether `account` can walk down to `folder`."""
    for step in (folder, *folder.parents):
        if not step.exists():
            continue
        mode = step.stat()
        needed = (
            0o100 if mode.st_uid == account.uid else 0o010 if mode.st_gid == account.gid else 0o001
        )
        if not mode.st_mode & needed:
            return False
    return True


class Cluster:
    """One private cluster below a data folder, with the application's roles and database."""

    def __init__(self, data_folder: Path, binaries: Binaries, *, durable: bool = True) -> None:
        self.binaries = binaries
        self.durable = durable
        self._account = server_account()
        self._user = self._account.uid if self._account else None
        self._group = self._account.gid if self._account else None
        self._extra_groups: list[int] | None = [] if self._account else None
        self.home = self._settle(data_folder.resolve() / "database")
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.socket_folder = self._socket_folder()

    def _settle(self, wanted: Path) -> Path:
        """Return where the cluster lives: `wanted`, or a place the server's user can enter."""
        wanted.parent.mkdir(parents=True, exist_ok=True)
        if wanted.is_symlink():
            home = wanted.readlink()
        elif self._account is None or wanted.exists() or _may_enter(self._account, wanted.parent):
            home = wanted
        else:
            name = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
            home = Path("/var/lib") / f"straatbeeld-{name}"
            wanted.symlink_to(home)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hand_over(home)
        return home

    def _socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"straatbeeld-{os.geteuid()}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        expected = self._account.uid if self._account else os.geteuid()
        if folder.stat().st_uid not in {os.geteuid(), expected}:
            raise CannotStart(f"{folder} belongs to someone else: remove it and start again.")
        self._hand_over(folder)
        folder.chmod(0o700)
        return folder

    def _hand_over(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)

    # --- what the cluster is reached by

    def url(self, *, role: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of a database, as `role` reaches it through the socket."""
        return f"postgresql://{role}@/{database}?host={self.socket_folder}"

    @property
    def exists(self) -> bool:
        """Whether the cluster was made."""
        return (self.data / "PG_VERSION").exists()

    @property
    def answers(self) -> bool:
        """Whether a server takes connections."""
        try:
            with psycopg.connect(self.url(role=SUPERUSER, database="postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    # --- making it

    def create(self) -> None:
        """Make the cluster's files; all of them or none."""
        partly = self.home / "data.part"
        if partly.exists():
            shutil.rmtree(partly)
        command = [
            self.binaries.program("initdb"),
            f"--pgdata={partly}",
            f"--username={SUPERUSER}",
            # The folder of the socket is what keeps others out.
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        ]
        if not self.durable:
            command.append("--no-sync")
        made = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd="/",
            user=self._user,
            group=self._group,
            extra_groups=self._extra_groups,
        )
        if made.returncode:
            raise CannotStart(f"The database could not be made:\n{made.stderr.strip()}")
        partly.rename(self.data)

    def prepare(self) -> None:
        """Make roles, database and PostGIS where they are missing. The server has to run."""
        with psycopg.connect(
            self.url(role=SUPERUSER, database="template1"), autocommit=True
        ) as connection:
            # Every database made from here on has PostGIS; only a superuser may add it.
            connection.execute("SET client_min_messages = warning")
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            for role in (OWNER, MAP_READER):
                if not connection.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)
                ).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            narrow(connection)
        with psycopg.connect(
            self.url(role=SUPERUSER, database="postgres"), autocommit=True
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if not known.fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
                connection.execute(
                    sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(
                        sql.Identifier(DATABASE)
                    )
                )
                connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(MAP_READER)
                    )
                )

            keep_strangers_out(connection)
        # One that an earlier version made was not narrowed with its template.
        with psycopg.connect(self.url(role=SUPERUSER), autocommit=True) as connection:
            narrow(connection)

    # --- running it

    def start(self, *, ends_with_us: bool = True) -> subprocess.Popen[bytes]:
        """Start the server and return its process, without waiting until it answers."""
        self.clear_remains()
        with self.log.open("ab") as log:
            self._hand_over(self.log)
            return subprocess.Popen(
                self._server_command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(),
                start_new_session=True,
                # SIGINT is PostgreSQL's word for "end every connection and stop cleanly".
                # What runs there asks the kernel one thing and takes no lock.
                preexec_fn=dying_with_parent(signal.SIGINT) if ends_with_us else None,  # noqa: PLW1509  # asks the kernel one thing and takes no lock
                user=self._user,
                group=self._group,
                extra_groups=self._extra_groups,
            )

    def wait_until_it_answers(
        self, server: subprocess.Popen[bytes] | None = None, *, within: float = 60.0
    ) -> None:
        """Return as soon as the server takes connections.

        Raises:
            CannotStart: it did not in time, or it stopped; with what it logged last.
        """
        deadline = time.monotonic() + within
        while not self.answers:
            if time.monotonic() > deadline or (server is not None and server.poll() is not None):
                raise CannotStart(
                    f"The database does not start. Its last words, from {self.log}:\n"
                    + "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                )
            time.sleep(0.03)

    def stop(self, *, within: float = 20.0) -> None:
        """Stop the server cleanly; at once when it takes too long."""
        if server := self.server_pid():
            self._signal(server, signal.SIGINT)
            deadline = time.monotonic() + within
            while self.server_pid() and time.monotonic() < deadline:
                time.sleep(0.03)
        self.clear_remains()

    def server_pid(self) -> int | None:
        """Return the process number of the running server."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if pid in self._processes() and _is_alive(pid) else None

    def _processes(self) -> list[int]:
        return working_in(self.data, as_user=self._user)

    def clear_remains(self) -> None:
        """End what a killed server left: backends that hold its memory, and its lock files."""
        if server := self.server_pid():
            self._signal(server, signal.SIGINT)
            end(self._processes, with_signal=signal.SIGINT, within=15)
        if not end(self._processes, with_signal=signal.SIGKILL, within=10):
            raise CannotStart(f"A database server that uses {self.data} cannot be stopped.")
        # Their process numbers may belong to others by now, or to the dead nobody waited for.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.socket_folder.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _server_command(self) -> list[str]:
        settings = {**_SERVER_SETTINGS, "unix_socket_directories": str(self.socket_folder)}
        if not self.durable:
            settings |= _FOR_TESTS_ONLY
        command = [self.binaries.program("postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _environment(self) -> dict[str, str]:
        kept = {k: os.environ[k] for k in ("PATH", "TMPDIR") if k in os.environ}
        return {**kept, "LC_ALL": "C.UTF-8", **self.binaries.environment}

    @staticmethod
    def _signal(pid: int, with_signal: signal.Signals) -> None:
        try:
            os.kill(pid, with_signal)
        except ProcessLookupError:
            return


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
