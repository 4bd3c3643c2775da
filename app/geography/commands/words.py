"""What the commands of bringing in have in common: their words, and stopping without a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from app.foundation.database import Database, Transaction
from app.geography.importing.model import Fault

#: Many are counted rather than named.
_AT_MOST_NAMED = 12


class _TriedOnly(Exception):
    """What was tried is to be rolled back."""


@contextmanager
def trying(database: Database, *, dry_run: bool) -> Iterator[Transaction]:
    """Yield a transaction, of which nothing stays in a dry run."""
    try:
        with database.transaction() as transaction:
            yield transaction
            if dry_run:
                # What waits to be written must be tried too.
                transaction.write_the_rest()
                raise _TriedOnly
    except _TriedOnly:
        click.echo("Nothing was changed: this was a trial.")


def tell(sentence: str) -> None:
    """Say on the way how far it is."""
    click.echo(sentence, err=True)


def say_skipped(faults: Sequence[Fault]) -> None:
    """Name every feature that was left out, with the reason."""
    for fault in faults:
        click.echo(f"Skipped {fault}", err=True)
    if faults:
        click.echo(f"{len(faults)} skipped.", err=True)


def named(words: Sequence[str]) -> str:
    """Return words in a row, the last of many as a number."""
    shown = ", ".join(words[:_AT_MOST_NAMED])
    more = len(words) - _AT_MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
