"""Walks the chunks of a WebP file to the end its RIFF header gives (RFC 9649)."""

from __future__ import annotations

import struct

from app.photos.model import Container, PhotoCutShort, PhotoDamaged, PhotoKind

_MAX_CHUNKS = 2_000
_KEY_FRAME_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F


def is_webp(content: bytes) -> bool:
    """Whether `content` begins as a WebP file does."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def walk(content: bytes) -> Container:
    """Return what the WebP in `content` tells about itself.

    Raises:
        PhotoCutShort: it is shorter than its header says.
        PhotoDamaged: its chunks contradict the format.
    """
    (riff_size,) = struct.unpack_from("<I", content, 4)
    end = 8 + riff_size
    if end > len(content):
        raise PhotoCutShort
    parts: set[str] = set()
    sizes: list[tuple[int, int]] = []
    has_picture = False
    position = 12
    for _ in range(_MAX_CHUNKS):
        if position >= end:
            break
        if position + 8 > end:
            raise PhotoDamaged
        name, length = struct.unpack_from("<4sI", content, position)
        body = position + 8
        if body + length > end:
            raise PhotoDamaged
        if name == b"VP8X" and length >= 10:
            sizes.append((_uint24(content, body + 4) + 1, _uint24(content, body + 7) + 1))
        elif name == b"VP8 ":
            sizes.append(_lossy_size(content, body, length))
            has_picture = True
        elif name == b"VP8L":
            sizes.append(_lossless_size(content, body, length))
            has_picture = True
        elif name == b"ANMF" and length >= 16:
            sizes.append((_uint24(content, body + 6) + 1, _uint24(content, body + 9) + 1))
            has_picture = True
        parts.add(name.decode("latin-1"))
        # A chunk of odd length is followed by one byte of padding.
        position = body + length + (length & 1)
    else:
        raise PhotoDamaged
    if not has_picture:
        raise PhotoDamaged
    width_px = max(width for width, _ in sizes)
    height_px = max(height for _, height in sizes)
    return Container(PhotoKind.WEBP, width_px, height_px, end=end, parts=frozenset(parts))


def _uint24(content: bytes, position: int) -> int:
    return int.from_bytes(content[position : position + 3], "little")


def _lossy_size(content: bytes, body: int, length: int) -> tuple[int, int]:
    if length < 10 or content[body + 3 : body + 6] != _KEY_FRAME_START:
        raise PhotoDamaged
    width_px, height_px = (side & 0x3FFF for side in struct.unpack_from("<HH", content, body + 6))
    if not width_px or not height_px:
        raise PhotoDamaged
    return width_px, height_px


def _lossless_size(content: bytes, body: int, length: int) -> tuple[int, int]:
    if length < 5 or content[body] != _LOSSLESS_START:
        raise PhotoDamaged
    bits = int.from_bytes(content[body + 1 : body + 5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
