"""What may come in, told from the bytes alone."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.photos.containers import heic, jpeg, png, webp
from app.photos.model import (
    MAX_PHOTO_BYTES,
    ExaminedPhoto,
    HeicUnsupported,
    PhotoCutShort,
    PhotoDamaged,
    PhotoEmpty,
    PhotoKind,
    PhotoKindUnsupported,
    PhotoRefused,
    PhotoTooLarge,
    PhotoTooManyPixels,
    TooManyPhotos,
)
from app.photos.rules import examine as examine_by_rule
from app.photos.rules import examine_all
from tests.photos.pictures import a_heic, a_jpeg, a_png, a_webp, drawn, encoded, real_photos


def examine(content: bytes) -> ExaminedPhoto:
    return examine_by_rule(content, reads_heic=True)


SMALL_PHOTOS = {
    "jpeg": a_jpeg(),
    "progressive-jpeg": a_jpeg(progressive=True),
    "png": a_png(),
    "interlaced-palette-png": encoded(drawn(mode="P"), "PNG"),
    "webp": a_webp(),
    "lossless-webp": a_webp(lossless=True),
    "webp-with-metadata": a_webp(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "see-through-webp": encoded(drawn(mode="RGBA"), "WEBP"),
    "moving-webp": encoded(drawn(), "WEBP", save_all=True, append_images=[drawn().rotate(90)]),
}


def a_png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


class TestAWholePhoto:
    @pytest.mark.parametrize("content", SMALL_PHOTOS.values(), ids=SMALL_PHOTOS)
    def test_comes_in_with_its_size(self, content: bytes) -> None:
        container = examine(content).container

        assert (container.width_px, container.height_px) == (24, 16)
        assert container.end == len(content)

    def test_is_known_by_its_content(self) -> None:
        kinds = [examine(content).container.kind for content in (a_jpeg(), a_png(), a_webp())]

        assert kinds == [PhotoKind.JPEG, PhotoKind.PNG, PhotoKind.WEBP]

    def test_may_be_heic(self) -> None:
        container = examine(a_heic(64, 64)).container

        assert (container.kind, container.width_px, container.height_px) == (
            PhotoKind.HEIC,
            64,
            64,
        )

    def test_may_be_read_from_a_file(self) -> None:
        content = a_jpeg()

        assert examine_by_rule(BytesIO(content), reads_heic=True) == examine(content)

    @pytest.mark.parametrize("content", [a_jpeg(), a_png(), a_webp()], ids=["jpeg", "png", "webp"])
    def test_ends_before_what_was_hung_behind_it(self, content: bytes) -> None:
        examined = examine(content + b"\0\0\0\x18ftypmp42 the film of a motion photo")

        assert bytes(examined.photo_itself) == content

    def test_has_the_digest_of_all_that_was_sent(self) -> None:
        assert examine(a_jpeg()).sha256 != examine(a_jpeg() + b"film").sha256

    @pytest.mark.parametrize("path", real_photos("gps") + real_photos("orientation"))
    def test_of_a_real_camera_comes_in(self, path: Path) -> None:
        content = path.read_bytes()

        with Image.open(path) as opened:
            assert examine(content).container.width_px == opened.width
            assert examine(content).container.height_px == opened.height

    @pytest.mark.parametrize("path", real_photos("heic"))
    def test_of_a_real_phone_comes_in(self, path: Path) -> None:
        assert examine(path.read_bytes()).container.kind is PhotoKind.HEIC


class TestAPhotoThatIsCutShort:
    @pytest.mark.parametrize("content", SMALL_PHOTOS.values(), ids=SMALL_PHOTOS)
    def test_is_refused_wherever_it_was_cut(self, content: bytes) -> None:
        for length in range(len(content)):
            with pytest.raises(PhotoRefused):
                examine(content[:length])

    def test_is_called_incomplete(self) -> None:
        with pytest.raises(PhotoCutShort):
            examine(a_jpeg()[:-2])

    def test_is_not_saved_by_the_end_marker_of_its_thumbnail(self) -> None:
        thumbnail = a_jpeg(8, 8)
        segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
        content = a_jpeg()
        with_thumbnail = content[:2] + segment + content[2:]
        assert examine(with_thumbnail).container.end == len(with_thumbnail)

        with pytest.raises(PhotoCutShort):
            examine(with_thumbnail[:-10])

    def test_is_refused_as_heic_too(self) -> None:
        content = a_heic()

        for length in range(0, len(content) - 1, 7):
            with pytest.raises(PhotoRefused):
                examine(content[:length])

    @pytest.mark.parametrize("path", real_photos("heic"))
    def test_is_refused_as_a_real_heic_too(self, path: Path) -> None:
        content = path.read_bytes()

        for share in (0.01, 0.3, 0.7, 0.99):
            with pytest.raises(PhotoRefused):
                examine(content[: int(len(content) * share)])


class TestWhatIsNoPhoto:
    @pytest.mark.parametrize(
        "content",
        [
            b"Just a text that calls itself photo.jpg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
            b"%PDF-1.7",
            encoded(drawn(), "GIF"),
            encoded(drawn(), "BMP"),
            encoded(drawn(), "TIFF"),
            b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(64),
            b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64),
        ],
        ids=["text", "svg", "xml", "pdf", "gif", "bmp", "tiff", "avif", "film"],
    )
    def test_is_refused_as_a_kind_we_do_not_read(self, content: bytes) -> None:
        with pytest.raises(PhotoKindUnsupported):
            examine(content)

    def test_is_refused_when_empty(self) -> None:
        with pytest.raises(PhotoEmpty):
            examine(b"")

    @pytest.mark.parametrize("path", real_photos("hostile"))
    def test_is_refused_when_made_to_harm(self, path: Path) -> None:
        with pytest.raises(PhotoRefused):
            examine(path.read_bytes())

    @given(st.binary(max_size=300))
    def test_never_makes_us_stumble(self, content: bytes) -> None:
        starts = (
            b"",
            jpeg.SIGNATURE,
            png.SIGNATURE,
            b"RIFF\x40\0\0\0WEBP",
            b"\0\0\0\x14ftypheic\0\0\0\0heic",
        )
        for start in starts:
            try:
                examine(start + content)
            except PhotoRefused:
                continue

    @given(
        st.sampled_from(sorted(SMALL_PHOTOS)),
        st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=6),
    )
    def test_never_makes_us_stumble_when_it_was_a_photo_once(
        self, name: str, changes: list[tuple[int, int]]
    ) -> None:
        content = bytearray(SMALL_PHOTOS[name])
        for place, value in changes:
            content[place % len(content)] = value

        try:
            examine(bytes(content))
        except PhotoRefused:
            return

    @pytest.mark.parametrize("name", ["iloc", "ipco", "ispe", "iprp"])
    def test_never_makes_us_stumble_over_broken_boxes(self, name: str) -> None:
        content = a_heic()
        at = content.index(name.encode())

        for place in range(at - 4, at + 24):
            for value in (0, 1, 0x7F, 0xFF):
                broken = content[:place] + bytes([value]) + content[place + 1 :]
                try:
                    examine(broken)
                except PhotoRefused:
                    continue


class TestAPhotoThatIsTooMuch:
    def test_is_refused_above_fifteen_megabytes(self) -> None:
        with pytest.raises(PhotoTooLarge):
            examine(a_jpeg() + bytes(MAX_PHOTO_BYTES))

    def test_is_not_read_further_than_that(self) -> None:
        file = BytesIO(bytes(MAX_PHOTO_BYTES * 2))

        with pytest.raises(PhotoTooLarge):
            examine_by_rule(file, reads_heic=True)

        assert file.tell() == MAX_PHOTO_BYTES + 1

    def test_is_refused_above_fifty_megapixels(self) -> None:
        # 10,000 by 5,001: one row too many.
        header = struct.pack(">IIBBBBB", 10_000, 5_001, 8, 2, 0, 0, 0)
        content = (
            png.SIGNATURE
            + a_png_chunk(b"IHDR", header)
            + a_png_chunk(b"IDAT", b"")
            + a_png_chunk(b"IEND", b"")
        )

        with pytest.raises(PhotoTooManyPixels):
            examine(content)

    def test_is_refused_with_scans_without_end(self) -> None:
        content = a_jpeg(progressive=True)
        scan = content[content.index(b"\xff\xda") : -2]

        with pytest.raises(PhotoDamaged):
            examine(content[:-2] + scan * 100 + b"\xff\xd9")

    def test_is_refused_with_chunks_without_end(self) -> None:
        chunk = a_png_chunk(b"tEXt", b"")

        with pytest.raises(PhotoDamaged):
            examine(a_png()[:33] + chunk * 20_000 + a_png()[33:])


class TestDamage:
    def test_is_found_by_the_check_sum_of_a_png(self) -> None:
        content = bytearray(a_png())
        content[50] ^= 1

        with pytest.raises(PhotoDamaged):
            examine(bytes(content))

    def test_is_found_in_a_jpeg_without_a_picture(self) -> None:
        with pytest.raises(PhotoDamaged):
            examine(b"\xff\xd8\xff\xd9")

    def test_is_found_in_a_webp_without_a_picture(self) -> None:
        with pytest.raises(PhotoDamaged):
            examine(b"RIFF\x0c\0\0\0WEBPEXIF\0\0\0\0")

    @pytest.mark.parametrize("path", real_photos("malformed", "*.png"))
    def test_is_found_in_real_files(self, path: Path) -> None:
        with pytest.raises(PhotoDamaged):
            examine(path.read_bytes())


class TestPhotosSentTogether:
    def test_come_in_together(self) -> None:
        assert len(examine_all([a_jpeg(), a_png()], reads_heic=True)) == 2

    def test_are_refused_together_and_the_refusal_says_which(self) -> None:
        with pytest.raises(PhotoCutShort) as refused:
            examine_all([a_jpeg(), a_jpeg()[:-2]], reads_heic=True)

        assert refused.value.number == 2
        assert str(refused.value).startswith("Photo 2: ")
        assert refused.value.errors[0].field == "photo[1]"
        assert refused.value.errors[0].code == "photo-cut-short"

    def test_are_at_most_five(self) -> None:
        assert len(examine_all([a_jpeg()] * 5, reads_heic=True)) == 5

        with pytest.raises(TooManyPhotos):
            examine_all([a_jpeg()] * 6, reads_heic=True)


class TestHeicWhereNothingReadsIt:
    def test_is_refused_at_the_door_with_a_way_out(self) -> None:
        with pytest.raises(HeicUnsupported) as refused:
            examine_by_rule(b"\0\0\0\x14ftypheic\0\0\0\0heic" + bytes(64), reads_heic=False)

        assert "JPEG" in str(refused.value)


class TestTheWalkers:
    def test_tell_metadata_from_pixels(self) -> None:
        assert "APP1" in jpeg.walk(a_jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")).parts
        assert "tEXt" not in png.walk(a_png()).parts
        assert "EXIF" in webp.walk(SMALL_PHOTOS["webp-with-metadata"]).parts

    def test_know_heic_by_any_of_its_brands(self) -> None:
        assert heic.is_heic(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic")
        assert not heic.is_heic(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif")
