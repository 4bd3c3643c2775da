"""The resident's form `/melden`: plain pages that do everything, put together from its steps."""

from __future__ import annotations

from flask import Blueprint

from app.reception.pages import (
    kind_step,
    known_step,
    place_step,
    questions_step,
    send_step,
    words_step,
)
from app.reception.pages.own_draft import remember_keys

blueprint = Blueprint("report_form", __name__, url_prefix="/melden")
blueprint.after_request(remember_keys)

for step in (words_step, kind_step, questions_step, place_step, known_step, send_step):
    blueprint.register_blueprint(step.blueprint)
