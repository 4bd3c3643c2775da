"""Reads the assets of a file: what each is called, where it stands, what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shapely.geometry import MultiPoint, Point

from app.foundation.sentences import Sentence
from app.foundation.texts import clean_text, has_control_characters
from app.geography.importing import files
from app.geography.importing.frames import Frame
from app.geography.importing.model import Fault, Faults, Feature, FeatureRefused, Progress
from app.geography.model import AssetsRefused, Spot

_LONGEST_WORD = 200

#: What attributes may be: what JSON has for one thing.
Attribute = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class AssetFields:
    """Where a file keeps what is told of an asset."""

    number: str
    street: str | None = None
    #: The id that its register gives it, by which it is known again wherever it goes.
    source_id: str | None = None
    attributes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AssetToImport:
    """An asset as a file gives it, in WGS 84."""

    number: str
    street: str
    source_id: str | None
    spot: Spot
    attributes: Mapping[str, Attribute]

    @property
    def identity(self) -> tuple[str, ...]:
        """By what it is known again: its source's id, or its street and number."""
        return (self.source_id,) if self.source_id is not None else (self.street, self.number)


@dataclass(frozen=True, slots=True)
class AssetsRead:
    """The assets of a file, and what was left out of it."""

    assets: Sequence[AssetToImport]
    faults: Sequence[Fault]


def read_assets(
    path: Path,
    fields: AssetFields,
    *,
    epsg: int | None,
    layer: str | None,
    skips_bad: bool,
    at_most_bytes: int,
    tell: Progress,
    at_most: int | None = None,
) -> AssetsRead:
    """Return the assets in a GeoJSON, GeoPackage or Shapefile with points.

    Raises:
        MapFileRefused: the file cannot be read.
        AssetsRefused: something in it is not right, with feature and reason.
    """
    with (
        TemporaryDirectory(prefix="straatbeeld-") as folder,
        files.opened(
            path, at_most_bytes=at_most_bytes, layer=layer, unpack_into=Path(folder)
        ) as opened,
    ):
        if at_most is not None and opened.count > at_most:
            raise AssetsRefused(
                Sentence(
                    "%(file)s holds %(count)s objects; a page reads %(most)s at most. The command"
                    " 'straatbeeld import assets' reads more.",
                    file=opened.name,
                    count=opened.count,
                    most=at_most,
                )
            )
        frame = _frame(opened, epsg)
        _require_fields(opened, fields)
        faults = Faults(path.name)
        assets: dict[tuple[str, ...], AssetToImport] = {}
        numbers: dict[tuple[str, ...], int] = {}
        told = lambda read, of: tell(f"{path.name}: {read:,} of {of:,} read")  # noqa: E731  # said where the reader is called
        for number, taken in _taken(opened.features(told), fields, frame, faults):
            if taken.identity in assets:
                faults.note(
                    number,
                    Sentence(
                        "%(name)s is that of feature %(number)s too",
                        name=_called(taken),
                        number=numbers[taken.identity],
                    ),
                )
                continue
            assets[taken.identity] = taken
            numbers[taken.identity] = number
    if not assets or not skips_bad:
        faults.require_none(AssetsRefused)
    if not assets:
        raise AssetsRefused(Sentence("%(file)s holds no objects.", file=path.name))
    return AssetsRead(list(assets.values()), tuple(faults.found))


def _taken(
    features: Iterator[Feature], fields: AssetFields, frame: Frame, faults: Faults
) -> Iterator[tuple[int, AssetToImport]]:
    for feature in features:
        try:
            yield feature.number, _asset(feature, fields, frame)
        except FeatureRefused as wrong:
            faults.note(feature.number, wrong)


def _asset(feature: Feature, fields: AssetFields, frame: Frame) -> AssetToImport:
    number = _word(feature, fields.number)
    if not number:
        raise FeatureRefused(
            Sentence("has nothing in the field %(field)s", field=repr(fields.number))
        )
    street = _word(feature, fields.street)
    source_id = _word(feature, fields.source_id) or None
    if fields.source_id is not None and source_id is None:
        raise FeatureRefused(
            Sentence(
                "%(name)s %(why)s",
                name=number,
                why=Sentence("has nothing in the field %(field)s", field=repr(fields.source_id)),
            )
        )
    shape = feature.shape
    if shape is None or shape.is_empty:
        raise FeatureRefused(Sentence("%(name)s has no geometry that can be read", name=number))
    if isinstance(shape, MultiPoint) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if not isinstance(shape, Point):
        raise FeatureRefused(
            Sentence("%(name)s is a %(kind)s, not a Point", name=number, kind=shape.geom_type)
        )
    try:
        here = frame.in_wgs84(shape)
    except FeatureRefused as wrong:
        raise FeatureRefused(Sentence("%(name)s %(why)s", name=number, why=wrong.reason)) from None
    assert isinstance(here, Point)  # noqa: S101  # a point stays a point
    return AssetToImport(
        number,
        street,
        source_id,
        Spot(here.x, here.y),
        {name: _attribute(feature.properties.get(name)) for name in fields.attributes},
    )


def _frame(opened: files.MapFile, epsg: int | None) -> Frame:
    if epsg is not None:
        return Frame(epsg)
    if opened.frame is None:
        raise AssetsRefused(
            Sentence(
                "%(file)s does not say in which frame its coordinates are: say --crs 4326 for"
                " degrees, or --crs 28992 for the national grid.",
                file=opened.name,
            )
        )
    return Frame(opened.frame)


def _require_fields(opened: files.MapFile, fields: AssetFields) -> None:
    wanted = [fields.number, fields.street, fields.source_id, *fields.attributes]
    for one in wanted:
        if one is not None and one not in opened.fields:
            known = ", ".join(sorted(opened.fields)) or "none"
            raise AssetsRefused(
                Sentence(
                    "%(file)s has no field %(field)s; it has: %(known)s.",
                    file=opened.name,
                    field=repr(one),
                    known=known,
                )
            )


def _word(feature: Feature, field: str | None) -> str:
    value = feature.properties.get(field or "")
    word = clean_text(str(value)) if value is not None else ""
    if len(word) > _LONGEST_WORD or "\n" in word or has_control_characters(word):
        raise FeatureRefused(
            Sentence(
                "has in %(field)s what is no number or name: %(word)s",
                field=repr(field),
                word=repr(word[:40]),
            )
        )
    return word


def _attribute(value: object) -> Attribute:
    if isinstance(value, bool | int | float) or value is None:
        return value
    return clean_text(str(value))[:_LONGEST_WORD]


def _called(asset: AssetToImport) -> str:
    if asset.source_id is not None:
        return Sentence("the id %(id)s", id=repr(asset.source_id))
    if not asset.street:
        return repr(asset.number)
    return Sentence(
        "%(number)s in %(street)s", number=repr(asset.number), street=repr(asset.street)
    )
