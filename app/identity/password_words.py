"""What a page says of a password that will not do: why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.identity.model import PasswordTooWeak, WeakBecause

_WORDS: Mapping[WeakBecause, LazyString] = {
    WeakBecause.TOO_SHORT: _(
        "This password is too short. Take at least 12 signs: four words that do not belong "
        "together are easy to remember."
    ),
    WeakBecause.TOO_LONG: _("This password is too long. Take at most 256 signs."),
    WeakBecause.ABOUT_YOU: _(
        "Your name, your e-mail address or the municipality is in this password. Whoever guesses "
        "begins with that. Take words that have nothing to do with you or your work."
    ),
    WeakBecause.WELL_KNOWN: _(
        "This password looks much like one that many people use. Those are tried first. Take four "
        "words that do not belong together."
    ),
    WeakBecause.PATTERN: _(
        "Signs that repeat, or that stand side by side on the keyboard, are guessed soon. Take "
        "four words that do not belong together."
    ),
    WeakBecause.DATE: _(
        "A year or a date in a password is guessed soon. Take four words that do not belong "
        "together."
    ),
    WeakBecause.GUESSABLE: _(
        "This password is guessed too soon. Add two words that do not belong with it."
    ),
}


def why_too_weak(refused: PasswordTooWeak) -> str:
    """Return why a password will not do, in the language of the page."""
    return str(_WORDS[refused.because])
