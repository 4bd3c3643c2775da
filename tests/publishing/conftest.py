"""The demo's categories in the database, where a test of publishing asks for them."""

from __future__ import annotations

import pytest

from app.foundation.database import Database
from app.foundation.provided import Provided
from tests.makers.categories import the_demo_categories


@pytest.fixture
def categories(provided: Provided) -> None:
    with provided.get(Database).transaction() as transaction:
        the_demo_categories(transaction)
