"""Access tokens of partners: signed, good for fifteen minutes, worthless once a client is gone."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.identity import operations
from app.identity.model import Actor, PartnerClientRefused
from app.identity.records import PartnerClient

LIFETIME = timedelta(minutes=15)

#: RFC 9068: what kind of JSON Web Token this is, so that no other kind passes for it.
TOKEN_KIND = "at+jwt"  # noqa: S105  # a name, no secret

ALGORITHM = "HS256"


def access_token(
    client: PartnerClient, *, scopes: frozenset[str], settings: Settings, now: datetime
) -> str:
    """Return a token with which `client` calls the partner API until `now` + `LIFETIME`.

    `scopes` are those asked for; the client gets of them what it has itself.
    """
    granted = sorted(scopes & frozenset(client.scopes))
    return jwt.encode(
        {"alg": ALGORITHM, "typ": TOKEN_KIND},
        {
            "iss": settings.base_url,
            "aud": _audience(settings),
            "sub": str(client.id),
            "client_id": client.client_id,
            "scope": " ".join(granted),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        },
        _key(settings),
        algorithms=[ALGORITHM],
    )


def partner_behind(
    transaction: Transaction, token: str, *, settings: Settings, now: datetime
) -> Actor | None:
    """Return the partner who holds this access token; none when it is not good (any more).

    The client's row is read each time: withdrawing a client ends its tokens at once.
    """
    try:
        read = jwt.decode(token, _key(settings), algorithms=[ALGORITHM])
        claims = read.claims
        is_ours = (
            read.header.get("typ") == TOKEN_KIND
            and claims.get("iss") == settings.base_url
            and claims.get("aud") == _audience(settings)
            and int(claims["exp"]) > now.timestamp()
        )
        partner_client_id = UUID(str(claims["sub"]))
        scopes = frozenset(str(claims["scope"]).split())
    except (JoseError, KeyError, ValueError, TypeError):
        return None
    if not is_ours:
        return None
    try:
        client, party = operations.living_client(transaction, partner_client_id)
    except PartnerClientRefused:
        return None
    return Actor.partner(
        client.id,
        name=party.name,
        party_id=client.party_id,
        scopes=scopes & frozenset(client.scopes),
    )


def _audience(settings: Settings) -> str:
    return f"{settings.base_url}/partner/v1"


def _key(settings: Settings) -> OctKey:
    derived = hmac.digest(
        settings.secret_key.get_secret_value().encode(), b"partner access token 1", "sha256"
    )
    return OctKey.import_key(derived)
