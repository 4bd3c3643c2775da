"""Which photos may come in, how long links to them live, and what a link must carry."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from app.photos.containers import heic, jpeg, png, webp
from app.photos.model import (
    MAX_PHOTO_BYTES,
    MAX_PHOTO_PIXELS,
    MAX_PHOTOS,
    MAX_WEBP_PIXELS,
    Container,
    ExaminedPhoto,
    HeicUnsupported,
    PhotoEmpty,
    PhotoKind,
    PhotoKindUnsupported,
    PhotoNotFound,
    PhotoRefused,
    PhotoShowsNothing,
    PhotoTooLarge,
    PhotoTooManyPixels,
    PhotoTooManyScans,
    Rendition,
    TooManyPhotos,
    WebpTooManyPixels,
)

#: A link lives at least this long, and at most an hour longer.
LINK_LIVES_AT_LEAST = timedelta(hours=2)
#: Links made within the same period are the same, so that a browser's cache can keep the picture.
LINK_PERIOD = timedelta(hours=1)

_ONE_MEGAPIXEL = 1_000_000
#: Bytes for a megapixel. A black picture drawn by a program has 279 as HEIC, 1,734 as WebP, 2,918
#: as PNG and 5,899 as JPEG; one of a single colour without loss has 3.
_FEWEST_BYTES = 100
#: Pixels times scans. Ten scans are usual, so the largest photo may have sixteen.
_MOST_PIXELS_GONE_OVER = 16 * MAX_PHOTO_PIXELS
#: What the worker decodes beside its other work: 0.4 s and 100 MB. A JPEG is decoded small; the
#: others take 8 bytes of memory for each pixel, a WebP 16.
_USUAL_PIXELS = {
    PhotoKind.JPEG: 17_000_000,
    PhotoKind.PNG: 12_500_000,
    PhotoKind.HEIC: 12_500_000,
    PhotoKind.WEBP: 6_250_000,
}
_USUAL_PIXELS_GONE_OVER = 10 * _USUAL_PIXELS[PhotoKind.JPEG]


def examine(content: bytes | BinaryIO, *, reads_heic: bool) -> ExaminedPhoto:
    """Return the photo in `content` if it may come in. No pixel is decoded.

    Raises:
        PhotoRefused: one of its kinds, with a code and a plain sentence.
    """
    if not isinstance(content, bytes):
        content = content.read(MAX_PHOTO_BYTES + 1)
    if not content:
        raise PhotoEmpty
    if len(content) > MAX_PHOTO_BYTES:
        raise PhotoTooLarge
    container = _walked(content, reads_heic=reads_heic)
    _check_work(container)
    return ExaminedPhoto(content, container, hashlib.sha256(content).hexdigest())


def _check_work(container: Container) -> None:
    """Refuse what takes more memory or time to decode than any honest photo.

    Raises:
        PhotoTooManyPixels: also as `WebpTooManyPixels`.
        PhotoTooManyScans: a decoder would go over its pixels again and again.
        PhotoShowsNothing: it has next to no bytes for its pixels.
    """
    pixels = container.width_px * container.height_px
    if pixels > MAX_PHOTO_PIXELS:
        raise PhotoTooManyPixels
    if container.kind is PhotoKind.WEBP and pixels > MAX_WEBP_PIXELS:
        raise WebpTooManyPixels
    if pixels * container.scans > _MOST_PIXELS_GONE_OVER:
        raise PhotoTooManyScans
    if pixels > _ONE_MEGAPIXEL and container.end * _ONE_MEGAPIXEL < pixels * _FEWEST_BYTES:
        raise PhotoShowsNothing


def is_heavy(container: Container) -> bool:
    """Whether making this photo safe takes more than a phone's usual photo does."""
    pixels = container.width_px * container.height_px
    return (
        pixels > _USUAL_PIXELS[container.kind] or pixels * container.scans > _USUAL_PIXELS_GONE_OVER
    )


def needs_own_process(kind: PhotoKind, width_px: int, height_px: int) -> bool:
    """Whether a photo of this size is decoded in a process of its own, with bounds.

    A HEIC always is: what its boxes tell of its size need not be what its decoder finds.
    """
    return kind is PhotoKind.HEIC or width_px * height_px > _USUAL_PIXELS[kind]


def examine_all(
    contents: Iterable[bytes | BinaryIO], *, reads_heic: bool, most: int = MAX_PHOTOS
) -> list[ExaminedPhoto]:
    """Examine photos sent together; a refusal says which of them it was.

    Raises:
        TooManyPhotos: there are more than `most`.
        PhotoRefused: one of them may not come in, so none does.
    """
    examined: list[ExaminedPhoto] = []
    for number, content in enumerate(contents, start=1):
        if number > most:
            raise TooManyPhotos
        try:
            examined.append(examine(content, reads_heic=reads_heic))
        except PhotoRefused as refused:
            raise refused.numbered(number) from None
    return examined


def _walked(content: bytes, *, reads_heic: bool) -> Container:
    if content.startswith(jpeg.SIGNATURE):
        return jpeg.walk(content)
    if content.startswith(png.SIGNATURE):
        return png.walk(content)
    if webp.is_webp(content):
        return webp.walk(content)
    if heic.is_heic(content):
        if not reads_heic:
            raise HeicUnsupported
        return heic.walk(content)
    raise PhotoKindUnsupported


def metadata_in(container: Container) -> frozenset[str]:
    """Return the parts of a rendition that could say more than its pixels do."""
    harmless = {
        PhotoKind.JPEG: {"APP0", "DQT", "DHT", "DRI", "SOS", "C0", "C2"},
        PhotoKind.WEBP: {"VP8 ", "VP8L"},
    }
    return container.parts - harmless.get(container.kind, set())


def link_expiry(now: datetime) -> datetime:
    """Return when a link made `now` expires: the same instant for all links of the hour."""
    period = int(LINK_PERIOD.total_seconds())
    begun = int(now.timestamp()) // period * period
    return datetime.fromtimestamp(begun, UTC) + LINK_PERIOD + LINK_LIVES_AT_LEAST


def photo_link(secret_key: str, photo_id: UUID, rendition: Rendition, expires_at: datetime) -> str:
    """Return the path and query by which anyone who has it sees one rendition until it expires."""
    expires = int(expires_at.timestamp())
    signature = _signature(secret_key, photo_id, rendition, expires)
    return f"/photos/{photo_id}/{rendition}?expires={expires}&signature={signature}"


def check_link(
    secret_key: str,
    photo_id: UUID,
    rendition: Rendition,
    *,
    expires: str,
    signature: str,
    now: datetime,
) -> datetime:
    """Return when the link expires.

    Raises:
        PhotoNotFound: the link is not one of ours, or it has expired.
    """
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        raise PhotoNotFound
    expected = _signature(secret_key, photo_id, rendition, int(expires))
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise PhotoNotFound
    if int(expires) <= now.timestamp():
        raise PhotoNotFound
    return datetime.fromtimestamp(int(expires), UTC)


def _signature(secret_key: str, photo_id: UUID, rendition: Rendition, expires: int) -> str:
    message = f"photo-link|{photo_id}|{rendition}|{expires}"
    return hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).hexdigest()[:43]
