"""The tables of geography: areas, assets and the municipality's own address book."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


def _point() -> Geometry:
    return Geometry("POINT", srid=4326, spatial_index=False)


class AreaImportRecord(Base):
    """One time that areas of a kind were brought in; by it they can be taken back."""

    __tablename__ = "area_import"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    valid_from: Mapped[date]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AssetImportRecord(Base):
    """One time that assets of a kind were brought in, and what came of it, as numbers of rows."""

    __tablename__ = "asset_import"
    __table_args__ = (CheckConstraint("through IN ('page', 'command', 'demo')", name="through"),)

    #: Of one row of numbers with the imports of areas, so that a number says which it is.
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    through: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID | None]
    added: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    changed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    removed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_through: Mapped[str | None] = mapped_column(Text)
    undone_account_id: Mapped[UUID | None]


class AssetImportRowRecord(Base):
    """What an import did to one asset, with how it was before and after."""

    __tablename__ = "asset_import_row"
    __table_args__ = (
        CheckConstraint("what IN ('added', 'changed', 'removed')", name="what"),
        Index("ix_asset_import_row_asset_id", "asset_id"),
    )

    import_number: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("asset_import.number", name="fk_asset_import_row_import_number"),
        primary_key=True,
    )
    asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("asset.id", name="fk_asset_import_row_asset_id"), primary_key=True
    )
    what: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class AssetFileRecord(Base):
    """A file with assets that an administrator looks at before it is kept; one for each of them."""

    __tablename__ = "asset_file"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    called: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes]
    #: How it is to be read, and what came of trying it.
    reading: Mapped[dict[str, Any]] = mapped_column(JSONB)
    looked: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AreaRecord(Base):
    """A polygon with a kind, such as a village, a team district or a road authority's strip."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z]+(-[a-z]+)*$'", name="kind_is_a_word"),
        CheckConstraint("valid_until >= valid_from", name="period_runs_forward"),
        CheckConstraint("square_metres IS NOT NULL", name="is_measured"),
        Index(
            "uq_area_kind_code_current",
            "kind",
            "code",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index("ix_area_shape", "shape", postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=text("gen_random_uuid()")
    )
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Measured by the database itself.
    square_metres: Mapped[float | None]
    made_by_import: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("area_import.number", name="fk_area_made_by_import")
    )
    ended_by_import: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("area_import.number", name="fk_area_ended_by_import")
    )


class AreaPartRecord(Base):
    """A small piece of an area's shape, by which a place is looked up; kept by a trigger."""

    __tablename__ = "area_part"
    __table_args__ = (Index("ix_area_part_shape", "shape", postgresql_using="gist"),)

    area_id: Mapped[UUID] = mapped_column(
        ForeignKey("area.id", name="fk_area_part_area_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    shape: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))


class AssetRecord(Base):
    """A thing with a place and a number: lamp post, bin, tree, playground, bench."""

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z]+(-[a-z]+)*$'", name="kind_is_a_word"),
        # By this an import knows an asset again: its source's own id, or street and number.
        Index(
            "uq_asset_kind_street_number_present",
            "kind",
            "street",
            "number",
            unique=True,
            postgresql_where=text("removed_on IS NULL AND source_id IS NULL"),
        ),
        Index(
            "uq_asset_kind_source_id_present",
            "kind",
            "source_id",
            unique=True,
            postgresql_where=text("removed_on IS NULL AND source_id IS NOT NULL"),
        ),
        Index("ix_asset_spot", "spot", postgresql_using="gist"),
        Index("ix_asset_owner_party_id", "owner_party_id"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=text("gen_random_uuid()")
    )
    kind: Mapped[str] = mapped_column(Text)
    #: Often unique on its street alone.
    number: Mapped[str] = mapped_column(Text)
    #: Empty where it is not known.
    street: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    #: What the register it came from calls it.
    source_id: Mapped[str | None] = mapped_column(Text)
    spot: Mapped[WKBElement] = mapped_column(_point())
    owner_party_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("party.id", name="fk_asset_owner_party_id_party")
    )
    attributes: Mapped[dict[str, str | int | float | bool | None]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )
    removed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class AddressRecord(Base):
    """A street, a house number and where it stands."""

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("village", "street", "number", name="uq_address_village_street_number"),
        Index("ix_address_spot", "spot", postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=text("gen_random_uuid()")
    )
    street: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    postcode: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(Text)
    spot: Mapped[WKBElement] = mapped_column(_point())
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
