"""What an operator types about accounts and partners."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.import_files import FileRefused
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.foundation.settings import Settings
from app.identity import operations, own_sign_ins, passwords
from app.identity.commands import accounts, import_parties_command, parties, partners
from tests.identity.web import small_settings
from tests.makers.people import MONDAY_MORNING, PASSWORD, a_party, an_account

ANNA = ["--email", "anna@example.org", "--name", "Anna"]


@pytest.fixture
def services(connection: Connection) -> Provided:
    services = Provided()
    services.put(Database, Database(connection))
    services.put(Clock, StoppedClock(MONDAY_MORNING))
    services.put(Settings, small_settings())
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

    def test_is_noted_as_a_change_by_command_without_a_name(self, services: Provided) -> None:
        accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed=f"{PASSWORD}\n"
        )

        with services.get(Database).transaction() as transaction:
            anna = operations.account_with_email(transaction, "anna@example.org")
            [noted] = rule_changes(transaction, what="account", code=str(anna.id))
        assert (noted.by, noted.before) == (BY_COMMAND, None)
        assert (noted.after or {})["role"] == "administrator"
        assert "Anna" not in str(noted.after)

    def test_is_refused_when_the_address_is_taken(self, services: Provided) -> None:
        with services.get(Database).transaction() as transaction:
            an_account(transaction, email="anna@example.org")

        result = accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed=f"{PASSWORD}\n"
        )

        assert result.exit_code == 1
        assert "There is an account with this address already." in result.output

    def test_is_refused_with_a_weak_password_in_one_sentence(self, services: Provided) -> None:
        result = accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed="kort\n"
        )

        assert result.exit_code == 1
        assert "at least 12 characters" in result.output

    def test_is_listed_and_can_be_ended_once_there_is_another(self, services: Provided) -> None:
        accounts_command(
            services, "create-administrator", *ANNA, "--password-stdin", typed=f"{PASSWORD}\n"
        )
        too_early = accounts_command(services, "end", "anna@example.org")
        bea = ("--email", "bea@example.org", "--name", "Bea")
        accounts_command(
            services, "create-administrator", *bea, "--password-stdin", typed=f"{PASSWORD}\n"
        )

        ended = accounts_command(services, "end", "ANNA@example.org")
        listed = accounts_command(services, "list")

        assert "make another administrator first" in too_early.output
        assert ended.exit_code == 0
        assert listed.output.split("\t")[:3] == ["anna@example.org", "Anna", "administrator"]
        assert "deactivated" in listed.output

    def test_that_does_not_exist_cannot_be_ended(self, services: Provided) -> None:
        assert accounts_command(services, "end", "niemand@example.org").exit_code == 1


class TestAnAccount:
    def test_of_every_role_is_made_with_a_link_instead_of_a_password(
        self, services: Provided
    ) -> None:
        with services.get(Database).transaction() as transaction:
            a_party(transaction, code="buiten-noord")

        desk = accounts_command(services, "create", *ANNA, "--role", "desk")
        crew = accounts_command(
            services, "create", "--email", "bert@example.org", "--name", "Bert",
            "--role", "crew", "--party", "buiten-noord",
        )  # fmt: skip

        assert desk.exit_code == crew.exit_code == 0, desk.output + crew.output
        assert "http://127.0.0.1:8000/uitnodiging/" in desk.output
        with services.get(Database).transaction() as transaction:
            bert = operations.account_with_email(transaction, "bert@example.org")
            assert bert.password_hash is None
            assert bert.party_id == operations.party(transaction, "buiten-noord").id

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--role", "crew"), "works for a party"),
            (("--role", "crew", "--party", "niemand"), "no party with the code 'niemand'"),
            (("--role", "baas"), "'baas' is not one of"),
            (("--role", "desk", "--email", "geen adres"), "not an e-mail address"),
            (("--role", "desk", "--name", "An\x1b[2Jna"), "no keyboard writes"),
        ],
    )
    def test_that_cannot_be_is_refused_in_a_sentence(
        self, services: Provided, words: tuple[str, ...], said: str
    ) -> None:
        result = accounts_command(services, "create", *ANNA, *words)

        assert result.exit_code != 0
        assert said in result.output

    def test_exists_once(self, services: Provided) -> None:
        accounts_command(services, "create", *ANNA, "--role", "desk")

        again = accounts_command(services, "create", *ANNA, "--role", "crew")

        assert again.exit_code == 1

    def test_takes_no_password_from_the_command_line(self, services: Provided) -> None:
        for command in ("create", "create-administrator", "new-password"):
            assert "--password " not in accounts_command(services, command, "--help").output

    def test_that_gets_a_new_password_loses_its_old_one_and_every_sign_in(
        self, services: Provided
    ) -> None:
        with services.get(Database).transaction() as transaction:
            anna = an_account(transaction, email="anna@example.org", password=PASSWORD)
            operations.start_sign_in(transaction, anna.id, now=MONDAY_MORNING)

        result = accounts_command(services, "new-password", "anna@example.org")

        assert "/uitnodiging/" in result.output
        with services.get(Database).transaction() as transaction:
            kept = operations.account_with_email(transaction, "anna@example.org")
            assert kept.password_hash is None
            assert own_sign_ins.sign_ins(transaction, kept.id, now=MONDAY_MORNING) == []

    def test_that_was_ended_gets_a_link_only_when_it_is_let_back(self, services: Provided) -> None:
        accounts_command(services, "create", *ANNA, "--role", "desk")
        accounts_command(services, "end", "anna@example.org")

        refused = accounts_command(services, "new-password", "anna@example.org")
        back = accounts_command(services, "let-back", "anna@example.org")

        assert refused.exit_code == 1
        assert "/uitnodiging/" in back.output
        assert "\tactive\t" in accounts_command(services, "list").output


class TestAParty:
    def test_is_made_and_listed(self, services: Provided) -> None:
        made = CliRunner().invoke(
            parties,
            ["create", "--code", "brabant", "--name", "Provincie", "--kind", "authority",
             "--web-form", "https://brabant.example/melden"],
            obj=services,
        )  # fmt: skip
        listed = CliRunner().invoke(parties, ["list"], obj=services)

        assert made.exit_code == 0, made.output
        assert listed.output == "brabant\tauthority\tProvincie\tin use\n"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--code", "Buiten Noord"), "code: "),
            (("--web-form", "javascript:alert(1)"), "web_form: "),
            (("--email", "geen adres"), "email: "),
            (("--name", " "), "name: "),
            (("--name", "Noord\u202e"), "name: "),
        ],
    )
    def test_that_cannot_be_is_refused_with_what_is_wrong(
        self, services: Provided, words: tuple[str, ...], said: str
    ) -> None:
        good = ("create", "--code", "noord", "--name", "Noord", "--kind", "team")

        result = CliRunner().invoke(parties, [*good, *words], obj=services)

        assert result.exit_code == 1
        assert said in result.output


PARTIES = """
[[party]]
code = "noord"
name = "Buitendienst noord"
kind = "team"

[[party]]
code = "waterschap"
name = "Waterschap"
kind = "authority"
email = "Meldingen@Waterschap.example"
"""


class TestPartiesFromAFile:
    def imported(self, services: Provided, folder: Path, content: str) -> Result:
        file = folder / "parties.toml"
        file.write_text(content, encoding="utf-8")
        return CliRunner().invoke(import_parties_command, [str(file)], obj=services)

    def test_come_in_once(self, services: Provided, tmp_path: Path) -> None:
        first = self.imported(services, tmp_path, PARTIES)
        again = self.imported(services, tmp_path, PARTIES)

        assert first.output == "Parties: 2 added, 0 changed, 0 as they were.\n"
        assert again.output == "Parties: 0 added, 0 changed, 2 as they were.\n"
        with services.get(Database).transaction() as transaction:
            assert (
                operations.party(transaction, "waterschap").email == "meldingen@waterschap.example"
            )

    def test_are_renewed_where_the_file_changed(self, services: Provided, tmp_path: Path) -> None:
        self.imported(services, tmp_path, PARTIES)

        changed = self.imported(
            services, tmp_path, PARTIES.replace('"Waterschap"', '"Brabantse Delta"')
        )

        assert "1 changed" in changed.output

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ('kind = "ploeg"', "party 1, kind"),
            ('kind = "team"\nkleur = "rood"', "party 1, kleur"),
            ("kind = ", "no TOML"),
            ('kind = "contractor"\n[[party]]\ncode = "noord"\nname="x"\nkind="team"', "twice"),
            ('kind = "team"\nended_on = "ooit"', "party 1, ended_on"),
            ('kind = "team"\nphone = "06\\u00001"', "party 1, phone"),
        ],
    )
    def test_are_refused_as_a_whole(
        self, services: Provided, tmp_path: Path, wrong: str, said: str
    ) -> None:
        result = self.imported(services, tmp_path, PARTIES.replace('kind = "team"', wrong))

        assert isinstance(result.exception, FileRefused)
        assert said in result.exception.detail
        with services.get(Database).transaction() as transaction:
            assert operations.parties(transaction) == []

    def test_do_not_become_something_else(self, services: Provided, tmp_path: Path) -> None:
        self.imported(services, tmp_path, PARTIES)

        result = self.imported(services, tmp_path, PARTIES.replace('"team"', '"contractor"'))

        assert isinstance(result.exception, FileRefused)


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
