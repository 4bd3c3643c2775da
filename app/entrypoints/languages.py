"""Which language a page is in: Dutch, unless the reader asks for English."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain
from werkzeug.utils import cached_property

from app.entrypoints.form_pages import in_language

LANGUAGES = ("nl", "en")
_COOKIE = "taal"
_YEAR = 365 * 24 * 3600


class _Catalogue(Protocol):
    """Our texts in one language."""

    def ugettext(self, message: str) -> str:
        """Return a text."""

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        """Return a text for so many."""


class _Texts(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The texts of our pages. Their language is found out once for an answer, not for each text.

    A page has hundreds of texts, and Flask-Babel asks ten times in which context it is for each.
    """

    def get_translations(self) -> _Catalogue:
        """Return the texts in the language of the answer that is being made."""
        kept: _Catalogue | None = g.get("spoken")
        if kept is None:
            kept = g.spoken = super().get_translations()
        return kept


class _Languages(Babel):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel with texts that are looked up quickly."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Return the texts of our pages."""
        return _Texts()


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
    texts = _Languages(app, default_locale="nl", locale_selector=language).domain_instance
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # its extension for texts
        gettext=lambda text: texts.get_translations().ugettext(text),
        ngettext=lambda one, more, count: texts.get_translations().ungettext(one, more, count),
        newstyle=True,
    )
    # Templates name it so; otherwise each text is led to `gettext` by way of the context.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
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
