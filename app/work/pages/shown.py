"""How cases and tasks look on the pages of people who work: names, places, photos, history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import format_datetime, get_locale, gettext

from app.foundation.database import Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook
from app.geography.model import Spot
from app.geography.words import asset_kind_words
from app.identity.model import ActorKind, Colleague
from app.photos.model import Photo, PhotoLinks, PhotoStatus
from app.photos.operations.showing import links
from app.triage.model import CategoryTree
from app.triage.operations import names_of_categories
from app.work.model import Case, Happening, HistoryEntry
from app.work.operations.office.listing import CaseLine
from app.work.words import happening_words

#: Of an area's kind: the smaller says more; the municipality says nothing to who works there.
_PLACES = ("neighbourhood", "village")


#: What a history tells of a second person: from whom a task was taken over, or to whom it went.
_ABOUT_A_COLLEAGUE = frozenset({Happening.TASK_TAKEN, Happening.TASK_GIVEN})


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened, as people read it."""

    at: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class PhotoShown:
    """A photo on a page: with links when it is ready, otherwise only that it is there."""

    links: PhotoLinks | None
    is_unreadable: bool


def reader_language() -> str:
    """Return the language of the page that is being answered."""
    return str(get_locale() or "nl")


def category_names(transaction: Transaction, codes: Iterable[str]) -> dict[str, str]:
    """Return what these categories are called in the reader's language, retired ones too."""
    language = reader_language()
    names = names_of_categories(transaction, set(codes))
    return {code: name.in_language(language) for code, name in names.items()}


def names_in(
    transaction: Transaction, tree: CategoryTree, codes: Collection[str]
) -> dict[str, str]:
    """As `category_names`, from the tree that was read; only those out of use are looked up."""
    language = reader_language()
    known = {
        one.code: one.name.in_language(language)
        for main in tree.main_categories
        for one in main.categories
    }
    missing = set(codes) - set(known)
    return known | category_names(transaction, missing) if missing else known


def categories_in(entries: Iterable[HistoryEntry]) -> set[str]:
    """Return the codes of the categories that a history names."""
    told = (
        entry.details.get(name)
        for entry in entries
        if entry.happening is Happening.CATEGORY_CHANGED
        for name in ("category", "was")
    )
    return {code for code in told if isinstance(code, str)}


def place_words(
    areas: Iterable[Mapping[str, str]],
    asset_number: str | None,
    asset_kind: str | None = None,
    *,
    near: str | None = None,
) -> str:
    """Return where something is: near which address, in which areas, at which object.

    `near` is the street and number that a case keeps.
    """
    found = {area.get("kind", ""): area.get("name", "") for area in areas}
    said = [near_words(near)] if near else []
    said.extend(found[kind] for kind in _PLACES if found.get(kind))
    if asset_number and asset_kind:
        said.append(object_words(asset_kind, asset_number))
    elif asset_number:
        said.append(gettext("object %(number)s", number=asset_number))
    return " · ".join(said)


def place_of_line(line: CaseLine) -> str:
    """Return where a case is, as it stands on a list."""
    return place_words(
        line.areas, line.number_and_street, line.asset_kind, near=line.case.near_address
    )


def object_words(kind: str, number: str) -> str:
    """Return what an object with its number is called within a sentence."""
    named = asset_kind_words(kind)
    return f"{named[:1].lower()}{named[1:]} {number}"


def near_words(address: str, village: str | None = None) -> str:
    """Return that something lies near an address."""
    named = ", ".join(filter(None, (address, village)))
    return str(gettext("near %(address)s", address=named))


def address_of_case(found: Case) -> str | None:
    """Return the address that a case keeps; the register is asked for one that keeps none yet.

    Called while no transaction is open.
    """
    if found.near_address is None:
        return address_near(found.longitude, found.latitude)
    return near_words(found.near_address, found.near_village)


def address_near(longitude: float, latitude: float) -> str | None:
    """Return the nearest address, where one is known; asked while no transaction is open."""
    address = provided().get(AddressBook).nearest(Spot(longitude, latitude))
    return near_words(address.label) if address else None


def moment_words(instant: datetime) -> str:
    """Return a moment as it stands in a history: day and time in the Netherlands."""
    return str(format_datetime(instant, "d MMM yyyy HH:mm"))


def pictures(photos: Iterable[Photo], settings: Settings, now: datetime) -> list[PhotoShown]:
    """Return photos as a page shows them."""
    return [
        PhotoShown(links(photo, settings, now), photo.status is PhotoStatus.UNREADABLE)
        for photo in photos
    ]


def history_lines(
    entries: Sequence[HistoryEntry],
    *,
    people: Mapping[UUID, Colleague],
    names: Mapping[str, str],
    seen_by_party: UUID | None = None,
) -> list[HistoryLine]:
    """Return a history in words.

    A crew (`seen_by_party`) reads the names of its own people; of others it reads which party
    they work for.
    """
    called = {
        **names,
        **{
            str(one): colleague.name
            for one, colleague in people.items()
            if seen_by_party is None or colleague.party_id == seen_by_party
        },
    }
    return [
        HistoryLine(
            at=moment_words(entry.at),
            what=happening_words(entry, called),
            who=_who(entry, people, seen_by_party),
        )
        for entry in entries
    ]


def what_is_new(lines: list[HistoryLine], seen: int | None) -> list[HistoryLine]:
    """Return what happened since a form was shown, of lines the oldest first; at least the last.

    `seen` is how many lines there were then.
    """
    return lines[seen:] if seen is not None and 0 <= seen < len(lines) else lines[-1:]


def actors_in(entries: Iterable[HistoryEntry]) -> set[UUID]:
    """Return the accounts and partner clients that a history names, as actors or otherwise."""
    entries = list(entries)
    told = (
        entry.details.get(name)
        for entry in entries
        if entry.happening in _ABOUT_A_COLLEAGUE
        for name in ("account", "was")
    )
    return {entry.actor_id for entry in entries if entry.actor_id is not None} | {
        UUID(one) for one in told if isinstance(one, str)
    }


def _who(entry: HistoryEntry, people: Mapping[UUID, Colleague], party_id: UUID | None) -> str:
    if entry.actor_kind == ActorKind.REPORTER.value:
        return str(gettext("a reporter"))
    if entry.actor_kind == ActorKind.SYSTEM.value:
        return "Straatbeeld"
    colleague = people.get(entry.actor_id) if entry.actor_id else None
    if colleague is None:
        return str(gettext("somebody of the municipality"))
    if entry.actor_kind == ActorKind.PARTNER.value:
        return str(gettext("%(party)s, by its own system", party=colleague.name))
    if party_id is None:
        party = f", {colleague.party_name}" if colleague.party_name else ""
        return f"{colleague.name}{party}"
    if colleague.party_id == party_id:
        return colleague.name
    return colleague.party_name or str(gettext("the front desk"))
