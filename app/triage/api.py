"""The mobile API's categories: the list, and what the words of a report point to."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from app.foundation.api_documents import ApiBlueprint, NameSchema, refuses
from app.foundation.bodies import Words
from app.foundation.cached_answers import versioned_answer
from app.foundation.database import Database
from app.foundation.provided import provided
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.triage.model import (
    Category,
    CategoryTree,
    DangerAdvice,
    Name,
    Norm,
    NormUnit,
    Question,
    QuestionKind,
    Term,
)
from app.triage.operations import category_tree, suggest

blueprint = ApiBlueprint(
    "categories",
    __name__,
    url_prefix="/api/v1",
    description="What a report can be about.",
)

#: Longer texts than a report may have are not looked at.
LONGEST_TEXT = 3000


class TermSchema(Schema):
    """So many working days, calendar days or working hours; nought days is the same day."""

    amount = fields.Integer(required=True)
    unit = fields.String(required=True, validate=validate.OneOf([*NormUnit]))


class NormSchema(TermSchema):
    """Within what time a category is handled, and within what when somebody can get hurt.

    Both in working days too, rounded up, for an app that knows no other unit. A category can have
    stricter norms for an answer or a kind of asset: a report's own `dueAt` tells.
    """

    danger = fields.Nested(TermSchema, required=True)
    working_days = fields.Integer(required=True, data_key="workingDays")
    danger_working_days = fields.Integer(required=True, data_key="dangerWorkingDays")


class OptionSchema(Schema):
    """An answer that can be chosen; its code is what a report's `answers` takes."""

    code = fields.String(required=True, metadata={"example": "meerdere"})
    name = fields.Nested(NameSchema, required=True)


class QuestionSchema(Schema):
    """What reporters of a category are asked; a notice and a stop are only read.

    An answer to `text` and `date` (such as 2026-11-24) is words, to `number` a number, to `choice`
    the code of an option, to `choices` a list of codes. A stop says to call `phone` instead.
    """

    code = fields.String(required=True, metadata={"example": "hoeveel-lampen"})
    kind = fields.String(required=True, validate=validate.OneOf([*QuestionKind]))
    text = fields.Nested(NameSchema, required=True)
    required = fields.Boolean(
        required=True,
        metadata={"description": "A report without it is taken in, and marked incomplete."},
    )
    private = fields.Boolean(
        required=True, metadata={"description": "For staff and the party alone."}
    )
    options = fields.List(fields.Nested(OptionSchema), required=True)
    phone = fields.String(required=True, allow_none=True)


class DangerSchema(Schema):
    """What the reporter of something dangerous is told, and the number to call."""

    text = fields.Nested(NameSchema, required=True)
    phone = fields.String(required=True, allow_none=True)


class CategorySchema(Schema):
    """A kind of defect; its code is what a report takes."""

    code = fields.String(required=True, metadata={"example": "verlichting.lamp-brandt-niet"})
    name = fields.Nested(NameSchema, required=True)
    norm = fields.Nested(NormSchema, required=True)
    danger = fields.Nested(DangerSchema, required=True, allow_none=True)
    asset_kind = fields.String(required=True, allow_none=True, data_key="assetKind")
    questions = fields.List(
        fields.Nested(QuestionSchema),
        required=True,
        metadata={"description": "In the order in which they are asked."},
    )


class MainCategorySchema(Schema):
    """A heading with the categories below it."""

    code = fields.String(required=True, metadata={"example": "verlichting"})
    name = fields.Nested(NameSchema, required=True)
    categories = fields.List(fields.Nested(CategorySchema), required=True)


class CategoriesSchema(Schema):
    """All categories in use, in the order they are shown."""

    categories = fields.List(fields.Nested(MainCategorySchema), required=True)


class SuggestionQuery(Schema):
    """The words of a report, as far as they are typed."""

    text = Words(
        least=1,
        most=LONGEST_TEXT,
        required=True,
        metadata={
            "example": "lantaarnpaal doet het niet",
            "minLength": 1,
            "maxLength": LONGEST_TEXT,
        },
    )


class SuggestionSchema(Schema):
    """A category the words point to, with a certainty from 0 to 1."""

    code = fields.String(required=True)
    name = fields.Nested(NameSchema, required=True)
    certainty = fields.Float(required=True)


class SuggestionsSchema(Schema):
    """At most three categories, the most certain first; none when the words tell nothing."""

    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True)


@blueprint.route("/categories")
@open_to(Permission.ANYONE)
@blueprint.response(200, CategoriesSchema)
@refuses()
@blueprint.doc(operationId="listCategories", responses={304: {"description": "Not modified"}})
def categories() -> Response:
    """List the categories on two levels, in Dutch and English."""
    with provided().get(Database).transaction() as transaction:
        tree = category_tree(transaction)
    # The content is its own version: a phone also learns of a member that a release brings.
    content = json.dumps(_shown(tree), ensure_ascii=False)
    return versioned_answer(content, lambda: content, media_type="application/json")


@blueprint.route("/categories/suggestions")
@open_to(Permission.ANYONE)
@blueprint.arguments(SuggestionQuery, location="query")
@blueprint.response(200, SuggestionsSchema)
@refuses(400)
@blueprint.doc(operationId="suggestCategories")
def suggestions(query: dict[str, str]) -> dict[str, object]:
    """Propose at most three categories for the words of a report."""
    with provided().get(Database).transaction() as transaction:
        found = suggest(transaction, query["text"], at_most=3)
    return {
        "suggestions": [
            {"code": one.code, "name": one.name, "certainty": one.certainty} for one in found
        ]
    }


def _shown(tree: CategoryTree) -> dict[str, Any]:
    return {
        "categories": [
            {
                "code": main.code,
                "name": _name(main.name),
                "categories": [_category(category) for category in main.categories],
            }
            for main in tree.main_categories
        ]
    }


def _category(category: Category) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": _name(category.name),
        "norm": _norm(category.norm),
        "danger": _danger(category.danger_advice),
        "assetKind": category.asset_kind,
        "questions": [_question(one) for one in category.questions],
    }


def _norm(norm: Norm) -> dict[str, Any]:
    days = norm.term.about_working_days
    return {
        **_term(norm.term),
        "danger": _term(norm.for_danger),
        "workingDays": days,
        "dangerWorkingDays": min(days, norm.for_danger.about_working_days),
    }


def _term(term: Term) -> dict[str, Any]:
    return {"amount": term.amount, "unit": term.unit.value}


def _question(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind.value,
        "text": _name(question.text),
        "required": question.is_required,
        "private": question.is_private,
        "options": [{"code": one.code, "name": _name(one.name)} for one in question.offered],
        "phone": question.phone,
    }


def _danger(advice: DangerAdvice | None) -> dict[str, Any] | None:
    return {"text": _name(advice.text), "phone": advice.phone} if advice else None


def _name(name: Name) -> dict[str, str]:
    return {"nl": name.nl, "en": name.en}
