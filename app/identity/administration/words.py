"""What roles, limits and changes of accounts are called, for people."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from app.identity.administration.operations import Done
from app.identity.permissions import Role
from app.identity.ways_in import WayIn


def role_words(role: Role) -> str:
    """Return what a role is called."""
    named: dict[Role, str] = {
        Role.ADMINISTRATOR: gettext("Administrator"),
        Role.COORDINATOR: gettext("Coordinator"),
        Role.DESK: gettext("Front desk"),
        Role.ANALYST: gettext("Analyst"),
        Role.TEAM_LEAD: gettext("Team lead"),
        Role.CREW: gettext("Crew"),
        Role.CONTRACTOR: gettext("Contractor's user"),
    }
    return named[role]


def role_sentence(role: Role) -> str:
    """Return in a sentence what somebody with this role does here."""
    named: dict[Role, str] = {
        Role.ADMINISTRATOR: gettext(
            "Looks after accounts, parties, agreements and kinds. Sees no contact details."
        ),
        Role.COORDINATOR: gettext(
            "Directs all reports, opens contact details and sees how norms are met."
        ),
        Role.DESK: gettext("Takes reports, directs them and opens contact details."),
        Role.ANALYST: gettext("Sees norms, trends and exports, and no single report."),
        Role.TEAM_LEAD: gettext("Sees and closes the tasks of the own party and plans works."),
        Role.CREW: gettext("Sees and closes the tasks of the own party."),
        Role.CONTRACTOR: gettext("Sees and closes the tasks that the contractor was given."),
    }
    return named[role]


def ways_in_words(found: frozenset[WayIn]) -> str:
    """Return with what somebody signs in."""
    if not found:
        return str(gettext("nothing yet: no password was chosen"))
    named = {
        WayIn.PASSWORD: gettext("a password"),
        WayIn.ORGANISATION: gettext("the account of the organisation"),
        WayIn.PASSKEY: gettext("a passkey"),
    }
    return ", ".join(named[one] for one in WayIn if one in found)


def account_field_words() -> Mapping[str, str]:
    """Return what the parts of an account are called, as a change notes them."""
    return {
        "role": gettext("Role"),
        "withinAreas": gettext("Only in these areas"),
        "withinCategories": gettext("Only these main kinds"),
        "isActive": gettext("May sign in"),
        "done": gettext("What was done"),
    }


def account_value_words(name: str, value: object) -> str | None:
    """Return a noted value as people read it; None where it says enough by itself."""
    if name == "role" and isinstance(value, str) and value in set(Role):
        return role_words(Role(value))
    if name == "done" and isinstance(value, list):
        return "\n".join(_done_words(one) for one in value)
    return None


def _done_words(done: str) -> str:
    named: dict[str, str] = {
        Done.RENAMED: gettext("Another name was given."),
        Done.EMAIL_CHANGED: gettext("Another e-mail address was given."),
        Done.NEW_LINK: gettext("A new link to choose a password was made."),
        Done.SECOND_FACTOR_RESET: gettext("The second step was taken away."),
        Done.SIGN_INS_ENDED: gettext("Sign-ins were ended."),
        Done.LINKED: gettext("It was linked with an account of the organisation."),
        Done.PARTED: gettext("It was parted from the account of the organisation."),
    }
    return named.get(done, done)
