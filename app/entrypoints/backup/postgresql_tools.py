"""PostgreSQL's own programs for dumping and loading, with the database told in the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict

from app.foundation.errors import DomainError

#: libpq's name of a parameter, and the environment variable that says the same.
_ENVIRONMENT = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}

#: Entries of a dump that an ordinary role may not make, and that are in every database already.
_ALREADY_THERE = (" SCHEMA ", " EXTENSION ", " ACL ", " DEFAULT ACL ")


class ToolMissing(DomainError):
    """PostgreSQL's programs are needed for this."""


class DumpFailed(DomainError):
    """The database could not be dumped."""


class LoadFailed(DomainError):
    """The database could not be loaded; it is as it was."""


def dump(database_url: str, *, snapshot: str, into: Path) -> None:
    """Dump our schema as it was at the exported `snapshot`, in PostgreSQL's custom format.

    Raises:
        ToolMissing, DumpFailed: with what the program said.
    """
    done = subprocess.run(
        [
            _program("pg_dump"),
            "--format=custom",
            "--schema=public",
            "--no-owner",
            "--no-privileges",
            # Counts of the last minutes, on purpose not kept by PostgreSQL itself.
            "--exclude-table-data=rate_count",
            # PostGIS brings it.
            "--exclude-table=spatial_ref_sys",
            f"--snapshot={snapshot}",
            f"--file={into}",
        ],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(database_url),
    )
    if done.returncode:
        raise DumpFailed(f"The database could not be dumped: {_last_words(done.stderr)}")


def load(database_url: str, dumped: Path, *, before: Iterable[str], after: Iterable[str]) -> None:
    """Load a dump in one transaction, with the statements `before` and `after` in it too.

    Raises:
        ToolMissing, LoadFailed: with what the program said; nothing has changed.
    """
    contents = dumped.with_suffix(".list")
    contents.write_text(_contents_to_load(dumped))
    reading = subprocess.Popen(
        [
            _program("pg_restore"),
            "--no-owner",
            "--no-privileges",
            f"--use-list={contents}",
            "--file=-",
            str(dumped),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    loading = subprocess.Popen(
        [
            _program("psql"),
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--set=VERBOSITY=terse",
            "--output=/dev/null",
            "--file=-",
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(database_url),
    )
    with reading, loading:
        script = _existing(loading.stdin)
        try:
            _say(script, ["BEGIN;", "SET LOCAL client_min_messages = warning;", *before])
            shutil.copyfileobj(_existing(reading.stdout), script, 1024 * 1024)
            # Without this last word psql rolls back, so half a script changes nothing.
            if reading.wait() == 0:
                _say(script, [*after, "COMMIT;"])
            script.close()
        except BrokenPipeError:
            reading.kill()
        said = _existing(loading.stderr).read().decode(errors="replace")
        why = _existing(reading.stderr).read().decode(errors="replace")
    contents.unlink()
    if loading.returncode or reading.returncode:
        raise LoadFailed(
            f"The database could not be loaded, and is as it was: {_last_words(said or why)}"
        )


def _contents_to_load(dumped: Path) -> str:
    listed = subprocess.run(
        [_program("pg_restore"), "--list", str(dumped)],
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        raise LoadFailed(f"The dump cannot be read: {_last_words(listed.stderr)}")
    kept = [
        line
        for line in listed.stdout.splitlines()
        if not any(kind in line for kind in _ALREADY_THERE)
    ]
    return "\n".join(kept) + "\n"


def _say(script: IO[bytes], statements: Iterable[str]) -> None:
    script.write("\n".join([*statements, ""]).encode())


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(
            f"The program {name} is missing: install PostgreSQL's client programs"
            " (on Debian 'apt-get install postgresql-client'), as new as the server."
        )
    return found


def _environment(database_url: str) -> Mapping[str, str]:
    """Return the environment that leads to the database; arguments can be read by everyone."""
    told = {**os.environ, "PGAPPNAME": "straatbeeld backup", "PGCLIENTENCODING": "UTF8"}
    for name, value in conninfo_to_dict(database_url).items():
        if name in _ENVIRONMENT and value is not None:
            told[_ENVIRONMENT[name]] = str(value)
    return told


def _last_words(said: str) -> str:
    return " ".join(said.strip().splitlines()[-3:]) or "it said nothing"


def _existing(file: IO[bytes] | None) -> IO[bytes]:
    if file is None:
        raise RuntimeError("a pipe was asked for")
    return file
