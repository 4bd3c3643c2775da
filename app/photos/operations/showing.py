"""Photos are shown: a ready one has links that live for some hours."""

from __future__ import annotations

from datetime import datetime

from app.foundation.settings import Settings
from app.photos import rules
from app.photos.model import Photo, PhotoLinks, Rendition, ShownPhoto


def links(photo: Photo, settings: Settings, now: datetime) -> PhotoLinks | None:
    """Return where a page finds the renditions for the coming hours; None until it is ready."""
    if photo.shown_width_px is None or photo.shown_height_px is None:
        return None
    secret_key = settings.secret_key.get_secret_value()
    expires_at = rules.link_expiry(now)
    return PhotoLinks(
        large=rules.photo_link(secret_key, photo.id, Rendition.LARGE, expires_at),
        thumbnail=rules.photo_link(secret_key, photo.id, Rendition.THUMBNAIL, expires_at),
        jpeg=rules.photo_link(secret_key, photo.id, Rendition.LARGE_JPEG, expires_at),
        width_px=photo.shown_width_px,
        height_px=photo.shown_height_px,
    )


def shown(photo: Photo, settings: Settings, now: datetime) -> ShownPhoto:
    """Return the photo as an interface for programs tells it, with whole addresses."""
    found = links(photo, settings, now)
    return ShownPhoto(
        id=str(photo.id),
        status=photo.status.value,
        url=None if found is None else settings.base_url + found.large,
        thumbnailUrl=None if found is None else settings.base_url + found.thumbnail,
        jpegUrl=None if found is None else settings.base_url + found.jpeg,
    )
