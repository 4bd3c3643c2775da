"""What an operator types about the calendar of working days."""

from __future__ import annotations

import click

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.routing.operations.calendar_days import (
    fill_year,
    holidays_not_kept,
    years_to_fill,
)


@click.group("calendar")
def calendar() -> None:
    """On which days the municipality does not work."""


@calendar.command("fill")
@click.option(
    "--year",
    "years",
    type=int,
    multiple=True,
    help="Such as 2027; may be repeated. Without it: this year and the coming one.",
)
@click.option("--dry-run", is_flag=True, help="Only say which days would be added.")
@click.pass_obj
def fill_command(provided: Provided, *, years: tuple[int, ...], dry_run: bool) -> None:
    """Add the Dutch public holidays of a year as days off; what is there stays as it is.

    A day that somebody took away comes back. 5 May is one where the page of the calendar says that
    it is a day off every year.
    """
    now = provided.get(Clock).now()
    this_year = now.astimezone(LOCAL_ZONE).year
    with provided.get(Database).transaction() as transaction:
        for year in dict.fromkeys(years or (this_year, this_year + 1)):
            days = holidays_not_kept(transaction, year, now=now)
            for day in days:
                click.echo(f"  {day.on_day:%Y-%m-%d %a}  {day.name}")
            if not dry_run:
                fill_year(transaction, year, by=BY_COMMAND, now=now)
            click.echo(f"{year}: {len(days)} {'would be added' if dry_run else 'added'}.")
        left = years_to_fill(transaction, now=now)
    if left:
        click.echo(f"Nothing is kept yet of: {', '.join(map(str, left))}.")
