"""On which page the form stands that led to this request, for links that must not end at a 405."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import current_app, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter


def form_page() -> str | None:
    """Return the path of the page that this request's form stands on, or none.

    A step has an address below the page it stands on: `/werk/taken/…/klaar` stands on
    `/werk/taken/…`. The first address above it that can be opened is the page; the map, which is
    above everything, holds no form.
    """
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    path = request.path
    while not _can_be_opened(adapter, path):
        path = path.rstrip("/").rpartition("/")[0]
        if not path:
            return None
    return quote(path)


def in_language(spoken: str) -> str | None:
    """Return the address of this page in another language, or none where no page has one."""
    arguments = urlencode({**request.args.to_dict(), "taal": spoken})
    if isinstance(request.routing_exception, NotFound):
        return f"?{arguments}"
    page = form_page()
    if page is None:
        return None
    # What a step was asked with means nothing to the page above it.
    return f"?{arguments}" if page == quote(request.path) else f"{page}?taal={spoken}"


def _can_be_opened(adapter: MapAdapter, path: str) -> bool:
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True
