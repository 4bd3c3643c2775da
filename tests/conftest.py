"""What every test may ask for: a real database, rolled back, and the system on top of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app.entrypoints import wiring
from app.foundation.database import Database, MapDatabase, Transaction, make_engine
from app.foundation.jobs import JobQueue
from app.foundation.provided import Provided
from app.foundation.settings import Settings, read_settings
from app.geography.addresses import AddressBook, DemoAddresses
from app.identity import passwords
from tests import ground
from tests.applications import Applications, CompiledTemplates


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Begin with what takes long, after the order was shuffled.

    One process begins with all of it. The others take over of its rest when they have done theirs,
    and what takes little fills all of them to the end.
    """
    yield
    items.sort(key=_takes_little)


def _takes_little(item: pytest.Item) -> int:
    if item.get_closest_marker("processes"):
        return 0
    return 1 if item.get_closest_marker("browser") else 2


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Let a password cost a thousandth of what it costs in earnest; it is the same Argon2id."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", quick)
        patched.setattr(passwords, "_NOBODYS_HASH", quick.hash("nobody has this password"))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Let every application of this run share what a template was compiled to."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()})
        yield


@pytest.fixture(scope="session")
def database_server() -> Iterator[ground.Server]:
    """The PostgreSQL server of this run."""
    with ground.server() as server:
        yield server


@pytest.fixture(scope="session")
def database_template(database_server: ground.Server) -> str:
    """The name of a database with today's schema and no rows."""
    return database_server.make_template()


@pytest.fixture(scope="session")
def engine(database_server: ground.Server, database_template: str) -> Iterator[Engine]:
    """The engine of this worker's own database."""
    clone = database_server.clone(database_template)
    engine = make_engine(clone.url, connections=2)
    yield engine
    engine.dispose()
    database_server.drop(clone)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose transaction is rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def transaction(connection: Connection) -> Iterator[Transaction]:
    """One unit of work on the real database, of which nothing stays."""
    with Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    ) as session:
        yield Transaction(session, hearers={}, queue=JobQueue())


@pytest.fixture(scope="session")
def settings_of_this_run() -> Settings:
    """The settings of an installation for tests; reading them takes longer than many a test."""
    return read_settings(
        database_url="postgresql://unused",
        secret_key="a secret for tests, long enough to be one",
        data_dir=Path(),
        rate_limits="off",
        address_service="demo",
        tile_url="none",
    )


@pytest.fixture
def settings(settings_of_this_run: Settings, tmp_path: Path) -> Settings:
    """The settings of an installation for tests: a folder of its own, and nothing outside."""
    return settings_of_this_run.model_copy(update={"data_dir": tmp_path})


@pytest.fixture
def provided(connection: Connection, settings: Settings) -> Provided:
    """The services as the wiring table makes them, on the connection that is rolled back.

    Another role cannot see uncommitted rows, so the map's reader is the same connection here.
    """
    services = wiring.wire(settings)
    database = Database(connection, hearers=wiring.HEARERS)
    services.put(Database, database)
    services.put(MapDatabase, MapDatabase(connection))
    services.put(AddressBook, DemoAddresses(database))
    return services


@pytest.fixture(scope="session")
def applications() -> Applications:
    """The applications of this run: one for all tests with the same settings."""
    return Applications()


@pytest.fixture
def web(provided: Provided, applications: Applications) -> FlaskClient:
    """A client of the whole web application, whose requests are savepoints of the test."""
    return applications.on(provided).test_client()


@pytest.fixture
def fresh_database(
    database_server: ground.Server, database_template: str
) -> Iterator[ground.Clone]:
    """A database of the test's own, for what needs real commits: locks, NOTIFY, the worker."""
    clone = database_server.clone(database_template)
    yield clone
    database_server.drop(clone)


@pytest.fixture
def committing_database(fresh_database: ground.Clone) -> Iterator[Database]:
    """The fresh database, opened."""
    engine = make_engine(fresh_database.url, connections=4)
    yield Database(engine)
    engine.dispose()
