"""The web application: every page and endpoint, put together from the capabilities."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.entrypoints import about, for_browsers, health
from app.entrypoints.addresses import refuse_impossible_addresses
from app.entrypoints.compression import compress_what_is_public
from app.entrypoints.interfaces import register_mobile_api, register_partner_api
from app.entrypoints.languages import speak
from app.entrypoints.logs import configure_logs, log_requests
from app.entrypoints.problems import answer_problems
from app.entrypoints.static_files import serve_well
from app.entrypoints.unfinished import refuse_unfinished
from app.entrypoints.web_security import secure
from app.entrypoints.wiring import wire
from app.foundation.assets import asset_url
from app.foundation.provided import Provided, attach
from app.foundation.sent_files import RequestInMemory
from app.foundation.settings import Settings, read_settings
from app.geography.pages import areas as area_pages
from app.geography.pages import asset_imports
from app.geography.pages import assets as asset_pages
from app.geography.pages import drawing as drawing_pages
from app.identity import pages as identity_pages
from app.identity.administration import pages as account_pages
from app.identity.single_sign_on import pages as single_sign_on_pages
from app.photos import pages as photo_pages
from app.photos.model import MAX_PHOTO_BYTES, MAX_PHOTOS
from app.publishing import pages as front_page
from app.publishing import public as public_map
from app.reception.front_desk import asking as front_desk_asking
from app.reception.front_desk import calls as front_desk_calls
from app.reception.pages import following, taking_off
from app.reception.pages import form as report_form
from app.routing.pages import administration, what_if_compared, what_if_steps
from app.routing.pages import agreements as routing_agreements
from app.routing.pages import calendar as routing_calendar
from app.routing.pages import trial as routing_trial
from app.triage.pages import categories as kind_pages
from app.triage.pages import questions as kind_question_pages
from app.work.notices import pages as notice_pages
from app.work.pages import (
    case_more,
    case_page,
    case_pdf,
    case_steps,
    crew,
    crew_steps,
    crew_team,
    desk,
    joining,
    moving_cases,
    openings,
    other_team,
    parties,
    standard_text_pages,
    task_steps,
)
from app.work.pages.office import bulk as office_bulk
from app.work.pages.office import filters as office_filters
from app.work.pages.office import list as office_list
from app.work.pages.office import search as office_search

CHECKOUT = Path(__file__).resolve().parents[2]

#: All photos that one report may have, their wrapping and the report itself.
MAX_REQUEST_BYTES = MAX_PHOTOS * MAX_PHOTO_BYTES + 1024 * 1024

#: All that a request says in words, and the whole of one that brings no files.
MAX_TEXT_BYTES = 1024 * 1024


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
    app.request_class = RequestInMemory
    # An address with two slashes is no page. Werkzeug would lead to the right one, at whatever
    # host the request claims to be for.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_TEXT_BYTES
    attach(app.extensions, services)
    compress_what_is_public(app)
    log_requests(app)
    refuse_unfinished(app)
    refuse_impossible_addresses(app)
    secure(app, settings)
    speak(app)
    answer_problems(app)
    serve_well(app)
    app.jinja_env.globals.update(asset=asset_url, settings=settings)
    identity_pages.register(app)
    # Flask-Security has put a provider of its own in the place of Flask's.
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    for blueprint in (
        about.blueprint,
        account_pages.blueprint,
        area_pages.blueprint,
        asset_pages.blueprint,
        asset_imports.blueprint,
        drawing_pages.blueprint,
        administration.blueprint,
        case_page.blueprint,
        case_pdf.blueprint,
        case_steps.blueprint,
        case_more.blueprint,
        joining.blueprint,
        taking_off.blueprint,
        standard_text_pages.blueprint,
        crew.blueprint,
        crew_steps.blueprint,
        crew_team.blueprint,
        desk.blueprint,
        following.blueprint,
        for_browsers.blueprint,
        front_desk_asking.blueprint,
        front_desk_calls.blueprint,
        front_page.blueprint,
        health.blueprint,
        kind_pages.blueprint,
        kind_question_pages.blueprint,
        moving_cases.blueprint,
        notice_pages.blueprint,
        office_list.blueprint,
        office_filters.blueprint,
        office_bulk.blueprint,
        office_search.blueprint,
        openings.blueprint,
        parties.blueprint,
        photo_pages.blueprint,
        other_team.blueprint,
        public_map.blueprint,
        report_form.blueprint,
        routing_agreements.blueprint,
        routing_calendar.blueprint,
        routing_trial.blueprint,
        single_sign_on_pages.blueprint,
        task_steps.blueprint,
        what_if_compared.blueprint,
        what_if_steps.blueprint,
    ):
        app.register_blueprint(blueprint)
    register_mobile_api(app, settings)
    register_partner_api(app, settings)
    return app
