"""Which language a page is in: Dutch, unless the reader asks for English."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel

from app.entrypoints.form_pages import in_language

LANGUAGES = ("nl", "en")
_COOKIE = "taal"
_YEAR = 365 * 24 * 3600


def language() -> str:
    """Return the language of this request's page: asked for now, asked for before, or Dutch."""
    if not has_request_context():
        return LANGUAGES[0]
    for asked in (request.args.get(_COOKIE), request.cookies.get(_COOKIE)):
        if asked in LANGUAGES:
            return asked
    return LANGUAGES[0]


def speak(app: Flask) -> None:
    """Let `app` speak Dutch and English; a language that is asked for is remembered."""
    folder = Path(__file__).resolve().parents[1] / "translations"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Amsterdam"
    Babel(app, default_locale="nl", locale_selector=language)
    app.context_processor(lambda: {"language": language(), "in_language": in_language})

    @app.after_request
    def remember(answer: Response) -> Response:
        asked = request.args.get(_COOKIE)
        if asked in LANGUAGES and answer.mimetype == "text/html":
            answer.set_cookie(
                _COOKIE,
                asked,
                max_age=_YEAR,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
        return answer
