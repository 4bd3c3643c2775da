"""The decision who is responsible, in one documented order. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable

from app.routing.model import (
    ROAD_AUTHORITY,
    Agreement,
    Because,
    Considered,
    Decision,
    Defect,
)

#: The smaller the area, the more its agreement says about this place. Other kinds come last.
_SMALLEST_FIRST = ("neighbourhood", "team-district", "village", "lighting-contract", "municipality")


def responsible_party(agreements: Iterable[Agreement], *, defect: Defect) -> Decision:
    """Return the party whose agreement covers the defect, with the reason.

    The order, whatever order the agreements come in:

    1. an agreement with the owner of the asset that was named;
    2. the authority of a road that covers the place, unless an asset of ours was named;
    3. the most precise category (inner, main, everything), then the smallest kind of area,
       then the highest priority, then the agreement's code.

    Nobody is an answer too: then a person must decide.
    """
    in_order = sorted(agreements, key=lambda agreement: _rank(agreement, defect))
    considered: list[Considered] = []
    for agreement in in_order:
        objection = _objection(agreement, defect)
        considered.append(
            Considered(
                agreement=agreement.code,
                party=agreement.party.code,
                matched=objection is None,
                why=objection or "covers-the-place-and-the-category",
            )
        )
        if objection is None:
            area = _area(agreement)
            return Decision(
                party=agreement.party,
                agreement=agreement,
                because=_because(agreement),
                area=area,
                area_name=defect.area_names.get(area) if area else None,
                asset_number=defect.asset_number,
                considered=tuple(considered),
            )
    return Decision(None, None, Because.NOBODY, considered=tuple(considered))


def _because(agreement: Agreement) -> Because:
    if agreement.asset_owner_id is not None:
        return Because.ASSET_OWNER
    if agreement.area_kind == ROAD_AUTHORITY:
        return Because.ROAD_AUTHORITY
    return Because.CATEGORY_IN_AREA


def _objection(agreement: Agreement, defect: Defect) -> str | None:
    """Return why this agreement does not cover the defect, or None where it does."""
    if agreement.category_code not in {None, defect.main_category_code, defect.category_code}:
        return "another-category"
    if agreement.asset_owner_id is not None:
        return None if agreement.asset_owner_id == defect.asset_owner_id else "another-owner"
    if _area(agreement) not in defect.areas:
        return "another-area"
    if agreement.area_kind == ROAD_AUTHORITY and _names_an_asset_of_ours(defect):
        return "an-asset-of-ours-was-named"
    return None


def _names_an_asset_of_ours(defect: Defect) -> bool:
    # An asset without an owner is the municipality's own.
    return defect.has_asset and defect.asset_owner_id is None


def _rank(agreement: Agreement, defect: Defect) -> tuple[int, int, int, int, str]:
    by_ground = {Because.ASSET_OWNER: 0, Because.ROAD_AUTHORITY: 1, Because.CATEGORY_IN_AREA: 2}
    by_category = {defect.category_code: 0, defect.main_category_code: 1, None: 2}
    kind = agreement.area_kind or ""
    by_size = _SMALLEST_FIRST.index(kind) if kind in _SMALLEST_FIRST else len(_SMALLEST_FIRST)
    return (
        by_ground[_because(agreement)],
        by_category.get(agreement.category_code, 3),
        by_size,
        -agreement.priority,
        agreement.code,
    )


def _area(agreement: Agreement) -> tuple[str, str] | None:
    if agreement.area_kind is None or agreement.area_code is None:
        return None
    return agreement.area_kind, agreement.area_code
