"""The nouns of photos: kinds, stages, what was sent, what is kept, and every refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from app.foundation.errors import DomainError, FieldError

#: What one photo may weigh.
MAX_PHOTO_BYTES = 15 * 1024 * 1024
#: What one photo may measure, width times height.
MAX_PHOTO_PIXELS = 50_000_000
#: The same for a WebP: to decode one takes 16 bytes of memory for each pixel, twice as much as for
#: any other kind, and no camera writes them.
MAX_WEBP_PIXELS = 25_000_000
#: How many photos go with one report or one piece of work.
MAX_PHOTOS = 5


class PhotoKind(StrEnum):
    """What kind of file a photo was when it was sent; the word is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"


class Purpose(StrEnum):
    """What a photo shows: the defect that was reported, or its repair."""

    REPORT = "report"
    REPAIR = "repair"


class PhotoStatus(StrEnum):
    """Where a photo stands: kept as sent, made safe, or not to be read."""

    RECEIVED = "received"
    READY = "ready"
    UNREADABLE = "unreadable"


class Rendition(StrEnum):
    """One safe picture made of a photo: its longest side in pixels and its kind of file."""

    LARGE = "1600.webp"
    THUMBNAIL = "320.webp"
    LARGE_JPEG = "1600.jpg"

    @property
    def longest_side_px(self) -> int:
        """The longest side this rendition has at most."""
        return int(self.value.partition(".")[0])

    @property
    def media_type(self) -> str:
        """The media type it is sent with."""
        return "image/jpeg" if self is Rendition.LARGE_JPEG else "image/webp"


@dataclass(frozen=True, slots=True)
class Container:
    """What the wrapping of a photo tells without decoding a pixel.

    `end` is where the photo stops: later bytes, such as the film of a motion photo, are not it.
    `parts` are the names of the segments, chunks or boxes that were met on the way. `scans` is how
    often a decoder goes over the pixels: about ten times for a progressive JPEG.
    """

    kind: PhotoKind
    width_px: int
    height_px: int
    end: int
    parts: frozenset[str]
    scans: int = 1


@dataclass(frozen=True, slots=True)
class ExaminedPhoto:
    """A photo that may come in; `sha256` is the digest of all that was sent."""

    content: bytes = field(repr=False)
    container: Container
    sha256: str

    @property
    def photo_itself(self) -> memoryview:
        """The bytes that are kept: those of the photo, without what was hung behind it."""
        return memoryview(self.content)[: self.container.end]


@dataclass(frozen=True, slots=True)
class StoredOriginal:
    """A photo as it was sent, safe on disk, not yet known to the database."""

    storage_key: str
    container: Container
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a report or of a repair. `width_px` and `height_px` are those of what was sent;
    the shown ones are those of the large rendition, once it is there.
    """

    id: UUID
    storage_key: str = field(repr=False)
    purpose: Purpose
    status: PhotoStatus
    report_id: UUID | None
    task_id: UUID | None
    draft_id: UUID | None
    position: int
    kind: PhotoKind
    size_bytes: int
    width_px: int
    height_px: int
    sha256: str
    received_at: datetime
    made_safe_at: datetime | None
    shown_width_px: int | None
    shown_height_px: int | None


class ShownPhoto(TypedDict):
    """A photo as an interface for programs tells it; the addresses are there when it is ready."""

    id: str
    status: str
    url: str | None
    thumbnailUrl: str | None
    jpegUrl: str | None


@dataclass(frozen=True, slots=True)
class PhotoLinks:
    """Where a page finds the renditions of a ready photo, below the site's own address."""

    large: str
    thumbnail: str
    jpeg: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: files no row knows, and photos that belong to nothing."""

    unknown_files: int
    stray_photos: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that a photo's row promises to be in the store: what was sent, or a rendition."""

    photo_id: UUID
    storage_key: str
    name: str
    is_original: bool


class PhotoRefused(DomainError):
    """The photo cannot be accepted."""

    #: For programs; people read the sentence.
    code = "photo-refused"

    def __init__(self, detail: str | None = None, *, number: int | None = None) -> None:
        super().__init__(detail)
        #: Which of the photos sent together it was, counted from 1.
        self.number = number
        where = "photo" if number is None else f"photo[{number - 1}]"
        self.errors = (FieldError(field=where, code=self.code, detail=self.detail),)

    def numbered(self, number: int) -> PhotoRefused:
        """Return the same refusal, saying which of the photos sent together it was."""
        sentence = self.__class__.__doc__ or self.detail
        return self.__class__(f"Photo {number}: {sentence.strip()}", number=number)


class PhotoEmpty(PhotoRefused):
    """The photo is empty; not a single byte of it arrived."""

    code = "photo-empty"


class PhotoTooLarge(PhotoRefused):
    """The photo is larger than 15 MB."""

    code = "photo-too-large"


class PhotoKindUnsupported(PhotoRefused):
    """The file is not a photo we can read. Send a JPEG, PNG, WebP or HEIC photo."""

    code = "photo-kind-unsupported"


class HeicUnsupported(PhotoKindUnsupported):
    """HEIC photos cannot be read here. Send the photo as JPEG."""

    code = "photo-heic-unsupported"


class PhotoCutShort(PhotoRefused):
    """The photo is incomplete; it was cut off on the way. Send it again."""

    code = "photo-cut-short"


class PhotoDamaged(PhotoRefused):
    """The photo is damaged and cannot be read."""

    code = "photo-damaged"


class PhotoTooManyPixels(PhotoRefused):
    """The photo has more than 50 megapixels."""

    code = "photo-too-many-pixels"


class WebpTooManyPixels(PhotoTooManyPixels):
    """A WebP photo may have 25 megapixels at most. Send it as JPEG."""

    code = "photo-webp-too-many-pixels"


class PhotoTooManyScans(PhotoRefused):
    """The photo is stored in a way that takes too long to read. Save it as a usual JPEG."""

    code = "photo-too-many-scans"


class PhotoShowsNothing(PhotoRefused):
    """The photo shows nothing: all of it has one colour."""

    code = "photo-shows-nothing"


class TooManyPhotos(PhotoRefused):
    """At most 5 photos can go with one report."""

    code = "too-many-photos"


class PhotoNotFound(DomainError):
    """There is no photo here, or the link to it has expired."""
