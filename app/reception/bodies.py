"""Reads a report out of a request, JSON or multipart, and says of every field what is not right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from flask import Request
from marshmallow import Schema, ValidationError, fields, post_load, validate
from werkzeug.datastructures import FileStorage

from app.foundation.errors import FieldError
from app.intake.model import Channel, Contact, Language, NewReport
from app.intake.rules import DESCRIPTION_LENGTH, clean_text, has_control_characters
from app.reception.model import BodyRefused, BodyTooLarge, WrongContentType

#: A report without its photos is never larger.
MAX_JSON_BYTES = 256 * 1024
_POINT_NUMBERS = (2, 3)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What came in a request: the report, its canonical text, and the photos as sent."""

    report: NewReport
    canonical: bytes
    photos: tuple[FileStorage, ...]


class _Words(fields.String):
    """Text of people: one normal form, no characters that no keyboard writes."""

    def __init__(self, *, most: int, least: int = 0, **named: Any) -> None:  # noqa: ANN401
        super().__init__(**named)
        self._least, self._most = least, most

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401
        attr: str | None,
        data: Mapping[str, Any] | None,
        **named: Any,  # noqa: ANN401
    ) -> str:
        words: str = super()._deserialize(value, attr, data, **named)
        if has_control_characters(words):
            raise ValidationError("It holds characters that cannot be kept.")
        words = clean_text(words)
        if not self._least <= len(words) <= self._most:
            raise ValidationError(f"Between {self._least} and {self._most} characters.")
        return words


class _ContactSchema(Schema):
    name = _Words(most=200, allow_none=True, load_default=None)
    email = fields.Email(allow_none=True, load_default=None, validate=validate.Length(max=254))
    phone = _Words(most=30, allow_none=True, load_default=None)


class _PointSchema(Schema):
    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(fields.Raw(), required=True)

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

    description = _Words(least=1, most=DESCRIPTION_LENGTH, required=True)
    location = fields.Nested(_PointSchema, required=True)
    category = _Words(most=100, allow_none=True, load_default=None)
    contact = fields.Nested(_ContactSchema, allow_none=True, load_default=None)
    answers = fields.Dict(
        keys=_Words(least=1, most=100), values=fields.Raw(), allow_none=True, load_default=None
    )
    asset = fields.UUID(allow_none=True, load_default=None)
    sameAs = _Words(most=40, allow_none=True, load_default=None)  # noqa: N815  # the API's own name
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
    if request.mimetype == "application/json":
        if (request.content_length or 0) > MAX_JSON_BYTES:
            raise BodyTooLarge()
        whole = _object(request.get_data(cache=False))
        photos: tuple[FileStorage, ...] = ()
    elif request.mimetype == "multipart/form-data":
        whole, photos = _parts(request)
    else:
        raise WrongContentType()
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return ReadRequest(_report(whole, channel=channel, now=now), canonical.encode(), photos)


def _parts(request: Request) -> tuple[dict[str, Any], tuple[FileStorage, ...]]:
    """Return the part `report`, a field or a file as browsers send a Blob, and the photos."""
    written = [value.encode() for value in request.form.getlist("report")]
    written += [part.stream.read(MAX_JSON_BYTES + 1) for part in request.files.getlist("report")]
    if len(written) != 1:
        _refuse("report", "required", "Send one part named report, with the report as JSON.")
    if len(written[0]) > MAX_JSON_BYTES:
        raise BodyTooLarge()
    for name in (*request.form, *request.files):
        if name not in {"report", "photo"}:
            _refuse(name, "unknown-field", "There is no such part.")
    if "photo" in request.form:
        _refuse("photo", "not-a-file", "Send the photo as a file.")
    return _object(written[0]), tuple(request.files.getlist("photo"))


def _object(content: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(content, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        raise BodyRefused("This is not JSON that can be read.") from None
    if not isinstance(whole, dict):
        raise BodyRefused("The report is a JSON object.")
    return whole


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _report(whole: dict[str, Any], *, channel: Channel, now: datetime) -> NewReport:
    try:
        loaded = _SCHEMA.load(whole)
    except ValidationError as wrong:
        errors = tuple(_errors(wrong.normalized_messages()))  # type: ignore[no-untyped-call]
        raise BodyRefused(errors=errors) from None
    answers = loaded["answers"] or {}
    if len(answers) > 50 or any(not _is_an_answer(value) for value in answers.values()):
        _refuse("answers", "invalid", "At most 50 answers: words, numbers, yes or no, or lists.")
    observed_at: datetime | None = loaded["observedAt"]
    if observed_at is not None and observed_at > now:
        _refuse("observedAt", "in-the-future", "It cannot have been seen in the future.")
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


def _errors(messages: Mapping[str, Any], above: str = "") -> Iterator[FieldError]:
    for name, said in messages.items():
        field = f"{above}{name}".removesuffix("._schema")
        if isinstance(said, Mapping):
            yield from _errors(said, f"{field}.")
            continue
        for sentence in said:
            yield FieldError(field, _CODES.get(sentence, "invalid"), sentence)


_CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown-field",
}


def _refuse(field: str, code: str, detail: str) -> NoReturn:
    raise BodyRefused(detail, errors=(FieldError(field, code, detail),))
