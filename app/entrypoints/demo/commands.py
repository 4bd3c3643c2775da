"""What an operator types about the demo municipality."""

from __future__ import annotations

import json
import time

import click

from app.entrypoints.demo.clearing import clear_demo
from app.entrypoints.demo.filling import fill_demo
from app.entrypoints.demo.loading import SEED, InUse, load_demo
from app.entrypoints.demo.people import CREDENTIALS
from app.foundation.clock import Clock
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.foundation.settings import Settings
from app.identity.one_time_codes import code_at
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR

#: What `--if-empty` says of a database that holds something.
NOT_LOADED = "The database holds something of its own, so no demo was loaded."


@click.group()
def demo() -> None:
    """The demo municipality: made-up areas, parties, reports."""


@demo.command("load")
@click.option("--seed", default=SEED, show_default=True, help="Other reports with another number.")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is something already.")
@click.pass_obj
def load(provided: Provided, *, seed: int, if_empty: bool) -> None:
    """Load the demo into an empty database; the sign-ins go to a file in DATA_DIR."""
    try:
        loaded = load_demo(provided, now=provided.get(Clock).now(), seed=seed)
    except InUse:
        if not if_empty:
            raise
        click.echo(NOT_LOADED)
        return
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    if loaded.was_there_already:
        click.echo("The demo municipality is here already.")
        return
    click.echo(
        f"Loaded {loaded.reports} reports, {loaded.assets} lamp posts and bins,"
        f" {loaded.addresses} addresses and {loaded.works} planned works."
    )
    click.echo(f"The sign-ins are in {loaded.credentials}.")


@demo.command("code")
@click.argument("email")
@click.pass_obj
def code(provided: Provided, *, email: str) -> None:
    """Print the code that EMAIL's app shows now, for who tries the demo without an app."""
    path = provided.get(Settings).data_dir / CREDENTIALS
    if not path.exists():
        raise click.ClickException("There is no demo here.")
    for person in json.loads(path.read_text(encoding="utf-8"))["staff"]:
        if person["email"].partition("@")[0] == email.partition("@")[0]:
            if key := person.get("one_time_key"):
                click.echo(code_at(key, provided.get(Clock).now()))
                return
            if person["role"] in ROLES_WITH_SECOND_FACTOR:
                # A demo of before the second step; its people set one up when they sign in.
                raise click.ClickException(
                    f"Sign in as {person['email']} first: the page gives a key for an app."
                )
            raise click.ClickException(f"{person['email']} signs in with the password alone.")
    raise click.ClickException("The demo has no such sign-in.")


@demo.command("fill")
@click.option("--reports", required=True, type=click.IntRange(1, 5_000_000), help="How many.")
@click.option(
    "--open-share",
    default=0.05,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Which part of them stands in open cases.",
)
@click.option("--seed", default=1, show_default=True, help="The same number, the same reports.")
@click.pass_obj
def fill(provided: Provided, *, reports: int, open_share: float, seed: int) -> None:
    """Add many plausible reports, for trying and measuring."""
    began = time.monotonic()
    try:
        filled = fill_demo(
            provided,
            reports=reports,
            open_share=open_share,
            seed=seed,
            now=provided.get(Clock).now(),
        )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(
        f"Added {filled.reports} reports in {filled.cases} cases, {filled.open_cases} of them open,"
        f" in {time.monotonic() - began:.1f} s."
    )


@demo.command("clear")
@click.pass_obj
def clear(provided: Provided) -> None:
    """Remove everything of the demo, and say what it was."""
    try:
        gone, stayed = clear_demo(provided)
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo("Removed: " + ", ".join(f"{rows} {table}" for table, rows in gone.items() if rows))
    if stayed:
        click.echo(
            "Kept, because reports that are not of the demo use them: "
            + ", ".join(f"{rows} {table}" for table, rows in stayed.items())
        )
