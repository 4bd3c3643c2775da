"""Keeps the files of a request in memory, where they are looked at before they are stored."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request


class RequestInMemory(Request):
    """A request whose files are not written to a temporary file and read back.

    `MAX_CONTENT_LENGTH` is the most that one request can hold.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
