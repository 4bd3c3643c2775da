"""Makes a photo safe: decoded small, turned upright, drawn afresh without a word of metadata."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from math import ceil
from typing import Final

from PIL import Image, ImageFile

from app.photos.containers import jpeg, png, webp
from app.photos.model import MAX_PHOTO_PIXELS, PhotoKind, Rendition
from app.photos.rules import metadata_in

# Pillow guards itself by these two; they hold for the whole process.
Image.MAX_IMAGE_PIXELS = MAX_PHOTO_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False

#: What Pillow calls the one kind of file it may open.
_PILLOW_FORMAT = {
    PhotoKind.JPEG: "JPEG",
    PhotoKind.PNG: "PNG",
    PhotoKind.WEBP: "WEBP",
    PhotoKind.HEIC: "HEIF",
}
_EXIF_ORIENTATION: Final = 0x0112
#: How to turn a picture upright, by the orientation its camera noted (EXIF 2.3, 4.6.4 A).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_STRIP_ROWS: Final = 256
_WEBP_QUALITY: Final = 78
#: 2 of 0 to 6 takes a third of the time of the usual 4, for 4 to 7 % more bytes
#: (docs/decisions/photos-are-kept-before-the-commit-and-made-safe-after-it.md).
_WEBP_EFFORT: Final = 2
_JPEG_QUALITY: Final = 80


class Undecodable(Exception):
    """The photo came in whole, and still no picture can be made of it."""


class HeicNotInstalled(RuntimeError):
    """A HEIC photo waits, and the optional `heic` packages are not installed where jobs run."""


class MetadataSurvived(RuntimeError):
    """A rendition says more than its pixels do. It must not be kept."""


@dataclass(frozen=True, slots=True)
class SafePhoto:
    """The renditions of a photo, and the size of the large ones."""

    renditions: dict[Rendition, bytes]
    width_px: int
    height_px: int


def reads_heic() -> bool:
    """Whether HEIC photos can be read by this installation."""
    return find_spec("pillow_heif") is not None


def make_safe(original: bytes, kind: PhotoKind) -> SafePhoto:
    """Return the renditions of `original`, of its first frame, upright and without metadata.

    Raises:
        Undecodable: no picture can be made of it.
        HeicNotInstalled: it is a HEIC photo, and nothing here reads those.
        MetadataSurvived: what was made is not safe after all.
    """
    if kind is PhotoKind.HEIC:
        _learn_heic()
    large = _decoded(original, kind, Rendition.LARGE.longest_side_px)
    small = _scaled(large, Rendition.THUMBNAIL.longest_side_px)
    renditions = {
        Rendition.LARGE: _as_webp(large),
        Rendition.THUMBNAIL: _as_webp(small),
        Rendition.LARGE_JPEG: _as_jpeg(large),
    }
    for rendition, content in renditions.items():
        _check_metadata(rendition, content)
    return SafePhoto(renditions, *large.size)


def _decoded(original: bytes, kind: PhotoKind, longest_side_px: int) -> Image.Image:
    try:
        if kind is PhotoKind.PNG:
            # Pillow unpacks texts and profiles, and gives up on a PNG with more than 1 MB of one.
            original = png.only_picture(original)
        with Image.open(BytesIO(original), formats=[_PILLOW_FORMAT[kind]]) as photo:
            if photo.width * photo.height > MAX_PHOTO_PIXELS:
                raise Undecodable("more pixels than its container told")
            orientation = _orientation(photo)
            # A JPEG can be decoded at a half, a quarter or an eighth: a fraction of the work.
            photo.draft("RGB", _fitting(photo.size, longest_side_px))
            photo.load()
            picture = _in_colour(photo, longest_side_px)
        turn = _UPRIGHT.get(orientation)
        upright = picture if turn is None else picture.transpose(turn)
        # A new picture: only pixels come along.
        fresh = Image.new("RGB", upright.size)
        fresh.paste(upright)
    except (Undecodable, MemoryError):
        raise
    except Exception as broken:
        # The bytes lie in memory, so whatever went wrong is in the photo.
        raise Undecodable(f"{type(broken).__name__}: {broken}") from broken
    return fresh


def _orientation(photo: Image.Image) -> int:
    """Return the noted orientation, 1 to 8; broken notes count as upright."""
    try:
        noted = photo.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # Pillow raises whatever it stumbles over in broken notes.
        return 1
    return noted if isinstance(noted, int) and noted in _UPRIGHT else 1


def _in_colour(photo: Image.Image, longest_side_px: int) -> Image.Image:
    """Return the photo in RGB and small, what is see-through laid on white.

    What can be made small before its colours are converted is, because a copy of 50 megapixels
    takes 0.2 GB.
    """
    if photo.mode == "RGB":
        return _scaled(photo, longest_side_px)
    if photo.mode.startswith("I;16") or photo.mode in {"I", "F"}:
        # Sixteen bits of grey; eight are shown.
        eight_bits = photo.convert("F").point(lambda grey: grey / 257).convert("L")
        return _scaled(eight_bits, longest_side_px).convert("RGB")
    if photo.has_transparency_data:
        see_through = _scaled(_see_through_in_strips(photo, longest_side_px), longest_side_px)
        white = Image.new("RGBA", see_through.size, "white")
        white.alpha_composite(see_through)
        return white.convert("RGB")
    if photo.mode in {"L", "CMYK"}:
        return _scaled(photo, longest_side_px).convert("RGB")
    return _scaled(photo.convert("RGB"), longest_side_px)


def _see_through_in_strips(photo: Image.Image, longest_side_px: int) -> Image.Image:
    """Return the photo in RGBA, not yet small but smaller, without a second one of its size.

    Pillow copies what is see-through before it makes it small, so a strip at a time is.
    """
    factor = max(1, max(photo.size) // (2 * longest_side_px))
    smaller = Image.new("RGBA", (ceil(photo.width / factor), ceil(photo.height / factor)))
    rows = factor * ceil(_STRIP_ROWS / factor)
    for top in range(0, photo.height, rows):
        strip = photo.crop((0, top, photo.width, min(top + rows, photo.height)))
        in_colour = strip if strip.mode == "RGBA" else strip.convert("RGBA")
        smaller.paste(in_colour.reduce(factor), (0, top // factor))
    return smaller


def _fitting(size: tuple[int, int], longest_side_px: int) -> tuple[int, int]:
    """Return `size` scaled so that its longest side is at most `longest_side_px`."""
    scale = longest_side_px / max(size)
    if scale >= 1:
        return size
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _scaled(picture: Image.Image, longest_side_px: int) -> Image.Image:
    size = _fitting(picture.size, longest_side_px)
    if size == picture.size:
        return picture
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _as_webp(picture: Image.Image) -> bytes:
    content = BytesIO()
    picture.save(content, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_EFFORT)
    return content.getvalue()


def _as_jpeg(picture: Image.Image) -> bytes:
    content = BytesIO()
    picture.save(content, "JPEG", quality=_JPEG_QUALITY)
    return content.getvalue()


def _check_metadata(rendition: Rendition, content: bytes) -> None:
    walk = jpeg.walk if rendition is Rendition.LARGE_JPEG else webp.walk
    survived = metadata_in(walk(content))
    if survived:
        raise MetadataSurvived(f"{rendition}: {', '.join(sorted(survived))}")


def _learn_heic() -> None:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as missing:
        raise HeicNotInstalled from missing
    # Decoding the small pictures inside would be work for nothing.
    register_heif_opener(thumbnails=False)
