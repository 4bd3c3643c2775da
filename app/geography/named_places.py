"""What somebody may mean who types a place: a street, a house in it, a thing with its number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.geography.model import Address

#: What people call the things that have a number, and the kind that is theirs.
_KINDS = {
    "lantaarnpaal": "lamp-post",
    "lantarenpaal": "lamp-post",
    "lantaarn": "lamp-post",
    "lichtmast": "lamp-post",
    "mast": "lamp-post",
    "lamp": "lamp-post",
    "paal": "lamp-post",
    "lamppost": "lamp-post",
    "prullenbak": "bin",
    "afvalbak": "bin",
    "bin": "bin",
    "boom": "tree",
    "tree": "tree",
    "bank": "bench",
    "bankje": "bench",
    "bench": "bench",
    "speeltuin": "playground",
    "speelplaats": "playground",
    "playground": "playground",
}
_LEFT_OUT = {"nr", "nummer", "no", "number", "de", "het", "the", "post", "street", "in", "op"}

#: Before the name of a street: "in de Kerkstraat", "near the Kade".
_BEFORE_A_STREET = {"in", "op", "aan", "bij", "de", "het", "on", "at", "near", "the"}
#: Between a street and its village.
_BEFORE_A_VILLAGE = {"in", "te"}

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class NamedStreet:
    """A street that may be meant, or a house in it; in small letters, as they are looked up."""

    street: str
    #: The street with the number of a house; empty where the whole street is meant.
    address: str = ""
    #: Empty where the street of every village is meant.
    village: str = ""


def object_named(typed: str) -> tuple[str | None, str]:
    """Return the kind of object somebody names and the words that are left to find it by."""
    kind: str | None = None
    left: list[str] = []
    for word in re.split(r"[\s,]+", typed.strip()):
        plain = word.casefold().strip(".:")
        if kind is None and plain in _KINDS:
            kind = _KINDS[plain]
        elif plain not in _LEFT_OUT:
            left.append(word)
    return kind, " ".join(left)


def has_number(typed: str) -> bool:
    """Whether a number is typed, so that a house or a thing may be meant."""
    return any(sign.isdigit() for sign in typed)


def exact_addresses(typed: str, found: Sequence[Address]) -> Sequence[Address]:
    """Return those addresses of which just the number is typed; all of them where none is."""
    words = set(_words(typed))
    exact = [one for one in found if one.number.casefold() in words]
    return exact or found


def named_streets(typed: str, found: Sequence[Address]) -> Sequence[NamedStreet]:
    """Return the streets, or the houses, that may be meant.

    `found` are the addresses that the register proposes for it: it knows "burg. loonln". Without
    them the words themselves are taken for a street, with or without a number and a village.
    """
    words = _words(typed)
    streets = dict.fromkeys(_as_they_stand(words))
    is_house = has_number(typed)
    for one in found:
        street, village = one.street.casefold(), one.village.casefold()
        in_village = [word for word in words if word in village.split()]
        if not street or len(in_village) == len(words):
            # All streets of a village are none.
            continue
        streets[
            NamedStreet(
                street,
                f"{street} {one.number.casefold()}".strip() if is_house else "",
                village if is_house or in_village else "",
            )
        ] = None
    return list(streets)


def _as_they_stand(words: Sequence[str]) -> Iterator[NamedStreet]:
    for first in range(len(words)):
        for end in range(first + 1, len(words) + 1):
            named, rest = words[first:end], list(words[end:])
            while rest and rest[0] in _BEFORE_A_VILLAGE:
                rest.pop(0)
            # No village has a number in its name.
            if named[-1] in _BEFORE_A_VILLAGE or any(has_number(word) for word in rest):
                continue
            number = next((at for at, word in enumerate(named) if at and word[0].isdigit()), None)
            yield NamedStreet(
                " ".join(named[:number]),
                " ".join(named) if number is not None else "",
                " ".join(rest),
            )
        if words[first] not in _BEFORE_A_STREET:
            return


def _words(typed: str) -> list[str]:
    """Return the words, without the kind of a thing: "lamp Kerkstraat" names a street too."""
    # "Kerkstraat5" is two words; "12a" is one.
    written = re.sub(r"([^\W\d_]{3})(?=\d)", r"\1 ", typed.casefold())
    words = [word.strip(":;") for word in re.split(r"[\s,]+", written)]
    words = [word for word in words if word][:_MOST_WORDS]
    if words and words[0] in _KINDS:
        return words[1:]
    return words
