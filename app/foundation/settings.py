"""What an installation may choose, read once from the environment; a wrong value names itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message names it."""


class Settings(BaseSettings):
    """The settings of one installation; each is an environment variable of the same name."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = Field(description="PostgreSQL with PostGIS, as the application's own role.")
    map_database_url: str | None = Field(
        default=None,
        description="The same database as the map's reader; without it the map reads as the "
        "application does.",
    )
    secret_key: SecretStr = Field(
        min_length=32,
        description="At least 32 random characters; every token derives from it.",
    )
    data_dir: Path = Field(default=Path(".data"), description="Where photos are kept.")
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The address residents type, without a slash.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="The port on the loopback address.")
    municipality_name: str = Field(
        default="Steenbergen", min_length=1, description="As it stands in sentences."
    )
    municipality_code: str = Field(
        default="GM0851",
        pattern=r"^GM\d{4}$",
        description="The CBS code of the municipality.",
    )
    contact_phone: str = Field(
        default="14 0167",
        description="Where residents call when the form does not work.",
    )
    contact_email: str = Field(
        default="meldingen@example.org",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Shown in the API description and on pages.",
    )
    accent_colour: str = Field(
        default="green",
        pattern=r"^[a-z]+$",
        description="One of the accent tones of the page frame.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many proxies of our own stand before the web.",
    )
    rate_limits: Literal["on", "off"] = Field(
        default="on",
        description="`off` is honoured for clients on the loopback address alone.",
    )
    tile_url: str = Field(
        default=(
            "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/"
            "{z}/{x}/{y}.png"
        ),
        description="Background tiles, or `none`.",
    )
    tile_attribution: str = Field(
        default="Kaartgegevens © Kadaster", description="Shown on every map with tiles."
    )
    address_service: Literal["pdok", "demo", "none"] = Field(
        default="pdok", description="Who knows the addresses."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much is logged."
    )
    web_processes: int = Field(default=2, ge=1, le=64, description="Web processes.")
    web_threads: int = Field(default=4, ge=1, le=64, description="Threads in each web process.")
    body_silence_seconds: float = Field(
        default=20,
        gt=0,
        le=600,
        description="A request of which nothing comes for so long is given up.",
    )
    body_least_bytes_per_second: float = Field(
        default=2000,
        gt=0,
        description="So fast a request must come.",
    )
    body_grace_seconds: float = Field(
        default=30,
        gt=0,
        le=600,
        description="How long a request may come slower than that, all its slow moments together.",
    )
    body_longest_seconds: float = Field(
        default=900,
        gt=0,
        le=86_400,
        description="A request that has not come in after so long is given up.",
    )
    bodies_at_once: int = Field(
        default=256,
        ge=1,
        description="So many requests may be coming in at each web process; another one is asked "
        "to come back.",
    )
    bodies_at_once_of_one_client: int = Field(
        default=24,
        ge=1,
        description="So many of those may be of one client; not counted where TRUSTED_PROXIES are.",
    )
    import_at_most_mb: int = Field(
        default=200,
        ge=1,
        le=4000,
        description="A file with areas or objects that is larger is refused, unread.",
    )
    retention_days: int = Field(
        default=90, ge=1, description="Contact details go this many days after closing."
    )
    contact_log_days: int = Field(
        default=365,
        ge=1,
        description="Who opened contact details is forgotten after this many days.",
    )

    oidc_issuer: str | None = Field(
        default=None,
        description="The organisation's OpenID provider, as it calls itself, such as "
        "`https://login.microsoftonline.com/<tenant>/v2.0`; without it people sign in here alone.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="What this installation is called at the provider."
    )
    oidc_client_secret: SecretStr | None = Field(default=None, description="Its secret there.")
    oidc_label: str = Field(
        default="Microsoft",
        min_length=1,
        max_length=40,
        description="What the provider is called on the page where people sign in.",
    )
    oidc_tenant: str = Field(
        default="",
        description="The only tenant whose people are taken (the claim `tid`); empty for any.",
    )
    oidc_email: Literal["verified", "trusted"] = Field(
        default="verified",
        description="`trusted` takes the e-mail address where the provider does not say that it is "
        "verified; needs `OIDC_TENANT`.",
    )
    oidc_groups_claim: str = Field(
        default="roles", description="The claim with the groups or roles of a person."
    )
    oidc_roles: str = Field(
        default="",
        description="What groups are here: `group=role` or `group=role@party`, with commas "
        "between; empty where administrators say it.",
    )
    oidc_sign_out: Literal["here", "offered"] = Field(
        default="here",
        description="`offered`: after signing out here, signing out at the provider is offered.",
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _over_tls_or_loopback(cls, value: str | None) -> str | None:
        if value and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", value):
            raise ValueError("must begin with https://")
        return value.rstrip("/") if value else None

    @field_validator("database_url", "map_database_url")
    @classmethod
    def _of_postgresql(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("base_url")
    @classmethod
    def _scheme_and_host(cls, value: str) -> str:
        address = value.rstrip("/")
        if not re.fullmatch(r"https?://([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?", address, re.ASCII):
            raise ValueError("must be https:// or http:// with a host, and no more")
        return address

    @field_validator("tile_url")
    @classmethod
    def _tiles_or_none(cls, value: str) -> str:
        names_a_tile = all(part in value for part in ("{z}", "{x}", "{y}"))
        if value.strip().lower() not in {"", "none"} and not (
            names_a_tile and re.match(r"https?://|/", value)
        ):
            raise ValueError("must be `none`, or an address with {z}, {x} and {y} in it")
        return value

    @property
    def is_https(self) -> bool:
        """Whether residents reach the installation over TLS."""
        return self.base_url.startswith("https://")

    @property
    def photo_folder(self) -> Path:
        """Where photos are kept."""
        return self.data_dir / "photos"


def read_settings(**given: object) -> Settings:
    """Read the environment, with `given` before it.

    Raises:
        SettingsRefused: with one line per setting that is missing or wrong.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as wrong:
        lines = [
            f"{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in wrong.errors()
        ]
        raise SettingsRefused("Settings that are not right:\n  " + "\n  ".join(lines)) from None
