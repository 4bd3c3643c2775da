"""Who may do what: the permissions, the roles, and the one table that joins them."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Something a person or a program may be allowed to do here."""

    #: The public: no sign-in, no token.
    ANYONE = "anyone"
    #: Everyone with an account, for what is their own: signing out, their sign-ins.
    SIGNED_IN = "signed-in"

    #: See and close the tasks of one's own party (`/werk`).
    WORK_TASKS = "tasks.work"
    #: See who of one's own party has what, and give a task to one of them.
    DIRECT_TEAM = "team.direct"
    #: See every case, with its photos, history and notes, but no contact details.
    SEE_CASES = "cases.see"
    #: See what nobody owns, what was declined and what triage was unsure of (`/balie`).
    SEE_DESK = "desk.see"
    #: Assign a case, change its category, join two cases, close without work.
    DIRECT_CASES = "cases.direct"
    #: Open the contact details of a reporter; each opening is logged.
    SEE_CONTACT = "contact.see"
    #: Enter and change planned works.
    PLAN_WORKS = "works.plan"
    #: See norms, trends and exports (`/sturing`, which is still to come).
    SEE_STEERING = "steering.see"
    #: Accounts, parties, agreements, categories (`/beheer`).
    ADMINISTER = "administer"

    #: A partner's program reads the tasks of its own party.
    PARTNER_READ_TASKS = "partner.tasks.read"
    #: A partner's program accepts, starts, completes and declines them.
    PARTNER_WORK_TASKS = "partner.tasks.work"


class Role(StrEnum):
    """What a person is here; an account has one. A new role is a word here and a row below."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    DESK = "desk"
    ANALYST = "analyst"
    TEAM_LEAD = "team-lead"
    CREW = "crew"
    CONTRACTOR = "contractor"


class Reach(StrEnum):
    """On whose things a permission works."""

    #: On what is one's own: one's account, one's sign-ins.
    OWN = "own"
    #: On the tasks of the party that the account works for.
    OWN_PARTY = "own-party"
    #: On everything of the municipality, but for what lies outside the areas and the main kinds
    #: that the account is limited to, where it is limited.
    WITHIN_LIMITS = "within-limits"
    #: On everything of the municipality.
    EVERYTHING = "everything"


#: Role → permission → on whose things. What is not here, nobody may. The administrator gives out
#: the rights and sees no contact details; whoever reported has no account and no row.
ROLE_TABLE: dict[Role, dict[Permission, Reach]] = {
    Role.ADMINISTRATOR: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.SEE_CASES: Reach.EVERYTHING,
        Permission.SEE_DESK: Reach.EVERYTHING,
        Permission.DIRECT_CASES: Reach.EVERYTHING,
        Permission.PLAN_WORKS: Reach.EVERYTHING,
        Permission.SEE_STEERING: Reach.EVERYTHING,
        Permission.ADMINISTER: Reach.EVERYTHING,
    },
    Role.COORDINATOR: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.SEE_CASES: Reach.WITHIN_LIMITS,
        Permission.SEE_DESK: Reach.WITHIN_LIMITS,
        Permission.DIRECT_CASES: Reach.WITHIN_LIMITS,
        Permission.SEE_CONTACT: Reach.WITHIN_LIMITS,
        Permission.PLAN_WORKS: Reach.EVERYTHING,
        Permission.SEE_STEERING: Reach.EVERYTHING,
    },
    Role.DESK: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.SEE_CASES: Reach.WITHIN_LIMITS,
        Permission.SEE_DESK: Reach.WITHIN_LIMITS,
        Permission.DIRECT_CASES: Reach.WITHIN_LIMITS,
        Permission.SEE_CONTACT: Reach.WITHIN_LIMITS,
        Permission.PLAN_WORKS: Reach.EVERYTHING,
    },
    Role.ANALYST: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.SEE_STEERING: Reach.EVERYTHING,
    },
    Role.TEAM_LEAD: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.WORK_TASKS: Reach.OWN_PARTY,
        Permission.DIRECT_TEAM: Reach.OWN_PARTY,
        Permission.PLAN_WORKS: Reach.OWN_PARTY,
    },
    Role.CREW: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.WORK_TASKS: Reach.OWN_PARTY,
    },
    Role.CONTRACTOR: {
        Permission.SIGNED_IN: Reach.OWN,
        Permission.WORK_TASKS: Reach.OWN_PARTY,
    },
}

#: Role → what it may do, wherever.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    role: frozenset(row) for role, row in ROLE_TABLE.items()
}

#: What nobody does with a password alone: see who reported, and give out the rights.
NEEDS_SECOND_FACTOR: frozenset[Permission] = frozenset(
    {Permission.SEE_CONTACT, Permission.ADMINISTER}
)

#: Roles that sign in with a second factor; anyone else may have one.
ROLES_WITH_SECOND_FACTOR: frozenset[Role] = frozenset(
    role for role, allowed in ROLE_PERMISSIONS.items() if allowed & NEEDS_SECOND_FACTOR
)

#: Roles that work for one party and cannot exist without it.
ROLES_OF_A_PARTY: frozenset[Role] = frozenset(
    role for role, row in ROLE_TABLE.items() if Reach.OWN_PARTY in row.values()
)

#: Roles whose accounts may be limited to areas and main kinds.
ROLES_WITH_LIMITS: frozenset[Role] = frozenset(
    role for role, row in ROLE_TABLE.items() if Reach.WITHIN_LIMITS in row.values()
)

#: Scope in a partner's access token → what it may do.
SCOPE_PERMISSIONS: dict[str, Permission] = {
    "tasks:read": Permission.PARTNER_READ_TASKS,
    "tasks:work": Permission.PARTNER_WORK_TASKS,
}

#: Permissions a program shows with an access token; a signed-in person never has them.
PARTNER_PERMISSIONS: frozenset[Permission] = frozenset(SCOPE_PERMISSIONS.values())
