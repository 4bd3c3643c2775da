"""Reads GeoJSON, GeoPackage and Shapefile with GDAL, a part at a time; GDAL lives here alone."""

from __future__ import annotations

import codecs
import json
import lzma
import math
import re
import sqlite3
import stat
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path, PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from shapely.geometry.base import BaseGeometry

from app.foundation.sentences import Sentence
from app.geography.importing.model import Feature
from app.geography.model import MapFileRefused

_DRIVERS = frozenset({"GeoJSON", "GPKG", "ESRI Shapefile"})

#: How each kind of file begins. GDAL reads two hundred more, some of which point at other files.
_BEGINS = {
    ".geojson": (b"{", b"\xef\xbb\xbf{"),
    ".json": (b"{", b"\xef\xbb\xbf{"),
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".zip": (b"PK\x03\x04",),
}

#: What makes up a Shapefile; nothing else of an archive is unpacked.
_PARTS_OF_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})

#: A Shapefile has a dozen parts at most; unpacking thousands of small ones takes minutes.
_MOST_IN_ARCHIVE = 100

#: What a damaged or encrypted archive raises, by its way of packing.
_DAMAGED = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
)

#: So many features are in memory at once.
FEATURES_AT_ONCE = 25_000

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file that can be read: what it is called, its own frame, and how many features it has."""

    path: Path
    name: str
    layer: str
    #: As the file says it, such as `EPSG:28992`; None where it says nothing.
    frame: str | None
    fields: Sequence[str]
    count: int

    def features(self, told: Callable[[int, int], None] | None = None) -> Iterator[Feature]:
        """Give every feature, in the order of the file; `told` hears how many were read of all.

        Raises:
            MapFileRefused: it breaks off half-way, or holds words that are no UTF-8.
        """
        number = 0
        for begin in range(0, max(self.count, 1), FEATURES_AT_ONCE):
            with _said_of(self.name), warnings.catch_warnings():
                # An open ring is closed and that is all right.
                warnings.simplefilter("ignore")
                _, _, shapes, columns = pyogrio.raw.read(
                    self.path,
                    layer=self.layer,
                    force_2d=True,
                    skip_features=begin,
                    max_features=FEATURES_AT_ONCE,
                )
                told_of = list(zip(*columns, strict=True)) if columns else [()] * len(shapes)
                shapes = [_shape(shape) for shape in shapes]
            for shape, values in zip(shapes, told_of, strict=True):
                number += 1
                yield Feature(
                    number,
                    {name: _plain(value) for name, value in zip(self.fields, values, strict=True)},
                    shape,
                )
            if told is not None:
                told(number, self.count)


@contextmanager
def opened(
    path: Path, *, at_most_bytes: int, layer: str | None = None, unpack_into: Path
) -> Iterator[MapFile]:
    """Open a file with areas or assets; a Shapefile may come as one .zip.

    Raises:
        MapFileRefused: too large, of no kind we read, damaged, not UTF-8, or of several layers.
    """
    _require_size(path, at_most_bytes)
    _require_kind(path)
    readable = path
    if path.suffix.lower() == ".zip":
        readable = _unpacked(path, unpack_into, at_most_bytes)
    if readable.suffix.lower() == ".gpkg":
        _require_tables(readable, path.name)
    if readable.suffix.lower() in {".geojson", ".json"}:
        _require_utf8(readable, path.name)
    with _said_of(path.name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = _layer(readable, path.name, layer)
        found: Mapping[str, Any] = pyogrio.read_info(
            readable, layer=wanted, force_feature_count=True
        )
    if found["driver"] not in _DRIVERS:
        raise MapFileRefused(
            Sentence("%(file)s is no GeoJSON, GeoPackage or Shapefile.", file=path.name)
        )
    yield MapFile(
        path=readable,
        name=path.name,
        layer=wanted,
        frame=_frame_named(readable) or found["crs"],
        fields=[str(name) for name in found["fields"]],
        count=int(found["features"]),
    )


def name_to_keep_by(sent: str) -> str:
    """Return the name of a file that was sent as it may be called here: short, of one folder.

    A folder takes 255 bytes, which are 63 of the widest letters.
    """
    name = "".join(one for one in PurePath(sent.replace("\\", "/")).name if one.isprintable())
    stem, dot, suffix = name.strip(". ").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    short = stem.encode("utf-8", "ignore")[-150:].decode("utf-8", "ignore")
    end = suffix.encode("utf-8", "ignore")[:20].decode("utf-8", "ignore")
    return f"{short or 'file'}{dot}{end}"


def _require_size(path: Path, at_most_bytes: int) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        # A pipe would be waited for without end.
        raise MapFileRefused(Sentence("%(file)s is no ordinary file.", file=path.name))
    size = found.st_size
    if size > at_most_bytes:
        raise MapFileRefused(
            Sentence(
                "%(file)s is %(size)s MB; at most %(most)s MB is read (IMPORT_AT_MOST_MB). Leave"
                " out what lies elsewhere, or draw outlines simpler.",
                file=path.name,
                size=f"{size / 1_000_000:.0f}",
                most=f"{at_most_bytes / 1_000_000:.0f}",
            )
        )


def _require_kind(path: Path) -> None:
    begins = _BEGINS.get(path.suffix.lower())
    if begins is None:
        raise MapFileRefused(
            Sentence(
                "%(file)s is of no kind that is read: .geojson, .json, .gpkg, .shp, or .zip with a"
                " Shapefile.",
                file=path.name,
            )
        )
    with path.open("rb") as file:
        if not file.read(512).lstrip(b" \t\r\n").startswith(begins):
            raise MapFileRefused(
                Sentence("%(file)s does not hold what its name says.", file=path.name)
            )


def _require_utf8(path: Path, name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise MapFileRefused(Sentence("%(file)s is no text in UTF-8.", file=name)) from None


#: Columns that SQLite computes (`hidden` is 2 or 3), and tables of a module, whose columns are.
_COMPUTED = """
    SELECT 1 FROM sqlite_master AS held, pragma_table_xinfo(held.name) AS found
    WHERE held.type = 'table' AND held.rootpage > 0 AND found.hidden IN (2, 3)
    UNION ALL
    SELECT 1 FROM sqlite_master
    WHERE type = 'table' AND coalesce(rootpage, 0) = 0 AND sql NOT LIKE '%USING rtree%'
"""


def _frame_named(path: Path) -> str | None:
    """Return the frame that GeoJSON names itself: GDAL takes one it does not know for degrees."""
    if path.suffix.lower() not in {".geojson", ".json"} or not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        found = _NAMES_FRAME.search(content)
        written = content[found.end() - 1 : found.end() + 1_000] if found else b""
    if not written:
        return None
    try:
        told, _ = json.JSONDecoder().raw_decode(written.decode("utf-8", errors="replace"))
        named = told["properties"]["name"]
    except (ValueError, LookupError, TypeError, RecursionError):
        named = None
    return named if isinstance(named, str) and named else _A_FRAME_ELSEWHERE


#: Such as `"crs": {"type": "name", "properties": {"name": "EPSG:28992"}}`.
_NAMES_FRAME = re.compile(rb'"crs"\s*:\s*\{(?=\s*"(?:type|properties)")')

#: What nobody knows, for a frame that has to be fetched.
_A_FRAME_ELSEWHERE = "?"


def _require_tables(path: Path, name: str) -> None:
    """Let pass a GeoPackage that holds plain tables alone.

    A view can count for ever, and a column that is computed can hold more than there is memory.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            views = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
            has_view = views.fetchone() is not None
            computed = database.execute(_COMPUTED)
            has_computed = computed.fetchone() is not None
    except sqlite3.DatabaseError:
        raise MapFileRefused(
            Sentence(
                "%(file)s cannot be read: %(said)s",
                file=name,
                said=Sentence("it is damaged, or a part of it is missing."),
            )
        ) from None
    if has_view:
        raise MapFileRefused(
            Sentence("%(file)s holds a view; save what it shows as a table.", file=name)
        )
    if has_computed:
        raise MapFileRefused(
            Sentence(
                "%(file)s holds a column that is computed; save what it shows as a plain column.",
                file=name,
            )
        )


def _unpacked(path: Path, into: Path, at_most_bytes: int) -> Path:
    """Return the Shapefile in an archive, unpacked so that no name leads elsewhere."""
    shapes = []
    left = at_most_bytes
    try:
        with ZipFile(path) as archive:
            if len(archive.infolist()) > _MOST_IN_ARCHIVE:
                raise MapFileRefused(Sentence("%(file)s holds more than is read.", file=path.name))
            for member in archive.infolist():
                inside = Path(member.filename)
                if inside.suffix.lower() not in _PARTS_OF_SHAPEFILE or member.is_dir():
                    continue
                target = into / f"{inside.stem[:80]}{inside.suffix.lower()}"
                with archive.open(member) as packed, target.open("wb") as plain:
                    while chunk := packed.read(_CHUNK_BYTES):
                        left -= len(chunk)
                        if left < 0:
                            raise MapFileRefused(
                                Sentence("%(file)s holds more than is read.", file=path.name)
                            )
                        plain.write(chunk)
                if target.suffix == ".shp":
                    shapes.append(target)
    except _DAMAGED:
        raise MapFileRefused(
            Sentence("%(file)s is no archive that can be opened.", file=path.name)
        ) from None
    if len(shapes) != 1:
        raise MapFileRefused(
            Sentence(
                "%(file)s holds %(count)s Shapefiles; one is read.",
                file=path.name,
                count=len(shapes),
            )
        )
    return shapes[0]


def _layer(path: Path, name: str, wanted: str | None) -> str:
    layers = [str(row[0]) for row in pyogrio.list_layers(path)]
    if wanted is not None:
        if wanted not in layers:
            raise MapFileRefused(
                Sentence(
                    "%(file)s has no layer %(layer)s; it has: %(layers)s.",
                    file=name,
                    layer=repr(wanted),
                    layers=", ".join(layers),
                )
            )
        return wanted
    if len(layers) != 1:
        raise MapFileRefused(
            Sentence(
                "%(file)s has %(count)s layers; say which with --layer: %(layers)s.",
                file=name,
                count=len(layers),
                layers=", ".join(layers),
            )
        )
    return layers[0]


@contextmanager
def _said_of(name: str) -> Iterator[None]:
    """Let what GDAL finds wrong be a refusal that names the file."""
    try:
        yield
    except UnicodeDecodeError:
        raise MapFileRefused(
            Sentence("%(file)s holds words that are no UTF-8.", file=name)
        ) from None
    except (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError) as wrong:
        said = str(wrong).partition("; It might help")[0].split("\n")[0]
        if "not recognized" in said or "No such" in said:
            said = Sentence(
                "it is no GeoJSON, GeoPackage or Shapefile, or a part of it is missing."
            )
        raise MapFileRefused(
            Sentence("%(file)s cannot be read: %(said)s", file=name, said=said)
        ) from None


def _shape(binary: bytes | None) -> BaseGeometry | None:
    """Return the shape; None for one that nobody can read or that has a corner nowhere."""
    if binary is None:
        return None
    try:
        shape = shapely.from_wkb(binary)
    except shapely.errors.ShapelyError:
        return None
    return shape if math.isfinite(float(shapely.get_coordinates(shape).sum())) else None


def _plain(value: Any) -> object:  # noqa: ANN401  # a number of numpy, a text, or nothing
    """Return a value of a field as Python has it; a whole number stays whole beside empty ones."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value
