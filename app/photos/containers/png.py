"""Walks the chunks of a PNG file, each with its check sum, up to IEND (W3C PNG, section 5)."""

from __future__ import annotations

import struct
from zlib import crc32

from app.photos.model import Container, PhotoCutShort, PhotoDamaged, PhotoKind

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Which bit depths go with which colour type.
_BIT_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_LONGEST_SIDE_PX = 2**31 - 1
#: Writers that make chunks of 4 kB need under 4,000 of them for the largest photo we take.
_MAX_CHUNKS = 10_000
#: What pixels and their colours are made of.
_DRAWN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
#: How a text begins that is XMP and not packed.
_XMP = b"XML:com.adobe.xmp\0\0\0"
#: Cameras write a tenth of this; a JPEG has no room for more.
_MAX_NOTES_BYTES = 65_536


def walk(content: bytes) -> Container:
    """Return what the PNG in `content` tells about itself.

    Raises:
        PhotoCutShort: it ends before IEND.
        PhotoDamaged: a check sum is wrong, or its chunks contradict the format.
    """
    view = memoryview(content)
    size: tuple[int, int] | None = None
    parts: set[str] = set()
    position = len(SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if position + 12 > len(content):
            raise PhotoCutShort
        length, name = struct.unpack_from(">I4s", content, position)
        if length > _LONGEST_SIDE_PX or not name.isalpha():
            raise PhotoDamaged
        body_end = position + 8 + length
        if body_end + 4 > len(content):
            raise PhotoCutShort
        (check_sum,) = struct.unpack_from(">I", content, body_end)
        if crc32(view[position + 4 : body_end]) != check_sum:
            raise PhotoDamaged
        if (name == b"IHDR") is not (size is None):
            # The header comes first, and once.
            raise PhotoDamaged
        if name == b"IHDR":
            size = _size(content, position + 8, length)
        parts.add(name.decode("ascii"))
        position = body_end + 4
        if name == b"IEND":
            if size is None or "IDAT" not in parts:
                raise PhotoDamaged
            return Container(PhotoKind.PNG, *size, end=position, parts=frozenset(parts))
    raise PhotoDamaged


def only_picture(content: bytes) -> bytes:
    """Return a PNG that `walk` let pass without what is not needed to draw it upright.

    Packed profiles and texts stay out, so that a decoder never unpacks them; so do the later
    pictures of a PNG that moves. The notes of a camera and XMP are kept up to 64 kB, because one of
    them says which side is up.
    """
    view = memoryview(content)
    kept: list[bytes | memoryview] = [SIGNATURE]
    noted: set[bytes] = set()
    position = len(SIGNATURE)
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if name in _DRAWN or (name not in noted and _says_which_side_is_up(view[position:end])):
            noted.add(name)
            kept.append(view[position:end])
        position = end
    return b"".join(kept)


def _says_which_side_is_up(chunk: memoryview) -> bool:
    if len(chunk) > _MAX_NOTES_BYTES:
        return False
    return bytes(chunk[4:8]) == b"eXIf" or bytes(chunk[4 : 8 + len(_XMP)]) == b"iTXt" + _XMP


def _size(content: bytes, position: int, length: int) -> tuple[int, int]:
    if length != 13:
        raise PhotoDamaged
    width_px, height_px, bit_depth, colour_type, compression, filtering, interlace = (
        struct.unpack_from(">IIBBBBB", content, position)
    )
    is_possible = (
        0 < width_px <= _LONGEST_SIDE_PX
        and 0 < height_px <= _LONGEST_SIDE_PX
        and bit_depth in _BIT_DEPTHS.get(colour_type, set())
        and compression == 0
        and filtering == 0
        and interlace in (0, 1)
    )
    if not is_possible:
        raise PhotoDamaged
    return width_px, height_px
