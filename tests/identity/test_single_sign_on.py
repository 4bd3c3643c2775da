"""Signing in with the account of the organisation: whose answer is taken, whose account it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import object_session
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Transaction
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_PROVIDER, rule_changes
from app.foundation.settings import SettingsRefused, read_settings
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH
from app.identity.permissions import Role
from app.identity.records import Account
from app.identity.single_sign_on.model import (
    AnswerRefused,
    Asked,
    Asserted,
    EmailNotVerified,
    NobodyOfOurs,
    PasswordFirst,
    Provider,
    ProviderAway,
)
from app.identity.single_sign_on.operations import Mapped, account_of
from app.identity.single_sign_on.provider import (
    ASKED_ANEW_AFTER,
    KEPT_FOR,
    OpenIdProvider,
    ProviderSettings,
)
from app.identity.single_sign_on.wired import SingleSignOn, single_sign_on
from tests.identity.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    FAULTS,
    LocalProvider,
    PersonThere,
    ProviderDouble,
)
from tests.makers.people import MONDAY_MORNING, a_party, a_passkey, an_account
from tests.makers.sign_ins import Browser, signed_in, take_second_step
from tests.maps.browser import served

NOW = MONDAY_MORNING
BACK_TO = "http://127.0.0.1:8000/inloggen/organisatie/terug"
GO, BACK = "/inloggen/organisatie", "/inloggen/organisatie/terug"
LINK = "/inloggen/organisatie/koppelen"
PART = "/inloggen/organisatie/ontkoppelen"
ASKED = Asked("state", "nonce", "a verifier that is long enough to be one, of 43 signs at least")


@dataclass
class Both:
    """A provider as we ask it, and the other side: who is there and what is wrong."""

    ours: Provider
    there: ProviderDouble | LocalProvider
    signs_in: Callable[[str], tuple[str, str]]
    away: Callable[[], None]

    def said(self, asked: Asked = ASKED) -> Asserted:
        """Return what is said of the person who signs in there."""
        code, state = self.signs_in(self.ours.address(asked, back_to=BACK_TO, now=NOW))
        assert state == asked.state
        return self.ours.answer(asked, code, back_to=BACK_TO, now=NOW)


def at_local(address: str) -> tuple[str, str]:
    answer = httpx.get(address, follow_redirects=False)
    said = parse_qs(urlsplit(answer.headers["Location"]).query)
    return said["code"][0], said["state"][0]


@pytest.fixture(scope="module")
def running() -> Iterator[LocalProvider]:
    """One provider on loopback for the module; each test begins with it as it was."""
    there = LocalProvider(now=NOW)
    with served(there.app) as address:
        there.issuer = address
        yield there


@pytest.fixture
def local(running: LocalProvider) -> LocalProvider:
    running.person, running.fault = PersonThere(), None
    running.discovered = running.keys_asked = 0
    return running


def asking(there: LocalProvider, *, issuer: str | None = None) -> OpenIdProvider:
    return OpenIdProvider(
        ProviderSettings(
            issuer or there.issuer, CLIENT_ID, CLIENT_SECRET, "tenant-1", groups_claim="roles"
        )
    )


@pytest.fixture(params=["double", "local"])
def both(request: pytest.FixtureRequest) -> Both:
    if request.param == "double":
        double = ProviderDouble()
        return Both(double, double, double.signs_in, lambda: setattr(double, "is_away", True))
    there: LocalProvider = request.getfixturevalue("local")
    ours = asking(there)
    found = Both(ours, there, at_local, lambda: None)

    def go_away() -> None:
        found.ours = asking(there, issuer="http://127.0.0.1:9")

    found.away = go_away
    return found


class TestAProvider:
    """What holds for the double and for a real one alike."""

    def test_says_who_signed_in(self, both: Both) -> None:
        both.there.person = PersonThere("s-7", "Noor@example.org".lower(), groups=["Balie"])
        both.there.person.methods = ["pwd", "mfa"]

        said = both.said()

        assert (said.subject, said.email, said.name) == ("s-7", "noor@example.org", "Noor Bakker")
        assert said.email_is_verified
        assert said.groups == ("Balie",)
        assert said.showed_several_factors

    @pytest.mark.parametrize("verified", [False, None])
    def test_vouches_for_no_address_unless_it_says_so(
        self, both: Both, verified: bool | None
    ) -> None:
        both.there.person.email_verified = verified

        assert not both.said().email_is_verified

    @pytest.mark.parametrize("fault", FAULTS)
    def test_is_not_believed(self, both: Both, fault: str) -> None:
        both.there.fault = fault

        with pytest.raises(AnswerRefused):
            both.said()

    def test_takes_a_code_once(self, both: Both) -> None:
        code, _state = both.signs_in(both.ours.address(ASKED, back_to=BACK_TO, now=NOW))
        both.ours.answer(ASKED, code, back_to=BACK_TO, now=NOW)

        with pytest.raises(AnswerRefused):
            both.ours.answer(ASKED, code, back_to=BACK_TO, now=NOW)

    def test_takes_no_code_from_who_did_not_ask(self, both: Both) -> None:
        code, _state = both.signs_in(both.ours.address(ASKED, back_to=BACK_TO, now=NOW))
        another = Asked(ASKED.state, ASKED.nonce, "x" * 60)

        with pytest.raises(AnswerRefused):
            both.ours.answer(another, code, back_to=BACK_TO, now=NOW)

    def test_that_is_away_is_said_to_be_so(self, both: Both) -> None:
        both.away()

        with pytest.raises(ProviderAway):
            both.ours.address(ASKED, back_to=BACK_TO, now=NOW)
        with pytest.raises(ProviderAway):
            both.ours.answer(ASKED, "code", back_to=BACK_TO, now=NOW)

    def test_has_a_place_to_sign_out(self, both: Both) -> None:
        address = both.ours.sign_out_address(back_to="http://127.0.0.1:8000/", now=NOW)

        assert address is not None
        assert "post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F" in address


class TestKeysOfAProvider:
    def test_are_asked_once_and_again_when_they_changed(self, local: LocalProvider) -> None:
        both = Both(asking(local), local, at_local, lambda: None)
        both.said()
        both.said()
        asked_before = (local.discovered, local.keys_asked)
        local.change_keys()

        # Right after they were asked they are not asked anew: a stranger's key costs nothing.
        with pytest.raises(AnswerRefused):
            both.said()
        code, _state = at_local(both.ours.address(ASKED, back_to=BACK_TO, now=NOW))
        later = NOW + ASKED_ANEW_AFTER
        said = both.ours.answer(ASKED, code, back_to=BACK_TO, now=later)

        assert asked_before == (1, 1)
        assert local.keys_asked == 2
        assert said.subject == "subject-1"

    @pytest.mark.parametrize("subject", ["a\x00b", "x" * 256, "", "two\nlines", 7, ["s-1"], None])
    def test_sign_no_subject_that_is_none(self, local: LocalProvider, subject: object) -> None:
        local.person.subject = subject  # type: ignore[assignment]  # what a provider may say
        both = Both(asking(local), local, at_local, lambda: None)

        with pytest.raises(AnswerRefused):
            both.said()

    def test_are_asked_again_after_a_day(self, local: LocalProvider) -> None:
        ours = asking(local)
        for now in (NOW, NOW + KEPT_FOR):
            ours.address(ASKED, back_to=BACK_TO, now=now)

        assert local.discovered == 2

    def test_of_an_issuer_that_calls_itself_otherwise_are_not_taken(
        self, local: LocalProvider
    ) -> None:
        elsewhere = local.issuer.replace("127.0.0.1", "localhost")

        with pytest.raises(ProviderAway):
            asking(local, issuer=elsewhere).address(ASKED, back_to=BACK_TO, now=NOW)


DESK = Mapped("Balie", Role.DESK)
NORTH = Mapped("Noord", Role.CREW, "noord")


def said_of(subject: str = "s-1", email: str = "noor@example.org", **more: object) -> Asserted:
    told: dict[str, object] = {"email_is_verified": True, "name": "Noor Bakker"}
    return Asserted("https://provider.example", subject, email=email, **(told | more))  # type: ignore[arg-type]  # fields by name


class TestAnAccount:
    def test_is_found_by_its_address_first_and_by_its_subject_then(
        self, transaction: Transaction
    ) -> None:
        noor = an_account(transaction, email="noor@example.org")
        an_account(transaction, email="another@example.org")

        first = account_of(transaction, said_of(), mapping=(), now=NOW)
        renamed = said_of(email="another@example.org", email_is_verified=False)
        then = account_of(transaction, renamed, mapping=(), now=NOW)

        assert (first.id, then.id) == (noor.id, noor.id)

    @pytest.mark.parametrize(
        "said",
        [
            said_of(email="nobody@example.org"),
            said_of(email=""),
            said_of(email="no address"),
            said_of(email_is_verified=False),
            said_of("another subject"),
            said_of(groups=("Balie",), email="ended@example.org"),
            said_of(groups=("Balie",), email="daan@example.org"),
        ],
    )
    def test_is_nobodys_else(self, transaction: Transaction, said: Asserted) -> None:
        an_account(transaction, email="noor@example.org")
        ended = an_account(transaction, email="ended@example.org")
        ended.is_active = False
        daan = an_account(transaction, email="daan@example.org")
        daan.password_hash = "a hash of his own"
        transaction.session.flush()
        if said.subject == "another subject":
            account_of(transaction, said_of(), mapping=(), now=NOW)

        with pytest.raises((NobodyOfOurs, EmailNotVerified, PasswordFirst)):
            account_of(transaction, said, mapping=(DESK,), now=NOW)

    def test_is_made_where_the_mapping_says_what_it_is_and_noted(
        self, transaction: Transaction
    ) -> None:
        a_party(transaction, code="noord")
        said = said_of(groups=("Fietsclub", "Noord"), name="Noor\u202e Bakker")

        made = account_of(transaction, said, mapping=(DESK, NORTH), now=NOW)

        assert (made.role, made.name, made.password_hash) == ("crew", "Noor Bakker", None)
        [noted] = rule_changes(transaction, what="account", code=str(made.id))
        assert noted.by == BY_PROVIDER

    def test_is_not_made_for_a_party_that_there_is_not(self, transaction: Transaction) -> None:
        with pytest.raises(NobodyOfOurs):
            account_of(transaction, said_of(groups=("Noord",)), mapping=(NORTH,), now=NOW)

    def test_becomes_what_the_mapping_says_later(self, transaction: Transaction) -> None:
        noor = an_account(transaction, email="noor@example.org", role=Role.ANALYST)

        account_of(transaction, said_of(groups=("Balie",)), mapping=(DESK,), now=NOW)

        assert noor.role == "desk"

    def test_of_the_last_administrator_stays_one(self, transaction: Transaction) -> None:
        noor = an_account(transaction, email="noor@example.org", role=Role.ADMINISTRATOR)

        found = account_of(transaction, said_of(groups=("Balie",)), mapping=(DESK,), now=NOW)

        assert (found.id, noor.role) == (noor.id, "administrator")


@pytest.fixture
def double(provided: Provided) -> ProviderDouble:
    made = ProviderDouble()
    provided.put(SingleSignOn, SingleSignOn(made, "Microsoft", (), signs_out_there=True))
    provided.put(Clock, StoppedClock(NOW))
    return made


@pytest.fixture
def noor(transaction: Transaction) -> Account:
    """Somebody whose role needs no second step."""
    return an_account(transaction, email="noor@example.org", role=Role.ANALYST)


def come_back(web: FlaskClient, double: ProviderDouble, **query: str) -> TestResponse:
    """Go to the provider, sign in there, and come back."""
    code, state = double.signs_in(web.get(GO, query_string=query).headers["Location"])
    return web.get(BACK, query_string={"code": code, "state": state})


def subject_of(account: Account) -> str | None:
    """Return who the account is at the provider, as it is kept now."""
    session = object_session(account)
    assert session is not None
    session.refresh(account)
    return account.provider_subject


def hidden_in(page: TestResponse) -> dict[str, str]:
    return {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0]}


class TestSigningIn:
    def test_leads_to_the_page_that_was_asked_for(
        self, web: FlaskClient, double: ProviderDouble, noor: Account
    ) -> None:
        answer = come_back(web, double, next="/mijn-account")

        assert answer.headers["Location"] == "/mijn-account"
        assert web.get("/mijn-account").status_code == 200

    @pytest.mark.parametrize("next_page", ["https://evil.example", "//evil.example", "\\evil"])
    def test_leads_nowhere_else(
        self, web: FlaskClient, double: ProviderDouble, noor: Account, next_page: str
    ) -> None:
        assert come_back(web, double, next=next_page).headers["Location"] == "/begin"

    @pytest.mark.parametrize(
        ("role", "app", "methods", "leads_to"),
        [
            (Role.DESK, None, ["pwd"], SET_UP_PATH),
            (Role.DESK, "app", [], SECOND_STEP_PATH),
            (Role.DESK, None, ["pwd", "mfa"], "/begin"),
            (Role.ANALYST, None, [], "/begin"),
            (Role.ANALYST, "app", [], SECOND_STEP_PATH),
        ],
    )
    def test_takes_the_second_step_unless_the_provider_did(
        self,
        web: FlaskClient,
        double: ProviderDouble,
        noor: Account,
        transaction: Transaction,
        role: Role,
        app: str | None,
        methods: list[str],
        leads_to: str,
    ) -> None:
        noor.role, noor.tf_primary_method = role.value, app
        transaction.session.flush()
        double.person.methods = methods

        answer = come_back(web, double)

        assert answer.headers["Location"] == leads_to
        assert (web.get("/mijn-account").status_code == 200) == (leads_to == "/begin")

    def test_in_one_browser_is_not_answered_in_another(
        self, web: FlaskClient, double: ProviderDouble, noor: Account
    ) -> None:
        code, state = double.signs_in(web.get(GO).headers["Location"])
        another = web.application.test_client()
        another.get(GO)

        answer = another.get(BACK, query_string={"code": code, "state": state})

        assert answer.status_code == 400
        assert another.get("/mijn-account").status_code == 303

    def test_is_answered_once(
        self, web: FlaskClient, double: ProviderDouble, noor: Account
    ) -> None:
        code, state = double.signs_in(web.get(GO).headers["Location"])
        answers = [
            web.get(BACK, query_string={"code": code, "state": state}).status_code for _ in "ab"
        ]

        assert answers == [303, 400]

    def test_takes_too_long(
        self, web: FlaskClient, double: ProviderDouble, noor: Account, provided: Provided
    ) -> None:
        code, state = double.signs_in(web.get(GO).headers["Location"])
        provided.put(Clock, StoppedClock(NOW + timedelta(minutes=16)))

        assert web.get(BACK, query_string={"code": code, "state": state}).status_code == 400

    @pytest.mark.parametrize(
        ("wrong", "status", "words"),
        [
            ({"is_away": True}, 409, "geeft op dit moment geen antwoord"),
            ({"fault": "no signature"}, 400, "Probeer het opnieuw"),
            ({"person": PersonThere(email="x@example.org")}, 403, "geen account voor u"),
            ({"person": PersonThere(email_verified=None)}, 403, "staat niet in voor"),
        ],
    )
    def test_that_fails_says_why_and_leaves_the_password(
        self,
        web: FlaskClient,
        double: ProviderDouble,
        noor: Account,
        wrong: dict[str, object],
        status: int,
        words: str,
    ) -> None:
        location = web.get(GO).headers["Location"]
        for name, value in wrong.items():
            setattr(double, name, value)
        code, state = double.signs_in(location)

        answer = web.get(BACK, query_string={"code": code, "state": state})

        assert answer.status_code == status
        assert words in answer.text
        assert 'href="/inloggen"' in answer.text
        assert 'name="password"' in web.get("/inloggen").text
        assert web.get("/mijn-account").status_code == 303

    @pytest.mark.parametrize(
        "query",
        ["", "state=&code=", "code=x&state=%00", "error=access_denied&state=<script>", "state=é"],
    )
    def test_takes_anything_in_its_address(
        self, web: FlaskClient, double: ProviderDouble, query: str
    ) -> None:
        web.get(GO)

        assert web.get(f"{BACK}?{query}").status_code == 400

    def test_that_was_given_up_there_says_so(
        self, web: FlaskClient, double: ProviderDouble
    ) -> None:
        _code, state = double.signs_in(web.get(GO).headers["Location"])

        answer = web.get(BACK, query_string={"error": "access_denied", "state": state})

        assert answer.status_code == 403

    def test_ends_here_and_is_offered_to_end_there(
        self, web: FlaskClient, double: ProviderDouble, noor: Account, transaction: Transaction
    ) -> None:
        noor.tf_primary_method = "app"
        transaction.session.flush()
        come_back(web, double)
        take_second_step(web, noor.email)
        page = web.get("/mijn-account").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]

        answer = web.post("/uitloggen", data={"csrf_token": token})
        shown = web.get(answer.headers["Location"]).text

        assert f'href="{double.issuer}/out?' in shown
        assert web.get("/mijn-account").status_code == 303


class TestAnAccountWithAPassword:
    """Whoever has it says themselves that the person at the provider is them."""

    @pytest.fixture
    def noor(self, transaction: Transaction) -> Account:
        account = an_account(transaction, email="noor@example.org", role=Role.ANALYST)
        account.password_hash = "a hash"
        transaction.session.flush()
        return account

    @pytest.fixture
    def browser(self, web: FlaskClient, double: ProviderDouble, noor: Account) -> Browser:
        """Where Noor signed in just now."""
        return signed_in(web, noor)

    def linked(self, browser: Browser, double: ProviderDouble) -> TestResponse:
        return come_back(browser.client, double, koppelen="ja")

    def test_is_not_opened_by_its_address(
        self, web: FlaskClient, double: ProviderDouble, noor: Account
    ) -> None:
        answer = come_back(web, double)

        assert answer.status_code == 403
        assert "een wachtwoord" in answer.text
        assert 'href="/inloggen?next=/mijn-account"' in answer.text
        assert subject_of(noor) is None
        assert web.get("/mijn-account").status_code == 303

    def test_is_opened_once_its_owner_said_so(
        self, web: FlaskClient, double: ProviderDouble, noor: Account, browser: Browser
    ) -> None:
        asked = self.linked(browser, double)
        before = subject_of(noor)

        told = browser.send(LINK, hidden_in(asked))

        assert "noor@example.org" in asked.text
        assert before is None
        assert told.headers["Location"] == "/mijn-account"
        assert subject_of(noor) == "subject-1"
        assert come_back(web, double).headers["Location"] == "/begin"

    def test_is_closed_to_the_provider_once_its_owner_said_so(
        self, web: FlaskClient, double: ProviderDouble, noor: Account, browser: Browser
    ) -> None:
        browser.send(LINK, hidden_in(self.linked(browser, double)))

        told = browser.submit("/mijn-account", PART)

        assert told.headers["Location"] == "/mijn-account"
        assert subject_of(noor) is None
        assert "niet meer" in browser.get("/mijn-account").text
        assert come_back(web, double).status_code == 403

    def test_without_another_way_in_stays_linked(
        self, double: ProviderDouble, noor: Account, browser: Browser, transaction: Transaction
    ) -> None:
        browser.send(LINK, hidden_in(self.linked(browser, double)))
        page = browser.get("/mijn-account")
        noor.password_hash = None
        transaction.session.flush()

        browser.send(PART, hidden_in(page))

        told = browser.get("/mijn-account").text
        assert "een beheerder" in told
        assert PART not in told
        assert subject_of(noor) == "subject-1"

    def test_with_a_passkey_alone_is_not_opened_by_its_address_afterwards(
        self,
        web: FlaskClient,
        double: ProviderDouble,
        noor: Account,
        browser: Browser,
        transaction: Transaction,
    ) -> None:
        browser.send(LINK, hidden_in(self.linked(browser, double)))
        noor.password_hash = None
        a_passkey(transaction, noor)

        browser.submit("/mijn-account", PART)

        assert come_back(web, double).status_code == 403
        assert subject_of(noor) is None
        noted = rule_changes(transaction, what="account", code=str(noor.id), at_most=5)
        assert [one.after and one.after["done"] for one in noted] == [["parted"], ["linked"]]

    @pytest.mark.parametrize(
        "person",
        [PersonThere(email="another@example.org"), PersonThere(email_verified=None)],
        ids=["another address", "nobody vouches"],
    )
    def test_is_not_linked_with_somebody_else(
        self, double: ProviderDouble, noor: Account, browser: Browser, person: PersonThere
    ) -> None:
        double.person = person

        asked = self.linked(browser, double)
        told = browser.send(LINK, hidden_in(browser.get("/mijn-account")))

        assert asked.status_code == 403
        assert 'href="/mijn-account"' in asked.text
        assert told.headers["Location"] == "/mijn-account"
        assert subject_of(noor) is None

    def test_is_not_linked_twice(
        self, double: ProviderDouble, noor: Account, browser: Browser
    ) -> None:
        browser.send(LINK, hidden_in(self.linked(browser, double)))
        double.person = PersonThere("subject-2")

        assert self.linked(browser, double).status_code == 403
        assert subject_of(noor) == "subject-1"

    def test_is_linked_after_a_fresh_sign_in_alone(
        self, double: ProviderDouble, noor: Account, browser: Browser, provided: Provided
    ) -> None:
        asked = self.linked(browser, double)
        provided.put(Clock, StoppedClock(NOW + timedelta(minutes=16)))

        told = browser.send(LINK, hidden_in(asked))
        again = browser.client.get(GO, query_string={"koppelen": "ja"})

        assert told.headers["Location"] == again.headers["Location"] == "/mijn-account/opnieuw"
        assert subject_of(noor) is None

    def test_is_not_linked_by_who_is_not_signed_in(
        self, web: FlaskClient, double: ProviderDouble
    ) -> None:
        assert (
            web.get(GO, query_string={"koppelen": "ja"})
            .headers["Location"]
            .startswith("/inloggen?next=")
        )

    def test_is_not_linked_by_a_form_of_another_site(
        self, double: ProviderDouble, noor: Account, browser: Browser
    ) -> None:
        self.linked(browser, double)

        assert browser.client.post(LINK, data={"csrf_token": "forged"}).status_code == 400
        assert subject_of(noor) is None


class TestWithoutAProvider:
    def test_there_is_only_the_password(self, web: FlaskClient) -> None:
        assert [web.get(path).headers["Location"] for path in (GO, BACK)] == ["/inloggen"] * 2
        assert GO not in web.get("/inloggen").text


class TestTheWholeWay:
    def test_to_a_real_provider_and_back(
        self, web: FlaskClient, provided: Provided, local: LocalProvider, noor: Account
    ) -> None:
        provided.put(Clock, StoppedClock(NOW))
        provided.put(SingleSignOn, SingleSignOn(asking(local), "Microsoft"))

        code, state = at_local(web.get(GO).headers["Location"])
        answer = web.get(BACK, query_string={"code": code, "state": state})

        assert answer.headers["Location"] == "/begin"
        assert web.get("/mijn-account").status_code == 200


class TestTheSettings:
    GIVEN = {  # noqa: RUF012  # never changed
        "database_url": "postgresql://unused",
        "secret_key": "k" * 40,
        "oidc_issuer": "https://login.microsoftonline.com/t/v2.0/",
        "oidc_client_id": "id",
        "oidc_client_secret": "secret",
    }

    def test_name_a_provider_and_what_its_groups_are(self) -> None:
        roles = "Straatbeeld Balie=desk, a=b=crew@buiten-noord"

        wired = single_sign_on(read_settings(**self.GIVEN, oidc_roles=roles))

        assert wired.provider is not None
        assert wired.mapping == (
            Mapped("Straatbeeld Balie", Role.DESK),
            Mapped("a=b", Role.CREW, "buiten-noord"),
        )

    def test_without_any_are_no_provider(self) -> None:
        wanted = {name: self.GIVEN[name] for name in ("database_url", "secret_key")}

        assert single_sign_on(read_settings(**wanted)).provider is None

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"oidc_client_secret": None}, "OIDC_CLIENT_SECRET"),
            ({"oidc_client_id": None}, "OIDC_CLIENT_ID"),
            ({"oidc_issuer": "http://provider.example"}, "OIDC_ISSUER"),
            ({"oidc_email": "trusted"}, "OIDC_TENANT"),
            ({"oidc_roles": "Balie"}, "OIDC_ROLES"),
            ({"oidc_roles": "Balie=koning"}, "OIDC_ROLES"),
            ({"oidc_roles": "Noord=crew"}, "OIDC_ROLES"),
            ({"oidc_roles": "Balie=desk@noord"}, "OIDC_ROLES"),
        ],
    )
    def test_that_are_wrong_stop_the_start_and_name_themselves(
        self, wrong: dict[str, object], named: str
    ) -> None:
        with pytest.raises(SettingsRefused, match=named):
            single_sign_on(read_settings(**(self.GIVEN | wrong)))
