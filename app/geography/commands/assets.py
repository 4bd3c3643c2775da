"""`straatbeeld import assets`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.foundation.settings import Settings
from app.geography.commands.words import say_skipped, tell, trying
from app.geography.importing.asset_files import AssetFields, read_assets
from app.geography.importing.assets import AssetsImported, AssetsToImport, import_assets
from app.geography.rules import require_kind
from app.identity.operations import party

_MEGABYTE = 1_000_000


@click.command("assets")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="lamp-post, bin, tree, playground, bench, …")
@click.option("--number-field", required=True, help="The field with the number people read on it.")
@click.option("--street-field", help="The field with its street, where numbers are per street.")
@click.option("--id-field", help="The field with its id in the register, by which it is known.")
@click.option("--owner", metavar="PARTY", help="The code of the party that owns them.")
@click.option("--attributes", metavar="F,F", help="Fields to keep with each.")
@click.option(
    "--crs",
    "epsg",
    type=int,
    help="Read the coordinates as this EPSG code, whatever the file says.",
)
@click.option("--layer", help="Which layer of a GeoPackage.")
@click.option(
    "--remove-missing", is_flag=True, help="Those of this kind and owner not in it are gone."
)
@click.option("--skip-bad", is_flag=True, help="Take the others where some are not right.")
@click.option("--dry-run", is_flag=True, help="Try it all, and change nothing.")
@click.pass_obj
def import_assets_command(
    provided: Provided,
    *,
    file: Path,
    kind: str,
    number_field: str,
    street_field: str | None,
    id_field: str | None,
    owner: str | None,
    attributes: str | None,
    epsg: int | None,
    layer: str | None,
    remove_missing: bool,
    skip_bad: bool,
    dry_run: bool,
) -> None:
    """Add or renew the objects of a FILE with points (GeoJSON, GeoPackage, Shapefile).

    One is known again by its id in the register, or by its street and number. All of the file is
    taken, or nothing.
    """
    require_kind(kind)
    now = provided.get(Clock).now()
    started = time.monotonic()
    fields = AssetFields(
        number=number_field,
        street=street_field,
        source_id=id_field,
        attributes=[one.strip() for one in (attributes or "").split(",") if one.strip()],
    )
    read = read_assets(
        file,
        fields,
        epsg=epsg,
        layer=layer,
        skips_bad=skip_bad,
        at_most_bytes=provided.get(Settings).import_at_most_mb * _MEGABYTE,
        tell=tell,
    )
    with trying(provided.get(Database), dry_run=dry_run) as transaction:
        done = import_assets(
            transaction,
            AssetsToImport(
                kind=kind,
                assets=read.assets,
                source=file.name,
                owner_party_id=party(transaction, owner).id if owner else None,
                removes_missing=remove_missing,
                is_trial=dry_run,
            ),
            by=BY_COMMAND,
            now=now,
            on=now.astimezone(LOCAL_ZONE).date(),
            tell=tell,
        )
        say_skipped(read.faults)
        _say(done, kind, is_trial=dry_run)
    seconds = time.monotonic() - started
    tell(f"{len(read.assets) / seconds:,.0f} objects a second, {seconds:.1f} seconds in all.")


def _say(done: AssetsImported, kind: str, *, is_trial: bool) -> None:
    would = ", if this were no trial" if is_trial else ""
    click.echo(
        f"Objects of kind {kind}{would}: {done.added:,} added, {done.changed:,} changed (of which"
        f" {done.moved:,} moved), {done.removed:,} removed, {done.as_they_were:,} as they were."
    )
    if done.number is not None and not is_trial:
        click.echo(
            f"This is import {done.number}; 'straatbeeld import undo {done.number}' takes it back."
        )
    if done.not_in_file:
        click.echo(f"{done.not_in_file:,} are not in the file and were left as they are.")
