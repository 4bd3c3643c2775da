"""Step one of the form, second half: the kind, proposed from the words, and direct danger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.reception.model import DraftContent
from app.reception.pages.steps import (
    Page,
    filled_in,
    kept,
    kind_of,
    language,
    next_page,
    onward,
    shown,
)
from app.reception.rules import of_another_kind
from app.triage.model import ANYTHING_ELSE, Category, CategoryTree, Suggestion
from app.triage.operations import category_tree, suggest
from app.triage.rules import CERTAIN_ENOUGH

blueprint = Blueprint("kind", __name__)

_PROPOSED = 3
#: The choice to leave the kind to us.
_LEFT_TO_US = "onbekend"


@blueprint.get("/soort")
@open_to(Permission.ANYONE)
def ask_kind() -> ResponseReturnValue:
    """Propose the kinds that the words point to, and offer all others."""
    content = filled_in()
    tree, proposed = _tree_and_proposals(content)
    errors: dict[str, str] = {}
    if content.category is not None and content.category not in _in_use(tree):
        # It was retired while the form was open.
        errors["category"] = gettext("This kind is not used any more. Choose another one.")
    return _page(content, tree, proposed, errors)


@blueprint.post("/soort")
@open_to(Permission.ANYONE)
def take_kind() -> ResponseReturnValue:
    """Keep the kind; what was answered and still fits stays."""
    # Nothing is chosen in the list of all kinds until somebody chooses, so it goes first.
    chosen = request.form.get("all") or request.form.get("category", "")
    content = filled_in()
    tree, proposed = _tree_and_proposals(content)
    if chosen != _LEFT_TO_US and chosen not in _in_use(tree):
        sentence = (
            gettext("This kind is not used any more. Choose another one.")
            if chosen
            else gettext("Choose what it is about. You may also leave it to us.")
        )
        return _page(content, tree, proposed, {"category": sentence})
    left_to_us = chosen == _LEFT_TO_US
    wanted = None if left_to_us else chosen

    def change(content: DraftContent) -> DraftContent:
        if (content.category, content.leaves_kind_to_us) == (wanted, left_to_us):
            return content
        return of_another_kind(content, wanted, leaves_kind_to_us=left_to_us)

    return onward(kept(change))


@blueprint.get("/gevaar")
@open_to(Permission.ANYONE)
def ask_danger() -> ResponseReturnValue:
    """Ask whether it is dangerous right now, in the words of its kind."""
    content = filled_in()
    kind = kind_of(content) if content.has_kind else None
    if kind is None or kind.danger_advice is None:
        return onward(content)
    return _danger_page(content, kind)


@blueprint.post("/gevaar")
@open_to(Permission.ANYONE)
def take_danger() -> ResponseReturnValue:
    """Keep the answer; with danger, calling comes first."""
    answer = request.form.get("danger", "")
    if answer not in {"yes", "no"}:
        content = filled_in()
        kind = kind_of(content) if content.has_kind else None
        if kind is None or kind.danger_advice is None:
            return onward(content)
        sentence = gettext("Say whether it is dangerous right now.")
        return _danger_page(content, kind, {"danger": sentence})
    content = kept(lambda content: replace(content, is_danger=answer == "yes"))
    return redirect(Page.CALL, code=303) if content.is_danger else onward(content)


@blueprint.get("/gevaar/bellen")
@open_to(Permission.ANYONE)
def ask_to_call() -> ResponseReturnValue:
    """Say whom to call now, before the form goes on."""
    content = filled_in()
    kind = kind_of(content) if content.has_kind else None
    if kind is None or kind.danger_advice is None:
        return onward(content)
    return shown(
        Page.CALL,
        "call",
        content,
        advice=kind.danger_advice.text.in_language(language()),
        phone=kind.danger_advice.phone,
        own_phone=provided().get(Settings).contact_phone,
        onward=next_page(content).value,
    )


def _danger_page(
    content: DraftContent, kind: Category, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    assert kind.danger_advice is not None  # noqa: S101  # the callers asked
    return shown(
        Page.DANGER,
        "danger",
        content,
        errors=errors,
        kind=kind.name.in_language(language()),
        advice=kind.danger_advice.text.in_language(language()),
    )


def _page(
    content: DraftContent,
    tree: CategoryTree,
    proposed: Sequence[Suggestion],
    errors: dict[str, str],
) -> ResponseReturnValue:
    kinds = _in_use(tree)
    codes = [one.code for one in proposed if one.code in kinds and one.code != ANYTHING_ELSE]
    if content.category in kinds and content.category not in codes:
        codes.insert(0, content.category)
    best = proposed[0] if proposed else None
    value = _LEFT_TO_US if content.leaves_kind_to_us else content.category
    if not content.has_kind and best is not None and best.certainty >= CERTAIN_ENOUGH:
        # The words would decide the same; the reporter sees it and can say otherwise.
        value = best.code
    return shown(
        Page.KIND,
        "kind",
        content,
        errors=errors,
        options=[
            {
                "value": code,
                "label": kinds[code].name.in_language(language()),
                "hint": kinds[code].parent_name.in_language(language()),
                "icon": f"category-{kinds[code].parent_code}",
            }
            for code in codes
        ],
        left_to_us=_LEFT_TO_US,
        value=value,
        all_kinds=[
            {
                "label": main.name.in_language(language()),
                "options": [
                    {"value": one.code, "label": one.name.in_language(language())}
                    for one in main.categories
                ],
            }
            for main in tree.main_categories
        ],
    )


def _tree_and_proposals(content: DraftContent) -> tuple[CategoryTree, Sequence[Suggestion]]:
    with provided().get(Database).transaction() as transaction:
        tree = category_tree(transaction)
        return tree, suggest(transaction, content.words, at_most=_PROPOSED)


def _in_use(tree: CategoryTree) -> dict[str, Category]:
    return {one.code: one for main in tree.main_categories for one in main.categories}
