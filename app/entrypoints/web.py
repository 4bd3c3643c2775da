"""The web application: every page and endpoint, put together from the capabilities."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_smorest import Api

from app.entrypoints import health
from app.entrypoints.languages import speak
from app.entrypoints.logs import configure_logs, log_requests
from app.entrypoints.problems import answer_problems
from app.entrypoints.static_files import serve_well
from app.entrypoints.web_security import secure
from app.entrypoints.wiring import wire
from app.foundation.assets import asset_url
from app.foundation.provided import Provided, attach
from app.foundation.settings import Settings, read_settings
from app.identity import pages as identity_pages
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.photos import pages as photo_pages
from app.publishing import pages as front_page
from app.publishing import public as public_map
from app.reception import api as reports_api
from app.triage import api as categories_api

CHECKOUT = Path(__file__).resolve().parents[2]

#: Five photos of 15 MB, their wrapping and the report itself.
MAX_REQUEST_BYTES = 5 * 15 * 1024 * 1024 + 1024 * 1024

API_VERSION = "1.0.0"


def create_app(services: Provided | None = None) -> Flask:
    """Return the web application on these services, by default on those of the environment."""
    if services is None:
        services = wire(read_settings())
    settings = services.get(Settings)
    configure_logs(settings)
    app = Flask(
        "straatbeeld",
        template_folder=str(CHECKOUT / "templates"),
        static_folder=str(CHECKOUT / "static"),
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    attach(app.extensions, services)
    log_requests(app)
    secure(app, settings)
    speak(app)
    answer_problems(app)
    serve_well(app)
    app.jinja_env.globals.update(asset=asset_url, settings=settings)
    identity_pages.register(app)
    for blueprint in (
        front_page.blueprint,
        health.blueprint,
        photo_pages.blueprint,
        public_map.blueprint,
    ):
        app.register_blueprint(blueprint)
    _register_mobile_api(app, settings)
    return app


def open_to_anyone(app: Flask, endpoint: str) -> None:
    """Say of a view that a library registered that anyone may use it."""
    view = app.view_functions[endpoint]
    app.view_functions[endpoint] = open_to(Permission.ANYONE)(view)  # type: ignore[assignment]


def _register_mobile_api(app: Flask, settings: Settings) -> None:
    app.config.update(
        API_TITLE="Straatbeeld mobile API",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "servers": [{"url": f"{settings.base_url}/api/v1"}],
            "info": {
                "description": "Report a defect in public space, and follow it.",
                "contact": {
                    "name": settings.municipality_name,
                    "email": settings.contact_email,
                    "url": settings.base_url,
                },
            },
        },
    )
    api = Api(app)
    open_to_anyone(app, "api-docs.openapi_json")
    api.register_blueprint(categories_api.blueprint)
    api.register_blueprint(reports_api.blueprint)
