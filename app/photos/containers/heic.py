"""Walks the boxes of a HEIC file and finds its pictures whole (ISO/IEC 14496-12, 23008-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.photos.model import Container, PhotoCutShort, PhotoDamaged, PhotoKind

#: Brands of photos coded with HEVC. `mif1` and `msf1` alone could be anything, AVIF included.
_HEVC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
#: Boxes that hold boxes and nothing else.
_MAX_BOXES = 5_000
_MAX_EXTENTS = 50_000


@dataclass(frozen=True, slots=True)
class _Box:
    name: str
    body: int
    end: int


def is_heic(content: bytes) -> bool:
    """Whether `content` begins as a HEIC photo does: a list of brands that names HEVC."""
    if content[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(content[:4], "big"), 4096)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, size, 4))}
    return not brands.isdisjoint(_HEVC_BRANDS)


def walk(content: bytes) -> Container:
    """Return what the HEIC in `content` tells about itself; its size is its largest picture's.

    Raises:
        PhotoCutShort: a box, or the place where a picture's bytes should be, lies past the end.
        PhotoDamaged: its boxes contradict the format.
    """
    boxes: list[_Box] = []
    end = 0
    for box in _boxes(content, 0, len(content)):
        if box is None:
            # Whatever was hung behind the last box is not the photo.
            break
        boxes.append(box)
        end = box.end
    meta = next((box for box in boxes if box.name == "meta"), None)
    if meta is None:
        # The description of the pictures may be the part that did not arrive.
        raise PhotoCutShort
    parts = {box.name for box in boxes}
    # `meta` is a full box: four bytes of version and flags come first.
    inner = _named(content, meta.body + 4, meta.end)
    if "iprp" not in inner or "iloc" not in inner:
        raise PhotoDamaged
    properties = _named(content, inner["iprp"].body, inner["iprp"].end)
    if "ipco" not in properties:
        raise PhotoDamaged
    width_px, height_px = _largest_picture(content, properties["ipco"])
    _check_extents(content, inner["iloc"], within=end)
    parts |= {f"meta/{name}" for name in inner}
    return Container(PhotoKind.HEIC, width_px, height_px, end=end, parts=frozenset(parts))


def _boxes(content: bytes, start: int, stop: int) -> Iterator[_Box | None]:
    """Yield the boxes from `start` to `stop`; None where something follows that is no box."""
    position = start
    for _ in range(_MAX_BOXES):
        if position >= stop:
            return
        if position + 8 > stop:
            yield None
            return
        size = int.from_bytes(content[position : position + 4], "big")
        name = content[position + 4 : position + 8]
        header = 8
        if size == 1:
            size = int.from_bytes(content[position + 8 : position + 16], "big")
            header = 16
        elif size == 0:
            size = stop - position
        if size < header or not all(0x20 <= letter < 0x7F for letter in name):
            yield None
            return
        if position + size > stop:
            raise PhotoCutShort
        yield _Box(name.decode("ascii"), position + header, position + size)
        position += size
    raise PhotoDamaged


def _named(content: bytes, start: int, stop: int) -> dict[str, _Box]:
    named: dict[str, _Box] = {}
    for box in _boxes(content, start, stop):
        if box is None:
            raise PhotoDamaged
        named.setdefault(box.name, box)
    return named


def _largest_picture(content: bytes, properties: _Box) -> tuple[int, int]:
    """Return width and height of the largest `ispe`: tiles and thumbnails are smaller."""
    sizes: list[tuple[int, int]] = []
    for box in _boxes(content, properties.body, properties.end):
        if box is None:
            raise PhotoDamaged
        if box.name == "ispe" and box.end - box.body >= 12:
            width_px = int.from_bytes(content[box.body + 4 : box.body + 8], "big")
            height_px = int.from_bytes(content[box.body + 8 : box.body + 12], "big")
            sizes.append((width_px, height_px))
    width_px, height_px = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    if not width_px or not height_px:
        raise PhotoDamaged
    return width_px, height_px


class _Reader:
    """Reads whole numbers of a box one after another, never past its end."""

    def __init__(self, content: bytes, box: _Box) -> None:
        self._content = content
        self._position = box.body
        self._end = box.end

    def number(self, width: int) -> int:
        start, self._position = self._position, self._position + width
        if self._position > self._end:
            raise PhotoDamaged
        return int.from_bytes(self._content[start : self._position], "big")


def _check_extents(content: bytes, location: _Box, *, within: int) -> None:
    """Check that every item that lies in the file itself lies in it wholly (box `iloc`)."""
    read = _Reader(content, location).number
    version = read(1)
    read(3)
    widths = read(2)
    offset_width, length_width = widths >> 12, widths >> 8 & 15
    first_width, index_width = widths >> 4 & 15, widths & 15
    if version > 2 or any(w not in (0, 4, 8) for w in (offset_width, length_width, first_width)):
        raise PhotoDamaged
    id_width = 2 if version < 2 else 4
    extents_seen = 0
    for _ in range(read(id_width)):
        read(id_width)
        is_in_file = version == 0 or read(2) & 15 == 0
        read(2)
        first = read(first_width)
        extents = read(2)
        extents_seen += extents
        if extents_seen > _MAX_EXTENTS:
            raise PhotoDamaged
        for _ in range(extents):
            if version > 0:
                read(index_width)
            offset, length = read(offset_width), read(length_width)
            if is_in_file and first + offset + length > within:
                raise PhotoCutShort
