"""`script/server`: sets up what is missing, then runs database, worker and web."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.entrypoints.ground import processes
from app.entrypoints.ground.given_database import insist_that_it_works, map_reader_url
from app.entrypoints.ground.installation import CHECKOUT, Installation
from app.entrypoints.ground.progress import CannotStart, complain, say, step
from app.entrypoints.ground.shape import has_newest_shape
from app.entrypoints.ground.supervisor import (
    DatabaseServer,
    Program,
    StoppedWhileStarting,
    Supervisor,
)

_LOADED_AT = time.monotonic()

_OPERATOR = [sys.executable, "-m", "app.entrypoints.command_line"]


def main() -> int:
    """Run the system; return the exit status."""
    wanted = _arguments()
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    try:
        installation = Installation.of_this_environment()
        with installation.held():
            try:
                _start_everything(supervisor, installation, load_demo=wanted.demo)
                say(f"\nReady after {_seconds_since_we_were_started():.1f} s.")
                supervisor.run()
            except StoppedWhileStarting:
                pass
            finally:
                if supervisor.keeps_something:
                    with step("Stopping"):
                        supervisor.stop()
    except CannotStart as problem:
        return complain(problem)
    return 0


def _seconds_since_we_were_started() -> float:
    """Return the age of this process, which `script/server` was before it became this program."""
    try:
        told = Path("/proc/self/stat").read_text()
    except OSError:
        # Elsewhere than on Linux we only know of our own part.
        return time.monotonic() - _LOADED_AT
    # The name of the program, in brackets, may hold anything; the 22nd field is the beginning.
    ticks = int(told.rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Runs Straatbeeld: database, worker and web. Ctrl-C stops all of it.",
        epilog="PORT (8000), HOST (127.0.0.1), DATA_DIR (.data) and DATABASE_URL (a private "
        "database in DATA_DIR) are read from the environment, like every other setting.",
    )
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=not os.environ.get("DATABASE_URL"),
        help="load the demo municipality on the first start; by default only into the private "
        "database, never into one of your own",
    )
    return parser.parse_args()


def _start_everything(
    supervisor: Supervisor, installation: Installation, *, load_demo: bool
) -> None:
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    # What a killed supervisor left behind would still hold the port.
    processes.end(
        lambda: processes.marked(installation.data_folder), with_signal=signal.SIGKILL, within=5
    )
    _insist_on_a_free_port(host, port)

    cluster = installation.cluster() if installation.has_own_database else None
    if cluster is not None:
        if not cluster.exists:
            with step("A database of its own"):
                cluster.create()
        with step("Database"):
            database = DatabaseServer(cluster)
            supervisor.start(database)
            supervisor.wait_until(database, lambda: cluster.answers, within=60)
            cluster.prepare()

    environment = installation.environment(cluster)
    if cluster is None:
        with step("Database of DATABASE_URL"):
            insist_that_it_works(environment["DATABASE_URL"])
            reader, note = (
                (environment["MAP_DATABASE_URL"], None)
                if environment.get("MAP_DATABASE_URL")
                else map_reader_url(
                    environment["DATABASE_URL"], secret_key=environment["SECRET_KEY"]
                )
            )
            environment["MAP_DATABASE_URL"] = reader
        if note:
            say(f"  {note}")
    environment["PORT"] = str(port)
    environment.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    if cluster is not None:
        # The demo has addresses of its own; an installation in earnest asks the national register.
        environment.setdefault("ADDRESS_SERVICE", "demo")

    with step("Migrations"):
        # In a database of the user's own the map's role may be new, so its rights are said again.
        if cluster is None or not has_newest_shape(environment["DATABASE_URL"]):
            _operate(["migrate"], environment)
    if load_demo and not installation.demo_loaded.exists():
        with step("Demo municipality, this once"):
            said = _operate(["demo", "load", "--if-empty"], environment)
            installation.demo_loaded.touch()
        if "no demo was loaded" in said:
            say(f"  {said.strip()}")

    worker = Program(
        "worker",
        [*_OPERATOR, "worker"],
        environment,
        installation.logs / "worker.log",
        installation.data_folder,
    )
    web = Program(
        "web",
        web_command(host, port, environment),
        environment,
        installation.logs / "web.log",
        installation.data_folder,
    )
    with step("Worker and web"):
        supervisor.start(worker)
        supervisor.start(web)
        supervisor.wait_until(web, lambda: _answers(host, port, "/health/live"), within=60)
    _welcome(environment["BASE_URL"], installation, with_demo=load_demo)


def web_command(host: str, port: int, environment: dict[str, str]) -> list[str]:
    """Return how the web server is started."""
    return [
        sys.executable,
        "-m",
        "app.entrypoints.ground.web_server",
        "--interface=asgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={environment.get('WEB_PROCESSES') or 2}",
        # Connections that say nothing hold a place until the header's time is over.
        "--backlog=4096",
        "--http1-header-read-timeout=15000",
        "--http=1",
        "--no-ws",
        "--respawn-failed-workers",
        "--workers-kill-timeout=10",
        "--no-access-log",
        "--factory",
        "app.entrypoints.ground.web_process:create_app",
    ]


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT is {given!r}, which is no port: give a number from 1 to 65535.")
    return int(given)


def _insist_on_a_free_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({refused.strerror}): stop what listens "
                f"there, or choose another, such as PORT={port + 1 if port < 65535 else 8000} "
                "script/server."
            ) from refused


def _operate(arguments: list[str], environment: dict[str, str]) -> str:
    """Run one of the operator's commands and return what it said; it is not kept."""
    done = subprocess.run(
        [*_OPERATOR, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=CHECKOUT,
        start_new_session=True,
        # What runs there asks the kernel one thing and takes no lock.
        preexec_fn=processes.dying_with_parent(signal.SIGKILL),
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise CannotStart(f"'script/straatbeeld {' '.join(arguments)}' did not work:\n{said}")
    return done.stdout


def _answers(host: str, port: int, path: str) -> bool:
    local = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104  # compared, not listened on
    connection = HTTPConnection(local, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _welcome(address: str, installation: Installation, *, with_demo: bool) -> None:
    say(f"\nStraatbeeld: {address}")
    if "//127.0.0.1" in address:
        by_name = address.replace("127.0.0.1", "localhost")
        say(f"Passkeys belong to a name: to try one, open {by_name}")
    if not with_demo or not installation.demo_credentials.exists():
        return
    known = json.loads(installation.demo_credentials.read_text())
    say("Demo sign-ins:")
    for person in known.get("staff", []):
        party = f" of {person['party']}" if person.get("party") else ""
        say(f"  {person['email']:<36} {person['password']:<24} {person['role']}{party}")
        if key := person.get("one_time_key"):
            say(f"  {'':<36} key for an app with codes: {key}")
    for partner in known.get("partners", []):
        client, secret = partner["client_id"], partner["client_secret"]
        say(f"  {client:<36} {secret:<24} partner {partner['party']}")
    if any(person.get("one_time_key") for person in known.get("staff", [])):
        folder = os.environ.get("DATA_DIR")
        command = f"{f'DATA_DIR={folder} ' if folder else ''}script/straatbeeld demo code balie"
        say(f"Without such an app, `{command}` tells the code of this moment.")
    say(f"They are kept in {_short(installation.demo_credentials)}. Ctrl-C stops everything.")


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
