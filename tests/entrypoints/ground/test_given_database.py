"""A database of the user's own is looked at before anything is started."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest

from app.entrypoints.ground.given_database import insist_that_it_works, map_reader_url
from app.entrypoints.ground.narrowing import narrow
from app.entrypoints.ground.progress import CannotStart
from tests.ground import Clone

SECRET = "a secret for tests, long enough to be one"


@dataclass(frozen=True)
class ARole:
    """A role without any privilege of its own, and the database as it reaches it."""

    name: str
    url: str
    reader: str
    superuser_url: str

    def may_make_roles(self) -> None:
        """Let the role make roles from now on."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute(f'ALTER ROLE "{self.name}" CREATEROLE'.encode())

    def without_postgis(self) -> None:
        """Take PostGIS out of the database, with all that needs it."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("DROP EXTENSION postgis CASCADE")


@pytest.fixture
def role(fresh_database: Clone) -> Iterator[ARole]:
    name = f"role_{uuid4().hex[:12]}"
    made = ARole(
        name=name,
        url=fresh_database.url.replace("user=straatbeeld", f"user={name}"),
        reader=f"reader_{uuid4().hex[:12]}",
        superuser_url=fresh_database.superuser_url,
    )
    with psycopg.connect(made.superuser_url, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{name}" LOGIN'.encode())
        connection.execute(f'GRANT CONNECT ON DATABASE "{fresh_database.name}" TO PUBLIC'.encode())
        yield made
        connection.execute(f'DROP ROLE IF EXISTS "{made.reader}"'.encode())
        connection.execute(f'DROP ROLE "{name}"'.encode())


class TestADatabaseOfOnesOwn:
    def test_is_taken_when_it_answers(self, fresh_database: Clone) -> None:
        insist_that_it_works(fresh_database.url)

    def test_that_is_not_there_is_named_with_what_to_do(self, fresh_database: Clone) -> None:
        gone = fresh_database.url.replace(fresh_database.name, "not_there")

        with pytest.raises(CannotStart, match="leave it out"):
            insist_that_it_works(gone)

    def test_of_another_kind_is_refused_without_repeating_its_password(self) -> None:
        with pytest.raises(CannotStart, match="postgresql://") as refused:
            insist_that_it_works("mysql://anna:geheim@host/db")

        assert "geheim" not in str(refused.value)

    def test_gets_postgis_where_that_is_allowed(self, role: ARole) -> None:
        role.without_postgis()

        insist_that_it_works(role.superuser_url)

        with psycopg.connect(role.superuser_url) as connection:
            assert connection.execute("SELECT postgis_version()").fetchone()

    def test_without_postgis_says_who_has_to_run_what(self, role: ARole) -> None:
        role.without_postgis()

        with pytest.raises(CannotStart, match="superuser") as refused:
            insist_that_it_works(role.url)

        assert "CREATE EXTENSION postgis;" in str(refused.value)


class TestTheReaderOfTheMap:
    def test_comes_in_by_its_own_role(self, fresh_database: Clone) -> None:
        with psycopg.connect(fresh_database.superuser_url) as connection:
            narrow(connection)

        url, note = map_reader_url(fresh_database.url, secret_key=SECRET)

        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("straatbeeld_map",)
        assert note is None

    def test_is_made_with_a_password_where_roles_may_be_made(self, role: ARole) -> None:
        role.may_make_roles()
        with psycopg.connect(role.superuser_url) as connection:
            narrow(connection)

        url, note = map_reader_url(role.url, secret_key=SECRET, role=role.reader)

        with psycopg.connect(role.superuser_url) as connection:
            kept = connection.execute(
                "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (role.reader,)
            ).fetchone()
        assert kept is not None
        assert str(kept[0]).startswith("SCRAM-SHA-256$")
        assert note is None
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role.reader,)

    def test_comes_in_the_same_way_at_the_next_start(self, role: ARole) -> None:
        role.may_make_roles()

        first = map_reader_url(role.url, secret_key=SECRET, role=role.reader)
        second = map_reader_url(role.url, secret_key=SECRET, role=role.reader)

        assert first == second

    def test_that_could_not_be_narrowed_is_said_with_what_to_do(self, role: ARole) -> None:
        role.may_make_roles()
        with psycopg.connect(role.superuser_url) as connection:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO PUBLIC")

        _, note = map_reader_url(role.url, secret_key=SECRET, role=role.reader)

        assert note is not None
        assert "deploy/database/narrow.sql" in note

    def test_is_missed_with_what_to_do_where_roles_may_not_be_made(self, role: ARole) -> None:
        url, note = map_reader_url(role.url, secret_key=SECRET, role=role.reader)

        assert url == role.url
        assert note is not None
        assert f"CREATE ROLE {role.reader} LOGIN" in note
        assert "MAP_DATABASE_URL=" in note
