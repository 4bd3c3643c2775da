"""`straatbeeld import areas`."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.import_files import read_toml
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.foundation.settings import Settings
from app.geography.commands.words import named, say_skipped, tell, trying
from app.geography.importing.area_files import AreaReading, read_areas
from app.geography.importing.areas import (
    AreasToImport,
    import_areas,
)
from app.geography.importing.model import AreasImported, AreasRead
from app.geography.importing.pdok import Boundaries, BoundaryRegister, fetched
from app.geography.importing.shapes import GAP_METRES
from app.geography.importing.spoken_of import (
    AreasSpokenOf,
    areas_missed,
    require_agreements_go_on,
)
from app.geography.importing.uniting import UnitedAreas
from app.geography.model import AgreementsWouldEnd
from app.geography.operations import bounds_of
from app.geography.rules import AreaFields, require_kind

_MEGABYTE = 1_000_000


@click.command("areas")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--kind", help="municipality, village, neighbourhood, road-authority, …")
@click.option("--code-field", help="The field with each area's code.")
@click.option("--code", help="The code, where the file has one area.")
@click.option(
    "--code-for",
    "code_for",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Another code than the file's, such as WK085103=dinteloord; may be repeated.",
)
@click.option("--name-field", help="The field with each area's name.")
@click.option("--name", help="The name, where the file has one area.")
@click.option("--name-pattern", help="What of the name to keep, as a pattern: 'Wijk \\d+ (.*)'.")
@click.option(
    "--crs",
    "epsg",
    type=int,
    help="Read the coordinates as this EPSG code, whatever the file says.",
)
@click.option("--layer", help="Which layer of a GeoPackage.")
@click.option(
    "--buffer-metres",
    type=click.FloatRange(min=0, max=5_000, min_open=True),
    help="Lines and rows of points become corridors so wide to both sides.",
)
@click.option(
    "--gap-metres",
    type=click.FloatRange(min=0, max=50_000),
    default=GAP_METRES,
    show_default=True,
    help="Points of one code further apart are not joined.",
)
@click.option(
    "--unite",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file that says which areas make up which: villages of neighbourhoods.",
)
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; or today.")
@click.option("--keep-others", is_flag=True, help="Areas of the kind that are not here stay.")
@click.option("--skip-bad", is_flag=True, help="Take the others where some are not right.")
@click.option(
    "--even-if-agreements-end",
    "may_end",
    is_flag=True,
    help="Read it in even where agreements lose their area.",
)
@click.option("--dry-run", is_flag=True, help="Try it all, and change nothing.")
@click.option(
    "--pdok",
    type=click.Choice([one.value for one in Boundaries]),
    help="Instead of a file: the national register's municipality or its neighbourhoods.",
)
@click.option("--year", type=click.IntRange(2019, 2100), help="The year of the neighbourhoods.")
@click.pass_obj
def import_areas_command(
    provided: Provided,
    *,
    file: Path | None,
    kind: str | None,
    code_field: str | None,
    code: str | None,
    code_for: tuple[str, ...],
    name_field: str | None,
    name: str | None,
    name_pattern: str | None,
    epsg: int | None,
    layer: str | None,
    buffer_metres: float | None,
    gap_metres: float,
    mapping: Path | None,
    since: datetime | None,
    keep_others: bool,
    skip_bad: bool,
    may_end: bool,
    dry_run: bool,
    pdok: str | None,
    year: int | None,
) -> None:
    """Let the areas of a FILE (GeoJSON, GeoPackage, Shapefile) be those of a kind from a day on.

    Those of this kind that were there, also those of the demo, end then and stay as history; with
    --keep-others only those with the same code do. What is the same stays as it is. All of the
    file is taken, or nothing; and nothing where an agreement would lose its area, unless you say
    --even-if-agreements-end.
    """
    if (file is None) == (pdok is None):
        raise click.UsageError("Give either a FILE or --pdok.")
    kind = kind or pdok
    settings = provided.get(Settings)
    now = provided.get(Clock).now()
    united = read_toml(mapping, UnitedAreas) if mapping else None
    if pdok is not None:
        fields = AreaFields(code_field="code", name_field="name")
        if kind == Boundaries.NEIGHBOURHOODS:
            kind = "neighbourhood" if united is None else "village"
    else:
        if (code_field is None) == (code is None):
            raise click.UsageError("Give either --code-field or --code.")
        if (name_field is None) == (name is None):
            raise click.UsageError("Give either --name-field or --name.")
        fields = AreaFields(
            code_field=code_field,
            name_field=name_field,
            code=code,
            name=name,
            code_for=dict(_pairs(code_for)),
            name_pattern=_pattern(name_pattern),
        )
    if not kind:
        raise click.UsageError("Say with --kind what these areas are.")
    require_kind(kind)
    reading = AreaReading(
        fields,
        epsg=epsg,
        layer=layer,
        buffer_metres=buffer_metres,
        gap_metres=gap_metres,
        skips_bad=skip_bad,
        united=united,
    )
    at_most_bytes = settings.import_at_most_mb * _MEGABYTE
    with TemporaryDirectory(prefix="straatbeeld-") as folder:
        if pdok is not None:
            source, path = _from_register(
                provided, Boundaries(pdok), code or settings.municipality_code, year, Path(folder)
            )
        else:
            assert file is not None  # noqa: S101  # asked above
            source, path = file.name, file
        read = read_areas(path, reading, at_most_bytes=at_most_bytes, tell=tell)
    wanted = AreasToImport(
        kind=kind,
        areas=read.areas,
        source=source,
        valid_from=since.date() if since else _today(now),
        keeps_others=keep_others,
        must_have=settings.municipality_code if kind == "municipality" else None,
        is_trial=dry_run,
    )
    spoken_of = provided.get(AreasSpokenOf)
    with trying(provided.get(Database), dry_run=dry_run) as transaction:
        before = areas_missed(spoken_of, transaction, on=wanted.valid_from)
        imported = import_areas(transaction, wanted, by=BY_COMMAND, now=now)
        missed = areas_missed(spoken_of, transaction, on=wanted.valid_from)
        if not (may_end or dry_run):
            _require_agreements_go_on(missed - before)
        _say(read, imported, wanted)
    say_missed(missed - before if dry_run else missed, is_trial=dry_run)


def _require_agreements_go_on(lost: frozenset[tuple[str, str]]) -> None:
    try:
        require_agreements_go_on(lost)
    except AgreementsWouldEnd as refused:
        raise AgreementsWouldEnd(
            f"{refused.detail}\nThat is --code-for THEIRS=OURS, --keep-others, or"
            " --even-if-agreements-end. Nothing was changed."
        ) from None


def _from_register(
    provided: Provided, what: Boundaries, code: str, year: int | None, folder: Path
) -> tuple[str, Path]:
    now = provided.get(Clock).now()
    with provided.get(Database).transaction() as transaction:
        box = bounds_of(transaction, kind="municipality", code=code)
    return fetched(
        provided.get(BoundaryRegister),
        what,
        code=code,
        year=year or now.year - 1,
        box=box,
        into=folder,
        tell=tell,
    )


def _say(read: AreasRead, imported: AreasImported, wanted: AreasToImport) -> None:
    for remark in read.remarks:
        click.echo(remark)
    for area in read.areas:
        if area.repaired:
            click.echo(f"{area.name}: its outline was repaired ({area.repaired}).")
    say_skipped(read.faults)
    if not imported.is_different:
        click.echo(f"All {imported.as_they_were} areas of kind {wanted.kind} are as they were.")
        return
    for word, codes in (("new", imported.added), ("changed", imported.changed)):
        if codes:
            click.echo(f"{len(codes)} {word}: {named(codes)}.")
    if imported.ended:
        click.echo(f"{len(imported.ended)} ended: {named(imported.ended)}.")
    are = f"{len(wanted.areas)} areas of kind {wanted.kind}"
    since = wanted.valid_from.isoformat()
    if wanted.is_trial:
        click.echo(f"{are} would be in use from {since} on.")
        return
    click.echo(
        f"{are} are in use from {since} on. This is import {imported.number};"
        f" 'straatbeeld import undo --kind {wanted.kind}' takes it back."
    )


def say_missed(areas: frozenset[tuple[str, str]], *, is_trial: bool = False) -> None:
    """Name the areas that agreements speak of in vain."""
    if not areas:
        return
    said = (
        "Agreements speak of areas that would no longer be there, so they would no longer count,"
        " and it would need --even-if-agreements-end: "
        if is_trial
        else "Agreements speak of areas that are not there, so they no longer count: "
    )
    click.echo(said + ", ".join(f"{kind} {code}" for kind, code in sorted(areas)), err=True)


def _today(now: datetime) -> date:
    return now.astimezone(LOCAL_ZONE).date()


def _pattern(given: str | None) -> str | None:
    try:
        re.compile(given or "()")
    except re.error as wrong:
        raise click.UsageError(f"--name-pattern is no pattern: {wrong}.") from None
    return given


def _pairs(given: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = []
    for one in given:
        theirs, separator, ours = one.partition("=")
        if not separator or not theirs or not ours:
            raise click.UsageError(f"--code-for wants THEIRS=OURS, not {one!r}.")
        pairs.append((theirs, ours))
    return pairs
