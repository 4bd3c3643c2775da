"""A PostgreSQL fits when it is new enough and has PostGIS, wherever its programs lie."""

from __future__ import annotations

from pathlib import Path

from app.entrypoints.ground.provision import Binaries, fits, share_folders


def a_postgresql(folder: Path, *, version: str = "15.8") -> Binaries:
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return Binaries(folder)


def postgis_below(share: Path) -> None:
    (share / "extension").mkdir(parents=True)
    (share / "extension" / "postgis.control").touch()


class TestAPostgreSQL:
    def test_as_debian_lays_it_out_fits(self, tmp_path: Path) -> None:
        found = a_postgresql(tmp_path / "usr" / "lib" / "postgresql" / "15" / "bin")
        postgis_below(tmp_path / "usr" / "share" / "postgresql" / "15")

        assert fits(found)

    def test_without_postgis_does_not_fit(self, tmp_path: Path) -> None:
        assert not fits(a_postgresql(tmp_path / "usr" / "lib" / "postgresql" / "15" / "bin"))

    def test_that_is_too_old_does_not_fit(self, tmp_path: Path) -> None:
        found = a_postgresql(tmp_path / "bin", version="14.1")
        postgis_below(tmp_path / "share" / "postgresql")

        assert not fits(found)

    def test_near_the_root_of_the_machine_is_looked_at_too(self) -> None:
        # A link in /usr/local/bin has three folders above it, which once was one too few.
        assert Path("/usr/local/share/postgresql") in share_folders(Path("/usr/local/bin"))
