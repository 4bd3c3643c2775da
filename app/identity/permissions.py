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
    #: See norms, trends and exports (`/sturing`).
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
    DESK = "desk"
    CREW = "crew"


#: Role → what it may do. Nobody else may; an administrator sees no contact details either.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.SEE_CASES,
            Permission.SEE_DESK,
            Permission.DIRECT_CASES,
            Permission.PLAN_WORKS,
            Permission.SEE_STEERING,
            Permission.ADMINISTER,
        }
    ),
    Role.DESK: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.SEE_CASES,
            Permission.SEE_DESK,
            Permission.DIRECT_CASES,
            Permission.SEE_CONTACT,
            Permission.PLAN_WORKS,
        }
    ),
    Role.CREW: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.WORK_TASKS,
        }
    ),
}

#: Roles that work for one party and cannot exist without it.
ROLES_OF_A_PARTY: frozenset[Role] = frozenset({Role.CREW})

#: Scope in a partner's access token → what it may do.
SCOPE_PERMISSIONS: dict[str, Permission] = {
    "tasks:read": Permission.PARTNER_READ_TASKS,
    "tasks:work": Permission.PARTNER_WORK_TASKS,
}

#: Permissions a program shows with an access token; a signed-in person never has them.
PARTNER_PERMISSIONS: frozenset[Permission] = frozenset(SCOPE_PERMISSIONS.values())
