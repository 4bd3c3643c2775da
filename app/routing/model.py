"""The nouns of routing: agreement, what it is matched with, and the decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

#: Raised with every change to the order in `rules.py`, and kept with each decision.
RULE_VERSION = 1

ROAD_AUTHORITY = "road-authority"


@dataclass(frozen=True, slots=True)
class PartyOfAgreement:
    """The party an agreement names, as far as routing needs it."""

    id: UUID
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Party × area or asset owner × category, with its priority.

    `category_code` is an inner code, a main code, or None for everything.
    """

    id: UUID
    code: str
    party: PartyOfAgreement
    category_code: str | None
    area_kind: str | None
    area_code: str | None
    asset_owner_id: UUID | None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Defect:
    """What routing looks at: where it is, at which asset, and of what category.

    `areas` are (kind, code) pairs; `names` gives each area's name for the reason.
    """

    category_code: str
    areas: frozenset[tuple[str, str]]
    area_names: Mapping[tuple[str, str], str]
    has_asset: bool = False
    asset_number: str | None = None
    asset_owner_id: UUID | None = None

    @property
    def main_category_code(self) -> str:
        """The code of the main category: what stands before the point."""
        return self.category_code.partition(".")[0]


class Because(StrEnum):
    """Why a party was found responsible."""

    ASSET_OWNER = "asset-owner"
    ROAD_AUTHORITY = "road-authority"
    CATEGORY_IN_AREA = "category-in-area"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Considered:
    """One agreement that was looked at, and whether it matched."""

    agreement: str
    party: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is responsible, why, and what was passed over on the way."""

    party: PartyOfAgreement | None
    agreement: Agreement | None
    because: Because
    area: tuple[str, str] | None = None
    area_name: str | None = None
    asset_number: str | None = None
    considered: tuple[Considered, ...] = ()
