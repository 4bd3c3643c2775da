"""What happened to objects, as pages show it: in words, with what differs before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import format_datetime, gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.rule_changes import ChangedBy, ChangedThrough
from app.geography.importing.asset_history import AssetChange, Done
from app.geography.words import asset_kind_words


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of an import, or a change of an object, as a page tells it."""

    how: str
    called: str
    differences: Sequence[tuple[str, str, str]]
    is_new: bool = False
    asset_id: UUID | None = None
    when: str = ""
    who: str = ""
    number: int | None = None
    source: str | None = None


def row_shown(
    what: Done,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    owners: Mapping[str, str],
    asset_id: UUID | None = None,
) -> Shown:
    """Return a row of an import; `owners` are names by the id of the party."""
    told = after or before or {}
    return Shown(
        how=done_words(what),
        called=", ".join(filter(None, (str(told.get("number")), told.get("street")))),
        differences=_differences(before, after, owners),
        is_new=before is None,
        asset_id=asset_id,
    )


def change_shown(one: AssetChange, owners: Mapping[str, str], names: Mapping[UUID, str]) -> Shown:
    """Return something that happened to one object."""
    if one.is_undo:
        how = gettext("Import taken back")
    elif one.before is None:
        how = done_words(Done.ADDED)
    else:
        how = done_words(Done.CHANGED if one.after is not None else Done.REMOVED)
    return Shown(
        how=how,
        called="",
        differences=_differences(one.before, one.after, owners),
        is_new=one.before is None,
        when=moment_words(one.at),
        who=who_words(one.by, names),
        number=one.number,
        source=one.source,
    )


def _differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, owners: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return what differs, as name, before and after; nothing of what went as a whole."""
    if after is None:
        return []
    was, now = _flat(before or {}), _flat(after)
    return [
        (_field_words(name), _value(name, was.get(name), owners),
         _value(name, now.get(name), owners))
        for name in dict.fromkeys([*was, *now])
        if was.get(name) != now.get(name)
    ]  # fmt: skip


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    own = {f": {name}": value for name, value in (told.get("attributes") or {}).items()}
    return {name: value for name, value in told.items() if name != "attributes"} | own


def _value(name: str, value: object, owners: Mapping[str, str]) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if name in {"longitude", "latitude"} and isinstance(value, int | float):
        return f"{value:.6f}"
    if name == "kind":
        return asset_kind_words(str(value))
    return owners.get(str(value), str(value)) if name == "owner" else str(value)


def _field_words(name: str) -> str:
    named: dict[str, str] = {
        "isDemo": gettext("Of the demo"),
        "kind": gettext("Kind of object"),
        "latitude": gettext("Latitude"),
        "longitude": gettext("Longitude"),
        "number": gettext("Number"),
        "owner": gettext("Owner"),
        "sourceId": gettext("Id in the register"),
        "street": gettext("Street"),
    }
    return named.get(name, name.removeprefix(": "))


def done_words(what: Done) -> str:
    """Return what an import did to an object, in a word."""
    named: dict[Done, str] = {
        Done.ADDED: gettext("Added"),
        Done.CHANGED: gettext("Changed"),
        Done.REMOVED: gettext("Removed"),
    }
    return named[what]


def who_words(by: ChangedBy, names: Mapping[UUID, str]) -> str:
    """Return who did something; a command has no name."""
    if by.account_id is not None:
        return names.get(by.account_id, str(gettext("Somebody")))
    if by.through is ChangedThrough.DEMO:
        return str(gettext("The demo"))
    return str(gettext("A command"))


def moment_words(at: datetime) -> str:
    """Return a moment as people here read it."""
    return str(format_datetime(at.astimezone(LOCAL_ZONE), "d MMM y HH:mm"))
