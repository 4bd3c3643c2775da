"""Takes the demo out of a database again, and says what it took."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Table, text

from app.entrypoints.demo.loading import is_demo
from app.entrypoints.demo.people import CREDENTIALS
from app.entrypoints.tables import METADATA
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.photos.operations.erasing import erase_photos_of_reports, erase_photos_of_tasks


class NoDemoHere(DomainError):
    """There is no demo in this database, so nothing was removed."""


#: What hangs on a case or a report of the demo, what is to go first standing first.
_ROWS_OF_CASES = (
    ("public_case", "reference IN (SELECT reference FROM defect_case WHERE is_demo)"),
    ("bulk_action_case", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    ("clock_stop", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    ("history_entry", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    ("desk_entry", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    ("routing_decision", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    (
        "task_worker",
        (
            "task_id IN (SELECT task.id FROM task JOIN defect_case ON defect_case.id = case_id"
            " WHERE is_demo)"
        ),
    ),
    ("case_note", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
    ("task", "case_id IN (SELECT id FROM defect_case WHERE is_demo)"),
)

#: What may be used by reports that are not of the demo; what is used stays.
_USED_BY_OTHERS = (
    "standard_text",
    "choice",
    "routing_draft",
    "agreement",
    "planned_work",
    "address",
    "area",
    "asset",
    "category",
    "partner_client",
    "account",
    "party",
)


def clear_demo(provided: Provided) -> tuple[dict[str, int], dict[str, int]]:
    """Remove the demo; return by table how many rows went, and how many had to stay.

    A report that a person made in the demo municipality is not of the demo. What it uses (its
    category, its party, its lamp post) stays with it, and so does a demo case that it joined.

    Raises:
        NoDemoHere: nothing in this database is of the demo.
    """
    gone: dict[str, int] = {}
    with provided.get(Database).transaction() as transaction:
        if not is_demo(transaction):
            raise NoDemoHere()
        # After `demo fill` there can be hundreds of thousands of rows.
        transaction.connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        _keep_what_is_used(transaction)
        _clear_reports(transaction, gone)
        for name in _USED_BY_OTHERS:
            _clear_unused(transaction, METADATA.tables[name], gone)
        _delete(transaction, "rule_change", "through = 'demo'", gone)
        stayed = _stayed(transaction)
    (Path(provided.get(Settings).data_dir) / CREDENTIALS).unlink(missing_ok=True)
    return gone, stayed


def _keep_what_is_used(transaction: Transaction) -> None:
    """Let demo cases that hold another's report be of the demo no longer, with their reports."""
    transaction.connection.execute(
        text(
            """
            WITH RECURSIVE kept AS (
                SELECT DISTINCT case_id AS id FROM report WHERE NOT is_demo
                UNION
                SELECT id FROM defect_case WHERE NOT is_demo
                UNION
                SELECT defect_case.merged_into FROM kept JOIN defect_case USING (id)
                WHERE defect_case.merged_into IS NOT NULL
            ), cases AS (
                UPDATE defect_case SET is_demo = false
                WHERE is_demo AND id IN (SELECT id FROM kept)
            )
            UPDATE report SET is_demo = false
            WHERE is_demo AND case_id IN (SELECT id FROM kept)
            """
        )
    )


def _clear_reports(transaction: Transaction, gone: dict[str, int]) -> None:
    connection = transaction.connection
    # Filled reports are many and have no photos: ask for those that have one.
    reports = connection.scalars(
        text(
            "SELECT DISTINCT report_id FROM photo JOIN report ON report.id = report_id"
            " WHERE report.is_demo"
        )
    ).all()
    tasks = connection.scalars(
        text(
            "SELECT DISTINCT task_id FROM photo JOIN task ON task.id = task_id"
            " JOIN defect_case ON defect_case.id = task.case_id WHERE defect_case.is_demo"
        )
    ).all()
    photos = erase_photos_of_reports(transaction, reports)
    gone["photo"] = photos + erase_photos_of_tasks(transaction, tasks)
    # The history of real cases only grows. That of made-up ones goes with them.
    connection.execute(text("ALTER TABLE history_entry DISABLE TRIGGER history_entry_only_grows"))
    _delete(transaction, "report", "is_demo", gone)
    for table, condition in _ROWS_OF_CASES:
        _delete(transaction, table, condition, gone)
    _delete(transaction, "defect_case", "is_demo", gone)
    connection.execute(
        text("ALTER TABLE history_entry ENABLE ALWAYS TRIGGER history_entry_only_grows")
    )


def _clear_unused(transaction: Transaction, table: Table, gone: dict[str, int]) -> None:
    """Delete the table's demo rows that no row of any table refers to."""
    referring = [
        f"AND NOT EXISTS (SELECT FROM {other.name} AS other"  # names of our tables
        f" WHERE other.{key.parent.name} = mine.{key.column.name})"
        for other in METADATA.tables.values()
        for key in other.foreign_keys
        if key.column.table is table and key.ondelete != "CASCADE"
    ]
    where = "is_demo " + " ".join(referring)
    # Headings go after what is below them: until nothing more goes.
    while _delete(transaction, f"{table.name} AS mine", where, gone, name=table.name):
        pass


def _delete(
    transaction: Transaction,
    table: str,
    condition: str,
    gone: dict[str, int],
    *,
    name: str | None = None,
) -> int:
    removed = transaction.connection.execute(
        text(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608  # our own names and conditions
    ).rowcount
    gone[name or table] = gone.get(name or table, 0) + removed
    return removed


def _stayed(transaction: Transaction) -> dict[str, int]:
    return {
        table: left
        for table in _USED_BY_OTHERS
        if (
            left := transaction.connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE is_demo")  # noqa: S608  # our own names
            ).scalar_one()
        )
    }
