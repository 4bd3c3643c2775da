"""A reader without scripts: opens pages, fills in the forms that are really there, presses send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_VOID = {"input", "br", "img", "meta", "link", "hr", "path", "use", "circle", "rect"}


@dataclass
class Form:
    """A form of a page, with what it would send as it stands."""

    action: str
    marks: set[str]
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.title = ""
        self.ids: set[str] = set()
        self.links: list[str] = []
        self._inside: list[str] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._inside.append(tag)
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), set(given)))
        if not self.forms:
            return
        form = self.forms[-1]
        name = given.get("name", "")
        if tag == "input" and given.get("type") in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(given.get("value", ""))
            if "checked" in given:
                form.fields[name] = given.get("value", "")
        elif tag == "input" and given.get("type") != "file" and name:
            form.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                form.fields[self._select] = given.get("value", "")
        elif tag == "button" and "formaction" in given:
            form.buttons[given["formaction"]] = given["formaction"]

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area] += data
        elif "title" in self._inside and "svg" not in self._inside:
            self.title += data
        elif not {"script", "style"} & set(self._inside):
            self.text.append(data)


@dataclass
class Page:
    """A page as somebody reads it."""

    path: str
    status: int
    answer: TestResponse
    read: _Reader

    @property
    def text(self) -> str:
        """All its words, with single spaces between them."""
        return " ".join(" ".join(self.read.text).split())

    @property
    def title(self) -> str:
        return self.read.title

    @property
    def form(self) -> Form:
        """The form of the step."""
        return next(form for form in self.read.forms if "data-report-form" in form.marks)


class Resident:
    """Somebody with a browser without scripts; each has cookies of their own.

    Most have no photos, and go past the page that asks for them.
    """

    def __init__(self, client: FlaskClient, *, passes_photos: bool = True) -> None:
        self.client = client
        self.passes_photos = passes_photos
        self.page: Page

    def opens(self, path: str, **options: Any) -> Page:  # noqa: ANN401  # passed on as they are
        """Open a page and follow where it leads."""
        return self.seen(self.client.get(path, follow_redirects=True, **options))

    def sends(
        self,
        fields: dict[str, str] | None = None,
        *,
        photos: dict[str, bytes] | None = None,
        page: Page | None = None,
        action: str | None = None,
        is_forged: bool = False,
    ) -> Page:
        """Send the form of a page (by default the one that is open) with some fields filled in.

        What is chosen must be there to be chosen, unless the form is forged.
        """
        form = (page or self.page).form
        for name, value in (fields or {}).items():
            assert is_forged or name in form.fields or name in form.choices, f"no field {name}"
            assert is_forged or value in form.choices.get(name, [value]), f"no choice {value}"
        content: dict[str, Any] = {**form.fields, **(fields or {})}
        if photos is not None:
            content["photo"] = [(BytesIO(photo), name) for name, photo in photos.items()]
        answer = self.client.post(
            action or form.action,
            data=content,
            follow_redirects=True,
            content_type="multipart/form-data" if photos is not None else None,
        )
        page = self.seen(answer)
        if page.path == "/melden/fotos" and page.status < 400 and self.passes_photos:
            return self.sends()
        return page

    def seen(self, answer: TestResponse) -> Page:
        """Take an answer for the page that is open now."""
        reader = _Reader()
        reader.feed(answer.get_data(as_text=True))
        self.page = Page(answer.request.path, answer.status_code, answer, reader)
        return self.page
