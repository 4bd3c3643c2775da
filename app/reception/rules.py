"""Decisions about a form: what may be sent, what is missing, what report it makes."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from app.foundation.json_value import JSONValue
from app.foundation.texts import clean_text
from app.intake.model import Channel, Contact, Language, NewReport
from app.intake.rules import DESCRIPTION_LENGTH
from app.reception.model import DraftContent

#: What is kept of a text that is too long to be sent, so that nothing typed is lost.
KEPT_CHARACTERS = 20_000
LONGEST_ADDRESS = 200
LONGEST_NAME = 200
LONGEST_EMAIL = 254
LONGEST_PHONE = 30
_FEWEST_DIGITS = 6

#: How far off a place is of which only the village is known.
ROUGH_METRES = 2_000.0

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"[0-9+()\s./-]+")


class WordsProblem(StrEnum):
    """Why the words of a report cannot be sent as they are."""

    NONE = "none"
    TOO_LONG = "too-long"


def draft_id_of(key: str) -> UUID:
    """Return the id of the draft with this key; it tells nothing about the key."""
    return UUID(bytes=hashlib.sha256(b"straatbeeld draft id\0" + key.encode()).digest()[:16])


def key_digest(key: str) -> bytes:
    """Return what is kept of a draft's key."""
    return hashlib.sha256(b"straatbeeld draft key\0" + key.encode()).digest()


def typed(text: str, *, most: int) -> str:
    """Return what somebody typed as it can be kept: without control characters, not endless."""
    return clean_text(text[: 4 * most])[:most]


def words_problem(words: str) -> WordsProblem | None:
    """Return why these words cannot be sent, or None where they can."""
    if not words:
        return WordsProblem.NONE
    return WordsProblem.TOO_LONG if len(words) > DESCRIPTION_LENGTH else None


def is_email(text: str) -> bool:
    """Whether this can be an e-mail address."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Whether this can be a telephone number."""
    return (
        len(text) <= LONGEST_PHONE
        and _PHONE.fullmatch(text) is not None
        and sum(sign.isdigit() for sign in text) >= _FEWEST_DIGITS
    )


def number_in(text: str, *, limit: float) -> float | None:
    """Return the number somebody sent, when it is one between minus and plus `limit`."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and -limit <= number <= limit else None


def spot_in(longitude: str, latitude: str) -> tuple[float, float] | None:
    """Return the spot that two fields of a form name, longitude first; None where it is none."""
    east, north = number_in(longitude, limit=180), number_in(latitude, limit=90)
    return None if east is None or north is None else (round(east, 6), round(north, 6))


#: Two numbers with the decimals that a phone gives, in a message or in the address of a map.
_TWO_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2}\.\d{3,15})[^\d.]{1,20}(\d{1,2}\.\d{3,15})(?![\d.])")
#: Between which a place in the Netherlands lies: longitude, latitude.
_EAST, _NORTH = (3.0, 7.5), (50.5, 53.8)


def spot_written(text: str) -> tuple[float, float] | None:
    """Return the spot that two numbers in a text name, in either order; None where there is none.

    A place in the Netherlands, as a phone tells it: "51.58361, 4.31952", or the address of a map
    with those two in it. Longitude comes first in what is returned.
    """
    found = _TWO_NUMBERS.search(text)
    if found is None:
        return None
    one, other = float(found[1]), float(found[2])
    for east, north in ((one, other), (other, one)):
        if _EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]:
            return round(east, 6), round(north, 6)
    return None


def at_another_place(content: DraftContent, spot: tuple[float, float] | None) -> DraftContent:
    """Return the content with another spot; what was answered about the old one is open again."""
    longitude, latitude = spot or (None, None)
    return replace(
        content,
        longitude=longitude,
        latitude=latitude,
        accuracy_metres=None,
        is_pointed_at=False,
        is_rough=False,
        place_name="",
        asset_id=None,
        has_answered_asset=False,
        same_as=None,
        has_answered_known=False,
    )


def of_another_kind(
    content: DraftContent, category: str | None, *, leaves_kind_to_us: bool
) -> DraftContent:
    """Return the content with another kind; the place stays, what hung on the kind is asked.

    Answers stay filled in where the other kind asks the same.
    """
    return replace(
        content,
        category=category,
        leaves_kind_to_us=leaves_kind_to_us,
        is_danger=None,
        answered_for=None,
        stops={},
        asset_id=None,
        has_answered_asset=False,
        same_as=None,
        has_answered_known=False,
    )


def report_of(content: DraftContent, language: str) -> NewReport:
    """Return the report that a complete draft makes."""
    # Whoever asks has looked that there is a place; this tells the types.
    assert content.longitude is not None  # noqa: S101  # see above
    assert content.latitude is not None  # noqa: S101  # see above
    place_said: dict[str, JSONValue] = {}
    if content.place_name:
        place_said["address"] = content.place_name
    if said := place_in_words(content):
        place_said["placeInWords"] = said
    return NewReport(
        description=_description(content),
        longitude=content.longitude,
        latitude=content.latitude,
        channel=Channel(content.channel),
        category=content.category,
        asset_id=content.asset_id,
        same_as=content.same_as,
        is_danger=bool(content.is_danger),
        accuracy_metres=content.accuracy_metres,
        language=Language.ENGLISH if language == "en" else Language.DUTCH,
        contact=Contact(
            content.name or None,
            content.email or None,
            content.phone or None,
            wants_to_hear=content.wants_to_hear,
        ),
        answers=sent_answers(content),
        place_said=place_said,
        is_taken_by_staff=content.channel != Channel.WEB,
    )


def sent_answers(content: DraftContent) -> dict[str, JSONValue]:
    """Return the answers of a form as a report takes them; those to another kind are none."""
    if content.answered_for is None:
        return {}
    return {
        code: answer if isinstance(answer, str) else [*answer]
        for code, answer in content.answers.items()
    }


def place_in_words(content: DraftContent) -> str:
    """Return what the reporter says about the place besides the address that was found."""
    return "" if content.address == content.place_name else content.address


def what_stays(content: DraftContent) -> DraftContent:
    """Return what is kept of a draft that was sent: nothing of the reporter's own."""
    return DraftContent(
        channel=content.channel,
        failed_photos=content.failed_photos,
        left_contact=bool(content.email or content.phone),
    )


def _description(content: DraftContent) -> str:
    """Return the words, with what was said about the place where there is room for it.

    Whoever goes there reads the description, and may have nothing else to find it by.
    """
    said = place_in_words(content)
    whole = f"{content.words}\n\n({said})" if said else content.words
    return whole if len(whole) <= DESCRIPTION_LENGTH else content.words
