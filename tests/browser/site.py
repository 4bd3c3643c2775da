"""The whole application on a database of its own, served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from app.entrypoints.web import create_app
from app.entrypoints.wiring import wire
from app.foundation.database import Database, MapDatabase
from app.foundation.provided import Provided
from app.foundation.settings import read_settings
from tests import ground
from tests.makers.places import SmallMunicipality, a_small_municipality
from tests.maps.browser import served


@dataclass(frozen=True)
class ServedSite:
    """A small municipality on the loopback address, and the services behind it."""

    address: str
    app: Flask
    services: Provided
    place: SmallMunicipality


@contextmanager
def a_served_site(
    database: ground.Clone, folder: Path, *, address_service: str = "none"
) -> Iterator[ServedSite]:
    """Serve a small municipality on this database, without tiles and without limits."""
    services = wire(
        read_settings(
            database_url=database.url,
            map_database_url=database.map_url,
            secret_key="a secret for tests, long enough to be one",
            data_dir=folder,
            rate_limits="off",
            address_service=address_service,
            tile_url="none",
        )
    )
    try:
        with services.get(Database).transaction() as transaction:
            place = a_small_municipality(transaction)
        app = create_app(services)
        with served(app) as address:
            yield ServedSite(address, app, services, place)
    finally:
        for kind in (Database, MapDatabase):
            bind = services.get(kind).bind
            assert isinstance(bind, Engine)
            bind.dispose()
