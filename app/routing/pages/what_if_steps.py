"""What an administrator does with a draft of the what-if: writes into it, puts it in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import provided
from app.foundation.sentences import said
from app.geography.model import MapFileRefused
from app.geography.replacing import areas_in_file
from app.geography.rules import AreaFields
from app.geography.words import area_kind_words, refusal_words
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.routing.drafted import (
    DraftMovedOn,
    DraftRefused,
    LaterChangeRestsOnIt,
    RulesChangedSince,
)
from app.routing.model import AgreementNotFound, AgreementRefused
from app.routing.operations.drafting import (
    draft_agreement,
    draft_areas,
    draft_end,
    leave_agreement,
    leave_areas,
)
from app.routing.operations.drafts import rename_draft, throw_away_draft
from app.routing.operations.putting_in_force import put_in_force
from app.routing.operations.undoing import undo
from app.routing.pages.agreement_form import read_agreement, say_errors
from app.routing.pages.typed import Typed, day_words
from app.routing.pages.what_if import agreement_page, blueprint, draft_page, today_here

__all__ = ["blueprint"]

#: What a step did, in a sentence.
Step = Callable[[Transaction], object]


@blueprint.post("/<uuid:draft_id>/naam")
@open_to(Permission.ADMINISTER)
def rename(draft_id: UUID) -> ResponseReturnValue:
    """Call a draft otherwise."""
    typed = Typed()
    name = typed.text("name", most=120)
    if not name:
        typed.errors.setdefault("name", gettext("Give the draft a name."))

    def step(transaction: Transaction) -> object:
        rename_draft(transaction, draft_id, name, expected_version=_version())
        return gettext("Name changed.")

    return _take(draft_id, step, typed.errors)


@blueprint.post("/<uuid:draft_id>/weg")
@open_to(Permission.ADMINISTER)
def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""

    def step(transaction: Transaction) -> object:
        throw_away_draft(transaction, draft_id, expected_version=_version())
        return gettext("The draft is thrown away.")

    return _take(draft_id, step, {}, to="/beheer/wat-als")


@blueprint.post("/<uuid:draft_id>/werkafspraak")
@open_to(Permission.ADMINISTER)
def write_agreement(draft_id: UUID) -> ResponseReturnValue:
    """Write an agreement into a draft: a new one, or one as it would be."""
    typed = Typed()
    code = request.form.get("insteadOf", "")[:100]
    with provided().get(Database).transaction() as transaction:
        wanted = read_agreement(transaction, typed, code=code or None)
    if wanted is None:
        return agreement_page(draft_id, code, typed)

    def step(transaction: Transaction) -> object:
        draft_agreement(
            transaction,
            draft_id,
            replace(wanted, is_demo=False),
            instead_of=code or None,
            expected_version=_version(),
            today=today_here(),
        )
        return gettext("Written into the draft. Nothing has changed yet.")

    try:
        return _take(draft_id, step, {}, passes=(AgreementRefused,))
    except AgreementRefused as refused:
        say_errors(typed, refused.errors)
        return agreement_page(draft_id, code, typed)


@blueprint.post("/<uuid:draft_id>/einde")
@open_to(Permission.ADMINISTER)
def end(draft_id: UUID) -> ResponseReturnValue:
    """Write into a draft that an agreement ends."""
    code = request.form.get("code", "")[:100]

    def step(transaction: Transaction) -> object:
        draft_end(transaction, draft_id, code, expected_version=_version(), today=today_here())
        return gettext("Written into the draft. Nothing has changed yet.")

    return _take(draft_id, step, {})


@blueprint.post("/<uuid:draft_id>/laten")
@open_to(Permission.ADMINISTER)
def leave(draft_id: UUID) -> ResponseReturnValue:
    """Leave an agreement, or the areas of a kind, as they are after all."""
    code, kind = request.form.get("code", "")[:100], request.form.get("kind", "")[:100]

    def step(transaction: Transaction) -> object:
        if kind:
            leave_areas(transaction, draft_id, kind, expected_version=_version())
        else:
            leave_agreement(transaction, draft_id, code, expected_version=_version())
        return gettext("Taken out of the draft.")

    return _take(draft_id, step, {})


@blueprint.post("/<uuid:draft_id>/gebieden")
@open_to(Permission.ADMINISTER)
def areas(draft_id: UUID) -> ResponseReturnValue:
    """Write into a draft that the areas of a file replace all of a kind."""
    typed = Typed()
    kind = typed.text("kind", most=60)
    fields = AreaFields(
        code_field=typed.text("codeField", most=60) or "code",
        name_field=typed.text("nameField", most=60) or "name",
    )
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        typed.errors["file"] = gettext("Choose a file with areas.")

    def step(transaction: Transaction) -> object:
        assert file is not None  # noqa: S101  # it has content
        name = file.filename or "areas.geojson"
        found = areas_in_file(content, name, kind=kind, fields=fields)
        draft_areas(
            transaction,
            draft_id,
            kind,
            found,
            source=name,
            expected_version=_version(),
            today=today_here(),
        )
        return str(
            ngettext("%(num)s area is in the draft.", "%(num)s areas are in the draft.", len(found))
        )

    return _take(draft_id, step, typed.errors)


@blueprint.post("/<uuid:draft_id>/ingaan")
@open_to(Permission.ADMINISTER)
def begin_to_hold(draft_id: UUID) -> ResponseReturnValue:
    """Put a draft in force from a day on."""
    typed = Typed()
    day = typed.day("fromDay")

    def step(transaction: Transaction) -> object:
        assert day is not None  # noqa: S101  # otherwise there is an error
        put_in_force(
            transaction,
            draft_id,
            from_day=day,
            expected_version=_version(),
            by=by_acting(),
            now=provided().get(Clock).now(),
            today=today_here(),
        )
        return gettext("It holds from %(day)s on.", day=day_words(day))

    return _take(draft_id, step, typed.errors, field="fromDay")


@blueprint.post("/<uuid:draft_id>/terug")
@open_to(Permission.ADMINISTER)
def take_back(draft_id: UUID) -> ResponseReturnValue:
    """Undo that a draft was put in force."""

    def step(transaction: Transaction) -> object:
        now = provided().get(Clock).now()
        undo(transaction, draft_id, expected_version=_version(), by=by_acting(), now=now)
        return gettext("Taken back. All is as it was before.")

    return _take(draft_id, step, {})


def _take(
    draft_id: UUID,
    step: Step,
    errors: dict[str, str],
    *,
    to: str | None = None,
    field: str = "step",
    passes: tuple[type[DomainError], ...] = (),
) -> ResponseReturnValue:
    """Take a step, say what it did and lead back; what is refused is said on the page itself."""
    if errors:
        return draft_page(draft_id, errors)
    try:
        with provided().get(Database).transaction() as transaction:
            done = step(transaction)
    except passes:
        raise
    except DraftMovedOn:
        errors[field] = gettext("Somebody else changed this draft meanwhile. Look at it again.")
        return draft_page(draft_id, errors, HTTPStatus.PRECONDITION_FAILED)
    except RulesChangedSince as since:
        errors[field] = gettext(
            "These were changed since they were taken into the draft: %(changed)s. Take them out"
            " and in again.",
            changed=", ".join(map(area_kind_words, since.changed)),
        )
        return draft_page(draft_id, errors, HTTPStatus.PRECONDITION_FAILED)
    except LaterChangeRestsOnIt as rests:
        errors[field] = gettext(
            "It cannot be taken back: %(later)s came later and rests on it.",
            later=", ".join(rests.later),
        )
        return draft_page(draft_id, errors, HTTPStatus.CONFLICT)
    except (AgreementRefused, AgreementNotFound, DraftRefused) as refused:
        errors[field] = gettext("This is not possible: %(said)s", said=_said(refused))
        return draft_page(draft_id, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    except MapFileRefused as refused:
        why = refusal_words(refused.detail)
        errors["file"] = gettext("These areas cannot be used: %(said)s", said=why)
        return draft_page(draft_id, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(str(done), "ok")
    return redirect(to or f"/beheer/wat-als/{draft_id}", HTTPStatus.SEE_OTHER)


def _said(refused: DomainError) -> str:
    """Return why something was refused, in the reader's language where its fields tell it."""
    typed = Typed()
    say_errors(typed, refused.errors)
    return " ".join(typed.errors.values()) or said(refused.detail, gettext)


def _version() -> int:
    """Return the version that the form was shown with; without one, one that no draft has."""
    return request.form.get("version", 0, type=int)
