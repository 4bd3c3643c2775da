"""Reads the one form of a call: what was typed and chosen so far, as the content of a draft."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.intake.model import Channel
from app.intake.rules import normal_reference
from app.reception.front_desk.words import DESK_CHANNELS
from app.reception.model import DraftContent
from app.reception.pages.question_fields import said_at_stops, typed_answers
from app.reception.rules import (
    KEPT_CHARACTERS,
    LONGEST_ADDRESS,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    spot_in,
    spot_written,
    typed,
)
from app.triage.model import Category

#: A choice of places: longitude, latitude, the object if it is one, what it is called.
BETWEEN = "|"
#: The answer "it is none of these".
NONE = "geen"

_KEY = re.compile(r"[A-Za-z0-9_-]{32}")

Form = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for besides keeping it."""

    #: It is handed in; otherwise the desk only looks what is known.
    is_sent: bool = False
    #: The kind follows the words: nobody chose one yet.
    kind_follows: bool = False
    #: Somebody is still typing the place, so it is not looked up.
    is_typing_place: bool = False
    #: A stop was said to the caller, who called.
    is_called: bool = False
    #: The village to go by, where nobody finds the place.
    village: str = ""


def new_key() -> str:
    """Return a key for a new call; it opens what was typed of it."""
    return secrets.token_urlsafe(24)


def key_in(text: str) -> str | None:
    """Return the key of a call, or None where it is none."""
    return text if _KEY.fullmatch(text) else None


def channel_in(text: str) -> Channel:
    """Return the channel that is named; the telephone where none of the desk's is."""
    return next((one for one in DESK_CHANNELS if one.value == text), Channel.PHONE)


def asked_in(form: Form) -> Asked:
    """Return what is asked for."""
    return Asked(
        is_sent=form.get("stap") == "aannemen",
        kind_follows=form.get("follows") == "yes",
        is_typing_place=form.get("typing") == "place",
        is_called=form.get("called") == "yes",
        village=form.get("village", ""),
    )


def call_in(form: Form, kinds: Mapping[str, Category]) -> DraftContent:
    """Return what the form holds; a kind that is not in use is none."""
    # Nothing is chosen in the list of all kinds until somebody chooses, so it goes first.
    chosen = form.get("all") or form.get("category", "")
    kind = kinds.get(chosen)
    content = DraftContent(
        words=typed(form.get("words", ""), most=KEPT_CHARACTERS),
        channel=channel_in(form.get("kanaal", "")).value,
        category=kind.code if kind else None,
        name=typed(form.get("name", ""), most=LONGEST_NAME),
        email=typed(form.get("email", ""), most=2 * LONGEST_EMAIL),
        phone=typed(form.get("phone", ""), most=2 * LONGEST_PHONE),
        wants_to_hear="hear-asked" not in form or form.get("hear") == "yes",
        same_as=normal_reference(form.get("same", "")),
        has_answered_known=bool(form.get("same")),
    )
    content = _with_place(content, form)
    return content if kind is None else _with_answers(content, kind, form)


def _with_answers(content: DraftContent, kind: Category, form: Form) -> DraftContent:
    """Take over the answers, as long as they were given to this kind."""
    asked_for = form.get("asked-for", "")
    danger = form.get("danger", "")
    changed = replace(
        content,
        answers=typed_answers(kind.questions),
        answered_for=kind.code if asked_for == kind.code else None,
        stops=said_at_stops(kind.questions) if asked_for == kind.code else {},
    )
    if kind.danger_advice is None or danger not in {"yes", "no"}:
        return changed
    return replace(changed, is_danger=danger == "yes")


def _with_place(content: DraftContent, form: Form) -> DraftContent:
    """Take over the place: chosen from those found, pointed at, or only typed so far."""
    address = typed(form.get("address", ""), most=LONGEST_ADDRESS)
    content = replace(content, address=address)
    if form.get("choices-for") == address and form.get("place"):
        return at_choice(content, form["place"])
    proposed = typed(form.get("proposal", ""), most=LONGEST_ADDRESS)
    spot = spot_in(form.get("longitude", ""), form.get("latitude", ""))
    is_pointed = form.get("pointed") == "yes"
    if spot is None or not (is_pointed or (proposed and proposed == address)):
        return _at_numbers(content)
    return replace(
        content,
        longitude=spot[0],
        latitude=spot[1],
        place_name=proposed,
        is_pointed_at=is_pointed,
        asset_id=_object(form, spot),
        is_rough=form.get("rough") == "yes",
    )


def _at_numbers(content: DraftContent) -> DraftContent:
    """Take over a place that is written as two numbers, as a phone sends where it is."""
    spot = spot_written(content.address)
    if spot is None:
        return content
    return replace(content, longitude=spot[0], latitude=spot[1], is_pointed_at=True)


def at_choice(content: DraftContent, choice: str) -> DraftContent:
    """Return the content at one of the places that were found, as the form names it."""
    east, _, rest = choice.partition(BETWEEN)
    north, _, rest = rest.partition(BETWEEN)
    asset, _, label = rest.partition(BETWEEN)
    spot, name = spot_in(east, north), typed(label, most=LONGEST_ADDRESS)
    if spot is None or not name:
        return content
    return replace(
        content,
        longitude=spot[0],
        latitude=spot[1],
        address=name,
        place_name=name,
        asset_id=_uuid(asset),
    )


def at_words(spot: tuple[float, float]) -> str:
    """Return a spot as the form names it, to tell what was chosen there from what was not."""
    return f"{spot[0]:.6f},{spot[1]:.6f}"


def _object(form: Form, spot: tuple[float, float]) -> UUID | None:
    """Return the object that was chosen at this spot; one of another place is none."""
    if form.get("object-at") == at_words(spot):
        return _uuid(form.get("object", ""))
    return _uuid(form.get("asset", ""))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
