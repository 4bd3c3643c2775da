"""Where a program stands: the version it has seen, and its place in the list."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Request

from app.foundation.errors import FieldError
from app.work.model import Task
from app.work.partner.model import CursorUnknown, VersionNeeded, VersionUnclear

#: A proxy that compresses makes a strong tag a weak one; the version in it is as exact as before.
_VERSION = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"')

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR_BYTES = 24


def version_tag(version: int) -> str:
    """Return the `ETag` of a version of a task."""
    return f'"{version}"'


def version_expected(request: Request) -> int:
    """Return the version that this change is based on.

    Raises:
        VersionNeeded: there is no `If-Match`.
        VersionUnclear: it is not one version, such as `*` or a list.
    """
    said = request.headers.get("If-Match")
    if said is None:
        raise VersionNeeded()
    read = _VERSION.fullmatch(said.strip())
    if read is None:
        raise VersionUnclear(
            errors=(FieldError("If-Match", "invalid", 'One version, such as "3".', "header"),)
        )
    return int(read[1])


def cursor_after(last: Task) -> str:
    """Return the cursor of whatever comes after this task; it means nothing to its reader."""
    microseconds = (last.offered_at - _EPOCH) // _MICROSECOND
    return base64.urlsafe_b64encode(microseconds.to_bytes(8, "big") + last.id.bytes).decode()


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """Return when the last task before the cursor was offered, and which one it was.

    Raises:
        CursorUnknown: nobody gave out this cursor.
    """
    try:
        whole = base64.b64decode(cursor, altchars=b"-_", validate=True)
        if len(whole) != _CURSOR_BYTES:
            raise ValueError
        microseconds = int.from_bytes(whole[:8], "big")
        at = _EPOCH + _MICROSECOND * microseconds
    except (ValueError, OverflowError, binascii.Error):
        raise CursorUnknown(
            errors=(FieldError("cursor", "unknown", "Begin without a cursor.", "query"),)
        ) from None
    return at, UUID(bytes=whole[8:])
