"""Tells who may do what as a table: the reference page, written from the table in identity."""

from __future__ import annotations

import click

from app.identity.permissions import (
    ROLE_TABLE,
    ROLES_OF_A_PARTY,
    SCOPE_PERMISSIONS,
    Permission,
    Reach,
)

_HEAD = """# Who may do what

Role → permission → on whose things, as `app/identity/permissions.py` has it: what is not in a
row, that role may not. A reporter has no account: they do what is open to anyone, and read one
report with its token. Written by `script/straatbeeld roles`.

"""

_WHAT_IT_OPENS: dict[Permission, str] = {
    Permission.ANYONE: "the map, reporting, following a report",
    Permission.SIGNED_IN: "one's own account and sign-ins",
    Permission.WORK_TASKS: "see and close tasks (`/werk`)",
    Permission.DIRECT_TEAM: "see who has what, and give tasks to colleagues (`/werk/ploeg`)",
    Permission.SEE_CASES: "see cases with photos and history",
    Permission.SEE_DESK: "the desk's list and the pages of cases (`/balie`)",
    Permission.DIRECT_CASES: "assign, change the kind, join, close without work",
    Permission.SEE_CONTACT: "open contact details; each opening is logged",
    Permission.PLAN_WORKS: "enter planned works (still to come)",
    Permission.SEE_STEERING: "norms, trends and exports (`/sturing`, still to come)",
    Permission.ADMINISTER: "accounts, parties, agreements, kinds (`/beheer`)",
    Permission.PARTNER_READ_TASKS: "read the tasks of the own party",
    Permission.PARTNER_WORK_TASKS: "accept, start, complete and decline them",
}

_REACH = {
    Reach.OWN: "their own",
    Reach.OWN_PARTY: "own party",
    Reach.WITHIN_LIMITS: "within limits",
    Reach.EVERYTHING: "everything",
}


def roles_reference() -> str:
    """Return the reference page of roles and permissions, as Markdown."""
    of_people = [one for one in Permission if any(one in row for row in ROLE_TABLE.values())]
    lines = [
        f"| permission | what it opens | reporter | {' | '.join(ROLE_TABLE)} |\n",
        f"|---|---|---|{'---|' * len(ROLE_TABLE)}\n",
        _line(Permission.ANYONE, "yes", ["yes"] * len(ROLE_TABLE)),
    ]
    for one in of_people:
        reaches = [row.get(one) for row in ROLE_TABLE.values()]
        lines.append(_line(one, "–", [_REACH[reach] if reach else "–" for reach in reaches]))
    lines += [
        "\nWithin limits is everything, but for what lies outside the areas and main kinds that ",
        "an account\nis limited to ([why](../decisions/limits-are-one-condition.md)).\n",
        "\nThese roles work for one party and cannot exist without it: ",
        f"{', '.join(sorted(ROLES_OF_A_PARTY))}.\n",
        "\n## Programs of partners\n\n",
        "A program shows an access token and acts for the tasks of its own party alone.\n\n",
        "| scope | permission | what it opens |\n|---|---|---|\n",
    ]
    for scope, one in SCOPE_PERMISSIONS.items():
        lines.append(f"| `{scope}` | `{one}` | {_WHAT_IT_OPENS[one]} |\n")
    return _HEAD + "".join(lines)


@click.command("roles")
def roles_command() -> None:
    """Who may do what, as the reference page has it."""
    click.echo(roles_reference(), nl=False)


def _line(permission: Permission, reporter: str, told: list[str]) -> str:
    what = _WHAT_IT_OPENS[permission]
    return f"| `{permission}` | {what} | {reporter} | {' | '.join(told)} |\n"
