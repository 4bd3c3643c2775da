"""Decisions of identity: which sign-in still lives, which password will do, where to go next."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from app.identity.model import SIGN_IN_LASTS, EmailNotValid, PasswordTooWeak
from app.identity.permissions import Role

#: NIST SP 800-63B asks for length rather than for odd signs; it caps at what Argon2 should chew on.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

#: What a password may not consist of, whatever its length.
TOO_WELL_KNOWN = frozenset(
    {
        "password",
        "wachtwoord",
        "welkom",
        "welcome",
        "gemeente",
        "straatbeeld",
        "qwertyuiop",
        "administrator",
    }
)

#: Where each role starts after signing in.
HOME_OF_ROLE: dict[Role, str] = {
    Role.ADMINISTRATOR: "/beheer",
    Role.COORDINATOR: "/balie",
    Role.DESK: "/balie",
    # Everyone's map, until steering has pages of its own.
    Role.ANALYST: "/",
    Role.TEAM_LEAD: "/werk",
    Role.CREW: "/werk",
    Role.CONTRACTOR: "/werk",
}

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)*")


def is_alive(role: Role, *, started_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a sign-in that nobody ended is still good: used lately, and not too old."""
    lasts = SIGN_IN_LASTS[role]
    return now - last_seen_at < lasts.idle and now - started_at < lasts.at_most


def normal_email(email: str) -> str:
    """Return `email` as it is kept: trimmed and in small letters.

    Raises:
        EmailNotValid: it is none.
    """
    normal = email.strip().lower()
    if len(normal) > 254 or not _EMAIL.fullmatch(normal):
        raise EmailNotValid()
    return normal


def acceptable_password(password: str, *, email: str) -> str:
    """Return `password` if it will do.

    Raises:
        PasswordTooWeak: too short, too long, one sign repeated, well known, or the address itself.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooWeak(f"A password has at least {SHORTEST_PASSWORD} characters.")
    small = password.lower()
    local = email.partition("@")[0]
    letters = re.sub(r"[\W\d_]+", "", small)
    if len(set(small)) < 5 or letters in TOO_WELL_KNOWN or small in {email, local}:
        raise PasswordTooWeak()
    return password


def is_own_page(address: str) -> bool:
    """Whether `address` is a path of this site, in a form no browser reads as another site's."""
    if not address.startswith("/") or address[1:2] in {"/", "\\"}:
        return False
    if "\\" in address or any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
