"""What an operator types about agreements, and to see who would get a report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.import_files import read_toml, written_toml
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.foundation.settings import Settings
from app.geography.model import Spot
from app.routing.agreement_imports import AgreementsFile, import_agreements
from app.routing.model import RULE_VERSION, Because, BetweenRivals, Decision
from app.routing.operations.calendar_days import FIRST_YEAR, YEARS_AHEAD
from app.routing.operations.explaining import Explained, OthersLookedAt, explain, others_looked_at
from app.routing.operations.listing import agreements_in_file
from app.triage.model import AnswersRefused


@click.command("agreements")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_agreements_command(provided: Provided, *, file: Path) -> None:
    """Add or renew the agreements of a TOML FILE: who does what where. All of it, or nothing."""
    wanted = read_toml(file, AgreementsFile).agreement
    now = provided.get(Clock).now()
    with provided.get(Database).transaction() as transaction:
        done, others = import_agreements(transaction, wanted, by=BY_COMMAND, now=now)
    click.echo(f"Agreements: {done}.")
    if others:
        click.echo(f"Not in the file, and left as they are: {', '.join(others)}.")


@click.command("agreements")
@click.pass_obj
def export_agreements_command(provided: Provided) -> None:
    """Print all agreements as a TOML file that `import agreements` reads."""
    today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
    with provided.get(Database).transaction() as transaction:
        told = agreements_in_file(transaction, today=today)
    click.echo(written_toml("agreement", told), nl=False)


@click.group("routing")
def routing() -> None:
    """Who is responsible for what, where."""


@routing.command("explain")
@click.option("--lon", "longitude", type=float, required=True, help="Degrees east, WGS 84.")
@click.option("--lat", "latitude", type=float, required=True, help="Degrees north, WGS 84.")
@click.option("--category", required=True, help="Such as verlichting.lamp-brandt-niet.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
    help="Local time, such as 2026-11-29T23:30; without it, now.",
)
@click.option("--asset", "asset_id", type=click.UUID, help="The id of an asset, if one is named.")
@click.option("--danger", is_flag=True, help="As a report of something dangerous.")
@click.option(
    "--answer",
    "given",
    multiple=True,
    metavar="QUESTION=ANSWER",
    help="An answer to a question of the category; may be repeated.",
)
@click.pass_obj
def explain_command(
    provided: Provided,
    *,
    longitude: float,
    latitude: float,
    category: str,
    at: datetime | None,
    asset_id: UUID | None,
    danger: bool,
    given: tuple[str, ...],
) -> None:
    """Say who would get a report at a place, and every step to that answer. Nothing is kept."""
    settings = provided.get(Settings)
    now = provided.get(Clock).now()
    moment = at.replace(tzinfo=LOCAL_ZONE) if at else now
    if not FIRST_YEAR <= moment.year <= now.year + YEARS_AHEAD:
        raise click.UsageError(f"--at wants a year from {FIRST_YEAR} to {now.year + YEARS_AHEAD}.")
    answers = _answers(given)
    try:
        with provided.get(Database).transaction() as transaction:
            explained = explain(
                transaction,
                Spot(longitude, latitude),
                category_code=category,
                at=moment,
                municipality_code=settings.municipality_code,
                asset_id=asset_id,
                is_urgent=danger,
                answers=answers,
            )
            others = others_looked_at(transaction, explained)
    except AnswersRefused as refused:
        wrong = "\n  ".join(
            f"{one.field.removeprefix('answers.')}: {one.detail}" for one in refused.errors
        )
        raise AnswersRefused(f"These answers cannot be given:\n  {wrong}") from None
    for line in _chain(explained, others, municipality=settings.municipality_name):
        click.echo(line)


def _answers(given: tuple[str, ...]) -> dict[str, frozenset[str]]:
    answers: dict[str, frozenset[str]] = {}
    for one in given:
        question, separator, answer = one.partition("=")
        if not separator or not question or not answer:
            raise click.UsageError(f"--answer wants QUESTION=ANSWER, not {one!r}.")
        answers[question] = answers.get(question, frozenset()) | {answer}
    return answers


def _chain(explained: Explained, others: OthersLookedAt, *, municipality: str) -> list[str]:
    """Return the way to the decision, one line for each step."""
    located, defect, decision = explained.located, explained.defect, explained.decision
    place = located.place
    lines = [
        f"Place     {place.longitude:.6f}, {place.latitude:.6f}",
        f"When      {defect.moment.at:%A %d %B %Y %H:%M} (Europe/Amsterdam)",
        f"Category  {explained.category.code} ({explained.category.name.nl})"
        + (", dangerous" if defect.is_urgent else ""),
    ]
    if located.asset is not None:
        lines.append(f"Asset     {located.asset.kind} {located.asset.number}")
    lines += [
        f"Answered  {question} = {', '.join(sorted(some))}"
        for question, some in sorted(defect.answers.items())
    ]
    lines += [f"Area      {area.kind} {area.code} ({area.name})" for area in defect.areas] or [
        "Area      none covers this place"
    ]
    if located.is_at_border:
        lines.append("Border    a little outside the municipality, and taken as inside")
    if not explained.is_ours and located.inside_when_swapped:
        lines.append("Swapped   inside once longitude and latitude change places")
    if not explained.is_ours:
        return [*lines, f"Answer    refused: this place is not in {municipality}"]
    lines += [
        f"{'Agreement' if number == 1 else '         '} {number}. {looked.agreement}"
        f" → {looked.party}: {'chosen' if looked.matched else looked.why}"
        for number, looked in enumerate(decision.considered, start=1)
    ] or ["Agreement none is about this kind of report here"]
    lines += _not_about_this(others)
    return [*lines, *_answer(decision), *_promised(explained)]


def _not_about_this(others: OthersLookedAt) -> list[str]:
    lines = [
        f"{'Besides' if number == 0 else '':<9} - {one.agreement} → {one.party}: {one.why}"
        for number, one in enumerate(others.found)
    ]
    if others.more:
        lines.append(f"{'':<9} - and {others.more} more; 'export agreements' prints all")
    return lines


def _promised(explained: Explained) -> list[str]:
    if explained.is_passed_on:
        return ["Due       they decide themselves; no day is promised"]
    due = explained.due
    why = "the norm of this kind"
    if due.is_for_danger:
        why = "the norm for danger"
    elif due.stricter is not None:
        only = due.stricter
        when = [f"objects of the kind {only.asset_kind}"] if only.asset_kind else []
        when += [f"{only.question}={only.answer}"] if only.question else []
        why = f"stricter for {' and '.join(when)}"
    at = due.at.astimezone(LOCAL_ZONE)
    return [f"Due       {at:%A %d %B %Y %H:%M}: {due.term.amount} {due.term.unit.value} ({why})"]


def _answer(decision: Decision) -> list[str]:
    if decision.party is None:
        return ["Answer    nobody is responsible; the report waits for the desk"]
    lines = [f"Answer    {decision.party.name} ({decision.because.value})"]
    if decision.because is not Because.ASSET_OWNER and decision.area is not None:
        lines[0] = (
            f"Answer    {decision.party.name} ({decision.because.value}: {decision.area_name})"
        )
    if decision.stood_in is not None:
        lines.append(f"Stand-in  instead of {decision.stood_in.for_party}, outside its hours")
    if decision.clashes_with:
        by_size = decision.between_rivals is BetweenRivals.SMALLEST_AREA
        decided = "the smallest area came first" if by_size else "the first name came first"
        lines.append(f"Clash     just as precise: {', '.join(decision.clashes_with)}; {decided}")
    lines.append(f"Rules     version {RULE_VERSION}")
    return lines
