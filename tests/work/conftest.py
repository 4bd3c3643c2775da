"""People who work in a small municipality, each in a browser of their own, and what they find."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.makers.sign_ins import Browser, signed_in

#: What must be shown as text wherever it was typed.
HOSTILE = '<script>alert("boe")</script><b onclick=x>'

Report = Callable[..., dict[str, Any]]


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    """The small municipality."""
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


@pytest.fixture
def crew(web: FlaskClient, provided: Provided, place: SmallMunicipality) -> Browser:
    """Somebody of Team Zuid."""
    with provided.get(Database).transaction() as transaction:
        account = an_account(
            transaction,
            role=Role.CREW,
            name="Karim Team",
            party_id=place.team_id,
        )
    return signed_in(web, account)


@pytest.fixture
def desk(web: FlaskClient, provided: Provided) -> Browser:
    """Somebody of the front desk."""
    with provided.get(Database).transaction() as transaction:
        account = an_account(transaction, role=Role.DESK, name="Noor Balie")
    return signed_in(web, account)


@pytest.fixture
def report(web: FlaskClient, place: SmallMunicipality) -> Report:
    """Hand in a report as a phone does; a loose tile in the district of the team."""

    def hand_in(
        description: str = "Losse tegel bij de brug",
        at: tuple[float, float] = IN_DISTRICT,
        category: str | None = "wegen.losse-tegel",
        **more: object,
    ) -> dict[str, Any]:
        body = {
            "description": description,
            "location": {"type": "Point", "coordinates": list(at)},
            **({"category": category} if category else {}),
            **more,
        }
        answered = web.post("/api/v1/reports", json=body)
        assert answered.status_code == 201, answered.text
        said: dict[str, Any] = answered.get_json()
        return said

    return hand_in


def task_paths(browser: Browser) -> list[str]:
    """Return the addresses of the tasks on a crew's list, in their order."""
    return re.findall(r'href="(/werk/taken/[0-9a-f-]{36})"', browser.get("/werk").text)
