"""What an operator types about categories."""

from __future__ import annotations

from pathlib import Path

import click

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.triage.category_files import categories_in
from app.triage.category_imports import import_categories


@click.command("categories")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--retire-others", is_flag=True, help="Offer categories that are not in the file no more."
)
@click.pass_obj
def import_categories_command(provided: Provided, *, file: Path, retire_others: bool) -> None:
    """Add or renew the categories of a TOML FILE, with norms and keywords: all, or nothing."""
    wanted = categories_in(file)
    with provided.get(Database).transaction() as transaction:
        done, others = import_categories(
            transaction, wanted, now=provided.get(Clock).now(), retire_others=retire_others
        )
    click.echo(f"Categories: {done}.")
    if others:
        what = "Offered no more" if retire_others else "Not in the file, and left as they are"
        click.echo(f"{what}: {', '.join(others)}.")
