"""Reads a report out of a request, JSON or multipart, and says of every field what is not right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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

#: The clock of a phone may be so much ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What came in a request: the report, its canonical text, and the photos as sent."""

    report: NewReport
    canonical: bytes
    photos: tuple[FileStorage, ...]


class _YesOrNo(fields.Boolean):
    """A boolean of JSON; 1 is not true and "no" is not false."""

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401  # whatever marshmallow gives
        attr: str | None,
        data: Mapping[str, Any] | None,
        **named: Any,  # noqa: ANN401  # whatever marshmallow gives
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


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
        longitude, latitude = numbers[:2]
        # Compared before they become floats: a whole number of JSON can be larger than any.
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValidationError(
                "Longitude first, from -180 to 180, then latitude, from -90 to 90.",
                field_name="coordinates",
            )
        return float(longitude), float(latitude)


class ReportSchema(Schema):
    """A report as a phone sends it."""

    description = Words(
        least=1,
        most=DESCRIPTION_LENGTH,
        required=True,
        metadata={"description": "What is wrong, in the reporter's own words."},
    )
    location = fields.Nested(PointSchema, required=True)
    category = Words(
        most=100,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "An inner code of `GET /categories`; left out, the words decide.",
            "example": "verlichting.lamp-brandt-niet",
        },
    )
    contact = fields.Nested(ContactSchema, allow_none=True, load_default=None)
    answers = fields.Dict(
        keys=Words(least=1, most=100),
        values=fields.Raw(),
        allow_none=True,
        load_default=None,
        metadata={
            "description": "To the `questions` of the category, by their code; at most 50. An"
            " answer to a question that is not asked, or of another kind, is refused."
        },
    )
    asset = fields.UUID(
        allow_none=True,
        load_default=None,
        metadata={
            "description": "The `id` of an asset of `GET /places`; an open case there is joined."
        },
    )
    sameAs = Words(  # noqa: N815  # the API's own name
        most=40,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "The reference of a case of `GET /places` that this is the same as.",
            "example": "K7MD-4QXW",
        },
    )
    danger = _YesOrNo(
        load_default=False,
        metadata={"description": "Somebody can get hurt: the strictest norm, first on every list."},
    )
    locationAccuracyMetres = fields.Float(  # noqa: N815  # named as in JSON
        allow_none=True,
        load_default=None,
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "How far off the phone's own location may be."},
    )
    observedAt = fields.AwareDateTime(  # noqa: N815  # named as in JSON
        allow_none=True,
        load_default=None,
        format="iso",
        metadata={"description": "When it was seen, with its time zone; not in the future."},
    )
    language = fields.String(
        load_default="nl",
        validate=validate.OneOf([*Language]),
        metadata={"description": "The language the reporter reads; answers in words are in it."},
    )


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
        observed_at=_observed_at(loaded["observedAt"], now=now),
        language=Language(loaded["language"]),
        contact=Contact(
            contact.get("name") or None, contact.get("email") or None, contact.get("phone") or None
        ),
        answers=answers,
    )


def _observed_at(told: datetime | None, *, now: datetime) -> datetime | None:
    if told is None:
        return None
    # The years first: at the ends of the calendar no two instants can be compared.
    if told.year < now.year - 1:
        refuse_field("observedAt", "too-long-ago", "That is more than a year ago.")
    if told.year > now.year + 1 or told > now + CLOCKS_DIFFER:
        refuse_field("observedAt", "in-the-future", "It cannot have been seen in the future.")
    return min(told, now)


def _is_an_answer(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= DESCRIPTION_LENGTH and not has_control_characters(value)
    if isinstance(value, list):
        return len(value) <= 50 and all(
            isinstance(one, str) and _is_an_answer(one) for one in value
        )
    return value is None or isinstance(value, bool | int | float)
