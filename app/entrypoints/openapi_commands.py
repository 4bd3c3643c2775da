"""What an operator types about interfaces for programs: their OpenAPI documents, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask
from pydantic import SecretStr

from app.entrypoints.interfaces import document_of
from app.entrypoints.web import CHECKOUT, create_app
from app.entrypoints.wiring import wire
from app.foundation.settings import Settings

#: The file a promise is kept in, and the prefix of its interface in the configuration.
DOCUMENTS: Mapping[str, str] = {
    "mobile-api/openapi.json": "",
    "partner-api/openapi.json": "PARTNER",
}


def example_application(data_dir: Path) -> Flask:
    """Return the web application as no installation has it, with nobody's address in it."""
    settings = Settings(
        database_url="postgresql://nowhere",
        secret_key=SecretStr("only for writing documents, and long enough"),
        data_dir=data_dir,
        base_url="https://straatbeeld.example",
        municipality_name="Steenbergen",
        contact_email="meldingen@example.org",
    )
    return create_app(wire(settings))


def written(app: Flask, config_prefix: str) -> str:
    """Return one of the documents as it stands in its file."""
    return json.dumps(document_of(app, config_prefix), indent=2, ensure_ascii=False) + "\n"


@click.command("openapi")
def openapi() -> None:
    """Write the OpenAPI documents into the folders of their promises."""
    with TemporaryDirectory() as nowhere:
        app = example_application(Path(nowhere))
    for name, config_prefix in DOCUMENTS.items():
        path = CHECKOUT / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(app, config_prefix), encoding="utf-8")
        click.echo(f"{name} is written.")
