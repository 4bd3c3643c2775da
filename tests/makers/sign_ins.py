"""Signs people in as a browser does, through the form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.identity.records import Account
from tests.makers.people import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def signed_in(web: FlaskClient, account: Account, *, password: str = PASSWORD) -> Browser:
    """Return a browser of its own in which this account, made with a password, is signed in."""
    browser = Browser(web.application.test_client())
    answered = browser.submit("/inloggen", "/inloggen", email=account.email, password=password)
    assert answered.status_code in {302, 303}, answered.text
    return browser


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
        return {name: value for name, value in _HIDDEN.findall(part) if name not in set(without)}

    def send(self, action: str, hidden: dict[str, str], /, **typed: object) -> TestResponse:
        """Send a form that was opened before."""
        form: MultiDict[str, object] = MultiDict({**hidden})
        for name, value in typed.items():
            form.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(action, data=form)
