"""The nouns of routing: agreement, what it is matched with, and the decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.foundation.errors import DomainError
from app.foundation.windows import Window
from app.geography.model import ROAD_AUTHORITY, WATER_AUTHORITY

#: Raised with every change to the order in `rules.py`, and kept with each decision.
RULE_VERSION = 2

#: Where somebody else is the authority, whatever is agreed about the rest of the municipality.
AUTHORITY_AREAS = frozenset({ROAD_AUTHORITY, WATER_AUTHORITY})


class AgreementRefused(DomainError):
    """The agreement cannot be made like this."""


class AgreementNotFound(DomainError):
    """There is no such agreement."""


class AgreementChangedMeanwhile(DomainError):
    """Somebody else changed this agreement meanwhile; look at it again."""


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment as a clock on the wall shows it, and whether the day and the one before are off."""

    at: datetime
    is_day_off: bool = False
    is_day_off_before: bool = False


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who takes over what is urgent while a party is not at work."""

    id: UUID
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class PartyOfAgreement:
    """The party an agreement names, as far as routing needs it.

    Without `hours` it is always at work.
    """

    id: UUID
    code: str
    name: str
    kind: str
    hours: tuple[Window, ...] = ()
    stand_in: StandIn | None = None


@dataclass(frozen=True, slots=True)
class AreaHere:
    """An area that covers the place, with its size in square metres."""

    kind: str
    code: str
    name: str
    square_metres: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What an agreement names it by."""
        return self.kind, self.code


@dataclass(frozen=True, slots=True)
class Agreement:
    """Party × area or asset owner × category, with its conditions, its period and its priority.

    `category_code` is an inner code, a main code, or None for everything. `asset_kind`, `answers`
    (the code of a question → the answers that count) and `windows` narrow it further: empty means
    whatever.
    """

    id: UUID
    code: str
    party: PartyOfAgreement
    category_code: str | None
    area_kind: str | None
    area_code: str | None
    asset_owner_id: UUID | None
    priority: int = 0
    asset_kind: str | None = None
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    windows: tuple[Window, ...] = ()

    @property
    def area(self) -> tuple[str, str] | None:
        """The area it is about, as kind and code; None for one about an owner's assets."""
        if self.area_kind is None or self.area_code is None:
            return None
        return self.area_kind, self.area_code

    @property
    def conditions(self) -> int:
        """How many conditions narrow it."""
        return len(self.answers) + (self.asset_kind is not None) + bool(self.windows)


@dataclass(frozen=True, slots=True)
class Defect:
    """What routing looks at: where it is, at which asset, of what category, when, how urgent.

    `answers` are those given to the questions of the category, by the question's code. Several
    choices are several answers.
    """

    category_code: str
    areas: tuple[AreaHere, ...]
    moment: LocalMoment
    is_urgent: bool = False
    has_asset: bool = False
    asset_number: str | None = None
    asset_kind: str | None = None
    asset_owner_id: UUID | None = None
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Just outside the municipality, and taken as inside.
    is_at_border: bool = False
    #: Parties that gave it back because it is not theirs: they are not asked again.
    given_back_by: frozenset[UUID] = frozenset()

    @property
    def main_category_code(self) -> str:
        """The code of the main category: what stands before the point."""
        return self.category_code.partition(".")[0]

    def area(self, key: tuple[str, str] | None) -> AreaHere | None:
        """Return the area with this kind and code, if it covers the place.

        While one is redrawn two of them can hold on the same day; then it is the smaller one.
        """
        return min(
            (area for area in self.areas if area.key == key),
            key=lambda area: (area.square_metres, area.name),
            default=None,
        )


class Because(StrEnum):
    """Why a party was found responsible."""

    ASSET_OWNER = "asset-owner"
    ROAD_AUTHORITY = "road-authority"
    WATER_AUTHORITY = "water-authority"
    CATEGORY_IN_AREA = "category-in-area"
    NOBODY = "nobody"


class Why(StrEnum):
    """What was found of an agreement that was looked at."""

    COVERS = "covers-the-place-and-the-category"
    ANOTHER_CATEGORY = "another-category"
    ANOTHER_OWNER = "another-owner"
    ANOTHER_AREA = "another-area"
    ASSET_OF_OURS = "an-asset-of-ours-was-named"
    ANOTHER_ASSET_KIND = "another-asset-kind"
    ANOTHER_ANSWER = "another-answer"
    ANOTHER_TIME = "another-time"
    GAVE_IT_BACK = "gave-it-back"
    PASSED_OVER = "another-comes-first"


@dataclass(frozen=True, slots=True)
class Considered:
    """One agreement that was looked at, whether it was chosen, and what was found."""

    agreement: str
    party: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class StoodIn:
    """That a stand-in took over from the party of the agreement, outside its hours."""

    for_party: str


class BetweenRivals(StrEnum):
    """What decided between agreements that clash."""

    SMALLEST_AREA = "smallest-area"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is responsible, why, and what was passed over on the way.

    `clashes_with` are agreements with another party that cover the place just as precisely: only
    the size of an area, or the code, came between, as `between_rivals` tells. `microseconds` is
    how long it took, statement and all.
    """

    party: PartyOfAgreement | None
    agreement: Agreement | None
    because: Because
    area: AreaHere | None = None
    asset_number: str | None = None
    considered: tuple[Considered, ...] = ()
    stood_in: StoodIn | None = None
    clashes_with: tuple[str, ...] = ()
    between_rivals: BetweenRivals | None = None
    microseconds: int = 0

    @property
    def area_name(self) -> str | None:
        """The name of the area its agreement is about."""
        return self.area.name if self.area else None
