"""What an operator types about photos."""

from __future__ import annotations

import click

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.photos.operations import sweeping
from app.photos.storage import PhotoStore


@click.group()
def photos() -> None:
    """Photos: sweep what nobody needs any more."""


@photos.command()
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would be erased.")
@click.pass_obj
def sweep(provided: Provided, *, is_dry_run: bool) -> None:
    """Erase files that no row knows, and photos that belong to nothing."""
    with provided.get(Database).transaction() as transaction:
        swept = sweeping.sweep(
            transaction,
            provided.get(PhotoStore),
            provided.get(Clock).now(),
            is_dry_run=is_dry_run,
        )
    verb = "Would erase" if is_dry_run else "Erased"
    click.echo(
        f"{verb} {swept.unknown_files} files that no row knows"
        f" and {swept.stray_photos} photos that belong to nothing."
    )
