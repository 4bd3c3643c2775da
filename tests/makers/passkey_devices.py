"""A device with a passkey, in software: it answers challenges as a browser hands them over."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class PasskeyDevice:
    """One passkey for one site; what it says of itself can be made wrong."""

    rp_id: str = "localhost"
    origin: str = "http://localhost:8000"
    counter: int = 0
    asks_its_owner: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user_handle: str | None = None

    def makes(self, options: dict[str, Any]) -> str:
        """Return what the browser sends after making the passkey."""
        self.user_handle = options["user"]["id"]
        client = self._client("webauthn.create", options["challenge"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        told = (
            self._told(_WITH_KEY)
            + bytes(16)
            + len(self.credential_id).to_bytes(2)
            + self.credential_id
            + public
        )
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        return self._answer(
            {
                "clientDataJSON": _text(client),
                "attestationObject": _text(attested),
                "transports": ["internal"],
            }
        )

    def shows(self, options: dict[str, Any]) -> str:
        """Return what the browser sends after using the passkey once more."""
        self.counter += 1
        client = self._client("webauthn.get", options["challenge"])
        told = self._told(0)
        signature = self.key.sign(told + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(told),
                "signature": _text(signature),
                "userHandle": self.user_handle,
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _told(self, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.asks_its_owner else 0) | more
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _answer(self, response: dict[str, Any]) -> str:
        name = _text(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
