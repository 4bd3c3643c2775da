"""Rows that are made up by the thousand, and their way into the tables: COPY."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import psycopg

#: Table and columns for each list of rows below; what others refer to stands first.
_COLUMNS = {
    "cases": (
        "defect_case",
        (
            "id, reference, category_code, category_group, stage, spot, asset_id, party_id,"
            " is_danger, report_count, received_at, due_at, at_risk_at, changed_at, version,"
            " planned_on, waiting_for, waits_until, closed_at, closing_reason, is_demo,"
            " near_address, near_street, near_village, near_asked_at"
        ),
    ),
    "reports": (
        "report",
        (
            "id, reference, case_id, description, spot, asset_id, category_code,"
            " category_chosen_by, category_certainty, is_danger, answers, channel, language,"
            " token_generation, received_at, is_demo"
        ),
    ),
    "contacts": ("contact", "report_id, email, kept_at"),
    "tasks": (
        "task",
        (
            "id, case_id, party_id, stage, version, offered_at, due_at, changed_at, held_until,"
            " result, remark, decline_reason"
        ),
    ),
    "clock_stops": ("clock_stop", "id, case_id, waiting_for, stopped_at, due_before"),
    "desk_entries": ("desk_entry", "id, case_id, reason, details, raised_at, settled_at"),
    "history": ("history_entry", "case_id, at, happening, actor_kind, actor_id, details"),
    "decisions": (
        "routing_decision",
        "id, case_id, party_id, agreement_id, because, grounds, rule_version, decided_at",
    ),
    "public_cases": (
        "public_case",
        (
            "reference, category_code, stage, spot, party_name, report_count, reported_at, due_at,"
            " changed_at"
        ),
    ),
}

TABLES = tuple(table for table, _ in _COLUMNS.values())

Row = tuple[object, ...]


@dataclass(slots=True)
class Rows:
    """Rows by table, each in the order of its columns above; what is JSON is text already."""

    cases: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    clock_stops: list[Row] = field(default_factory=list)
    desk_entries: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    public_cases: list[Row] = field(default_factory=list)


def copy_rows(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """Write all rows."""
    with connection.cursor() as cursor:
        for name, (table, columns) in _COLUMNS.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in getattr(rows, name):
                    copy.write_row(row)


def point(longitude: float, latitude: float) -> str:
    """Return a point in WGS 84 as PostGIS reads it from text: little-endian EWKB in hexadecimal."""
    return "0101000020E6100000" + struct.pack("<dd", longitude, latitude).hex().upper()
