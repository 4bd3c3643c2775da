"""A provider of OpenID Connect for tests: a double of its Protocol, and a real one on loopback."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlencode

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.identity.single_sign_on.model import AnswerRefused, Asked, Asserted, ProviderAway

CLIENT_ID, CLIENT_SECRET = "straatbeeld", "a secret of the provider"

#: How a provider may be wrong, or somebody in its place.
FAULTS = (
    "another nonce",
    "no nonce",
    "another audience",
    "another issuer",
    "another tenant",
    "expired",
    "issued to another client",
    "no signature",
    "signed with the public key as a secret",
    "signed with another key",
    "another access token",
    "no ID token",
)


@dataclass
class PersonThere:
    """Who is signed in at the provider."""

    subject: str = "subject-1"
    email: str = "noor@example.org"
    email_verified: bool | None = True
    name: str = "Noor Bakker"
    groups: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    tenant: str = "tenant-1"


class ProviderDouble:
    """The double: no network, no keys; it says what a test wants, each code once."""

    issuer = "https://provider.example"

    def __init__(self) -> None:
        self.person = PersonThere()
        self.fault: str | None = None
        self.is_away = False
        self._codes: dict[str, tuple[PersonThere, str, str]] = {}

    def signs_in(self, address: str) -> tuple[str, str]:
        """Let the person sign in at an address; return the code and the state."""
        state, nonce, verifier = address.removeprefix(f"{self.issuer}/?").split("&")
        code = secrets.token_urlsafe(8)
        self._codes[code] = (replace(self.person), nonce, verifier)
        return code, state

    def address(self, asked: Asked, *, back_to: str, now: datetime) -> str:
        """Return the address at the provider."""
        del back_to, now
        if self.is_away:
            raise ProviderAway()
        return f"{self.issuer}/?{asked.state}&{asked.nonce}&{asked.verifier}"

    def answer(self, asked: Asked, code: str, *, back_to: str, now: datetime) -> Asserted:
        """Return what the person's provider says."""
        del back_to, now
        if self.is_away:
            raise ProviderAway()
        found = self._codes.pop(code, None)
        if found is None or self.fault or found[1:] != (asked.nonce, asked.verifier):
            raise AnswerRefused()
        who = found[0]
        return Asserted(
            issuer=self.issuer,
            subject=who.subject,
            name=who.name,
            email=who.email,
            email_is_verified=who.email_verified is True,
            tenant=who.tenant,
            groups=tuple(who.groups),
            methods=tuple(who.methods),
        )

    def sign_out_address(self, *, back_to: str, now: datetime) -> str | None:
        """Return where somebody signs out there."""
        del now
        return f"{self.issuer}/out?{urlencode({'post_logout_redirect_uri': back_to})}"


class LocalProvider:
    """A real provider: discovery, keys, the code flow with PKCE, signed ID tokens."""

    def __init__(self, *, now: datetime) -> None:
        self.person = PersonThere()
        self.fault: str | None = None
        self.now = now
        self.issuer = ""
        self.discovered = 0
        self.keys_asked = 0
        self._codes: dict[str, dict[str, Any]] = {}
        self.change_keys()
        self.app = Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self._configuration)
        self.app.add_url_rule("/keys", view_func=self._public_keys)
        self.app.add_url_rule("/authorize", view_func=self._authorize)
        self.app.add_url_rule("/token", view_func=self._token, methods=["POST"])

    def change_keys(self) -> None:
        """Sign with another key from now on, as providers do now and then."""
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def _configuration(self) -> ResponseReturnValue:
        self.discovered += 1
        here = self.issuer
        return jsonify(
            issuer=here,
            authorization_endpoint=f"{here}/authorize",
            token_endpoint=f"{here}/token",
            jwks_uri=f"{here}/keys",
            end_session_endpoint=f"{here}/out",
            response_types_supported=["code"],
            subject_types_supported=["pairwise"],
            id_token_signing_alg_values_supported=["RS256"],
        )

    def _public_keys(self) -> ResponseReturnValue:
        self.keys_asked += 1
        return jsonify(keys=[self._key.as_dict(private=False)])

    def _authorize(self) -> ResponseReturnValue:
        said = request.args
        assert said["client_id"] == CLIENT_ID
        assert said["response_type"] == "code"
        assert said["code_challenge_method"] == "S256"
        assert "openid" in said["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**said.to_dict(), "person": replace(self.person)}
        query = urlencode({"code": code, "state": said["state"]})
        return redirect(f"{said['redirect_uri']}?{query}")

    def _token(self) -> ResponseReturnValue:
        form, who = request.form, request.authorization
        kept = self._codes.pop(form.get("code", ""), None)
        is_client = who is not None and [
            unquote(one or "") for one in (who.username, who.password)
        ] == [CLIENT_ID, CLIENT_SECRET]
        challenge = sha256(form.get("code_verifier", "").encode()).digest()
        if (
            kept is None
            or not is_client
            or form.get("redirect_uri") != kept["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != kept["code_challenge"]
        ):
            return jsonify(error="invalid_grant"), 400
        access_token = secrets.token_urlsafe(16)
        said: dict[str, Any] = {"access_token": access_token, "token_type": "Bearer"}
        if self.fault != "no ID token":
            said["id_token"] = self._id_token(kept, access_token)
        return jsonify(said)

    def _id_token(self, kept: dict[str, Any], access_token: str) -> str:
        who: PersonThere = kept["person"]
        half = sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": who.subject,
            "aud": CLIENT_ID,
            "iat": int(self.now.timestamp()),
            "exp": int((self.now + timedelta(minutes=5)).timestamp()),
            "nonce": kept["nonce"],
            "name": who.name,
            "email": who.email,
            "roles": who.groups,
            "amr": who.methods,
            "tid": who.tenant,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        if who.email_verified is not None:
            claims["email_verified"] = who.email_verified
        wrong: dict[str, dict[str, Any]] = {
            "another nonce": {"nonce": "another"},
            "no nonce": {"nonce": None},
            "another audience": {"aud": "another"},
            "another issuer": {"iss": "https://another.example"},
            "another tenant": {"tid": "another"},
            "expired": {"exp": int((self.now - timedelta(minutes=5)).timestamp())},
            "issued to another client": {"aud": [CLIENT_ID, "another"], "azp": "another"},
            "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        }
        claims.update(wrong.get(self.fault or "", {}))
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self._key.kid}
        if self.fault == "no signature":
            none = {"alg": "none", "kid": self._key.kid}
            parts = (_coded(none), _coded(claims), "")
            return ".".join(parts)
        if self.fault == "signed with the public key as a secret":
            # By hand: a library that knows better refuses to.
            hs256 = {"alg": "HS256", "kid": self._key.kid}
            told = f"{_coded(hs256)}.{_coded(claims)}"
            mac = hmac.digest(self._key.as_pem(private=False), told.encode(), "sha256")
            return f"{told}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        key = self._key
        if self.fault == "signed with another key":
            key = RSAKey.generate_key(2048, {"kid": str(self._key.kid)})
        return jwt.encode(header, claims, key)


def _coded(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
