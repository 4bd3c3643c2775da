"""What an operator types about accounts and the programs of partners."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from pydantic import ValidationError

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.import_files import place, read_toml, written_toml
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND
from app.foundation.settings import Settings
from app.foundation.texts import is_plain_line
from app.identity import invitations, operations
from app.identity.administration import operations as administration
from app.identity.administration.model import AccountToKeep
from app.identity.model import PartyKind
from app.identity.parties import PartyToKeep, end_party, make_party
from app.identity.party_imports import PartiesFile, PartyInFile, import_parties, parties_in_file
from app.identity.permissions import SCOPE_PERMISSIONS, Role
from app.identity.records import Account


def _plain_line(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    if not is_plain_line(typed):
        raise click.BadParameter("it holds a sign that no keyboard writes, or nothing to see.")
    return typed


@click.group("accounts")
def accounts() -> None:
    """People who work here."""


@accounts.command("create-administrator")
@click.option("--email", required=True, help="Where this person signs in with.")
@click.option("--name", required=True, callback=_plain_line, help="As colleagues see it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def create_administrator(
    provided: Provided, *, email: str, name: str, password_stdin: bool
) -> None:
    """Make an administrator with a password typed here; see `create` for everybody else."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with provided.get(Database).transaction() as transaction:
            made = administration.invite(
                transaction,
                AccountToKeep(email=email, name=name, role=Role.ADMINISTRATOR),
                by=BY_COMMAND,
                password=password,
                municipality=provided.get(Settings).municipality_name,
                now=provided.get(Clock).now(),
            )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"Administrator {made.name} can sign in as {made.email}.")


@accounts.command("create")
@click.option("--email", required=True, help="Where this person signs in with.")
@click.option("--name", required=True, callback=_plain_line, help="As colleagues see it.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What they do."
)
@click.option("--party", "party_code", help="The code of the party they work for; for a crew.")
@click.pass_obj
def create(provided: Provided, *, email: str, name: str, role: str, party_code: str | None) -> None:
    """Add a person, and print a link with which they choose a password themselves."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        if party_code:
            operations.party(transaction, party_code)
        made = administration.invite(
            transaction,
            AccountToKeep(email=email, name=name, role=Role(role), party=party_code),
            by=BY_COMMAND,
            now=provided.get(Clock).now(),
        )
        _tell_invitation(provided, made)


@accounts.command("list")
@click.pass_obj
def list_accounts(provided: Provided) -> None:
    """Everyone with an account: address, role, party, whether active, last sign-in."""
    with provided.get(Database).transaction() as transaction:
        code_of = {party.id: party.code for party in operations.parties(transaction)}
        for one in operations.accounts(transaction):
            last = one.last_signed_in_at
            click.echo(
                "\t".join(
                    (
                        one.email,
                        one.name,
                        one.role,
                        code_of[one.party_id] if one.party_id else "-",
                        "active" if one.is_active else "deactivated",
                        last.isoformat(timespec="minutes") if last else "never",
                    )
                )
            )


@accounts.command("end")
@click.argument("email")
@click.pass_obj
def end(provided: Provided, *, email: str) -> None:
    """End every sign-in of EMAIL and let it sign in no more; its history stays."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        account = operations.account_with_email(transaction, email)
        administration.end_account(
            transaction, account.id, by=BY_COMMAND, now=provided.get(Clock).now()
        )
    click.echo(f"{account.email} can sign in no more.")


@accounts.command("let-back")
@click.argument("email")
@click.pass_obj
def let_back(provided: Provided, *, email: str) -> None:
    """Let EMAIL, which was ended, sign in again, and print a link to choose a password."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        account = operations.account_with_email(transaction, email)
        administration.let_back(
            transaction, account.id, by=BY_COMMAND, now=provided.get(Clock).now()
        )
        _tell_invitation(provided, account)


@accounts.command("new-password")
@click.argument("email")
@click.pass_obj
def new_password(provided: Provided, *, email: str) -> None:
    """End every sign-in and the password of EMAIL, and print a link to choose a new one."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        account = operations.account_with_email(transaction, email)
        administration.renew_link(
            transaction, account.id, by=BY_COMMAND, now=provided.get(Clock).now()
        )
        _tell_invitation(provided, account)


@accounts.command("reset-second-factor")
@click.argument("email")
@click.pass_obj
def reset_second_factor_command(provided: Provided, *, email: str) -> None:
    """Take the app, the passkeys and the recovery codes of EMAIL away, and end its sign-ins."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        account = operations.account_with_email(transaction, email)
        administration.take_second_factor(
            transaction, account.id, by=BY_COMMAND, now=provided.get(Clock).now()
        )
    click.echo(f"{account.email} signs in with the password alone, and sets up a second step then.")


def _tell_invitation(provided: Provided, account: Account) -> None:
    link = invitations.invitation(
        account, settings=provided.get(Settings), now=provided.get(Clock).now()
    )
    click.echo(f"{account.name} chooses a password here, once and within 24 hours:\n\n  {link}\n")
    click.echo("Give it to nobody else: whoever opens it first has the account.")


@contextmanager
def _sentences() -> Iterator[None]:
    """Say what is refused in a sentence."""
    try:
        yield
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None


@click.group("parties")
def parties() -> None:
    """Who does the work: teams, contractors, other authorities."""


@parties.command("list")
@click.pass_obj
def list_parties(provided: Provided) -> None:
    """Every party: code, kind, name, whether work still goes there."""
    with provided.get(Database).transaction() as transaction:
        for one in operations.parties(transaction):
            until = f"ended {one.ended_on}" if one.ended_on else "in use"
            click.echo("\t".join((one.code, one.kind, one.name, until)))


@parties.command("create")
@click.option("--code", required=True, help="Small letters, digits and hyphens: buiten-noord.")
@click.option("--name", required=True, help="As colleagues and residents see it.")
@click.option(
    "--kind",
    required=True,
    type=click.Choice([kind.value for kind in PartyKind]),
    help="A team and a contractor do work here; an authority is passed work on to.",
)
@click.option("--email", help="Where an authority takes reports.")
@click.option("--phone", help="Its number.")
@click.option("--web-form", help="The address of its form, with https://.")
@click.pass_obj
def create_party(provided: Provided, /, **given: str) -> None:
    """Add one party; `import parties` brings in many."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        try:
            wanted = PartyInFile.model_validate(given)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            raise click.ClickException(f"{place(first['loc'])}: {first['msg']}") from None
        make_party(
            transaction,
            PartyToKeep(**wanted.model_dump(exclude={"hours"})),
            by=BY_COMMAND,
            now=provided.get(Clock).now(),
        )
    click.echo(f"{wanted.name} can get work.")


@parties.command("end")
@click.argument("code")
@click.option(
    "--last-day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which something new goes there.",
)
@click.pass_obj
def end_party_command(provided: Provided, *, code: str, last_day: datetime) -> None:
    """Let nothing new go to the party CODE after a day; what it has stays with it."""
    with _sentences(), provided.get(Database).transaction() as transaction:
        ended = end_party(
            transaction,
            code,
            last_day=last_day.date(),
            by=BY_COMMAND,
            now=provided.get(Clock).now(),
        )
    click.echo(f"Nothing new goes to {ended.name} from {ended.ended_on} on.")


@click.command("parties")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_parties_command(provided: Provided, *, file: Path) -> None:
    """Add or renew the parties of a TOML FILE: all of it, or nothing.

    Parties that are not in the file stay as they are.
    """
    with provided.get(Database).transaction() as transaction:
        done = import_parties(
            transaction,
            read_toml(file, PartiesFile).party,
            by=BY_COMMAND,
            now=provided.get(Clock).now(),
        )
    click.echo(f"Parties: {done}.")


@click.command("parties")
@click.pass_obj
def export_parties_command(provided: Provided) -> None:
    """Print all parties as a TOML file that `import parties` reads."""
    with provided.get(Database).transaction() as transaction:
        click.echo(written_toml("party", parties_in_file(transaction)), nl=False)


@click.group("partners")
def partners() -> None:
    """Programs of contractors and teams that call the partner API."""


@partners.command("create-client")
@click.argument("party")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(sorted(SCOPE_PERMISSIONS)),
    help="What it may do; everything when left out.",
)
@click.pass_obj
def create_client(provided: Provided, *, party: str, scopes: tuple[str, ...]) -> None:
    """Give a program of PARTY (its code) an id and a secret; the secret is shown once."""
    try:
        with provided.get(Database).transaction() as transaction:
            owner = operations.party(transaction, party)
            client, secret = operations.create_partner_client(
                transaction,
                party_id=owner.id,
                scopes=scopes or tuple(SCOPE_PERMISSIONS),
                now=provided.get(Clock).now(),
            )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"client_id: {client.client_id}")
    click.echo(f"client_secret: {secret}")


@partners.command("revoke-client")
@click.argument("client_id")
@click.pass_obj
def revoke_client(provided: Provided, *, client_id: str) -> None:
    """Withdraw CLIENT_ID: its secret and its access tokens stop at once."""
    try:
        with provided.get(Database).transaction() as transaction:
            operations.revoke_client(transaction, client_id, now=provided.get(Clock).now())
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"{client_id} is withdrawn.")
