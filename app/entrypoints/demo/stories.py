"""The demo's reports: who writes what where, and what became of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from uuid import UUID

from app.entrypoints.demo.places import DemoAsset, Street, bins, lamp_posts, streets

REPORTS = 120
DAYS = 90

_TEXTS_FILE = Path(__file__).with_name("data") / "texts.toml"

#: At what a report of this category is, where it names a thing.
ASSET_KINDS = {
    "verlichting.lamp-brandt-niet": "lamp-post",
    "verlichting.lamp-brandt-overdag": "lamp-post",
    "verlichting.mast-beschadigd": "lamp-post",
    "afval.volle-prullenbak": "bin",
    "afval.kapotte-prullenbak": "bin",
}


class Fate(StrEnum):
    """What becomes of a report of the demo."""

    NEW = "new"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    STARTED = "started"
    ON_HOLD = "on-hold"
    SOLVED = "solved"
    NOTHING_FOUND = "nothing-found"
    CLOSED_BY_DESK = "closed-by-desk"
    DECLINED = "declined"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Written:
    """What a reporter writes of a category, and how often that category occurs."""

    category: str
    share: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One report of the demo, from its writing to what became of it."""

    number: int
    category: str
    says_category: bool
    text: str
    longitude: float
    latitude: float
    asset_id: UUID | None
    received_at: datetime
    is_danger: bool
    photos: int
    has_contact: bool
    fate: Fate

    @property
    def is_english(self) -> bool:
        """Whether it was written in English."""
        return is_english(self.text)


def is_english(words: str) -> bool:
    """Whether the demo's reporter wrote this in English."""
    return any(word in words.split() for word in ("The", "the", "my", "Somebody", "on"))


@cache
def writings() -> tuple[Written, ...]:
    """Return what people write, by category."""
    with _TEXTS_FILE.open("rb") as file:
        return tuple(
            Written(category, told["share"], tuple(told["texts"]))
            for category, told in tomllib.load(file).items()
        )


def demo_stories(now: datetime, *, seed: int) -> list[Story]:
    """Return 120 stories, the oldest first; the same seed gives the same ones."""
    chance = Random(seed)  # noqa: S311  # a story, not a secret
    moments = sorted(_moments(chance, now))
    stories: list[Story] = []
    for number, received_at in enumerate(moments):
        age = now - received_at
        written = _written(chance, number)
        street = chance.choices(streets(), [one.length_metres for one in streets()])[0]
        asset = _asset(chance, written.category, street)
        if number - REPORTS in _OF_ONE_LAMP:
            asset = next(one for one in lamp_posts() if _known_by(one) == _ONE_LAMP)
        longitude, latitude = _place(chance, street, asset, number)
        stories.append(
            Story(
                number=number,
                category=written.category,
                says_category=_is_certain(number)
                or (chance.random() < 0.7 and written.category != "overig.anders"),
                text=chance.choice(written.texts),
                longitude=longitude,
                latitude=latitude,
                asset_id=asset.id if asset else None,
                received_at=received_at,
                is_danger=written.category == "verlichting.mast-beschadigd"
                and chance.random() < 0.5,
                photos=chance.choices((0, 1, 2), (45, 45, 10))[0],
                has_contact=chance.random() < 0.5,
                fate=_fate(chance, number, age),
            )
        )
    return stories


#: Once each for certain, whatever chance says: so every stage can be seen.
_SHOWN_ONCE = {
    -20: Fate.NEW,
    -18: Fate.ACCEPTED,
    -16: Fate.PLANNED,
    -14: Fate.MERGED,
    -12: Fate.DECLINED,
    -10: Fate.ON_HOLD,
    -8: Fate.STARTED,
    -6: Fate.SOLVED,
    -4: Fate.NOTHING_FOUND,
    -2: Fate.CLOSED_BY_DESK,
}

#: Three people report one lamp of Dinteloord: one case.
_ONE_LAMP = ("dinteloord", "Westvoorstraat", "10")
_OF_ONE_LAMP = (-19, -17, -15)

#: Places on the roads of others, for stories with these numbers: two on the A4, one on each N.
_ON_ROADS_OF_OTHERS = {
    20: (4.3200, 51.5954),
    55: (4.3705, 51.6130),
    80: (4.2500, 51.6036),
    100: (4.4050, 51.6175),
}

#: Places in the waters of the water board: the harbour of Steenbergen and the Dintel.
_IN_WATERS_OF_OTHERS = {
    60: (4.3150, 51.58635),
    110: (4.3690, 51.6396),
}

#: Two loose tiles a few steps from each other: perhaps they are one, and the desk looks.
_PERHAPS_ONE_TILE = {
    -13: (4.3194, 51.5842),
    -11: (4.31948, 51.58423),
}

_PLACES = {
    **_ON_ROADS_OF_OTHERS,
    **_IN_WATERS_OF_OTHERS,
    **{REPORTS + back: place for back, place in _PERHAPS_ONE_TILE.items()},
}


def _known_by(asset: DemoAsset) -> tuple[str, str, str]:
    """Return what an asset of a kind is known by: a number is unique in its street alone."""
    return asset.spot.village_code, asset.spot.street, asset.number


def _is_certain(number: int) -> bool:
    """Whether this story is there to be seen, and not by chance."""
    return (
        number in _IN_WATERS_OF_OTHERS
        or number - REPORTS in _PERHAPS_ONE_TILE
        or number - REPORTS in _SHOWN_ONCE
        or number - REPORTS in _OF_ONE_LAMP
    )


def _moments(chance: Random, now: datetime) -> Iterator[datetime]:
    for number in range(REPORTS):
        # A third came in during the last two weeks.
        days = chance.uniform(0.1, 14) if number % 3 == 0 else chance.uniform(2, DAYS)
        day = now - timedelta(days=days)
        moment = day.replace(hour=chance.randint(6, 20), minute=chance.randint(0, 59), second=0)
        yield min(moment, now - timedelta(hours=1 + number / 60)).replace(microsecond=0)


def _written(chance: Random, number: int) -> Written:
    by_category = {one.category: one for one in writings()}
    if number in _ON_ROADS_OF_OTHERS:
        return by_category["afval.zwerfafval"]
    if number in _IN_WATERS_OF_OTHERS:
        return by_category["water.sloot-of-oever"]
    if number - REPORTS in (*_SHOWN_ONCE, *_PERHAPS_ONE_TILE):
        return by_category["wegen.losse-tegel"]
    if number - REPORTS in _OF_ONE_LAMP:
        return by_category["verlichting.lamp-brandt-niet"]
    return chance.choices(writings(), [one.share for one in writings()])[0]


def _asset(chance: Random, category: str, street: Street) -> DemoAsset | None:
    kind = ASSET_KINDS.get(category)
    if kind is None or chance.random() < 0.2:
        return None
    of_kind = lamp_posts() if kind == "lamp-post" else bins()
    near = [
        one
        for one in of_kind
        if (one.spot.village_code, one.spot.street) == (street.village_code, street.name)
    ]
    return chance.choice(near) if near else None


def _place(
    chance: Random, street: Street, asset: DemoAsset | None, number: int
) -> tuple[float, float]:
    if number in _PLACES:
        return _PLACES[number]
    if asset is not None:
        # A phone is some metres off.
        return (
            round(asset.spot.longitude + chance.uniform(-0.0001, 0.0001), 6),
            round(asset.spot.latitude + chance.uniform(-0.00006, 0.00006), 6),
        )
    spot = street.spot(chance.uniform(0, street.length_metres), chance.uniform(-6, 6))
    return spot.longitude, spot.latitude


def _fate(chance: Random, number: int, age: timedelta) -> Fate:
    is_new = number - REPORTS in (*_OF_ONE_LAMP, *_PERHAPS_ONE_TILE)
    shown = Fate.NEW if is_new else _SHOWN_ONCE.get(number - REPORTS)
    if shown is not None:
        return shown
    if age < timedelta(days=3):
        return chance.choices((Fate.NEW, Fate.ACCEPTED, Fate.STARTED), (6, 2, 1))[0]
    if age < timedelta(days=14):
        return chance.choices(
            (Fate.NEW, Fate.ACCEPTED, Fate.PLANNED, Fate.STARTED, Fate.ON_HOLD, Fate.SOLVED),
            (4, 4, 2, 3, 2, 8),
        )[0]
    return chance.choices(
        (
            Fate.SOLVED,
            Fate.NOTHING_FOUND,
            Fate.CLOSED_BY_DESK,
            Fate.DECLINED,
            Fate.MERGED,
            Fate.ON_HOLD,
            Fate.ACCEPTED,
        ),
        (60, 5, 4, 3, 3, 4, 4),
    )[0]
