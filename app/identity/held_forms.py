"""A form whose sender is not signed in any more: what was typed goes along through signing in.

It is kept nowhere: it travels in the pages of signing in, signed, and comes back as a form that
the person sends again: the one whose sign-in was over, and nobody else. See
`docs/decisions/a-form-goes-along-through-signing-in.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import make_response, render_template, request
from flask.wrappers import Response
from werkzeug.datastructures import MultiDict

from app.foundation.clock import Clock
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import security
from app.identity.rules import is_own_page
from app.identity.signed import signed, stated_in

#: Long enough to fetch a phone and type a code, even a few times.
HELD_FOR = timedelta(minutes=30)

#: Signs of names and texts together; more does not travel along.
MOST_SIGNS = 60_000

#: What changes how somebody signs in is begun anew.
_NOT_HELD = ("/mijn-account", "/inloggen", "/uitloggen", "/uitnodiging")

_FIELD = "held"
_KIND = "held form"

#: Up to here what was typed says little when it is read back, such as a choice or a version.
_SHORT = 20


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A form that was not taken: where it goes, and what was filled in."""

    path: str
    fields: tuple[tuple[str, str], ...]
    #: Photos were chosen, which do not travel along.
    had_photos: bool
    #: The account whose sign-in was over; none while it was not asked.
    account_id: UUID | None = None

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What reads as text."""
        return [one for one in self.fields if _is_text(one[1])]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The rest: choices, numbers, versions."""
        return [one for one in self.fields if not _is_text(one[1])]


def form_of_this_request() -> HeldForm:
    """Return the form that this request brought, without its proof and without passwords."""
    form: MultiDict[str, str] = request.form
    return HeldForm(
        path=request.full_path if request.query_string else request.path,
        fields=tuple(
            (name, value)
            for name, value in form.items(multi=True)
            if name not in {"csrf_token", _FIELD} and "password" not in name and value.strip()
        ),
        had_photos=any(one.filename for one in request.files.values()),
    )


def hold_this_form() -> tuple[str, HeldForm] | None:
    """Return the form of this request as it travels along, and itself; none for what does not.

    It belongs to the account whose sign-in was over; where nobody knows whose, it stays here.
    """
    form = form_of_this_request()
    size = sum(len(name) + len(value) for name, value in form.fields)
    if not form.fields or size > MOST_SIGNS or request.path.startswith(_NOT_HELD):
        return None
    account_id = security.whose_sign_in_it_was()
    if account_id is None:
        return None
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    token = signed(
        {
            "path": form.path,
            "fields": form.fields,
            "photos": form.had_photos,
            "of": str(account_id),
        },
        kind=_KIND,
        until=now + HELD_FOR,
        settings=settings,
    )
    # What is signed is counted in bytes when it is read: a smile is one sign and four bytes.
    if stated_in(token, kind=_KIND, now=now, settings=settings) is None:
        return None
    return token, form


def held_token() -> str:
    """Return what travels along with this request, for the next page; empty for nothing."""
    return request.form.get(_FIELD, "") if held_form() is not None else ""


def held_form() -> HeldForm | None:
    """Return the form that travels along with this request, if there is one of ours."""
    token = request.form.get(_FIELD, "") if request.method == "POST" else ""
    if not token:
        return None
    services = provided()
    stated = stated_in(
        token, kind=_KIND, now=services.get(Clock).now(), settings=services.get(Settings)
    )
    if stated is None or "of" not in stated or not is_own_page(stated["path"]):
        return None
    return HeldForm(
        path=stated["path"],
        fields=tuple((name, value) for name, value in stated["fields"]),
        had_photos=bool(stated["photos"]),
        account_id=UUID(stated["of"]),
    )


def is_of_who_signed_in(form: HeldForm) -> bool:
    """Whether this form is of the person who signed in with this request."""
    somebody = security.signed_in_just_now()
    return somebody is not None and somebody.account_id == form.account_id


def instead_of_a_page(answer: Response) -> Response:
    """Return the held form as a page, with the cookies of `answer`; without one, `answer`.

    Whoever signed in instead of its sender does not get it, and reads that there was one.
    """
    form = held_form()
    if form is None:
        return answer
    page = make_response(
        render_template("identity/held_form.html", held=form)
        if is_of_who_signed_in(form)
        else render_template("identity/held_by_another.html", lead_to=answer.location)
    )
    page.headers["Cache-Control"] = "private, no-store"
    for cookie in answer.headers.getlist("Set-Cookie"):
        page.headers.add("Set-Cookie", cookie)
    return page


def _is_text(value: str) -> bool:
    return len(value) > _SHORT or "\n" in value
