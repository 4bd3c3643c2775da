"""Photos for tests: drawn by Pillow, or real files where the folder with those is there."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

REAL_PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "photos"

#: What no picture that is shown may hold.
SECRET = "serial-number-8471"


def drawn(width_px: int = 24, height_px: int = 16, mode: str = "RGB") -> Image.Image:
    """Return a picture whose four corners differ."""
    picture = Image.new("RGB", (width_px, height_px), "white")
    half = (width_px // 2, height_px // 2)
    picture.paste("red", (0, 0, *half))
    picture.paste("green", (half[0], 0, width_px, half[1]))
    picture.paste("blue", (0, half[1], half[0], height_px))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return the picture as a file of Pillow's `kind`."""
    content = BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def a_jpeg(width_px: int = 24, height_px: int = 16, **options: object) -> bytes:
    return encoded(drawn(width_px, height_px), "JPEG", **options)


def a_png(width_px: int = 24, height_px: int = 16, **options: object) -> bytes:
    return encoded(drawn(width_px, height_px), "PNG", **options)


def a_webp(width_px: int = 24, height_px: int = 16, **options: object) -> bytes:
    return encoded(drawn(width_px, height_px), "WEBP", **options)


def a_heic(width_px: int = 64, height_px: int = 64) -> bytes:
    heif = pytest.importorskip("pillow_heif", reason="the optional heic packages are not installed")
    heif.register_heif_opener(thumbnails=False)
    return encoded(drawn(width_px, height_px), "HEIF", quality=80)


def secret_exif(orientation: int = 1) -> bytes:
    """Return EXIF with a place, a camera's serial number and an orientation."""
    exif = Image.Exif()
    exif[0x010F] = SECRET
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 35.0, 4.0)
    exif.get_ifd(0x8769)[0xA431] = SECRET
    return exif.tobytes()


def real_photos(folder: str, pattern: str = "*.*") -> list[Any]:
    """Return the real files of a folder as test parameters; one that skips where there are none."""
    found = sorted((REAL_PHOTOS / folder).glob(pattern))
    if not found:
        why = f"no real photos here: ../shared/data/photos/{folder} is absent"
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=why), id="absent")]
    return [pytest.param(path, id=path.name) for path in found]
