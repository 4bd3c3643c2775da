"""The one page of photos: a rendition, for whoever holds a link that has not expired."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.photos import rules
from app.photos.model import PhotoNotFound, PhotoStatus, Rendition
from app.photos.operations import reading
from app.photos.storage import FileMissing, PhotoStore, file_name

blueprint = Blueprint("photos", __name__, url_prefix="/photos")


@blueprint.get("/<uuid:photo_id>/<rendition>")
@open_to(Permission.ANYONE)
def show_photo(photo_id: UUID, rendition: str) -> Response:
    """Send one rendition; the signature in the link is the permission."""
    services = provided()
    now = services.get(Clock).now()
    try:
        wanted = Rendition(rendition)
    except ValueError:
        raise PhotoNotFound from None
    expires_at = rules.check_link(
        services.get(Settings).secret_key.get_secret_value(),
        photo_id,
        wanted,
        expires=request.args.get("expires", ""),
        signature=request.args.get("signature", ""),
        now=now,
    )
    with services.get(Database).transaction() as transaction:
        photo = reading.find_photo(transaction, photo_id)
    if photo.status is not PhotoStatus.READY:
        raise PhotoNotFound
    answer = Response(content_type=wanted.media_type)
    seconds_left = int((expires_at - now).total_seconds())
    answer.headers.update(
        {
            "Cache-Control": f"private, max-age={seconds_left}, immutable",
            "Content-Disposition": f'inline; filename="{photo_id}-{wanted}"',
            "Content-Security-Policy": "default-src 'none'",
            # A partner's own pages may show what its program was given the link to.
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, noimageindex",
        }
    )
    # A rendition never changes, so its name is version enough.
    answer.set_etag(f"{photo_id}-{wanted}")
    answer.make_conditional(request)
    if answer.status_code == HTTPStatus.NOT_MODIFIED:
        return answer
    try:
        with services.get(PhotoStore).open(file_name(photo.storage_key, wanted)) as file:
            answer.set_data(file.read())
    except FileMissing:
        raise PhotoNotFound from None
    return answer
