"""Finds PostgreSQL with PostGIS on this machine, or gets it: with apt as root, else unpacked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.entrypoints.ground.progress import CannotStart, step

OLDEST_POSTGRESQL = 15

_WHAT_TO_DO = (
    "Straatbeeld needs PostgreSQL 15 or newer with PostGIS 3.3 or newer. Install it "
    "('apt-get install postgresql-15-postgis-3' on Debian 12, 'brew install postgis' on a Mac), "
    "or set DATABASE_URL to a database that has PostGIS, or use deploy/compose.yaml."
)

#: Packages that PostgreSQL names but a private server never loads: compilers for queries, raster
#: and solid geometry, and the scripts that manage a machine's own clusters.
_NOT_NEEDED = re.compile(
    r"^(libllvm|libgdal|libsfcgal|perl|libperl|postgresql-common|postgresql-client-common|"
    r"ssl-cert|debconf|adduser|init-system-helpers|sysvinit-utils|lsb-base|ucf|sensible-utils|"
    r"dpkg|libc6$|tzdata|locales|logrotate)"
)


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL that has PostGIS: where its programs are and what their environment needs."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    #: Where `psql` and `pg_dump` can be called without that environment.
    clients: Path | None = None

    def program(self, name: str) -> str:
        """Return the path of one of its programs, such as `initdb`."""
        return str(self.folder / name)

    def search_path(self, path: str) -> str:
        """Return `path` with its client programs first."""
        return f"{self.clients or self.folder}{os.pathsep}{path}"


def find_or_install(checkout: Path) -> Binaries:
    """Return a PostgreSQL with PostGIS, which is installed when the machine has none.

    Raises:
        CannotStart: there is none and it cannot be installed.
    """
    unpacked = checkout / ".postgresql"
    if found := _on_this_machine() or _unpacked(unpacked):
        return found
    if shutil.which("apt-get") is None:
        raise CannotStart(_WHAT_TO_DO)
    try:
        if (root := _root_prefix()) is not None:
            with step("PostgreSQL and PostGIS from Debian"):
                _install(root)
            found = _on_this_machine()
        else:
            with step("PostgreSQL and PostGIS from Debian, unpacked in .postgresql"):
                _unpack(unpacked)
            found = _unpacked(unpacked)
    except subprocess.CalledProcessError as failed:
        tail = "\n".join((failed.stderr or "").splitlines()[-10:])
        raise CannotStart(f"{tail}\n{_WHAT_TO_DO}") from failed
    if found is None:
        raise CannotStart(_WHAT_TO_DO)
    return found


def _candidates() -> Iterable[Path]:
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        majors = sorted(
            (p for p in debian.iterdir() if p.name.isdigit()),
            key=lambda p: int(p.name),
            reverse=True,
        )
        yield from (major / "bin" for major in majors)
    for prefix in (Path("/opt/homebrew"), Path("/usr/local")):
        yield from sorted(prefix.glob("opt/postgresql@*/bin"), reverse=True)
        yield prefix / "bin"
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())


def _on_this_machine() -> Binaries | None:
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            found = Binaries(folder)
            if fits(found):
                return found
    return None


def fits(binaries: Binaries) -> bool:
    """Whether this PostgreSQL is new enough and has PostGIS beside it."""
    environment = {**os.environ, **binaries.environment}
    told = subprocess.run(
        [binaries.program("postgres"), "--version"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    version = re.search(r"(\d+)", told.stdout)
    if told.returncode or version is None or int(version[1]) < OLDEST_POSTGRESQL:
        return False
    return any(
        (share / "extension" / "postgis.control").exists()
        for share in share_folders(binaries.folder)
    )


def share_folders(programs: Path) -> list[Path]:
    """Return where a PostgreSQL whose programs lie in this folder may keep its extensions."""
    return [
        # Debian keeps them apart: /usr/lib/postgresql/15/bin and /usr/share/postgresql/15.
        *(above / "share" / "postgresql" / programs.parent.name for above in programs.parents),
        programs.parent / "share" / "postgresql",
        *(programs.parent / "share").glob("postgresql@*"),
    ]


def _root_prefix() -> list[str] | None:
    """Return what to put before a command that needs root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            return ["sudo", "-n"]
    return None


def _run(command: list[str], *, cwd: Path | None = None, text: str | None = None) -> str:
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd=cwd,
        input=text,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
    ).stdout


def _server_package(apt_options: list[str]) -> str | None:
    """Return the newest `postgresql-NN-postgis-3` that apt knows."""
    known = _run(
        ["apt-cache", *apt_options, "search", "--names-only", r"^postgresql-[0-9]+-postgis-3$"]
    )
    majors = [int(m) for m in re.findall(r"^postgresql-(\d+)-postgis-3 ", known, re.MULTILINE)]
    return f"postgresql-{max(majors)}-postgis-3" if majors else None


def _install(root: list[str]) -> None:
    # Without this Debian would start a cluster of its own, which nobody asked for.
    quietly = (
        "mkdir -p /etc/postgresql-common/createcluster.d && echo 'create_main_cluster = false'"
        " >/etc/postgresql-common/createcluster.d/straatbeeld.conf"
    )
    _run([*root, "sh", "-c", quietly])
    package = _server_package([])
    if package is None:
        _run([*root, "apt-get", "-qq", "update"])
        package = _server_package([])
    if package is None:
        raise CannotStart(_WHAT_TO_DO)
    options = ["-o", "DPkg::Options::=--force-unsafe-io", "-o", "DPkg::Lock::Timeout=600"]
    install = [
        *root,
        "apt-get",
        "-qq",
        "install",
        "-y",
        "--no-install-recommends",
        *options,
        package,
    ]
    try:
        _run(install)
    except subprocess.CalledProcessError:
        # Package lists of an older day name versions that are gone.
        _run([*root, "apt-get", "-qq", "update"])
        _run(install)


def _unpack(target: Path) -> None:
    """Download PostgreSQL, PostGIS and the libraries this machine lacks; unpack them."""
    partly = target.with_name(target.name + ".part")
    shutil.rmtree(partly, ignore_errors=True)
    state, packages, root = partly / "apt", partly / "packages", partly / "root"
    for folder in (
        state / "lists" / "partial",
        state / "cache" / "archives" / "partial",
        packages,
        root,
    ):
        folder.mkdir(parents=True)
    options = [
        "-o", f"Dir::State::lists={state / 'lists'}",
        "-o", f"Dir::Cache={state / 'cache'}",
        "-o", "Dir::State::status=/var/lib/dpkg/status",
        "-o", "Debug::NoLocking=true",
        "-o", "APT::Sandbox::User=",
    ]  # fmt: skip
    _run(["apt-get", "-qq", *options, "update"])
    server = _server_package(options)
    if server is None:
        raise CannotStart(_WHAT_TO_DO)
    names = sorted(_missing_with_dependencies(server, options))
    _run(["apt-get", "-qq", *options, "download", *names], cwd=packages)
    for archive in sorted(packages.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(root)])
    for control in root.glob("usr/share/postgresql/*/extension/*-3.control"):
        # Debian makes these links when it configures the package.
        link = control.with_name(control.name.replace("-3.control", ".control"))
        link.unlink(missing_ok=True)
        link.symlink_to(control.name)
    _write_clients(partly)
    shutil.rmtree(packages)
    shutil.rmtree(state)
    shutil.rmtree(target, ignore_errors=True)
    partly.rename(target)


def _write_clients(target: Path) -> None:
    """Write small scripts that call the unpacked client programs with their own libraries."""
    real = next(iter(sorted(target.glob("root/usr/lib/postgresql/*/bin"), reverse=True)))
    (target / "bin").mkdir()
    libraries = ":".join(f"$here/{p.relative_to(target)}" for p in _library_folders(target))
    for name in ("psql", "pg_dump", "pg_restore"):
        script = target / "bin" / name
        script.write_text(
            "#!/bin/sh\n"
            'here=$(cd "$(dirname "$0")/.." && pwd)\n'
            f'LD_LIBRARY_PATH="{libraries}" exec "$here/{real.relative_to(target)}/{name}" "$@"\n'
        )
        script.chmod(0o755)


def _library_folders(target: Path) -> list[Path]:
    below_usr = (target / "root" / "usr" / "lib").glob("*-linux-*/**/*.so*")
    below_root = (target / "root" / "lib").glob("*-linux-*/*.so*")
    return sorted({library.parent for library in (*below_usr, *below_root)})


def _missing_with_dependencies(package: str, options: list[str]) -> set[str]:
    """Return `package` and all it depends on, without what is installed or never loaded."""
    installed = set(
        re.findall(
            r"^(\S+?)(?::\S+)? install ok installed$",
            _run(["dpkg-query", "--show", "--showformat", "${Package} ${Status}\n"]),
            re.MULTILINE,
        )
    )
    wanted: set[str] = set()
    following = {package}
    while following:
        wanted |= following
        told = _run(
            ["apt-cache", *options, "depends", "--no-recommends", "--no-suggests", "--no-enhances",
             "--no-conflicts", "--no-breaks", "--no-replaces", *sorted(following)]
        )  # fmt: skip
        # "|Depends:" is the first of several choices; a name in <> is virtual.
        named = re.findall(r"^ +\|?(?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)$", told, re.MULTILINE)
        following = {
            name for name in named if name not in wanted | installed and not _NOT_NEEDED.match(name)
        }
    return wanted


def _unpacked(target: Path) -> Binaries | None:
    root = target / "root"
    folders = sorted(root.glob("usr/lib/postgresql/*/bin"))
    if not folders:
        return None
    environment = {"LD_LIBRARY_PATH": ":".join(map(str, _library_folders(target)))}
    if (root / "usr/share/proj").is_dir():
        environment["PROJ_DATA"] = str(root / "usr/share/proj")
    found = Binaries(folders[-1], environment, clients=target / "bin")
    return found if fits(found) else None
