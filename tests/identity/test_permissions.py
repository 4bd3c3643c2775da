"""What the table of roles and permissions promises."""

from __future__ import annotations

import pytest

from app.identity.model import NOBODY, REPORTER, SIGN_IN_LASTS, SYSTEM, Actor
from app.identity.permissions import (
    PARTNER_PERMISSIONS,
    ROLE_PERMISSIONS,
    ROLE_TABLE,
    ROLES_OF_A_PARTY,
    Permission,
    Reach,
    Role,
)
from app.identity.rules import HOME_OF_ROLE
from tests.makers.people import an_actor


class TestTheTableOfRoles:
    @pytest.mark.parametrize("role", Role)
    def test_knows_every_role(self, role: Role) -> None:
        assert Permission.SIGNED_IN in ROLE_PERMISSIONS[role]
        assert role in SIGN_IN_LASTS
        assert role in HOME_OF_ROLE

    def test_lets_desk_and_coordinator_alone_open_contact_details(self) -> None:
        allowed = {role for role in Role if Permission.SEE_CONTACT in ROLE_PERMISSIONS[role]}

        assert allowed == {Role.DESK, Role.COORDINATOR}

    def test_lets_the_administrator_alone_give_out_rights(self) -> None:
        allowed = {role for role in Role if Permission.ADMINISTER in ROLE_PERMISSIONS[role]}

        assert allowed == {Role.ADMINISTRATOR}

    def test_shows_tasks_of_the_own_party_alone(self) -> None:
        reaches = {role: row.get(Permission.WORK_TASKS) for role, row in ROLE_TABLE.items()}

        assert {role for role, reach in reaches.items() if reach} == ROLES_OF_A_PARTY
        assert set(reaches.values()) == {None, Reach.OWN_PARTY}

    @pytest.mark.parametrize("role", Role)
    def test_gives_no_person_what_is_for_programs(self, role: Role) -> None:
        assert not ROLE_PERMISSIONS[role] & PARTNER_PERMISSIONS


class TestAnActor:
    @pytest.mark.parametrize("actor", [NOBODY, REPORTER, SYSTEM, an_actor(role=Role.CREW)])
    def test_may_do_what_anyone_may(self, actor: Actor) -> None:
        assert actor.may(Permission.ANYONE)

    @pytest.mark.parametrize("permission", set(Permission) - {Permission.ANYONE})
    def test_that_is_nobody_may_do_nothing_else(self, permission: Permission) -> None:
        assert not NOBODY.may(permission)
        assert not REPORTER.may(permission)

    def test_of_a_crew_does_not_see_the_desk(self) -> None:
        crew = an_actor(role=Role.CREW)

        assert crew.may(Permission.WORK_TASKS)
        assert not crew.may(Permission.SEE_DESK)
