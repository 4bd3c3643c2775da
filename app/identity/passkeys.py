"""Passkeys of an account (WebAuthn): adding one, signing in with one, taking one away.

Everything is checked by py_webauthn; see `docs/decisions/passkeys-beside-the-app.md`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.foundation.database import Transaction
from app.foundation.settings import Settings
from app.foundation.texts import is_plain_line
from app.identity.invitations import locked_account
from app.identity.model import (
    NotAPasskeyName,
    PasskeyNotRight,
    PasskeyUnknown,
    TooManyPasskeys,
)
from app.identity.records import Account, Passkey

log = structlog.get_logger(__name__)

#: More than anybody has devices for; each is told to the browser.
MOST_PASSKEYS = 20
LONGEST_NAME = 60

#: How long the browser waits for a finger, in milliseconds.
_ASKED_FOR_MS = 120_000

#: A whole answer is some 3 kB; nothing larger is read.
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """For which site a passkey is: its name, and the address that pages have."""

    rp_id: str
    origin: str
    name: str


def site_of(settings: Settings) -> Site | None:
    """Return the site that passkeys are for; none where browsers know none.

    They want a name, and TLS; this machine itself is called `localhost` and needs neither.
    """
    parts = urlsplit(settings.base_url)
    host = parts.hostname or ""
    name = f"Straatbeeld {settings.municipality_name}"
    if host in {"localhost", "127.0.0.1", "::1"}:
        port = f":{parts.port}" if parts.port else ""
        return Site("localhost", f"{parts.scheme}://localhost{port}", name)
    if not settings.is_https or _is_address(host):
        return None
    return Site(host, settings.base_url, name)


def passkeys_of(transaction: Transaction, account_id: UUID) -> Sequence[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    return transaction.session.scalars(
        select(Passkey)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.added_at, Passkey.id)
    ).all()


def has_passkey(transaction: Transaction, account_id: UUID) -> bool:
    """Whether an account has a passkey."""
    found = transaction.session.scalar(select(exists().where(Passkey.account_id == account_id)))
    return bool(found)


def what_to_make(
    transaction: Transaction, account_id: UUID, *, site: Site, challenge: bytes
) -> str:
    """Return what a browser needs to make a passkey for this account, as JSON.

    Raises:
        AccountUnknown: there is no such account.
    """
    account = locked_account(transaction, account_id)
    if account.fs_webauthn_user_handle is None:
        account.fs_webauthn_user_handle = bytes_to_base64url(secrets.token_bytes(32))
        transaction.session.flush()
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=base64url_to_bytes(account.fs_webauthn_user_handle),
        user_name=account.email,
        user_display_name=account.name,
        challenge=challenge,
        timeout=_ASKED_FOR_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[_described(one) for one in passkeys_of(transaction, account_id)],
    )
    return options_to_json(options)


def what_to_show(known: Sequence[Passkey], *, site: Site, challenge: bytes) -> str:
    """Return what a browser needs to use one of these passkeys, as JSON.

    With none it may be any that the browser has for this site; then it has to ask for the finger,
    face or PIN of its owner, because nothing else is asked.
    """
    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=_ASKED_FOR_MS,
        allow_credentials=[_described(one) for one in known],
        user_verification=(
            UserVerificationRequirement.PREFERRED if known else UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


def add_passkey(
    transaction: Transaction,
    account_id: UUID,
    answer: str,
    *,
    name: str,
    site: Site,
    challenge: bytes,
    now: datetime,
) -> Passkey:
    """Keep the passkey that a browser made for this account.

    Raises:
        AccountUnknown: there is no such account.
        NotAPasskeyName: the name is empty, too long, or no plain line.
        PasskeyNotRight: the answer is not one to this challenge, or is known already.
        TooManyPasskeys: the account has as many as it can.
    """
    account = locked_account(transaction, account_id)
    called = name.strip()
    if not is_plain_line(called) or len(called) > LONGEST_NAME:
        raise NotAPasskeyName()
    if len(passkeys_of(transaction, account.id)) >= MOST_PASSKEYS:
        raise TooManyPasskeys()
    try:
        credential = parse_registration_credential_json(_bounded(answer))
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
        )
    except _NOT_RIGHT as refused:
        raise PasskeyNotRight() from refused
    # One statement, so that of two accounts that add it at the same moment one gets it.
    kept: Passkey | None = transaction.session.scalar(
        insert(Passkey)
        .values(
            account_id=account.id,
            name=called,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=[one.value for one in credential.response.transports or ()],
            added_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Passkey.credential_id])
        .returning(Passkey)
    )
    if kept is None:
        raise PasskeyNotRight()
    return kept


def use_passkey(
    transaction: Transaction,
    answer: str,
    *,
    account_id: UUID | None,
    site: Site,
    challenge: bytes,
    now: datetime,
) -> Account:
    """Return the account that this answer of a passkey is of, and count that it was used.

    With `account_id` it must be of that account, which showed its password; without, the device
    must have asked its owner for finger, face or PIN.

    Raises:
        PasskeyNotRight: it is not one of ours, not an answer to this challenge, a copy by its
            counter, or of somebody who may not sign in.
    """
    try:
        credential = parse_authentication_credential_json(_bounded(answer))
    except _NOT_RIGHT as refused:
        raise PasskeyNotRight() from refused
    passkey = transaction.session.scalar(
        select(Passkey)
        .where(Passkey.credential_id == credential.raw_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if passkey is None or account_id not in {None, passkey.account_id}:
        raise PasskeyNotRight()
    account = locked_account(transaction, passkey.account_id)
    handle = credential.response.user_handle
    if not account.is_active or (
        handle is not None and bytes_to_base64url(handle) != account.fs_webauthn_user_handle
    ):
        raise PasskeyNotRight()
    try:
        used = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=account_id is None,
        )
    except _NOT_RIGHT as refused:
        log.warning("passkey refused", account=str(account.id), reason=str(refused)[:200])
        raise PasskeyNotRight() from refused
    passkey.sign_count = used.new_sign_count
    passkey.last_used_at = now
    transaction.session.flush()
    return account


def passkey_of(transaction: Transaction, account_id: UUID, passkey_id: UUID) -> Passkey:
    """Return one of an account's own passkeys.

    Raises:
        PasskeyUnknown: the account has no such one.
    """
    found = transaction.session.get(Passkey, passkey_id)
    if found is None or found.account_id != account_id:
        raise PasskeyUnknown()
    return found


#: What py_webauthn raises for an answer that is not right or not even an answer.
#: An answer of brackets alone is deeper than it can be read.
_NOT_RIGHT = (
    WebAuthnException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)


def _bounded(answer: str) -> str:
    if not 0 < len(answer) <= _LONGEST_ANSWER:
        raise ValueError("no answer of a passkey has this size")
    return answer


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    known = {one.value for one in AuthenticatorTransport}
    return PublicKeyCredentialDescriptor(
        id=passkey.credential_id,
        transports=[AuthenticatorTransport(one) for one in passkey.transports if one in known],
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
