"""Makes partners' programs that call over HTTP, with their access tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.identity.records import PartnerClient
from tests.makers.people import a_partner_client


@dataclass
class Program:
    """A partner's program: its client, and the token it shows."""

    web: FlaskClient
    client: PartnerClient
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)

    def ask_token(self, **form: str) -> TestResponse:
        """Ask for a token with HTTP Basic."""
        return self.web.post(
            "/partner/v1/oauth/token",
            data={"grant_type": "client_credentials", **form},
            auth=(self.client.client_id, self.secret),
        )

    def get(self, path: str, **query: Any) -> TestResponse:  # noqa: ANN401  # passed on as they are
        """Read below /partner/v1."""
        return self.web.get(f"/partner/v1{path}", query_string=query, headers=self._shown())

    def post(
        self,
        path: str,
        *,
        version: int | None = None,
        key: str | None = None,
        **sent: Any,  # noqa: ANN401  # passed on as they are
    ) -> TestResponse:
        """Post below /partner/v1, based on this version and with this key."""
        headers = self._shown()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.web.post(f"/partner/v1{path}", headers=headers, **sent)

    def _shown(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def a_program(
    provided: Provided,
    web: FlaskClient,
    *,
    party_id: UUID | None = None,
    scopes: tuple[str, ...] = ("tasks:read", "tasks:work"),
) -> Program:
    """Make a program of a party, by default of a new one, with a token for all it may do."""
    with provided.get(Database).transaction() as transaction:
        client, secret = a_partner_client(
            transaction, party_id=party_id, scopes=scopes, now=provided.get(Clock).now()
        )
    program = Program(web, client, secret)
    program.token = program.ask_token().get_json()["access_token"]
    return program
