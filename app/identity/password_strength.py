"""Which password will do: long enough, and not among the first that somebody would try.

How many guesses a password takes is estimated by zxcvbn, which knows the most used passwords,
names and words; see `docs/decisions/passwords-are-measured-with-zxcvbn.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from zxcvbn import zxcvbn

from app.identity.model import PasswordTooWeak, WeakBecause

#: NIST SP 800-63B asks for length rather than for odd signs; it caps at what Argon2 should chew on.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

#: Signing in lets nobody guess more than some hundreds a day; this is for who has a copy of the
#: database and a room full of computers.
LEAST_GUESSES = 10**10

#: What is estimated, from the beginning: it takes longer with every sign.
_ESTIMATED = 72

#: What Dutch colleagues begin with, and English lists do not have.
_EVERYDAY = (
    *("wachtwoord", "welkom", "geheim", "gemeente", "straatbeeld", "melding", "meldingen"),
    *("beheer", "beheerder", "balie", "buitendienst", "groenploeg", "inloggen", "toegang"),
    *("lente", "voorjaar", "zomer", "herfst", "najaar", "winter", "vakantie", "kerst"),
    *("januari", "februari", "maart", "april", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
    *("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    *("nederland", "holland", "oranje", "voetbal", "feyenoord", "fiets", "koffie"),
)

_PATTERNS = {
    "repeat": WeakBecause.PATTERN,
    "sequence": WeakBecause.PATTERN,
    "spatial": WeakBecause.PATTERN,
    "date": WeakBecause.DATE,
    "regex": WeakBecause.DATE,
}


def acceptable_password(password: str, *, about: Iterable[str]) -> str:
    """Return `password` if it will do; `about` is what is known of its owner: name, address, place.

    Raises:
        PasswordTooWeak: it says why.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak(WeakBecause.TOO_SHORT)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooWeak(WeakBecause.TOO_LONG)
    personal = _words(about)
    estimate = zxcvbn(
        password[:_ESTIMATED], user_inputs=[*personal, *_EVERYDAY], max_length=_ESTIMATED
    )
    if estimate["guesses"] < LEAST_GUESSES:
        raise PasswordTooWeak(_because(estimate["sequence"], personal))
    return password


def _words(about: Iterable[str]) -> list[str]:
    """Return each text as a whole and in its parts: `noor.bakker@example.org` has five."""
    found: set[str] = set()
    for text in about:
        whole = text.strip().lower()
        found |= {whole, re.sub(r"[\W_]+", "", whole), *re.split(r"[\W_]+", whole)}
    # Two letters are in half of all words.
    return sorted(word for word in found if len(word) > 2)


def _because(sequence: list[dict[str, Any]], personal: list[str]) -> WeakBecause:
    """Return what there is most of in a password that is guessed soon."""
    known = [part for part in sequence if part["pattern"] != "bruteforce"]
    if not known:
        return WeakBecause.GUESSABLE
    if any(part.get("matched_word") in personal for part in known):
        return WeakBecause.ABOUT_YOU
    most = max(known, key=lambda part: len(part["token"]))
    if most["pattern"] == "dictionary":
        return (
            WeakBecause.WELL_KNOWN
            if most["dictionary_name"] in {"passwords", "user_inputs"}
            else WeakBecause.GUESSABLE
        )
    return _PATTERNS.get(most["pattern"], WeakBecause.GUESSABLE)
