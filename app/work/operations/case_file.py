"""Reads all that work knows about a case in one statement, for the page of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.foundation.database import Transaction
from app.triage.model import Name
from app.work.model import (
    Case,
    CaseStage,
    DeclineReason,
    DeskEntry,
    DeskReason,
    Happening,
    HistoryEntry,
    NearCase,
    Task,
    TaskStage,
    WorkResult,
)
from app.work.operations.case_rows import CASE_COLUMNS, CASE_TABLES, case_of
from app.work.operations.choices import Choice, ChoiceList
from app.work.operations.standard_texts import StandardText, UsedFor
from app.work.operations.weighing import Note
from app.work.refusals import CaseNotFound

_FILE = text(
    f"""
    SELECT {CASE_COLUMNS}, into_case.reference AS into_reference,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.offered_at, one.id), '[]')
         FROM task AS one WHERE one.case_id = c.id) AS tasks,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.id), '[]')
         FROM history_entry AS one WHERE one.case_id = c.id) AS history,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.id DESC), '[]')
         FROM case_note AS one WHERE one.case_id = c.id) AS notes,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.raised_at, one.id), '[]')
         FROM desk_entry AS one
         WHERE one.case_id = c.id AND one.settled_at IS NULL) AS entries,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY lower(one.name_nl), one.code), '[]')
         FROM choice AS one) AS choices,
        (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY lower(one.title), one.id), '[]')
         FROM standard_text AS one
         WHERE one.category_code IS NULL
            OR one.category_code IN (c.category_code, split_part(c.category_code, '.', 1))
        ) AS texts,
        (SELECT coalesce(jsonb_agg(to_jsonb(near) ORDER BY near.distance_metres, near.reference),
                         '[]')
         FROM (
             SELECT other.reference, other.category_code, other.stage, other.asset_id,
                    ST_X(other.spot) AS longitude, ST_Y(other.spot) AS latitude,
                    other.report_count, other.received_at, other.due_at,
                    ST_DistanceSphere(other.spot, c.spot) AS distance_metres
             FROM defect_case AS other
             WHERE other.stage IN ('received', 'assigned', 'planned', 'in-progress', 'waiting')
               AND other.spot && ST_Expand(
                   c.spot, :near_metres / 65000.0, :near_metres / 110500.0)
               AND ST_DistanceSphere(other.spot, c.spot) <= :near_metres
               AND other.category_group = c.category_group AND other.id <> c.id
               AND NOT coalesce(other.asset_id <> c.asset_id, false)
             ORDER BY distance_metres, other.reference LIMIT :at_most
         ) AS near) AS near,
        (SELECT coalesce(jsonb_agg(to_jsonb(part) ORDER BY part.at, part.reference), '[]')
         FROM (
             SELECT joined.reference, joined.category_code, entry.at, entry.happening,
                    entry.actor_kind, entry.actor_id, entry.details
             FROM defect_case AS joined
             CROSS JOIN LATERAL (
                 SELECT * FROM history_entry AS told
                 WHERE told.case_id = joined.id AND told.happening = 'merged'
                 ORDER BY told.id DESC LIMIT 1) AS entry
             WHERE joined.merged_into = c.id
         ) AS part) AS parts
    FROM {CASE_TABLES}
    LEFT JOIN defect_case AS into_case ON into_case.id = c.merged_into
    WHERE c.reference = :reference
    """  # noqa: S608  # our own column list
)

#: So many open cases near by are read.
_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class JoinedCase:
    """A case that became part of another, and what tells since when and by whom."""

    reference: str
    category_code: str
    entry: HistoryEntry


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that work knows about it, and what can be chosen for it."""

    case: Case
    #: The reference of the case that it became part of.
    into: str | None
    #: The oldest first.
    tasks: Sequence[Task]
    #: The oldest first.
    history: Sequence[HistoryEntry]
    #: The newest first.
    notes: Sequence[Note]
    entries: Sequence[DeskEntry]
    choices: Sequence[Choice]
    #: Those that fit its kind.
    texts: Sequence[StandardText]
    #: Open cases of its group near by that it could be joined to, the nearest first.
    near: Sequence[NearCase]
    #: What became part of it, the first one first.
    parts: Sequence[JoinedCase]


def case_file(transaction: Transaction, reference: str, *, near_metres: float) -> CaseFile:
    """Return all there is about a case. One statement.

    Raises:
        CaseNotFound: there is no such case.
    """
    rows = transaction.read(
        _FILE, {"reference": reference, "near_metres": near_metres, "at_most": _AT_MOST}
    )
    if not rows:
        raise CaseNotFound()
    row = rows[0]
    found = case_of(row)
    return CaseFile(
        case=found,
        into=row.into_reference,
        tasks=[_task(one) for one in row.tasks],
        history=[_entry(one) for one in row.history],
        notes=[
            Note(_id(one["account_id"]), _at(one["written_at"]), one["words"]) for one in row.notes
        ],
        entries=[
            DeskEntry(
                UUID(one["id"]),
                DeskReason(one["reason"]),
                one["details"],
                _at(one["raised_at"]),
                found,
            )
            for one in row.entries
        ],
        choices=[
            Choice(
                one["code"],
                ChoiceList(one["list"]),
                Name(one["name_nl"], one["name_en"]),
                one["is_retired"],
                one["version"],
            )
            for one in row.choices
        ],
        texts=[
            StandardText(
                UUID(one["id"]),
                UsedFor(one["used_for"]),
                one["category_code"],
                one["title"],
                one["words"],
                one["is_retired"],
                one["version"],
            )
            for one in row.texts
        ],
        near=[_near(one) for one in row.near],
        parts=[
            JoinedCase(one["reference"], one["category_code"], _entry(one)) for one in row.parts
        ],
    )


def _task(one: Mapping[str, Any]) -> Task:
    return Task(
        id=UUID(one["id"]),
        case_id=UUID(one["case_id"]),
        party_id=UUID(one["party_id"]),
        stage=TaskStage(one["stage"]),
        version=one["version"],
        offered_at=_at(one["offered_at"]),
        due_at=_at(one["due_at"]),
        changed_at=_at(one["changed_at"]),
        result=WorkResult(one["result"]) if one["result"] else None,
        remark=one["remark"],
        decline_reason=DeclineReason(one["decline_reason"]) if one["decline_reason"] else None,
        held_until=date.fromisoformat(one["held_until"]) if one["held_until"] else None,
        request=one["request"],
    )


def _entry(one: Mapping[str, Any]) -> HistoryEntry:
    return HistoryEntry(
        _at(one["at"]),
        Happening(one["happening"]),
        one["actor_kind"],
        _id(one["actor_id"]),
        one["details"],
    )


def _near(one: Mapping[str, Any]) -> NearCase:
    return NearCase(
        reference=one["reference"],
        category_code=one["category_code"],
        stage=CaseStage(one["stage"]),
        longitude=one["longitude"],
        latitude=one["latitude"],
        asset_id=_id(one["asset_id"]),
        report_count=one["report_count"],
        received_at=_at(one["received_at"]),
        due_at=_at(one["due_at"]),
        distance_metres=one["distance_metres"],
    )


def _id(written: str | None) -> UUID | None:
    return UUID(written) if written else None


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written)
