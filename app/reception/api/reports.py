"""The mobile API's reports: hand one in, add photos, see where it stands."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.foundation.api_documents import ApiBlueprint, refuses
from app.foundation.bodies import BodyRefused, WrongContentType
from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.errors import FieldError
from app.foundation.given_answers import keep_answer, repeatable, take_key
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.intake.model import Channel, KeptReport, ReportNotFound
from app.intake.operations import report_with_token
from app.photos.model import MAX_PHOTOS
from app.photos.operations.coming_in import discard_originals, examine_all, stored_originals
from app.photos.operations.reading import photos_of_report
from app.photos.storage import PhotoStore
from app.reception.additions import add_photos
from app.reception.answers import answer_to, report_status, shown_photos, with_token
from app.reception.api.schemas import FollowedReportSchema, PhotosSchema, ReceivedReportSchema
from app.reception.authority import authority_of
from app.reception.bodies import ReportSchema, read_request
from app.reception.following import repair_photos_for
from app.reception.operations import receive_report
from app.work.operations.cases import case as case_with_id

blueprint = ApiBlueprint("reports", __name__, url_prefix="/api/v1", description="Reports")

_PHOTOS = {
    "type": "array",
    "maxItems": MAX_PHOTOS,
    "items": {"type": "string", "format": "binary"},
    "description": "JPEG, PNG, WebP or HEIC, 15 MB each.",
}

#: The token that came with a report, as `Authorization: Bearer …`.
_WITH_TOKEN: list[dict[str, list[str]]] = [{"reportToken": []}]

_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The same key and content give the same answer again, for thirty days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


@blueprint.post("/reports")
@open_to(Permission.ANYONE)
@blueprint.response(
    201,
    ReceivedReportSchema,
    headers={
        "Location": {"description": "The report.", "schema": {"type": "string", "format": "uri"}}
    },
)
@refuses(400, 409, 413, 415, 422)
@blueprint.doc(
    operationId="postReport",
    parameters=[_KEY],
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": ReportSchema},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["report"],
                    "properties": {
                        "report": {
                            "type": "string",
                            "description": "The report as JSON, with or without a file name.",
                        },
                        "photo": _PHOTOS,
                    },
                }
            },
        },
    },
)
def post_report() -> ResponseReturnValue:
    """Hand in a report, with up to five photos; it is kept whole or not at all."""
    services = provided()
    settings, store = services.get(Settings), services.get(PhotoStore)
    now = services.get(Clock).now()
    read = read_request(request, channel=Channel.MOBILE, now=now)
    examined = examine_all(file.read() for file in read.photos)
    key = repeatable(
        request,
        "POST /reports",
        canonical=read.canonical,
        photo_digests=[photo.sha256 for photo in examined],
    )
    with stored_originals(store, examined) as originals:
        with services.get(Database).transaction() as transaction:
            answer = dict(take_key(transaction, key, now=now) or {}) if key else {}
            is_repeated = bool(answer)
            if not is_repeated:
                received = receive_report(
                    transaction,
                    read.report,
                    municipality_code=settings.municipality_code,
                    now=now,
                    originals=originals,
                )
                authority = authority_of(transaction, received.case)
                answer = answer_to(received, settings, authority=authority, now=now)
                if key:
                    keep_answer(transaction, key, answer)
        if is_repeated:
            discard_originals(store, originals)
    answered = jsonify(with_token(answer, settings))
    answered.status_code = 201
    answered.headers["Location"] = f"{settings.base_url}/api/v1/reports/{answer['id']}"
    answered.headers["Cache-Control"] = "no-store"
    return answered


@blueprint.post("/reports/<uuid:id>/photos")
@open_to(Permission.ANYONE)
@blueprint.response(201, PhotosSchema)
@refuses(400, 404, 413, 415)
@blueprint.doc(
    operationId="addPhotos",
    security=_WITH_TOKEN,
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": _PHOTOS},
                }
            }
        },
    },
)
def post_photos(id: UUID) -> ResponseReturnValue:
    """Add photos to one's own report, five in all; one that is there is not added again."""
    if request.mimetype != "multipart/form-data":
        raise WrongContentType("Send the photos as multipart/form-data, in parts named photo.")
    services = provided()
    settings, store = services.get(Settings), services.get(PhotoStore)
    now = services.get(Clock).now()
    with services.get(Database).transaction() as transaction:
        # Before the photos are read: a stranger's are not taken in at all.
        _own_report(transaction, id, settings)
    files = request.files.getlist("photo")
    if not files:
        raise BodyRefused(errors=(FieldError("photo", "required", "There is no photo in it."),))
    examined = examine_all(file.read() for file in files)
    with stored_originals(store, examined) as originals:
        with services.get(Database).transaction() as transaction:
            report = _own_report(transaction, id, settings)
            kept, unneeded = add_photos(transaction, report, originals, now=now)
        discard_originals(store, unneeded)
    return jsonify(photos=shown_photos(kept, settings, now=now)), 201


@blueprint.get("/reports/<uuid:id>")
@open_to(Permission.ANYONE)
@blueprint.response(200, FollowedReportSchema)
@refuses(400, 404)
@blueprint.doc(operationId="getReport", security=_WITH_TOKEN)
def get_report(id: UUID) -> ResponseReturnValue:
    """See where one's own report stands."""
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    with services.get(Database).transaction() as transaction:
        report = _own_report(transaction, id, settings)
        case = case_with_id(transaction, report.case_id)
        photos = photos_of_report(transaction, id)
        repairs = repair_photos_for(transaction, report, case)
        authority = authority_of(transaction, case)
    answered = jsonify(
        report_status(
            report,
            case,
            authority=authority,
            photos=shown_photos(photos, settings, now=now),
            repair_photos=shown_photos(repairs, settings, now=now),
        )
    )
    answered.headers["Cache-Control"] = "private, no-store"
    return answered


def _own_report(transaction: Transaction, report_id: UUID, settings: Settings) -> KeptReport:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise ReportNotFound()
    report = report_with_token(
        transaction, authorization.token, secret_key=settings.secret_key.get_secret_value()
    )
    if report.id != report_id:
        raise ReportNotFound()
    return report
