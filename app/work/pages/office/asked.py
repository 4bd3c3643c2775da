"""The filter of a list as it stands in the address: read carefully, and written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from app.foundation.texts import clean_text
from app.intake.model import Channel
from app.work.model import CaseStage, ClockState, WaitingFor
from app.work.operations.office.case_filter import (
    ALL,
    CLOSED,
    OPEN,
    CaseFilter,
    CaseOrder,
    Place,
)
from app.work.weights import Priority

WORDS_LENGTH = 200
_CODE_LENGTH = 100
_BETWEEN = "_"
#: Nothing came in before, and nobody asks beyond.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200

#: What is asked of a promise; that it is over says the status already.
CLOCKS = (ClockState.OVERDUE, ClockState.AT_RISK, ClockState.STOPPED, ClockState.ON_TIME)

_STATUSES = {OPEN: "open", CLOSED: "gesloten", ALL: "alle"}
_ORDERS = {CaseOrder.NEWEST: "nieuw", CaseOrder.OLDEST: "oud", CaseOrder.DUE: "norm"}
_YES = "ja"

W = TypeVar("W", bound=StrEnum)


def filter_of(address: Mapping[str, str]) -> CaseFilter:
    """Return the filter that an address asks for; whatever is strange in it leaves nothing out."""
    written = _WRITTEN_STATUSES.get(address.get("status", ""), address.get("status", ""))
    return CaseFilter(
        status=written if written in {OPEN, CLOSED, ALL, *CaseStage} else OPEN,
        category=_code(address, "soort"),
        area=_code(address, "gebied"),
        street=_code(address, "straat"),
        party=_code(address, "uitvoerder"),
        person=_person(address),
        channel=_word(address, "kanaal", Channel),
        since=_day(address, "van"),
        until=_day(address, "tot"),
        clock=_clock(address),
        waiting_for=_word(address, "wacht", WaitingFor),
        priority=_word(address, "prioriteit", Priority),
        is_danger=address.get("gevaar") == _YES,
        has_photo=address.get("foto") == _YES,
        words=clean_text(address.get("woorden", ""))[:WORDS_LENGTH],
    )


def order_of(address: Mapping[str, str]) -> CaseOrder:
    """Return the order that an address asks for."""
    written = {word: order for order, word in _ORDERS.items()}
    return written.get(address.get("volgorde", ""), CaseOrder.NEWEST)


def place_of_address(address: Mapping[str, str]) -> Place | None:
    """Return the place from where an address goes on; anything strange is the beginning."""
    for name, is_before in (("na", False), ("voor", True)):
        at, _, case_id = address.get(name, "").partition(_BETWEEN)
        if not at.isascii() or not at.isdigit() or len(at) > 18:
            continue
        try:
            moment = datetime.fromtimestamp(int(at) // 1_000_000, UTC)
            return Place(moment.replace(microsecond=int(at) % 1_000_000), UUID(case_id), is_before)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def written_filter(wanted: CaseFilter, order: CaseOrder = CaseOrder.NEWEST) -> dict[str, str]:
    """Return a filter and an order as they stand in an address, but for what leaves nothing out."""
    said = {
        "status": "" if wanted.status == OPEN else _STATUSES.get(wanted.status, wanted.status),
        "soort": wanted.category or "",
        "gebied": wanted.area or "",
        "straat": wanted.street or "",
        "uitvoerder": wanted.party or "",
        "persoon": str(wanted.person or ""),
        "kanaal": wanted.channel.value if wanted.channel else "",
        "van": wanted.since.isoformat() if wanted.since else "",
        "tot": wanted.until.isoformat() if wanted.until else "",
        "norm": wanted.clock.value if wanted.clock else "",
        "wacht": wanted.waiting_for.value if wanted.waiting_for else "",
        "prioriteit": wanted.priority.value if wanted.priority else "",
        "gevaar": _YES if wanted.is_danger else "",
        "foto": _YES if wanted.has_photo else "",
        "woorden": wanted.words,
        "volgorde": "" if order is CaseOrder.NEWEST else _ORDERS[order],
    }
    return {name: word for name, word in said.items() if word}


def written_place(place: Place) -> dict[str, str]:
    """Return a place as it stands in an address."""
    whole = int(place.at.timestamp()) * 1_000_000 + place.at.microsecond
    return {("voor" if place.is_before else "na"): f"{whole}{_BETWEEN}{place.id}"}


def address_of(
    wanted: CaseFilter,
    order: CaseOrder = CaseOrder.NEWEST,
    *,
    place: Place | None = None,
    path: str = "/beheer/zaken",
) -> str:
    """Return the address of a list."""
    query = {**written_filter(wanted, order), **(written_place(place) if place else {})}
    return f"{path}?{urlencode(query)}" if query else path


def without(wanted: CaseFilter, part: str) -> CaseFilter:
    """Return the filter without one of its parts."""
    none = CaseFilter(status=ALL)
    return replace(wanted, **{part: getattr(none, part)})


_WRITTEN_STATUSES = {word: status for status, word in _STATUSES.items()}


def _code(address: Mapping[str, str], name: str) -> str | None:
    return clean_text(address.get(name, ""))[:_CODE_LENGTH] or None


def _person(address: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(address.get("persoon", "")[:36])
    except ValueError:
        return None


def _word(address: Mapping[str, str], name: str, kind: type[W]) -> W | None:
    written = address.get(name, "")
    return kind(written) if written in set(kind) else None


def _clock(address: Mapping[str, str]) -> ClockState | None:
    written = address.get("norm", "")
    return ClockState(written) if written in set(CLOCKS) else None


def _day(address: Mapping[str, str], name: str) -> date | None:
    try:
        day = date.fromisoformat(address.get(name, "").strip()[:10])
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
