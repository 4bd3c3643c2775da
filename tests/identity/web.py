"""A small web application with signing in and the security layer, and a few pages to guard."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from sqlalchemy import Connection, Engine

from app.entrypoints.web_security import csp_nonce, secure
from app.foundation.clock import Clock, StoppedClock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.provided import Provided, attach
from app.foundation.settings import Settings
from app.identity import pages
from app.identity.access import acting, is_program, open_to
from app.identity.model import (
    AccessTokenNeeded,
    NotAllowed,
    ScopeMissing,
    SignInNeeded,
    TooOften,
)
from app.identity.permissions import Permission
from app.identity.rates import Rates, rates
from app.identity.sign_in_form import sign_in_first
from app.identity.start_pages import StartPages
from tests.makers.people import MONDAY_MORNING

CHECKOUT = Path(__file__).resolve().parents[2]

STATUS: dict[type[DomainError], int] = {
    SignInNeeded: 401,
    AccessTokenNeeded: 401,
    NotAllowed: 403,
    ScopeMissing: 403,
    TooOften: 429,
}


def small_settings(**given: object) -> Settings:
    """Return settings for the small application."""
    wanted: dict[str, object] = {
        "database_url": "postgresql://unused",
        "secret_key": "k" * 40,
        "rate_limits": "off",
        "tile_url": "https://tiles.example/{z}/{x}/{y}.png",
    }
    return Settings(**(wanted | given))  # type: ignore[arg-type]  # columns by name


def small_web(bind: Engine | Connection, settings: Settings) -> Flask:
    """Return the application; its clock stands still at `MONDAY_MORNING`."""
    app = Flask("small", template_folder=str(CHECKOUT / "templates"), static_folder=None)
    app.config["TESTING"] = True
    services = Provided()
    services.put(Settings, settings)
    services.put(Database, Database(bind))
    services.put(Clock, StoppedClock(MONDAY_MORNING))
    services.put(Rates, rates(settings, services.get(Database)))
    services.put(StartPages, lambda _transaction, _account_id: None)
    attach(app.extensions, services)
    Babel(app)
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", settings=settings)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    secure(app, settings)
    pages.register(app)
    app.register_error_handler(DomainError, _refuse)
    _add_pages(app)
    return app


def _refuse(refusal: DomainError) -> ResponseReturnValue:
    status = STATUS.get(type(refusal), 400)
    headers = (
        {"Retry-After": str(refusal.retry_after_seconds)} if isinstance(refusal, TooOften) else {}
    )
    if isinstance(refusal, SignInNeeded) and not is_program():
        return sign_in_first("/balie")
    if is_program():
        answer = make_response(jsonify(status=status, detail=refusal.detail), status, headers)
        answer.content_type = "application/problem+json"
        return answer
    return refusal.detail, status, headers


def _add_pages(app: Flask) -> None:
    @app.get("/open")
    @open_to(Permission.ANYONE)
    def open_page() -> ResponseReturnValue:
        return f"<p>{csp_nonce()}</p>"

    @app.get("/balie")
    @open_to(Permission.SEE_DESK)
    def desk() -> ResponseReturnValue:
        return acting().name

    @app.post("/balie")
    @open_to(Permission.DIRECT_CASES)
    def direct() -> ResponseReturnValue:
        return f"directed {request.form.get('remark', '')}"

    @app.get("/werk")
    @open_to(Permission.WORK_TASKS)
    def work() -> ResponseReturnValue:
        return acting().name

    @app.get("/api/v1/desk")
    @open_to(Permission.SEE_DESK)
    def desk_for_programs() -> ResponseReturnValue:
        return jsonify(name=acting().name)

    @app.post("/api/v1/reports")
    @open_to(Permission.ANYONE)
    def post_report() -> ResponseReturnValue:
        return jsonify(ok=True), 201

    @app.get("/map/cases.geojson")
    @open_to(Permission.ANYONE)
    def cases() -> ResponseReturnValue:
        return jsonify(features=[])

    @app.get("/partner/v1/tasks")
    @open_to(Permission.PARTNER_READ_TASKS)
    def tasks() -> ResponseReturnValue:
        return jsonify(name=acting().name)

    @app.post("/partner/v1/tasks/1/accept")
    @open_to(Permission.PARTNER_WORK_TASKS)
    def accept() -> ResponseReturnValue:
        return jsonify(name=acting().name)
