"""The partner API's work: accept, start, hold, complete and decline a task, and add photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, jsonify, request
from marshmallow import Schema

from app.foundation.api_documents import ApiBlueprint, refuses
from app.foundation.bodies import (
    ReadBody,
    WrongContentType,
    load,
    read_body,
    read_json,
    refuse_field,
)
from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.given_answers import keep_answer, repeatable, take_key
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.photos.model import StoredOriginal
from app.photos.operations.coming_in import discard_originals, examine_all, stored_originals
from app.photos.storage import PhotoStore
from app.work.model import (
    ActedBy,
    DeclineReason,
    Task,
    TaskStage,
    WaitingFor,
    WorkResult,
)
from app.work.operations.cases import case
from app.work.operations.repair_photos import add_repair_photos, locked_task
from app.work.operations.tasks import (
    accept_task,
    complete_task,
    decline_task,
    hold_task,
    start_task,
    task,
)
from app.work.partner.answers import step_taken
from app.work.partner.caller import own_party, program
from app.work.partner.documents import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    TAG_HEADER,
    WORKING_SCOPE,
    body_with_photos,
    json_body,
    photos_alone,
)
from app.work.partner.model import Step, StepNotPossible, TaskIsOver
from app.work.partner.positions import version_expected, version_tag
from app.work.partner.schemas import (
    CompletionSchema,
    DeclineSchema,
    HoldSchema,
    NothingSchema,
    PhotosAddedSchema,
    StepTakenSchema,
)
from app.work.refusals import StageNotReachable
from app.work.rules import can_wait_until

blueprint = ApiBlueprint(
    "partner-work",
    __name__,
    url_prefix="/partner/v1/tasks/<uuid:task_id>",
    description="Doing the work.",
)

View = TypeVar("View", bound=Callable[..., Response])

_STEP: dict[str, Any] = {"security": WORKING_SCOPE, "parameters": [IF_MATCH, IDEMPOTENCY_KEY]}
_REFUSALS = (400, 401, 403, 404, 409, 412, 413, 415, 428)

#: Where photos can still be added; what was handed back or taken back is another's.
_TAKES_PHOTOS = frozenset(TaskStage) - {TaskStage.DECLINED, TaskStage.CANCELLED}


def _answered_as_a_step(view: View) -> View:
    """Say in the document what every step answers, and what it refuses."""
    answered: View = blueprint.response(200, StepTakenSchema, headers=TAG_HEADER)(
        refuses(*_REFUSALS)(view)
    )
    return answered


@blueprint.post("/accept")
@blueprint.doc(
    operationId="postAccept", requestBody=json_body(NothingSchema, is_required=False), **_STEP
)
@open_to(Permission.PARTNER_WORK_TASKS)
@_answered_as_a_step
def post_accept(task_id: UUID) -> Response:
    """Take the task on."""
    return _take_without_words(Step.ACCEPT, task_id, accept_task)


@blueprint.post("/start")
@blueprint.doc(
    operationId="postStart", requestBody=json_body(NothingSchema, is_required=False), **_STEP
)
@open_to(Permission.PARTNER_WORK_TASKS)
@_answered_as_a_step
def post_start(task_id: UUID) -> Response:
    """Begin, or go on after waiting; residents see that the work is going on."""
    return _take_without_words(Step.START, task_id, start_task)


@blueprint.post("/hold")
@blueprint.doc(operationId="postHold", requestBody=json_body(HoldSchema), **_STEP)
@open_to(Permission.PARTNER_WORK_TASKS)
@_answered_as_a_step
def post_hold(task_id: UUID) -> Response:
    """Put the task on hold until a day, and say for what or whom it waits."""
    body = read_json(request)
    said = _load(HoldSchema(), body)
    today = provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
    if not can_wait_until(said["until"], today=today):
        refuse_field("until", "out-of-range", "A day after today, within a year.")
    act = partial(
        hold_task,
        until=said["until"],
        remark=said["reason"],
        waiting_for=WaitingFor(said["waiting_for"]),
        waiting_party=said["waiting_party"] or None,
    )
    return _take(Step.HOLD, task_id, act, body)


@blueprint.post("/complete")
@blueprint.doc(
    operationId="postComplete",
    requestBody=body_with_photos(CompletionSchema, part="completion"),
    **_STEP,
)
@open_to(Permission.PARTNER_WORK_TASKS)
@_answered_as_a_step
def post_complete(task_id: UUID) -> Response:
    """Report the task done and how it ended, with up to five photos of the repair.

    Residents are told by the last task that is done; what was not solved goes back to the desk.
    """
    body = read_body(request, part="completion")
    said = _load(CompletionSchema(), body)
    act = partial(complete_task, result=WorkResult(said["result"]), remark=said["remark"])
    return _take(Step.COMPLETE, task_id, act, body)


@blueprint.post("/decline")
@blueprint.doc(operationId="postDecline", requestBody=json_body(DeclineSchema), **_STEP)
@open_to(Permission.PARTNER_WORK_TASKS)
@_answered_as_a_step
def post_decline(task_id: UUID) -> Response:
    """Hand the task back, with the reason.

    What is not yours (`not-ours`, `not-mine`) goes at once to who is responsible without you;
    where nobody is, and for every other reason, the desk looks.
    """
    body = read_json(request)
    said = _load(DeclineSchema(), body)
    act = partial(decline_task, reason=DeclineReason(said["reason"]), remark=said["remark"])
    return _take(Step.DECLINE, task_id, act, body)


@blueprint.post("/photos")
@blueprint.doc(
    operationId="postPhotos",
    security=WORKING_SCOPE,
    parameters=[IDEMPOTENCY_KEY],
    requestBody=photos_alone(),
)
@open_to(Permission.PARTNER_WORK_TASKS)
@blueprint.response(201, PhotosAddedSchema)
@refuses(400, 401, 403, 404, 409, 413, 415)
def post_photos(task_id: UUID) -> Response:
    """Add photos of the repair, five in all; they change no version and need none."""
    if request.mimetype != "multipart/form-data":
        raise WrongContentType("Send the photos as multipart/form-data, in parts named photo.")
    for name in (*request.form, *(part for part in request.files if part != "photo")):
        refuse_field(name, "unknown-field", "Send photos only, as files in parts named photo.")
    files = request.files.getlist("photo")
    if not files:
        refuse_field("photo", "required", "There is no photo in it.")

    def add(
        transaction: Transaction, originals: Sequence[StoredOriginal], by: ActedBy
    ) -> dict[str, Any]:
        of_task = locked_task(transaction, task_id, party_id=own_party())
        if of_task.stage not in _TAKES_PHOTOS:
            raise TaskIsOver()
        now = provided().get(Clock).now()
        return {"photos": add_repair_photos(transaction, of_task, originals, by=by, now=now)}

    answer = _once("photos", task_id, ReadBody({}, tuple(files)), add, schema=PhotosAddedSchema())
    answer.status_code = 201
    return answer


def _take_without_words(step: Step, task_id: UUID, act: Callable[..., Task]) -> Response:
    """Take a step of which nothing more is said than that it is taken."""
    body = read_json(request, may_be_empty=True)
    load(NothingSchema(), body.whole)
    return _take(step, task_id, act, body)


def _take(step: Step, task_id: UUID, act: Callable[..., Task], body: ReadBody) -> Response:
    """Take a step with a task, based on the version the program has seen."""
    version = version_expected(request)

    def step_with(
        transaction: Transaction, originals: Sequence[StoredOriginal], by: ActedBy
    ) -> dict[str, Any]:
        now = provided().get(Clock).now()
        try:
            changed = act(
                transaction,
                task_id,
                party_id=own_party(),
                by=by,
                now=now,
                expected_version=version,
            )
        except StageNotReachable as refused:
            if isinstance(refused.stage, TaskStage):
                raise StepNotPossible(refused.stage) from None
            raise
        photos = add_repair_photos(transaction, changed, originals, by=by, now=now)
        return step_taken(changed, case(transaction, changed.case_id), photos)

    answer = _once(step.value, task_id, body, step_with, schema=StepTakenSchema())
    answer.headers["ETag"] = version_tag(answer.get_json()["version"])
    return answer


def _once(
    what: str,
    task_id: UUID,
    body: ReadBody,
    act: Callable[[Transaction, Sequence[StoredOriginal], ActedBy], dict[str, Any]],
    *,
    schema: Schema,
) -> Response:
    """Do what was asked, whole or not at all; a repeated request gets the answer it had before."""
    services = provided()
    store = services.get(PhotoStore)
    by = program()
    with services.get(Database).transaction() as transaction:
        # Nobody's photos are looked at for the task of another.
        task(transaction, task_id, party_id=own_party())
    examined = examine_all(photo.read() for photo in body.photos)
    key = repeatable(
        request,
        f"POST /partner/v1/tasks/{task_id}/{what} by {acting().id}",
        canonical=body.canonical,
        photo_digests=[photo.sha256 for photo in examined],
    )
    with stored_originals(store, examined) as originals:
        with services.get(Database).transaction() as transaction:
            given = take_key(transaction, key, now=services.get(Clock).now()) if key else None
            told = dict(given) if given else schema.dump(act(transaction, originals, by))
            if key and not given:
                keep_answer(transaction, key, told)
        if given:
            discard_originals(store, originals)
    return jsonify(told)


def _load(schema: Schema, body: ReadBody) -> dict[str, Any]:
    loaded: dict[str, Any] = load(schema, body.whole)
    return loaded
