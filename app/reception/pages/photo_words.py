"""Why a photo was not taken, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from app.photos.model import MAX_PHOTOS, PhotoRefused


def refusal_in_words(refusal: PhotoRefused) -> str:
    """Return in a sentence why a photo was refused."""
    sentences = {
        "photo-empty": gettext("The file is empty."),
        "photo-too-large": gettext("The photo is larger than 15 MB."),
        "photo-kind-unsupported": gettext("This is not a photo we can read. Use JPEG or PNG."),
        "photo-heic-unsupported": gettext("We cannot read HEIC photos. Send it as JPEG."),
        "photo-cut-short": gettext("The photo did not arrive whole. Send it again."),
        "photo-damaged": gettext("The photo is damaged."),
        "photo-too-many-pixels": gettext("The photo has more than 50 megapixels."),
        "photo-webp-too-many-pixels": gettext(
            "A WebP photo may have 25 megapixels at most. Send it as JPEG."
        ),
        "photo-too-many-scans": gettext("The photo takes too long to read. Save it as JPEG."),
        "photo-shows-nothing": gettext("The photo shows nothing: all of it has one colour."),
        "too-many-photos": gettext("You can send %(most)s photos at most.", most=MAX_PHOTOS),
    }
    return sentences.get(refusal.code) or refusal.detail
