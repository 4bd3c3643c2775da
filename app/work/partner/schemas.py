"""What programs send and get, field by field; the OpenAPI document is written from it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, validate

from app.foundation.bodies import Words
from app.photos.model import PhotoStatus
from app.work.model import CaseStage, DeclineReason, TaskStage, WaitingFor, WorkResult
from app.work.partner.model import Step

LONGEST_REMARK = 3000
MOST_TASKS = 200
DEFAULT_TASKS = 50


def _one_of(words: type[StrEnum], **named: Any) -> fields.String:  # noqa: ANN401  # whatever marshmallow gives
    return fields.String(validate=validate.OneOf([word.value for word in words]), **named)


class Moment(fields.AwareDateTime):
    """An instant as RFC 3339 in UTC, to the second, as the mobile API writes it."""

    def __init__(self, **named: Any) -> None:  # noqa: ANN401  # whatever marshmallow gives
        described = {"description": "RFC 3339, in UTC.", "example": "2026-11-24T09:30:00Z"}
        super().__init__(metadata=described, **named)

    def _serialize(
        self,
        value: datetime | None,
        attr: str | None,
        obj: Any,  # noqa: ANN401  # whatever marshmallow gives
        **kwargs: Any,  # noqa: ANN401  # whatever marshmallow gives
    ) -> str | None:
        del attr, obj, kwargs
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class NameSchema(Schema):
    """A name in both languages."""

    nl = fields.String(required=True)
    en = fields.String(required=True)


class CategorySchema(Schema):
    """What kind of defect it is."""

    code = fields.String(required=True, metadata={"example": "verlichting.lamp-brandt-niet"})
    name = fields.Nested(NameSchema, required=True)


class CaseSchema(Schema):
    """The case a task belongs to; its reference is what residents and the desk call it."""

    reference = fields.String(required=True, metadata={"example": "K7MD-4QXW"})
    status = _one_of(CaseStage, required=True)
    category = fields.Nested(CategorySchema, required=True)
    report_count = fields.Integer(required=True, data_key="reportCount")


class CaseAfterStepSchema(Schema):
    """Where the case stands after a step."""

    reference = fields.String(required=True, metadata={"example": "K7MD-4QXW"})
    status = _one_of(CaseStage, required=True)


class PointSchema(Schema):
    """A GeoJSON point in WGS 84: longitude first."""

    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(
        fields.Float(),
        required=True,
        validate=validate.Length(equal=2),
        metadata={"example": [4.32, 51.58]},
    )


class AssetSchema(Schema):
    """The object it is about: its kind, its number and its street."""

    kind = fields.String(required=True, metadata={"example": "lamp-post"})
    number = fields.String(required=True, metadata={"example": "10"})
    street = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The street it stands in; a number can be unique there alone.",
            "example": "Westvoorstraat",
        },
    )


class AreaSchema(Schema):
    """An area the place lies in."""

    kind = fields.String(required=True, metadata={"example": "village"})
    code = fields.String(required=True)
    name = fields.String(required=True, metadata={"example": "Dinteloord"})


class PhotoSchema(Schema):
    """A photo; `received` is still being made safe, and has no links yet. Links expire."""

    id = fields.UUID(required=True)
    status = _one_of(PhotoStatus, required=True)
    url = fields.Url(required=True, allow_none=True)
    thumbnailUrl = fields.Url(required=True, allow_none=True)  # noqa: N815  # the API's own names
    jpegUrl = fields.Url(required=True, allow_none=True)  # noqa: N815  # named as in JSON


class KeptPhotoSchema(Schema):
    """A photo that came with a step; its links come when it has been made safe."""

    id = fields.UUID(required=True)
    status = _one_of(PhotoStatus, required=True)


class GivenAnswerSchema(Schema):
    """An answer to a question of the category, with the question as its reporter read it."""

    question = fields.String(required=True, metadata={"example": "hoeveel-lampen"})
    text = fields.String(required=True)
    answer = fields.String(required=True)


class ReportSchema(Schema):
    """What one person reported; who it was is not told."""

    description = fields.String(required=True)
    received_at = Moment(required=True, data_key="receivedAt")
    answers = fields.List(fields.Nested(GivenAnswerSchema), required=True)
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class ListedTaskSchema(Schema):
    """A task as it stands in the list."""

    id = fields.UUID(required=True)
    stage = _one_of(TaskStage, required=True)
    version = fields.Integer(required=True, metadata={"description": "For If-Match."})
    possible = fields.List(
        _one_of(Step), required=True, metadata={"description": "The steps that can be taken now."}
    )
    case = fields.Nested(CaseSchema, required=True)
    description = fields.String(
        required=True, metadata={"description": "What the first reporter wrote."}
    )
    location = fields.Nested(PointSchema, required=True)
    asset = fields.Nested(AssetSchema, required=True, allow_none=True)
    areas = fields.List(fields.Nested(AreaSchema), required=True)
    danger = fields.Boolean(required=True)
    offered_at = Moment(required=True, data_key="offeredAt")
    due_at = Moment(required=True, data_key="dueAt")
    changed_at = Moment(required=True, data_key="changedAt")
    held_until = fields.Date(required=True, allow_none=True, data_key="heldUntil")
    result = _one_of(WorkResult, required=True, allow_none=True)
    decline_reason = _one_of(
        DeclineReason, required=True, allow_none=True, data_key="declineReason"
    )
    remark = fields.String(required=True, allow_none=True)
    request = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "What another party asks of you with a part of the work, else null."
        },
    )


class TaskSchema(ListedTaskSchema):
    """A task with all its party needs: every report of the case and its photos."""

    reports = fields.List(fields.Nested(ReportSchema), required=True)
    photos = fields.List(
        fields.Nested(PhotoSchema),
        required=True,
        metadata={"description": "Photos of the repair."},
    )


class TasksSchema(Schema):
    """A page of the list, in the order the tasks were offered."""

    tasks = fields.List(fields.Nested(ListedTaskSchema), required=True)
    next_cursor = fields.String(
        required=True,
        allow_none=True,
        data_key="nextCursor",
        metadata={"description": "For the page after this one; null on the last."},
    )


class StepTakenSchema(Schema):
    """The task after a step. The same `Idempotency-Key` gives this answer again."""

    id = fields.UUID(required=True)
    stage = _one_of(TaskStage, required=True)
    version = fields.Integer(required=True)
    possible = fields.List(_one_of(Step), required=True)
    case = fields.Nested(CaseAfterStepSchema, required=True)
    photos = fields.List(fields.Nested(KeptPhotoSchema), required=True)


class PhotosAddedSchema(Schema):
    """The photos that were added."""

    photos = fields.List(fields.Nested(KeptPhotoSchema), required=True)


class TasksQuery(Schema):
    """Which tasks, and from where."""

    stage = fields.List(
        _one_of(TaskStage),
        load_default=None,
        metadata={"description": "Only these stages; may be given several times."},
    )
    limit = fields.Integer(
        load_default=DEFAULT_TASKS, validate=validate.Range(min=1, max=MOST_TASKS)
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=100),
        metadata={"description": "`nextCursor` of the page before."},
    )


class NothingSchema(Schema):
    """Nothing needs to be said."""


class HoldSchema(Schema):
    """Until when it waits, and for what."""

    until = fields.Date(required=True, metadata={"description": "The day it goes on."})
    reason = Words(
        required=True,
        least=1,
        most=LONGEST_REMARK,
        metadata={"example": "Wachten op de netbeheerder."},
    )
    waiting_for = _one_of(
        WaitingFor,
        load_default=WaitingFor.THIRD_PARTY.value,
        data_key="waitingFor",
        metadata={"description": "The reporters read it."},
    )
    waiting_party = Words(
        load_default="",
        most=80,
        data_key="waitingParty",
        metadata={
            "description": "For `third-party`: its name. The reporters read it.",
            "example": "Enexis",
        },
    )


class CompletionSchema(Schema):
    """How it ended."""

    result = _one_of(WorkResult, required=True)
    remark = Words(
        load_default="",
        most=LONGEST_REMARK,
        metadata={"description": "For the desk and the history of the task."},
    )


class DeclineSchema(Schema):
    """Why it is handed back."""

    reason = _one_of(DeclineReason, required=True)
    remark = Words(load_default="", most=LONGEST_REMARK)
