"""Signs people in, and fills in the forms of our pages as a browser does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.half_way import SECOND_STEP_PATH
from app.identity.operations import account_with_email, start_sign_in
from app.identity.records import Account
from app.identity.second_factor import APP, renew_recovery_codes
from app.identity.security import SIGN_IN_TOKEN

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def signed_in(web: FlaskClient, account: Account) -> Browser:
    """Return a browser of its own in which this account is signed in.

    The form of signing in has tests of its own; here the sign-in is written as the form does it,
    without the half second that a password costs.
    """
    client = web.application.test_client()
    with web.application.app_context():
        services = provided()
        with services.get(Database).transaction() as transaction:
            token = start_sign_in(transaction, account.id, now=services.get(Clock).now())
    with client.session_transaction() as session:
        session.update({"_user_id": account.fs_uniquifier, "_fresh": True, SIGN_IN_TOKEN: token})
    return Browser(client)


def take_second_step(client: FlaskClient, email: str) -> TestResponse:
    """Take the second step after the password, with a fresh recovery code of this account."""
    with client.application.app_context():
        services = provided()
        settings = services.get(Settings)
        with services.get(Database).transaction() as transaction:
            account = account_with_email(transaction, email)
            # As if the app had been there before the password: one set up since begins anew.
            account.tf_primary_method = APP
            code = renew_recovery_codes(transaction, account.id, settings=settings)[0]
    proof = _TOKEN.search(client.get(SECOND_STEP_PATH).text)
    assert proof is not None
    return client.post(SECOND_STEP_PATH, data={"csrf_token": proof[1], "code": code})


class Browser:
    """A client that fills in the forms of our pages: the hidden fields come from the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **query: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, query_string=query or None)

    def submit(
        self, page: str, action: str, /, *, without: Iterable[str] = (), **typed: object
    ) -> TestResponse:
        """Send the form with this action as it stands on the page now, with what is typed."""
        return self.send(action, self.hidden(page, action, without=without), **typed)

    def hidden(self, page: str, action: str, *, without: Iterable[str] = ()) -> dict[str, str]:
        """Return the hidden fields of the form with this action, as the page has them now."""
        text = self.get(page).text
        found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', text, re.DOTALL)
        part = found[0] if found else text
        assert _TOKEN.search(part), f"no form {action} on {page}"
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(part)}
        return {name: value for name, value in hidden.items() if name not in set(without)}

    def send(self, action: str, hidden: dict[str, str], /, **typed: object) -> TestResponse:
        """Send a form that was opened before."""
        form: MultiDict[str, object] = MultiDict({**hidden})
        for name, value in typed.items():
            form.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(action, data=form)
