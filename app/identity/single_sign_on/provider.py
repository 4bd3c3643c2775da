"""Asks a provider of OpenID Connect, with Authlib: discovery, keys, the code, the ID token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app.foundation.texts import is_plain_line
from app.identity.single_sign_on.model import AnswerRefused, Asked, Asserted, ProviderAway

#: What the provider tells of itself and its keys is asked again after this.
KEPT_FOR = timedelta(hours=12)

#: A key that is not known is asked for at once, but no more often than this.
ASKED_ANEW_AFTER = timedelta(minutes=1)

#: How far the provider's clock may be off.
CLOCKS_DIFFER_SECONDS = 60

#: More ASCII signs than these no subject has, by the standard.
LONGEST_SUBJECT = 255

_TIMEOUT = httpx.Timeout(10, connect=5)

_SCOPE = "openid profile email"

#: Signatures with a key pair alone: a secret that both know, or none, proves nothing here.
_ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "EdDSA")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What an installation chose about its provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: The only tenant whose people are taken, as the claim `tid` has it; empty for any.
    tenant: str = ""
    #: The claim that holds groups or roles; empty for none.
    groups_claim: str = ""
    #: Whether the e-mail address counts without the provider's own word for it.
    trusts_email: bool = False


@dataclass(slots=True)
class _Kept:
    """Something the provider told, and when."""

    told: Any
    at: datetime


class OpenIdProvider:
    """A provider on the network."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._about: _Kept | None = None
        self._keys: _Kept | None = None
        self._lock = Lock()

    def address(self, asked: Asked, *, back_to: str, now: datetime) -> str:
        """Return the address at the provider to which somebody is led to sign in."""
        endpoint = self._endpoint("authorization_endpoint", now)
        return str(
            prepare_grant_uri(
                endpoint,
                client_id=self._settings.client_id,
                response_type="code",
                redirect_uri=back_to,
                scope=_SCOPE,
                state=asked.state,
                nonce=asked.nonce,
                code_challenge=create_s256_code_challenge(asked.verifier),
                code_challenge_method="S256",
            )
        )

    def answer(self, asked: Asked, code: str, *, back_to: str, now: datetime) -> Asserted:
        """Return what the provider says for this code."""
        endpoint = self._endpoint("token_endpoint", now)
        got = self._exchanged(endpoint, asked, code, back_to)
        id_token = got.get("id_token")
        if not isinstance(id_token, str):
            raise AnswerRefused()
        claims = self._checked(id_token, asked, access_token=got.get("access_token"), now=now)
        return self._asserted(claims)

    def sign_out_address(self, *, back_to: str, now: datetime) -> str | None:
        """Return where somebody signs out at the provider, if it has such a place."""
        try:
            endpoint = self._about_it(now).get("end_session_endpoint")
        except ProviderAway:
            return None
        if not isinstance(endpoint, str):
            return None
        said = {"client_id": self._settings.client_id, "post_logout_redirect_uri": back_to}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(said)}"

    def _exchanged(self, endpoint: str, asked: Asked, code: str, back_to: str) -> dict[str, Any]:
        """Return what the token endpoint gives for a code."""
        settings = self._settings
        # RFC 6749, 2.3.1: both are written as in a form before they go into the header.
        who = (quote(settings.client_id, safe=""), quote(settings.client_secret, safe=""))
        try:
            with self._network() as network:
                answer = network.post(
                    endpoint,
                    auth=who,
                    data={
                        "grant_type": "authorization_code",
                        "code": code,
                        "redirect_uri": back_to,
                        "code_verifier": asked.verifier,
                    },
                )
                got = answer.json()
        except (httpx.HTTPError, ValueError) as away:
            raise ProviderAway() from away
        if answer.is_server_error:
            raise ProviderAway()
        if not answer.is_success or not isinstance(got, dict):
            told = got.get("error") if isinstance(got, dict) else None
            raise AnswerRefused() from ValueError(f"the code was not taken: {told}")
        return got

    def _checked(
        self, id_token: str, asked: Asked, *, access_token: object, now: datetime
    ) -> Mapping[str, Any]:
        """Return the claims of an ID token that is the provider's, for us, for this question."""
        try:
            token = self._decoded(id_token, now)
            CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True, "value": asked.nonce},
                },
                {
                    "nonce": asked.nonce,
                    "client_id": self._settings.client_id,
                    "access_token": access_token if isinstance(access_token, str) else None,
                },
            ).validate(now=int(now.timestamp()), leeway=CLOCKS_DIFFER_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as wrong:
            raise AnswerRefused() from wrong
        claims: Mapping[str, Any] = token.claims
        if self._settings.tenant and claims.get("tid") != self._settings.tenant:
            raise AnswerRefused()
        return claims

    def _decoded(self, id_token: str, now: datetime) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._key_set(now), algorithms=_ALGORITHMS)
        except (InvalidKeyIdError, ValueError):
            # The provider may have changed its keys since they were asked.
            keys = self._key_set(now, anew=True)
            return jwt.decode(id_token, keys, algorithms=_ALGORITHMS)

    def _asserted(self, claims: Mapping[str, Any]) -> Asserted:
        settings = self._settings
        subject = claims["sub"]
        if (
            not isinstance(subject, str)
            or len(subject) > LONGEST_SUBJECT
            or not is_plain_line(subject)
        ):
            raise AnswerRefused()
        email = claims.get("email")
        groups = claims.get(settings.groups_claim) if settings.groups_claim else None
        methods = claims.get("amr")
        return Asserted(
            issuer=settings.issuer,
            subject=subject,
            name=str(claims.get("name") or ""),
            email=email.strip().lower() if isinstance(email, str) else "",
            email_is_verified=settings.trusts_email
            or claims.get("email_verified") is True
            # How Entra ID says it: the domain's owner is verified.
            or claims.get("xms_edov") in (True, 1, "1", "true"),
            tenant=str(claims.get("tid") or ""),
            groups=_words(groups),
            methods=_words(methods),
        )

    def _endpoint(self, name: str, now: datetime) -> str:
        endpoint = self._about_it(now).get(name)
        if not isinstance(endpoint, str):
            raise ProviderAway()
        return endpoint

    def _about_it(self, now: datetime) -> Mapping[str, Any]:
        with self._lock:
            if self._about is None or now - self._about.at >= KEPT_FOR:
                told = self._asked(f"{self._settings.issuer}/.well-known/openid-configuration")
                if told.get("issuer") != self._settings.issuer:
                    raise ProviderAway()
                self._about = _Kept(told, now)
            about: Mapping[str, Any] = self._about.told
            return about

    def _key_set(self, now: datetime, *, anew: bool = False) -> KeySet:
        endpoint = self._endpoint("jwks_uri", now)
        with self._lock:
            kept = self._keys
            lasts = ASKED_ANEW_AFTER if anew else KEPT_FOR
            if kept is None or now - kept.at >= lasts:
                try:
                    kept = _Kept(KeySet.import_key_set(self._asked(endpoint)), now)  # type: ignore[arg-type]  # checked there
                except (JoseError, ValueError, KeyError, TypeError) as wrong:
                    raise ProviderAway() from wrong
                self._keys = kept
            keys: KeySet = kept.told
            return keys

    def _asked(self, address: str) -> dict[str, Any]:
        try:
            with self._network() as network:
                answer = network.get(address).raise_for_status()
                told = answer.json()
        except (httpx.HTTPError, ValueError) as away:
            raise ProviderAway() from away
        if not isinstance(told, dict):
            raise ProviderAway()
        return told

    def _network(self) -> httpx.Client:
        # What the machine's own environment says of proxies counts; a redirect is not followed.
        return httpx.Client(timeout=_TIMEOUT)


def _words(told: object) -> tuple[str, ...]:
    """Return the words of a claim; of anything else, none."""
    if isinstance(told, str):
        return (told,)
    if isinstance(told, list):
        return tuple(one for one in told if isinstance(one, str))
    return ()
