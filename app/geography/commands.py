"""What an operator types to bring in areas."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.geography.operations import import_areas


@click.group("import")
def import_() -> None:
    """Bring in what others keep: areas."""


@import_.command("areas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="municipality, village, neighbourhood, …")
@click.option("--code-field", required=True, help="The property with each area's code.")
@click.option("--name-field", required=True, help="The property with each area's name.")
@click.option("--crs", "epsg", default=4326, show_default=True, help="The EPSG code of the file.")
@click.pass_obj
def areas(
    provided: Provided, *, file: Path, kind: str, code_field: str, name_field: str, epsg: int
) -> None:
    """Let the polygons of a GeoJSON FILE be the areas of this kind from today on.

    Those of this kind that were there, also those of the demo, end today and stay as history.
    """
    try:
        with provided.get(Database).transaction() as transaction:
            how_many = import_areas(
                transaction,
                json.loads(file.read_text(encoding="utf-8")),
                kind=kind,
                code_field=code_field,
                name_field=name_field,
                epsg=epsg,
                source=file.name,
                on=provided.get(Clock).now().astimezone(LOCAL_ZONE).date(),
            )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise click.ClickException(f"{file.name} is no JSON.") from None
    click.echo(f"{how_many} areas of kind {kind} are in use from today on.")
