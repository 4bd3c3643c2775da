"""What an operator types about accounts and partners."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity import operations, passwords
from app.identity.commands import accounts, partners
from tests.makers.people import MONDAY_MORNING, PASSWORD, a_party

ANNA = ["--email", "anna@example.org", "--name", "Anna"]


@pytest.fixture
def services(connection: Connection) -> Provided:
    services = Provided()
    services.put(Database, Database(connection))
    services.put(Clock, StoppedClock(MONDAY_MORNING))
    return services


def accounts_command(services: Provided, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(accounts, words, obj=services, input=typed)


class TestTheFirstAdministrator:
    def test_is_made_with_a_password_from_standard_input(self, services: Provided) -> None:
        result = accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed=f"{PASSWORD}\n"
        )

        assert result.exit_code == 0, result.output
        with services.get(Database).transaction() as transaction:
            anna = operations.account_with_email(transaction, "anna@example.org")
            assert passwords.matches(PASSWORD, anna.password_hash)
        assert PASSWORD not in result.output

    def test_is_made_with_a_password_typed_twice(self, services: Provided) -> None:
        result = accounts_command(
            services, "create-administrator", *ANNA, typed=f"{PASSWORD}\n{PASSWORD}\n"
        )

        assert result.exit_code == 0, result.output
        assert PASSWORD not in result.output

    def test_is_refused_with_a_weak_password_in_one_sentence(self, services: Provided) -> None:
        result = accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed="kort\n"
        )

        assert result.exit_code == 1
        assert "at least 12 characters" in result.output

    def test_is_listed_and_can_be_deactivated(self, services: Provided) -> None:
        accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed=f"{PASSWORD}\n"
        )

        deactivated = accounts_command(services, "deactivate", "ANNA@example.org")
        listed = accounts_command(services, "list")

        assert deactivated.exit_code == 0
        assert listed.output.split("\t")[:3] == ["anna@example.org", "Anna", "administrator"]
        assert "deactivated" in listed.output

    def test_that_does_not_exist_cannot_be_deactivated(self, services: Provided) -> None:
        assert accounts_command(services, "deactivate", "niemand@example.org").exit_code == 1


class TestAPartnersClient:
    def test_is_told_its_secret_once_and_it_works(self, services: Provided) -> None:
        with services.get(Database).transaction() as transaction:
            a_party(transaction, code="lichtbedrijf")

        result = CliRunner().invoke(partners, ["create-client", "lichtbedrijf"], obj=services)

        told = dict(line.split(": ") for line in result.output.splitlines())
        with services.get(Database).transaction() as transaction:
            client = operations.authenticate_client(
                transaction, client_id=told["client_id"], secret=told["client_secret"]
            )
            assert client.scopes == ["tasks:read", "tasks:work"]

    def test_needs_a_party_that_exists(self, services: Provided) -> None:
        result = CliRunner().invoke(partners, ["create-client", "niemand"], obj=services)

        assert result.exit_code == 1
        assert "niemand" in result.output
