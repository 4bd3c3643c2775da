"""What an operator types about agreements."""

from __future__ import annotations

from pathlib import Path

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.import_files import read_toml
from app.foundation.provided import Provided
from app.routing.agreement_imports import AgreementsFile, import_agreements


@click.command("agreements")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_agreements_command(provided: Provided, *, file: Path) -> None:
    """Add or renew the agreements of a TOML FILE: who does what where. All of it, or nothing."""
    wanted = read_toml(file, AgreementsFile).agreement
    today = provided.get(Clock).now().astimezone(LOCAL_ZONE).date()
    with provided.get(Database).transaction() as transaction:
        done, others = import_agreements(transaction, wanted, today=today)
    click.echo(f"Agreements: {done}.")
    if others:
        click.echo(f"Not in the file, and left as they are: {', '.join(others)}.")
