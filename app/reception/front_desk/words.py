"""What the desk says aloud: a number letter by letter, and sentences to a caller."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from app.intake.model import Channel
from app.reception.authority import Authority
from app.reception.pages.authority_words import silence_words, whose_words

#: The words by which people in the Netherlands spell on the telephone; a name in each.
_DUTCH = {
    "B": "Bernard",
    "C": "Cornelis",
    "D": "Dirk",
    "F": "Ferdinand",
    "G": "Gerard",
    "H": "Hendrik",
    "J": "Johan",
    "K": "Karel",
    "M": "Maria",
    "N": "Nico",
    "P": "Pieter",
    "Q": "Quotiënt",
    "R": "Rudolf",
    "S": "Simon",
    "T": "Teunis",
    "V": "Victor",
    "W": "Willem",
    "X": "Xantippe",
    "Z": "Zacharias",
}
#: The radio alphabet, which speakers of English know.
_ENGLISH = {
    "B": "Bravo",
    "C": "Charlie",
    "D": "Delta",
    "F": "Foxtrot",
    "G": "Golf",
    "H": "Hotel",
    "J": "Juliett",
    "K": "Kilo",
    "M": "Mike",
    "N": "November",
    "P": "Papa",
    "Q": "Quebec",
    "R": "Romeo",
    "S": "Sierra",
    "T": "Tango",
    "V": "Victor",
    "W": "Whiskey",
    "X": "X-ray",
    "Z": "Zulu",
}

#: The channels by which somebody reaches the desk, in the order of how often.
DESK_CHANNELS = (
    Channel.PHONE,
    Channel.COUNTER,
    Channel.WHATSAPP,
    Channel.EMAIL,
    Channel.SOCIAL_MEDIA,
)


@dataclass(frozen=True, slots=True)
class SpokenSign:
    """A sign of a number, and the word that a letter is spelled by; digits need none."""

    sign: str
    word: str


def spelled(reference: str, language: str) -> list[list[SpokenSign]]:
    """Return a reference as it is said: its two halves, sign by sign."""
    words = _ENGLISH if language == "en" else _DUTCH
    return [
        [SpokenSign(sign, words.get(sign, "")) for sign in half] for half in reference.split("-")
    ]


def desk_channel_words(channel: Channel) -> str:
    """Return what a channel of the desk is called, as a choice."""
    named: dict[Channel, str] = {
        Channel.PHONE: gettext("Telephone"),
        Channel.COUNTER: gettext("Counter"),
        Channel.WHATSAPP: gettext("WhatsApp"),
        Channel.EMAIL: gettext("E-mail"),
        Channel.SOCIAL_MEDIA: gettext("Social media"),
    }
    return str(named.get(channel, channel.value))


def passed_on_sentence(authority: Authority) -> str:
    """Return what to say to somebody whose report goes to another authority."""
    passing = gettext("We pass your report on to them.")
    return f"{whose_words(authority)} {passing} {silence_words()}"
