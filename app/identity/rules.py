"""Decisions of identity: which sign-in still lives, which address will do, where to go next."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from app.identity.model import SIGN_IN_LASTS, EmailNotValid
from app.identity.permissions import Role

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
