"""What is shown of a photo: upright, small enough, and nothing but pixels."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

from app.photos.containers import jpeg, webp
from app.photos.model import PhotoKind, PhotoRefused, Rendition
from app.photos.rendering import SafePhoto, Undecodable, make_safe
from app.photos.rules import examine, metadata_in
from tests.photos.pictures import (
    SECRET,
    a_heic,
    a_jpeg,
    a_png,
    a_webp,
    drawn,
    encoded,
    real_photos,
    secret_exif,
)

# Pillow warns of broken notes in EXIF; outside tests that is a line in the log.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def made_safe(content: bytes) -> SafePhoto:
    examined = examine(content, reads_heic=True)
    return make_safe(bytes(examined.photo_itself), examined.container.kind)


def picture(safe: SafePhoto, rendition: Rendition = Rendition.LARGE) -> Image.Image:
    return Image.open(BytesIO(safe.renditions[rendition])).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart: 0 the same, 255 black beside white."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def turned(original: Image.Image, orientation: int) -> Image.Image:
    """Return the picture as a camera stores it that notes this orientation."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return original.transpose(turns[orientation]) if orientation in turns else original


def assert_says_nothing_but_pixels(safe: SafePhoto) -> None:
    assert set(safe.renditions) == set(Rendition)
    for rendition, content in safe.renditions.items():
        walk = jpeg.walk if rendition is Rendition.LARGE_JPEG else webp.walk
        container = walk(content)
        assert container.end == len(content)
        assert not metadata_in(container)
        assert SECRET.encode() not in content
        with Image.open(BytesIO(content)) as opened:
            assert not opened.getexif()
            assert opened.info.keys().isdisjoint({"exif", "xmp", "icc_profile", "comment"})


class TestASafePhoto:
    def test_is_at_most_1600_pixels_and_its_thumbnail_320(self) -> None:
        safe = made_safe(a_jpeg(2400, 1800))

        assert (safe.width_px, safe.height_px) == (1600, 1200)
        assert picture(safe, Rendition.LARGE).size == (1600, 1200)
        assert picture(safe, Rendition.LARGE_JPEG).size == (1600, 1200)
        assert picture(safe, Rendition.THUMBNAIL).size == (320, 240)

    def test_is_not_blown_up(self) -> None:
        assert picture(made_safe(a_jpeg(24, 16))).size == (24, 16)

    @pytest.mark.parametrize(
        "content",
        [a_jpeg(3, 4000), a_png(4000, 3), a_webp(1, 1)],
        ids=["narrow", "flat", "one pixel"],
    )
    def test_has_a_pixel_each_way_whatever_its_shape(self, content: bytes) -> None:
        assert min(picture(made_safe(content), Rendition.THUMBNAIL).size) >= 1

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_is_upright(self, orientation: int) -> None:
        original = drawn(200, 120)
        content = encoded(
            turned(original, orientation), "JPEG", exif=secret_exif(orientation), quality=95
        )

        assert difference(picture(made_safe(content)), original) < 4

    def test_is_upright_and_small_at_once(self) -> None:
        content = encoded(drawn(2400, 1800), "JPEG", exif=secret_exif(6))

        safe = made_safe(content)

        assert (safe.width_px, safe.height_px) == (1200, 1600)

    @pytest.mark.parametrize("path", real_photos("orientation", "Portrait_[1-8].jpg"))
    def test_is_upright_for_real_cameras(self, path: Path) -> None:
        upright = made_safe(path.with_name("Portrait_1.jpg").read_bytes())

        assert difference(picture(made_safe(path.read_bytes())), picture(upright)) < 4

    def test_shows_the_first_frame_of_a_moving_one(self) -> None:
        first, second = drawn(64, 48), Image.new("RGB", (64, 48), "black")
        moving = encoded(first, "WEBP", save_all=True, append_images=[second], lossless=True)

        assert difference(picture(made_safe(moving)), first) < 6

    def test_shows_the_first_picture_of_several(self) -> None:
        first, second = drawn(64, 48), Image.new("RGB", (64, 48), "black")
        several = encoded(first, "MPO", save_all=True, append_images=[second], quality=95)
        examined = examine(several, reads_heic=True)

        assert examined.container.end < len(several)
        assert difference(picture(made_safe(several)), first) < 6

    @pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "I;16"])
    def test_is_made_of_any_png(self, mode: str) -> None:
        grey = Image.linear_gradient("L")
        content = encoded(
            grey.convert("I").point(lambda value: value * 257).convert("I;16")
            if mode == "I;16"
            else drawn(mode=mode),
            "PNG",
        )

        assert_says_nothing_but_pixels(made_safe(content))
        if mode == "I;16":
            assert difference(picture(made_safe(content)), grey.convert("RGB")) < 4

    def test_is_made_of_a_jpeg_in_printing_colours(self) -> None:
        content = encoded(drawn(64, 48, mode="CMYK"), "JPEG", quality=95)

        assert difference(picture(made_safe(content)), drawn(64, 48)) < 12

    def test_is_white_where_it_was_see_through(self) -> None:
        see_through = Image.new("RGBA", (16, 16), (0, 0, 0, 0))

        assert picture(made_safe(encoded(see_through, "PNG"))).getpixel((8, 8)) == (255, 255, 255)

    @pytest.mark.parametrize("path", real_photos("heic"))
    def test_is_made_of_a_real_heic(self, path: Path) -> None:
        pytest.importorskip("pillow_heif", reason="the optional heic packages are not installed")

        safe = made_safe(path.read_bytes())

        assert max(safe.width_px, safe.height_px) == 1600
        assert_says_nothing_but_pixels(safe)


class TestWhatAPhotoSaysBesidesItsPixels:
    def test_is_gone_from_a_jpeg(self) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        content = a_jpeg(
            exif=secret_exif(),
            icc_profile=profile + SECRET.encode(),
            comment=SECRET,
            xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
        )
        assert content.count(SECRET.encode()) >= 4

        assert_says_nothing_but_pixels(made_safe(content))

    def test_is_gone_from_a_png(self) -> None:
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Serial", SECRET)
        notes.add_itxt("XML:com.adobe.xmp", SECRET)
        content = a_png(pnginfo=notes, exif=secret_exif(6))
        assert content.count(SECRET.encode()) >= 3

        safe = made_safe(content)

        assert_says_nothing_but_pixels(safe)
        assert (safe.width_px, safe.height_px) == (16, 24)

    def test_is_gone_from_a_webp(self) -> None:
        content = a_webp(exif=secret_exif(), xmp=SECRET.encode(), icc_profile=SECRET.encode())
        assert content.count(SECRET.encode()) >= 3

        assert_says_nothing_but_pixels(made_safe(content))

    def test_is_gone_with_what_was_hung_behind_it(self) -> None:
        assert_says_nothing_but_pixels(made_safe(a_jpeg() + SECRET.encode()))

    @pytest.mark.parametrize("path", real_photos("gps"))
    def test_is_gone_from_real_photos_that_tell_their_place(self, path: Path) -> None:
        with Image.open(path) as opened:
            assert opened.getexif()

        assert_says_nothing_but_pixels(made_safe(path.read_bytes()))


class TestAPhotoNoPictureCanBeMadeOf:
    def test_is_undecodable_when_its_kind_is_another(self) -> None:
        with pytest.raises(Undecodable):
            make_safe(encoded(drawn(), "GIF"), PhotoKind.JPEG)

    def test_is_undecodable_when_its_pixels_are_missing(self) -> None:
        content = a_png(200, 200)

        with pytest.raises(Undecodable):
            make_safe(content[: len(content) // 2], PhotoKind.PNG)

    def test_is_undecodable_when_it_is_larger_than_we_read(self) -> None:
        huge = Image.new("1", (10_000, 5_001))

        with pytest.raises(Undecodable):
            make_safe(encoded(huge, "PNG"), PhotoKind.PNG)

    @pytest.mark.parametrize("path", real_photos("malformed"))
    def test_is_refused_or_undecodable_or_safe_but_never_a_fault(self, path: Path) -> None:
        try:
            safe = made_safe(path.read_bytes())
        except (PhotoRefused, Undecodable):
            return
        assert_says_nothing_but_pixels(safe)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        st.sampled_from([a_jpeg(), a_png(), a_webp(), a_jpeg(exif=secret_exif(6))]),
        st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=8),
    )
    def test_never_makes_us_stumble(self, whole: bytes, changes: list[tuple[int, int]]) -> None:
        content = bytearray(whole)
        for place, value in changes:
            content[place % len(content)] = value

        try:
            safe = made_safe(bytes(content))
        except (PhotoRefused, Undecodable):
            return
        assert_says_nothing_but_pixels(safe)


class TestAHeicPhoto:
    def test_is_made_safe_like_any_other(self) -> None:
        safe = made_safe(a_heic(640, 480))

        assert (safe.width_px, safe.height_px) == (640, 480)
        assert_says_nothing_but_pixels(safe)


def a_chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG with its length and its check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Return the PNG with these chunks behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def with_segments(jpeg_file: bytes, *bodies: bytes) -> bytes:
    """Return the JPEG with an APP1 for each of these."""
    told = (b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    return jpeg_file[:2] + b"".join(told) + jpeg_file[2:]


PACKED = zlib.compress(bytes(40_000_000), 9)


class TestAPhotoThatTellsALot:
    @pytest.mark.parametrize(
        "told",
        [
            [a_chunk(b"iCCP", b"profile\0\0" + PACKED)],
            [a_chunk(b"zTXt", b"Comment\0\0" + PACKED)] * 50,
            [a_chunk(b"iTXt", b"Comment\0\1\0\0\0" + PACKED)] * 50,
            [a_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + PACKED)],
            [a_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x/>" * 500_000)] * 2,
            [a_chunk(b"tEXt", b"Comment\0" + b"t" * 2_000_000)] * 3,
            [a_chunk(b"eXIf", b"MM\0*" + b"\xff" * 3_000_000)],
        ],
        ids=["profile", "packed texts", "packed words", "packed xmp", "xmp", "texts", "notes"],
    )
    def test_is_shown_as_a_png(self, told: list[bytes]) -> None:
        content = with_chunks(a_png(), *told)

        safe = made_safe(content)

        assert difference(picture(safe), drawn()) < 12
        assert_says_nothing_but_pixels(safe)

    def test_is_shown_as_a_png_with_a_palette_that_is_see_through(self) -> None:
        content = encoded(drawn(mode="P"), "PNG", transparency=bytes(256))
        telling = with_chunks(content, a_chunk(b"zTXt", b"Comment\0\0" + PACKED))

        safe = made_safe(telling)

        assert ImageStat.Stat(picture(safe)).mean == [255, 255, 255]

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_stands_upright_by_its_notes_behind_the_pixels(self, orientation: int) -> None:
        stored = turned(drawn(), orientation)
        notes = a_chunk(b"eXIf", secret_exif(orientation).removeprefix(b"Exif\0\0"))
        content = encoded(stored, "PNG")
        content = content[:-12] + notes + content[-12:]

        safe = made_safe(with_chunks(content, a_chunk(b"iCCP", b"profile\0\0" + PACKED)))

        assert difference(picture(safe), drawn()) < 12

    def test_stands_upright_by_its_xmp(self) -> None:
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="6"/>'
        content = encoded(turned(drawn(), 6), "PNG")

        safe = made_safe(
            with_chunks(content, a_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp))
        )

        assert difference(picture(safe), drawn()) < 12

    def test_is_shown_as_a_png_that_moves(self) -> None:
        black = Image.new("RGB", (24, 16))
        content = encoded(drawn(), "PNG", save_all=True, append_images=[black] * 3)
        assert b"fdAT" in content

        assert difference(picture(made_safe(content)), drawn()) < 12

    @pytest.mark.parametrize(
        "content",
        [
            a_jpeg(240, 160, icc_profile=bytes(3_000_000)),
            with_segments(a_jpeg(240, 160), *[b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 65_000] * 200),
            with_segments(a_jpeg(240, 160), b"http://ns.adobe.com/xap/1.0/\0" + b"<x>" * 21_000),
            a_webp(240, 160, icc_profile=bytes(3_000_000), xmp=b"<x>" * 3_000_000),
            a_webp(240, 160, exif=b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 3_000_000),
        ],
        ids=["jpeg profile", "jpeg notes", "jpeg xmp", "webp profile and xmp", "webp notes"],
    )
    def test_is_shown_as_a_jpeg_or_a_webp(self, content: bytes) -> None:
        safe = made_safe(content)

        assert difference(picture(safe), drawn(240, 160)) < 12
        assert_says_nothing_but_pixels(safe)
