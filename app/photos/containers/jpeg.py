"""Walks the segments of a JPEG file up to its end marker (ITU-T T.81, annex B)."""

from __future__ import annotations

import re

from app.photos.model import Container, PhotoCutShort, PhotoDamaged, PhotoKind

SIGNATURE = b"\xff\xd8\xff"

#: A marker that means something between segments or inside a scan: not a stuffed byte (00),
#: not a restart (D0 to D7), not a fill byte (FF).
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)

_TEM, _SOI, _EOI, _SOS, _COM = 0x01, 0xD8, 0xD9, 0xDA, 0xFE
#: Start of frame, all thirteen kinds: C0 to CF but DHT (C4), JPG (C8) and DAC (CC).
_STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

#: A photo has tens of segments; more than this is made to keep us busy.
_MAX_SEGMENTS = 5_000
#: A progressive photo has about ten scans, and each costs a decoder a pass over all pixels. For a
#: large photo there is a narrower bound among the rules.
_MAX_SCANS = 64


def walk(content: bytes) -> Container:
    """Return what the JPEG in `content` tells about itself.

    Raises:
        PhotoCutShort: it ends before its end marker.
        PhotoDamaged: its segments contradict the format.
    """
    size: tuple[int, int] | None = None
    parts: set[str] = set()
    scans = 0
    position = 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(content, position)
        if found is None:
            raise PhotoCutShort
        marker = content[found.start(1)]
        position = found.end()
        if marker == _EOI:
            if size is None or scans == 0:
                raise PhotoDamaged
            return Container(
                PhotoKind.JPEG, *size, end=position, parts=frozenset(parts), scans=scans
            )
        if marker == _TEM:
            continue
        if marker == _SOI:
            raise PhotoDamaged
        length = int.from_bytes(content[position : position + 2], "big")
        segment_end = position + length
        if segment_end > len(content) or position + 2 > len(content):
            raise PhotoCutShort
        if length < 2:
            raise PhotoDamaged
        parts.add(_name(marker))
        if marker in _STARTS_OF_FRAME:
            if size is not None or length < 8:
                raise PhotoDamaged
            # Length (2), precision (1), height (2), width (2).
            height_px = int.from_bytes(content[position + 3 : position + 5], "big")
            width_px = int.from_bytes(content[position + 5 : position + 7], "big")
            if not width_px or not height_px:
                raise PhotoDamaged
            size = (width_px, height_px)
        elif marker == _SOS:
            scans += 1
            if size is None or scans > _MAX_SCANS:
                raise PhotoDamaged
        position = segment_end
    raise PhotoDamaged


def _name(marker: int) -> str:
    if 0xE0 <= marker <= 0xEF:
        return f"APP{marker - 0xE0}"
    return {_COM: "COM", _SOS: "SOS", 0xDB: "DQT", 0xC4: "DHT", 0xDD: "DRI"}.get(
        marker, f"{marker:02X}"
    )
