"""Interfaces for programs, put together: which endpoints, which version, who answers for them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.foundation.api_documents import DescribedApi, tell_version
from app.foundation.settings import Settings
from app.identity import token_endpoint
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.api import places as places_api
from app.reception.api import reports as reports_api
from app.triage import api as categories_api
from app.work.partner import reading as partner_reading
from app.work.partner import working as partner_working
from app.work.partner.documents import SECURITY_SCHEMES

#: Raised with every change that a phone can notice; `mobile-api/CHANGELOG.md` says what it was.
MOBILE_VERSION = "1.0.0"

#: The same for contractors' programs; `partner-api/CHANGELOG.md` tells.
PARTNER_VERSION = "1.0.0"


def register_mobile_api(app: Flask, settings: Settings) -> None:
    """Put the mobile API below `/api/v1`."""
    api = described_api(
        app,
        settings,
        prefix="/api/v1",
        title="Straatbeeld mobile API",
        version=MOBILE_VERSION,
        description="Report a defect in public space, and follow it.",
    )
    api.spec.components.security_scheme(
        "reportToken",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that came with the report; it opens that report alone.",
        },
    )
    for blueprint in (categories_api.blueprint, places_api.blueprint, reports_api.blueprint):
        api.register_blueprint(blueprint)


def register_partner_api(app: Flask, settings: Settings) -> None:
    """Put the partner API below `/partner/v1`."""
    api = described_api(
        app,
        settings,
        prefix="/partner/v1",
        title="Straatbeeld partner API",
        version=PARTNER_VERSION,
        description="Read the tasks of one's own party, and do them.",
        config_prefix="PARTNER",
    )
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    for blueprint in (
        token_endpoint.blueprint,
        partner_reading.blueprint,
        partner_working.blueprint,
    ):
        api.register_blueprint(blueprint)


def described_api(
    app: Flask,
    settings: Settings,
    *,
    prefix: str,
    title: str,
    version: str,
    description: str,
    config_prefix: str = "",
) -> DescribedApi:
    """Return an interface below `prefix` that serves its own document there, open to anyone.

    `config_prefix` keeps apart what several of them leave in the application's configuration.
    """
    before = f"{config_prefix}_" if config_prefix else ""
    app.config.update(
        {
            f"{before}API_TITLE": title,
            f"{before}API_VERSION": version,
            f"{before}OPENAPI_VERSION": "3.0.3",
            f"{before}OPENAPI_URL_PREFIX": prefix,
            f"{before}OPENAPI_JSON_PATH": "openapi.json",
            f"{before}API_SPEC_OPTIONS": {
                "servers": [{"url": f"{settings.base_url}{prefix}"}],
                "info": {
                    "description": description,
                    "contact": {
                        "name": settings.municipality_name,
                        "email": settings.contact_email,
                        "url": settings.base_url,
                    },
                    "license": {"name": "EUPL-1.2"},
                },
            },
        }
    )
    api = DescribedApi(app, config_prefix=config_prefix)
    endpoint = f"{before.lower().replace('_', '-')}api-docs.openapi_json"
    view = app.view_functions[endpoint]
    app.view_functions[endpoint] = open_to(Permission.ANYONE)(view)  # type: ignore[assignment]  # Flask keeps views of any kind
    tell_version(app, prefix, version)
    return api


def document_of(app: Flask, config_prefix: str = "") -> dict[str, Any]:
    """Return the OpenAPI document of one of the interfaces of `app`."""
    before = f"{config_prefix}_" if config_prefix else ""
    api: DescribedApi = app.extensions["flask-smorest"]["apis"][before]["ext_obj"]
    return api.document()
