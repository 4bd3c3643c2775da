"""`straatbeeld import list` and `import undo`: of areas and of objects, which share one count."""

from __future__ import annotations

from datetime import date, datetime

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.geography.commands.areas import say_missed
from app.geography.commands.words import named
from app.geography.importing.areas import area_imports, undo_import
from app.geography.importing.asset_history import (
    AssetImport,
    asset_import,
    asset_imports,
    undo_asset_import,
)
from app.geography.importing.model import AreaImport
from app.geography.importing.spoken_of import AreasSpokenOf, areas_missed
from app.geography.model import ImportNotFound

_AT_MOST_LISTED = 50

#: Among so many the last that still holds is looked for.
_ALL = 1_000_000


@click.command("list")
@click.option("--kind", help="Of this kind only.")
@click.pass_obj
def list_imports_command(provided: Provided, *, kind: str | None) -> None:
    """List the times that areas or objects were brought in, the newest first."""
    with provided.get(Database).transaction() as transaction:
        found: list[AreaImport | AssetImport] = [
            *area_imports(transaction, kind=kind, at_most=_AT_MOST_LISTED),
            *asset_imports(transaction, kind=kind, at_most=_AT_MOST_LISTED),
        ]
    found.sort(key=lambda one: one.number, reverse=True)
    for one in found[:_AT_MOST_LISTED]:
        undone = f", taken back {_moment(one.undone_at)}" if one.undone_at else ""
        click.echo(
            f"{one.number:>5}  {_moment(one.at)}  {one.kind}  {_did(one)}  {one.source}{undone}"
        )
    if not found:
        click.echo("No areas or objects were brought in yet.")


@click.command("undo")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), required=False)
@click.option("--kind", help="The last import of this kind.")
@click.pass_obj
def undo_import_command(provided: Provided, *, number: int | None, kind: str | None) -> None:
    """Take back an import of areas or objects: the last of a kind, or NUMBER of 'import list'.

    Areas it made end or go, those it ended come back. Objects it added are taken off the map
    (reports about them stay), those it changed are as before, those it removed come back.
    """
    if (number is None) == (kind is None):
        raise click.UsageError("Give either a NUMBER or --kind.")
    now = provided.get(Clock).now()
    today = now.astimezone(LOCAL_ZONE).date()
    with provided.get(Database).transaction() as transaction:
        assets = _of_assets(transaction, number=number, kind=kind)
        if assets is not None:
            _undo_assets(transaction, assets, now=now, today=today)
            return
        undone = undo_import(
            transaction, kind=kind, number=number, by=BY_COMMAND, now=now, today=today
        )
        missed = areas_missed(provided.get(AreasSpokenOf), transaction, on=today)
    click.echo(f"Import {undone.number} of kind {undone.kind} was taken back.")
    click.echo(f"{len(undone.gone)} gone or ended: {named(undone.gone) or 'none'}.")
    click.echo(f"{len(undone.back)} back: {named(undone.back) or 'none'}.")
    say_missed(missed)


def _of_assets(transaction: Transaction, *, number: int | None, kind: str | None) -> int | None:
    """Return the number of the import of objects that is meant; None where areas are."""
    if number is not None:
        try:
            return asset_import(transaction, number).number
        except ImportNotFound:
            return None
    live = [
        one.number
        for one in asset_imports(transaction, kind=kind, at_most=_ALL)
        if one.undone_at is None
    ]
    areas = [one for one in area_imports(transaction, kind=kind, at_most=_ALL) if not one.undone_at]
    if live and areas:
        raise click.UsageError(
            f"Both areas and objects of kind {kind} were brought in: say the number of"
            " 'import list'."
        )
    return live[0] if live else None


def _undo_assets(transaction: Transaction, number: int, *, now: datetime, today: date) -> None:
    done = undo_asset_import(transaction, number, by=BY_COMMAND, now=now, today=today)
    transaction.write_the_rest()
    click.echo(f"Import {done.number} of objects of kind {done.kind} was taken back.")
    click.echo(
        f"{done.gone:,} taken off the map, {done.as_before:,} as before, {done.back:,} back."
    )


def _did(one: AreaImport | AssetImport) -> str:
    if isinstance(one, AreaImport):
        return f"{one.areas} areas from {one.valid_from.isoformat()} on"
    return f"{one.added:,} objects added, {one.changed:,} changed, {one.removed:,} removed"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"
