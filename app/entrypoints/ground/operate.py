"""`script/straatbeeld`: the operator's command line, with the private database at hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.entrypoints.ground.cluster import Cluster
from app.entrypoints.ground.installation import Installation
from app.entrypoints.ground.progress import CannotStart, complain


def main() -> int:
    """Run the operator's command with the environment of this installation."""
    command = [str(Path(sys.executable).parent / "straatbeeld"), *sys.argv[1:]]
    if len(sys.argv) == 1 or "--help" in sys.argv:
        os.execv(command[0], command)  # noqa: S606  # a list of our own words, no shell
    try:
        installation = Installation.of_this_environment()
        if not installation.has_own_database:
            os.execve(command[0], command, installation.environment(None))  # noqa: S606  # a list of our own words, no shell
        cluster = installation.cluster()
        if _answers_soon(cluster):
            os.execve(command[0], command, installation.environment(cluster))  # noqa: S606  # a list of our own words, no shell
        with installation.held():
            return _with_the_database_for_a_moment(installation, cluster, command)
    except CannotStart as problem:
        return complain(problem)


def _answers_soon(cluster: Cluster) -> bool:
    """Whether the server runs; one that is starting at this moment gets ten seconds."""
    deadline = time.monotonic() + 10
    while not cluster.answers:
        if cluster.server_pid() is None or time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _with_the_database_for_a_moment(
    installation: Installation, cluster: Cluster, command: list[str]
) -> int:
    if not cluster.exists:
        cluster.create()
    server = cluster.start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command answers Ctrl-C, we clean up
    try:
        cluster.wait_until_it_answers(server)
        cluster.prepare()
        return subprocess.run(
            command, check=False, env=installation.environment(cluster)
        ).returncode
    finally:
        cluster.stop()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
