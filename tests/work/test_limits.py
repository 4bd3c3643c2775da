"""What an account is limited to: every list, search and page of a case agree on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.model import Actor, Limits
from app.identity.permissions import ROLES_WITH_LIMITS, Role
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT
from tests.makers.sign_ins import Browser, signed_in
from tests.makers.statements import statements
from tests.work.conftest import Report

OUTSIDE = (4.25, 51.58)
HERE, THERE = "team-district:zuid", "team-district:noord"
TILE, OTHER = "wegen.losse-tegel", "overig.anders"

#: Limits → which of the four cases lie within them.
MATRIX: list[tuple[Limits, set[str]]] = [
    (Limits(), {"tile here", "tile outside", "other here", "other outside"}),
    (Limits((HERE,)), {"tile here", "other here"}),
    (Limits((), ("wegen",)), {"tile here", "tile outside"}),
    (Limits((HERE,), ("wegen",)), {"tile here"}),
    (Limits((HERE, THERE), ("wegen", "overig")), {"tile here", "other here"}),
    (Limits((THERE,)), set()),
    (Limits((), ("verlichting",)), set()),
    (Limits(("village:'; --",), ("%",)), set()),
]

Somebody = Callable[[Role, Limits], Browser]


@dataclass(frozen=True)
class Cases:
    """Four cases: two kinds, in the district and outside; by their references."""

    reference: dict[str, str]

    def named(self, references: set[str]) -> set[str]:
        """Return what these references are called here."""
        return {name for name, one in self.reference.items() if one in references}


@pytest.fixture
def cases(report: Report, connection: Connection) -> Cases:
    made = {
        f"{kind} {where}": report(
            f"Een {kind} {where}", at=at, category=category, contact={"name": "Wil Vogelaar"}
        )["reference"]
        for kind, category in (("tile", TILE), ("other", OTHER))
        for where, at in (("here", IN_DISTRICT), ("outside", OUTSIDE))
    }
    # All of them stand on the desk's list.
    connection.execute(
        text(
            """
            INSERT INTO desk_entry (id, case_id, reason, details, raised_at)
            SELECT gen_random_uuid(), id, 'remark', '{}', now() FROM defect_case
            """
        )
    )
    return Cases(made)


@pytest.fixture
def somebody(web: FlaskClient, provided: Provided) -> Somebody:
    def make(role: Role, limits: Limits) -> Browser:
        with provided.get(Database).transaction() as transaction:
            account = an_account(transaction, role=role)
            account.within_areas = list(limits.areas)
            account.within_categories = list(limits.categories)
        return signed_in(web, account)

    return make


def references_on(page: str) -> set[str]:
    return set(re.findall(r'href="/balie/zaken/([0-9A-Z-]+)"', page))


class TestEveryRoleAndLimit:
    @pytest.mark.parametrize(
        ("role", "limits", "seen"),
        [
            *((Role.DESK, *row) for row in MATRIX),
            *((Role.COORDINATOR, *row) for row in MATRIX[3:5]),
            (Role.ADMINISTRATOR, *MATRIX[3]),
        ],
    )
    def test_lists_searches_and_pages_agree(
        self, cases: Cases, somebody: Somebody, role: Role, limits: Limits, seen: set[str]
    ) -> None:
        who = somebody(role, limits)
        expected = seen if role in ROLES_WITH_LIMITS else set(cases.reference)

        listed = cases.named(references_on(who.get("/beheer/zaken").text))
        written = who.get("/beheer/zaken/lijst.csv").text
        at_desk = cases.named(references_on(who.get("/balie").text))
        by_words = who.submit("/beheer/zaken/zoeken", "/beheer/zaken/zoeken", zoek="Een").text
        opened = {
            name
            for name, reference in cases.reference.items()
            if who.get(f"/balie/zaken/{reference}").status_code == 200
        }
        by_number = {
            name
            for name, reference in cases.reference.items()
            if who.get("/balie", nummer=reference).status_code == 303
        }

        assert listed == expected
        assert {name for name, one in cases.reference.items() if one in written} == expected
        assert at_desk == expected
        assert cases.named(references_on(by_words)) == expected
        assert opened == expected
        assert by_number == expected

    @pytest.mark.parametrize("role", Role)
    def test_only_roles_of_the_table_are_limited(self, role: Role) -> None:
        limits = Limits((HERE,))

        actor = Actor.account(UUID(int=1), name="N", role=role, limits=limits)

        assert bool(actor.limits) == (role in ROLES_WITH_LIMITS)
        assert {Role.COORDINATOR, Role.DESK} == ROLES_WITH_LIMITS


class TestWhatLiesOutside:
    def test_takes_no_step_and_shows_no_contact_details(
        self, cases: Cases, somebody: Somebody, connection: Connection
    ) -> None:
        who = somebody(Role.DESK, Limits((HERE,)))
        outside, here = cases.reference["tile outside"], cases.reference["tile here"]
        hidden = who.hidden(f"/balie/zaken/{here}", f"/balie/zaken/{here}/sluiten")
        report_id = connection.scalar(
            text("SELECT id FROM report WHERE reference = :reference"), {"reference": outside}
        )

        closed = who.send(f"/balie/zaken/{outside}/sluiten", hidden, reason="no-defect")
        opened = who.send(f"/balie/zaken/{outside}/contact/{report_id}", hidden)
        joined = who.send(f"/balie/zaken/{here}/samenvoegen", hidden, other=outside)

        assert (closed.status_code, opened.status_code, joined.status_code) == (404, 404, 400)
        assert "Wil Vogelaar" not in opened.text
        assert connection.scalar(text("SELECT count(*) FROM contact_opening")) == 0

    def test_is_not_found_by_its_reporter_and_not_logged(
        self, cases: Cases, somebody: Somebody, connection: Connection
    ) -> None:
        who = somebody(Role.DESK, Limits((HERE,), ("wegen",)))

        page = who.submit("/beheer/zaken/zoeken", "/beheer/zaken/zoeken", zoek="Vogelaar").text

        assert cases.named(references_on(page)) == {"tile here"}
        assert connection.scalar(text("SELECT count(*) FROM contact_opening")) == 1

    def test_is_left_after_a_step_that_led_there(self, cases: Cases, somebody: Somebody) -> None:
        who = somebody(Role.DESK, Limits((), ("wegen",)))
        page = f"/balie/zaken/{cases.reference['tile here']}"

        moved = who.submit(page, f"{page}/soort", category=OTHER)

        assert moved.location == "/balie"
        assert who.get(page).status_code == 404


class TestAnAccountWithoutLimits:
    def test_costs_no_statement_more(
        self, cases: Cases, somebody: Somebody, connection: Connection
    ) -> None:
        path = f"/balie/zaken/{cases.reference['tile here']}"
        counts = []
        for limits in (Limits(), Limits((HERE,))):
            who = somebody(Role.DESK, limits)
            with statements(connection) as heard:
                who.get(path)
            counts.append(len(heard))

        # Within limits: one asks whether the case lies within, one which of those near by do.
        assert counts[1] - counts[0] in {1, 2}
