"""What an operator types about accounts and the programs of partners."""

from __future__ import annotations

import sys

import click

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.provided import Provided
from app.identity import operations
from app.identity.permissions import SCOPE_PERMISSIONS, Role


@click.group("accounts")
def accounts() -> None:
    """People who work here."""


@accounts.command("create-administrator")
@click.option("--email", required=True, help="Where this person signs in with.")
@click.option("--name", required=True, help="As colleagues see it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def create_administrator(
    provided: Provided, *, email: str, name: str, password_stdin: bool
) -> None:
    """Make the first account; it can then make the others."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with provided.get(Database).transaction() as transaction:
            made = operations.create_account(
                transaction,
                email=email,
                name=name,
                role=Role.ADMINISTRATOR,
                password=password,
                now=provided.get(Clock).now(),
            )
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"Administrator {made.name} can sign in as {made.email}.")


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


@accounts.command("deactivate")
@click.argument("email")
@click.pass_obj
def deactivate(provided: Provided, *, email: str) -> None:
    """End every sign-in of EMAIL and let it sign in no more; its history stays."""
    try:
        with provided.get(Database).transaction() as transaction:
            account = operations.account_with_email(transaction, email)
            operations.deactivate(transaction, account.id, now=provided.get(Clock).now())
    except DomainError as refused:
        raise click.ClickException(refused.detail) from None
    click.echo(f"{account.email} can sign in no more.")


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
