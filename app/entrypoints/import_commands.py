"""What an operator types to bring in what others keep: areas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.import_files import FileTooLarge, content_of
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.foundation.texts import for_a_screen
from app.geography.model import AreasRefused
from app.geography.operations import areas_on, import_areas
from app.geography.rules import AreaFields
from app.routing.operations import agreed_areas

#: All of the Netherlands' municipalities in full detail are a fifth of this.
_AT_MOST_BYTES = 100_000_000


@click.group("import")
def import_() -> None:
    """Bring in areas, categories, parties and agreements."""


@import_.command("areas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="municipality, village, neighbourhood, …")
@click.option("--code-field", help="The property with each area's code.")
@click.option("--code", help="The code, where the file has one area.")
@click.option(
    "--code-for",
    "code_for",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Another code than the file's, such as WK085103=dinteloord; may be repeated.",
)
@click.option("--name-field", help="The property with each area's name.")
@click.option("--name", help="The name, where the file has one area.")
@click.option("--name-pattern", help="What of the name to keep, as a pattern: 'Wijk \\d+ (.*)'.")
@click.option(
    "--crs", "epsg", type=int, help="The EPSG code of the file's coordinates, if it does not say."
)
@click.pass_obj
def areas(
    provided: Provided,
    *,
    file: Path,
    kind: str,
    code_field: str | None,
    code: str | None,
    code_for: tuple[str, ...],
    name_field: str | None,
    name: str | None,
    name_pattern: str | None,
    epsg: int | None,
) -> None:
    """Let the polygons of a GeoJSON FILE be the areas of this kind from today on.

    Those of this kind that were there, also those of the demo, end today and stay as history. All
    of the file is taken, or nothing.
    """
    if (code_field is None) == (code is None):
        raise click.UsageError("Give either --code-field or --code.")
    if (name_field is None) == (name is None):
        raise click.UsageError("Give either --name-field or --name.")
    try:
        re.compile(name_pattern or "()")
    except re.error as wrong:
        raise click.UsageError(f"--name-pattern is no pattern: {wrong}.") from None
    municipality = provided.get(Settings).municipality_code
    today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
    with provided.get(Database).transaction() as transaction:
        imported = import_areas(
            transaction,
            _read(file),
            kind=kind,
            fields=AreaFields(
                code_field=code_field,
                name_field=name_field,
                code=code,
                name=name,
                code_for=dict(_pairs(code_for)),
                name_pattern=name_pattern,
            ),
            epsg=epsg,
            source=for_a_screen(file.name),
            on=today,
            must_have=municipality if kind == "municipality" else None,
        )
        gone = agreed_areas(transaction, on=today) - areas_on(transaction, on=today)
    for area in imported:
        if area.repaired:
            click.echo(f"{area.name}: its outline was repaired ({area.repaired}).")
    click.echo(f"{len(imported)} areas of kind {kind} are in use from today on.")
    if gone:
        click.echo(
            "Agreements speak of areas that are not there, so they no longer count: "
            + ", ".join(f"{kind} {code}" for kind, code in sorted(gone)),
            err=True,
        )


def _read(file: Path) -> object:
    try:
        content = content_of(file, at_most_bytes=_AT_MOST_BYTES)
    except FileTooLarge as refused:
        raise AreasRefused(
            f"{refused.detail} Leave out what lies elsewhere, or draw the outlines simpler."
        ) from None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise AreasRefused(f"{file.name} is no JSON.") from None


def _pairs(given: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = []
    for one in given:
        theirs, separator, ours = one.partition("=")
        if not separator or not theirs or not ours:
            raise click.UsageError(f"--code-for wants THEIRS=OURS, not {one!r}.")
        pairs.append((theirs, ours))
    return pairs
