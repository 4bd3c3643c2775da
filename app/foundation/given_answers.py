"""Answers already given: a request that a network repeats gets the one it had before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Request
from psycopg.types.json import Jsonb
from sqlalchemy import DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.bodies import BodyRefused
from app.foundation.database import Base, Transaction
from app.foundation.errors import DomainError, FieldError
from app.foundation.json_value import JSONValue

#: For so long the same key gives the same answer.
ANSWERS_ARE_KEPT = timedelta(days=30)

LONGEST_KEY = 255


class KeyUsedForAnother(DomainError):
    """This Idempotency-Key was used with other content; use a new one for new content."""


class GivenAnswerRecord(Base):
    """The answer given to an `Idempotency-Key`, without any token, for thirty days."""

    __tablename__ = "given_answer"

    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_given_answer_given_at", "given_at"),)


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that a network may repeat: the digests of its key and of its content."""

    key_digest: bytes
    request_digest: bytes


def repeatable(
    request: Request, what: str, *, canonical: bytes, photo_digests: Sequence[str] = ()
) -> Repeatable | None:
    """Return what `request` is known by when it comes again; none without an `Idempotency-Key`.

    `what` says what is asked, and of whom: the same key there and elsewhere are two keys.
    `canonical` is the content in one form, `photo_digests` are the SHA-256 of the photos with it.

    Raises:
        BodyRefused: the key is empty or longer than 255 characters.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BodyRefused(
            "An Idempotency-Key has 1 to 255 characters.",
            errors=(FieldError("Idempotency-Key", "length", "1 to 255 characters.", "header"),),
        )
    photos = [photo.encode() for photo in photo_digests]
    return Repeatable(_digest(what.encode(), key.encode()), _digest(canonical, *photos))


_TAKE = text(
    """
    INSERT INTO given_answer (key_digest, request_digest, given_at)
    VALUES (:key, :request, :now)
    ON CONFLICT (key_digest) DO NOTHING
    RETURNING 1 AS taken
    """
)


def take_key(
    transaction: Transaction, repeatable: Repeatable, *, now: datetime
) -> Mapping[str, Any] | None:
    """Return the answer this key was given before, or None for whoever comes first.

    Whoever comes second at the same moment waits here until the first is done.

    Raises:
        KeyUsedForAnother: the key came with other content.
    """
    is_first = transaction.read(
        _TAKE, {"key": repeatable.key_digest, "request": repeatable.request_digest, "now": now}
    )
    if is_first:
        return None
    given = transaction.connection.execute(
        text("SELECT request_digest, answer FROM given_answer WHERE key_digest = :key"),
        {"key": repeatable.key_digest},
    ).one()
    if bytes(given.request_digest) != repeatable.request_digest:
        raise KeyUsedForAnother()
    answer: Mapping[str, Any] = given.answer
    return answer


_KEEP = text("UPDATE given_answer SET answer = :answer WHERE key_digest = :key")


def keep_answer(
    transaction: Transaction, repeatable: Repeatable, answer: Mapping[str, JSONValue]
) -> None:
    """Keep what is answered to a key; the answer holds no token."""
    transaction.write(_KEEP, {"answer": Jsonb(dict(answer)), "key": repeatable.key_digest})


def forget_answers(transaction: Transaction, *, now: datetime) -> int:
    """Forget the answers that were given longer than thirty days ago; return how many."""
    gone = transaction.connection.execute(
        text("DELETE FROM given_answer WHERE given_at < :before RETURNING 1"),
        {"before": now - ANSWERS_ARE_KEPT},
    )
    return len(gone.all())


def _digest(*parts: bytes) -> bytes:
    """Return one SHA-256 over several parts, so that no two lists of parts share one."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.digest()
