"""Lets the desk say that a case lies somewhere else, and ask the rules again who is responsible."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from app.foundation.database import Transaction
from app.geography.model import OutsideServiceArea, Spot
from app.triage.model import RetiredCategory
from app.triage.operations import category
from app.work.model import ActedBy, Case, CaseMoved, Happening
from app.work.operations.cases import case_by_reference, check_version, write_case
from app.work.operations.desk import hand_over, leave_with_nobody, refuse_closed
from app.work.operations.finding_party import party_found_anew
from app.work.operations.history import write_history
from app.work.operations.near_address import FIND_ADDRESS
from app.work.operations.promising import located_again
from app.work.operations.task_rows import has_open_tasks
from app.work.weights import PlaceReason

_MOVE = text(
    """
    UPDATE defect_case SET spot = ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326),
        near_address = NULL, near_street = NULL, near_village = NULL, near_asked_at = NULL
    WHERE id = :id
    RETURNING ST_X(spot) AS longitude, ST_Y(spot) AS latitude
    """
)

_METRES = text(
    """
    SELECT ST_DistanceSphere(ST_MakePoint(:x, :y), ST_MakePoint(:longitude, :latitude)) AS metres
    """
)


def move_pin(
    transaction: Transaction,
    reference: str,
    *,
    spot: Spot,
    reason: PlaceReason,
    route_again: bool,
    by: ActedBy,
    now: datetime,
    expected_version: int | None = None,
) -> Case:
    """Let a case lie at another place in the municipality, with the reason.

    It is at no asset any more: that stays where it is. With `route_again` it goes to who is
    responsible there, or on the desk's list; a party that stays responsible keeps its task.
    What was promised stays promised. A job finds the address that is nearest by now.

    Raises:
        CaseNotFound: there is no such case.
        MovedOn: it is not at `expected_version` any more.
        CaseIsClosed: it must be reopened first.
        OutsideServiceArea: the place is not in the municipality.
    """
    found = case_by_reference(transaction, reference, lock=True)
    check_version(found, expected_version)
    refuse_closed(found)
    metres = transaction.read(
        _METRES,
        {
            "x": found.longitude,
            "y": found.latitude,
            "longitude": spot.longitude,
            "latitude": spot.latitude,
        },
    )[0].metres
    transaction.write(
        _MOVE, {"id": found.id, "longitude": spot.longitude, "latitude": spot.latitude}
    )
    moved = replace(
        found,
        longitude=spot.longitude,
        latitude=spot.latitude,
        asset_id=None,
        near_address=None,
        near_village=None,
        version=found.version + 1,
    )
    transaction.defer(FIND_ADDRESS, case_id=str(found.id))
    located = located_again(transaction, moved, now=now)
    if not located.inside_municipality:
        raise OutsideServiceArea()
    write_history(
        transaction,
        found.id,
        Happening.PLACE_CHANGED,
        by=by,
        at=now,
        metres=round(metres),
        reason=reason.value,
    )
    if not route_again:
        write_case(transaction, moved, now=now)
        transaction.tell(CaseMoved(moved, previous_stage=found.stage, at=now))
        return moved
    return _route(transaction, moved, by=by, now=now)


def _route(transaction: Transaction, moved: Case, *, by: ActedBy, now: datetime) -> Case:
    try:
        kind = category(transaction, moved.category_code)
    except RetiredCategory:
        return leave_with_nobody(transaction, moved, by=by, now=now)
    located = located_again(transaction, moved, now=now)
    party = party_found_anew(transaction, moved, kind, located, now=now)
    if party is None:
        return leave_with_nobody(transaction, moved, by=by, now=now)
    if party.id == moved.party_id and has_open_tasks(transaction, moved.id):
        write_case(transaction, moved, now=now)
        transaction.tell(CaseMoved(moved, previous_stage=moved.stage, at=now))
        return moved
    return hand_over(transaction, moved, party=party, by=by, now=now)
