"""Reads a report out of a request, JSON or multipart, and says of every field what is not right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Request
from marshmallow import Schema, ValidationError, fields, post_load, validate
from werkzeug.datastructures import FileStorage

from app.foundation.bodies import Words, load, read_body, refuse_field
from app.foundation.texts import has_control_characters
from app.intake.model import Channel, Contact, Language, NewReport
from app.intake.rules import DESCRIPTION_LENGTH

_POINT_NUMBERS = (2, 3)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What came in a request: the report, its canonical text, and the photos as sent."""

    report: NewReport
    canonical: bytes
    photos: tuple[FileStorage, ...]


class ContactSchema(Schema):
    """How to reach the reporter; every part may be left out."""

    name = Words(most=200, allow_none=True, load_default=None)
    email = fields.Email(allow_none=True, load_default=None, validate=validate.Length(max=254))
    phone = Words(most=30, allow_none=True, load_default=None)


class PointSchema(Schema):
    """A GeoJSON Point in WGS 84, longitude first."""

    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(
        fields.Raw(metadata={"type": "number"}),
        required=True,
        metadata={"minItems": 2, "maxItems": 3, "example": [4.3195, 51.58]},
    )

    @post_load
    def _point(self, loaded: dict[str, Any], **_: object) -> tuple[float, float]:
        numbers = loaded["coordinates"]
        if len(numbers) not in _POINT_NUMBERS or any(
            isinstance(number, bool) or not isinstance(number, int | float) for number in numbers
        ):
            raise ValidationError(
                "Two numbers: longitude first, then latitude.", field_name="coordinates"
            )
        try:
            return float(numbers[0]), float(numbers[1])
        except OverflowError:
            raise ValidationError("Not a place on earth.", field_name="coordinates") from None


class ReportSchema(Schema):
    """A report as a phone sends it."""

    description = Words(least=1, most=DESCRIPTION_LENGTH, required=True)
    location = fields.Nested(PointSchema, required=True)
    category = Words(most=100, allow_none=True, load_default=None)
    contact = fields.Nested(ContactSchema, allow_none=True, load_default=None)
    answers = fields.Dict(
        keys=Words(least=1, most=100), values=fields.Raw(), allow_none=True, load_default=None
    )
    asset = fields.UUID(allow_none=True, load_default=None)
    sameAs = Words(most=40, allow_none=True, load_default=None)  # noqa: N815  # the API's own name
    danger = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    locationAccuracyMetres = fields.Float(  # noqa: N815
        allow_none=True, load_default=None, validate=validate.Range(0, 1_000_000)
    )
    observedAt = fields.AwareDateTime(allow_none=True, load_default=None, format="iso")  # noqa: N815
    language = fields.String(load_default="nl", validate=validate.OneOf([*Language]))


_SCHEMA = ReportSchema()


def read_request(request: Request, *, channel: Channel, now: datetime) -> ReadRequest:
    """Return the report in `request`.

    Raises:
        WrongContentType: neither JSON nor multipart.
        BodyTooLarge: larger than a report can be.
        BodyRefused: with every field that is not right.
    """
    body = read_body(request, part="report")
    return ReadRequest(_report(body.whole, channel=channel, now=now), body.canonical, body.photos)


def _report(whole: dict[str, Any], *, channel: Channel, now: datetime) -> NewReport:
    loaded = load(_SCHEMA, whole)
    answers = loaded["answers"] or {}
    if len(answers) > 50 or any(not _is_an_answer(value) for value in answers.values()):
        refuse_field(
            "answers", "invalid", "At most 50 answers: words, numbers, yes or no, or lists."
        )
    observed_at: datetime | None = loaded["observedAt"]
    if observed_at is not None and observed_at > now:
        refuse_field("observedAt", "in-the-future", "It cannot have been seen in the future.")
    contact = loaded["contact"] or {}
    longitude, latitude = loaded["location"]
    asset: UUID | None = loaded["asset"]
    return NewReport(
        description=loaded["description"],
        longitude=longitude,
        latitude=latitude,
        channel=channel,
        category=loaded["category"] or None,
        asset_id=asset,
        same_as=loaded["sameAs"] or None,
        is_danger=loaded["danger"],
        accuracy_metres=loaded["locationAccuracyMetres"],
        observed_at=observed_at,
        language=Language(loaded["language"]),
        contact=Contact(
            contact.get("name") or None, contact.get("email") or None, contact.get("phone") or None
        ),
        answers=answers,
    )


def _is_an_answer(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= DESCRIPTION_LENGTH and not has_control_characters(value)
    if isinstance(value, list):
        return len(value) <= 50 and all(
            isinstance(one, str) and _is_an_answer(one) for one in value
        )
    return value is None or isinstance(value, bool | int | float)
