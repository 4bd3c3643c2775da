"""What the mobile API answers, as its document describes it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.foundation.api_documents import NameSchema
from app.identity.model import PartyKind
from app.photos.model import PhotoStatus
from app.planning.model import Hindrance
from app.reception.bodies import PointSchema
from app.work.model import CaseStage, ClosingReason

_REFERENCE = {"example": "K7MD-4QXW", "description": "Short, speakable, not guessable."}
_MOMENT = {"description": "RFC 3339, in UTC.", "example": "2026-11-24T09:30:00Z"}
_PROMISED = _MOMENT | {
    "description": "By when it is handled, RFC 3339 in UTC; null where it was passed on"
    " (`referred`), since others decide then when the work is done."
}
_METRES = {"description": "Metres from the place that was asked about."}


class AreaSchema(Schema):
    """An area that covers the place."""

    kind = fields.String(required=True, metadata={"example": "village"})
    code = fields.String(required=True, metadata={"example": "dinteloord"})
    name = fields.String(required=True, metadata={"example": "Dinteloord"})


class PartySchema(Schema):
    """Who does the work; an authority is somebody we pass it on to."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*PartyKind]))


class ReferredToSchema(Schema):
    """The authority that a report is passed on to, and how its reporter reaches it."""

    name = fields.String(required=True, metadata={"example": "Waterschap Brabantse Delta"})
    webForm = fields.String(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={
            "description": "Where one reports to it on the web; an https address.",
            "example": "https://waterschap-brabantse-delta.example/melden",
        },
    )
    phone = fields.String(required=True, allow_none=True, metadata={"example": "088 000 00 03"})
    email = fields.String(required=True, allow_none=True)


def _referred_to() -> fields.Nested:
    return fields.Nested(
        ReferredToSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Who it is passed on to; null where it stays with us."},
    )


class RoutingSchema(Schema):
    """Who has it, where it lies, and why in words; nobody yet is null."""

    party = fields.Nested(PartySchema, required=True, allow_none=True)
    areas = fields.List(fields.Nested(AreaSchema), required=True)
    reason = fields.String(required=True)
    referredTo = _referred_to()  # noqa: N815  # named as in JSON


class ExpectedRoutingSchema(Schema):
    """Who would get a report of this category here, and why in words."""

    party = fields.Nested(PartySchema, required=True, allow_none=True)
    reason = fields.String(required=True)
    referredTo = _referred_to()  # noqa: N815  # named as in JSON


class NamedCategorySchema(Schema):
    """A category with its name."""

    code = fields.String(required=True, metadata={"example": "verlichting.lamp-brandt-niet"})
    name = fields.Nested(NameSchema, required=True)


class ChosenCategorySchema(NamedCategorySchema):
    """The category of a report, who chose it and how certain that is."""

    chosenBy = fields.String(  # noqa: N815  # the API's own name
        required=True, validate=validate.OneOf(["reporter", "words", "desk"])
    )
    certainty = fields.Float(required=True, validate=validate.Range(0, 1))


class CaseOfReportSchema(Schema):
    """The case a report belongs to."""

    reference = fields.String(required=True, metadata=_REFERENCE)
    status = fields.String(required=True, validate=validate.OneOf([*CaseStage]))
    joined = fields.Boolean(
        required=True,
        metadata={
            "description": (
                "Whether the case was there before the report. What `sameAs` names is joined where"
                " it is open, of the same kind and no secret; otherwise a person looks at the two."
            )
        },
    )


class PhotoSchema(Schema):
    """A photo. Its addresses are there once it was made safe, and expire after some hours."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf([*PhotoStatus]))
    url = fields.URL(required=True, allow_none=True)
    thumbnailUrl = fields.URL(required=True, allow_none=True)  # noqa: N815  # named as in JSON
    jpegUrl = fields.URL(required=True, allow_none=True)  # noqa: N815  # named as in JSON


class PhotosSchema(Schema):
    """Photos that were added."""

    photos = fields.List(fields.Nested(PhotoSchema), required=True)


_MISSING = {
    "description": "Required questions without an answer; the reporter is asked on `followUrl`.",
    "example": ["hoeveel-lampen"],
}


class GivenAnswerSchema(Schema):
    """An answer with its question, in the reporter's language."""

    question = fields.String(required=True, metadata={"example": "hoeveel-lampen"})
    text = fields.String(required=True)
    answer = fields.String(required=True)


class ReceivedReportSchema(Schema):
    """A report that was taken in. The token opens it: keep it as safe as the report."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True, metadata=_REFERENCE)
    token = fields.String(required=True)
    followUrl = fields.URL(required=True)  # noqa: N815  # named as in JSON
    status = fields.String(required=True, validate=validate.OneOf([*CaseStage]))
    receivedAt = fields.AwareDateTime(required=True, metadata=_MOMENT)  # noqa: N815  # named as in JSON
    dueAt = fields.AwareDateTime(  # noqa: N815  # named as in JSON
        required=True, allow_none=True, metadata=_PROMISED
    )
    category = fields.Nested(ChosenCategorySchema, required=True)
    case = fields.Nested(CaseOfReportSchema, required=True)
    routing = fields.Nested(RoutingSchema, required=True)
    missingAnswers = fields.List(  # noqa: N815  # named as in JSON
        fields.String(), required=True, metadata=_MISSING
    )
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class FollowedCategorySchema(Schema):
    """The category of a report, and who chose it."""

    code = fields.String(required=True)
    chosenBy = fields.String(  # noqa: N815  # named as in JSON
        required=True, validate=validate.OneOf(["reporter", "words", "desk"])
    )


class FollowedCaseSchema(Schema):
    """The case a report belongs to."""

    reference = fields.String(required=True, metadata=_REFERENCE)
    status = fields.String(required=True, validate=validate.OneOf([*CaseStage]))


class FollowedRoutingSchema(Schema):
    """Who has it now; nobody yet is null."""

    party = fields.Nested(PartySchema, required=True, allow_none=True)
    referredTo = _referred_to()  # noqa: N815  # named as in JSON


class ClosingSchema(Schema):
    """When and why a case closed."""

    closedAt = fields.AwareDateTime(required=True, metadata=_MOMENT)  # noqa: N815  # named as in JSON
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Why nothing was done; null for what was solved.",
            "example": ClosingReason.NOT_PUBLIC_SPACE.value,
        },
    )
    words = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the municipality adds for the reporter, if anything."},
    )


class FollowedReportSchema(Schema):
    """Where a report stands."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True, metadata=_REFERENCE)
    status = fields.String(required=True, validate=validate.OneOf([*CaseStage]))
    description = fields.String(required=True)
    location = fields.Nested(PointSchema, required=True)
    receivedAt = fields.AwareDateTime(required=True, metadata=_MOMENT)  # noqa: N815  # named as in JSON
    dueAt = fields.AwareDateTime(  # noqa: N815  # named as in JSON
        required=True, allow_none=True, metadata=_PROMISED
    )
    plannedOn = fields.Date(required=True, allow_none=True)  # noqa: N815  # named as in JSON
    waitingFor = fields.String(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={
            "description": "`reporter`, `third-party`, `material` or `weather`, where the status"
            " is `waiting`. Take a word that you do not know for `third-party`."
        },
    )
    waitsUntil = fields.Date(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={"description": "The day on which it is expected to go on; null where unknown."},
    )
    waitingWords = fields.String(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={"description": "What the municipality tells or asks the reporter meanwhile."},
    )
    closing = fields.Nested(ClosingSchema, required=True, allow_none=True)
    category = fields.Nested(FollowedCategorySchema, required=True)
    case = fields.Nested(FollowedCaseSchema, required=True)
    routing = fields.Nested(FollowedRoutingSchema, required=True)
    answers = fields.List(fields.Nested(GivenAnswerSchema), required=True)
    missingAnswers = fields.List(  # noqa: N815  # named as in JSON
        fields.String(), required=True, metadata=_MISSING
    )
    photos = fields.List(fields.Nested(PhotoSchema), required=True)
    repairPhotos = fields.List(fields.Nested(PhotoSchema), required=True)  # noqa: N815  # named as in JSON


class AddressSchema(Schema):
    """The nearest address, as people write it."""

    text = fields.String(required=True, metadata={"example": "Kade 4, 4671 AB Dinteloord"})


class NearCaseSchema(Schema):
    """An open case near by; its reference can be a report's `sameAs`."""

    reference = fields.String(required=True, metadata=_REFERENCE)
    category = fields.Nested(NamedCategorySchema, required=True)
    status = fields.String(required=True, validate=validate.OneOf([*CaseStage]))
    location = fields.Nested(PointSchema, required=True)
    distanceMetres = fields.Float(required=True, metadata=_METRES)  # noqa: N815  # named as in JSON
    reports = fields.Integer(required=True)
    reportedAt = fields.AwareDateTime(required=True, metadata=_MOMENT)  # noqa: N815  # named as in JSON
    dueAt = fields.AwareDateTime(required=True, metadata=_MOMENT)  # noqa: N815  # named as in JSON


class NearAssetSchema(Schema):
    """A thing near by; its id can be a report's `asset`."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"example": "lamp-post"})
    number = fields.String(required=True, metadata={"example": "DTL-0017"})
    street = fields.String(
        allow_none=True,
        metadata={"description": "The street it stands in; a number can be unique there alone."},
    )
    location = fields.Nested(PointSchema, required=True)
    distanceMetres = fields.Float(required=True, metadata=_METRES)  # noqa: N815  # named as in JSON
    openCase = fields.String(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={"description": "The open case that a report of this asset would join."},
    )


class NearWorkSchema(Schema):
    """A planned work near by, under way or still to come."""

    reference = fields.String(required=True)
    title = fields.Nested(NameSchema, required=True)
    description = fields.Nested(NameSchema, required=True)
    kind = fields.String(required=True)
    hindrance = fields.String(required=True, validate=validate.OneOf([*Hindrance]))
    startsOn = fields.Date(required=True)  # noqa: N815  # named as in JSON
    endsOn = fields.Date(required=True)  # noqa: N815  # named as in JSON
    carriedOutBy = fields.String(required=True)  # noqa: N815  # named as in JSON
    distanceMetres = fields.Float(required=True, metadata=_METRES)  # noqa: N815  # named as in JSON
    takesCareOf = fields.Boolean(  # noqa: N815  # named as in JSON
        required=True,
        allow_none=True,
        metadata={"description": "Whether it mends this category anyway; null without one."},
    )


class PlaceSchema(Schema):
    """What there is at a place of ours. A place that is not ours is answered with 422."""

    ours = fields.Boolean(required=True, metadata={"enum": [True]})
    areas = fields.List(fields.Nested(AreaSchema), required=True)
    address = fields.Nested(AddressSchema, required=True, allow_none=True)
    cases = fields.List(fields.Nested(NearCaseSchema), required=True)
    assets = fields.List(fields.Nested(NearAssetSchema), required=True)
    works = fields.List(fields.Nested(NearWorkSchema), required=True)
    routing = fields.Nested(
        ExpectedRoutingSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Who would get a report of the category; null without one."},
    )
