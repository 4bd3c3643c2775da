"""`/beheer/wat-als`: changed agreements and areas, tried over past reports before they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.errors import DomainError
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.model import MapFileRefused
from app.geography.operations import municipality_outline, villages
from app.geography.replacing import areas_in_file
from app.geography.rules import AreaFields
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.maps.model import TileSource
from app.maps.operations import moved_map, page_nonce
from app.routing.drafted import (
    Draft,
    DraftMovedOn,
    DraftRefused,
    LaterChangeRestsOnIt,
    RulesChangedSince,
    TooManyReports,
)
from app.routing.model import AgreementNotFound, AgreementRefused
from app.routing.operations.comparing import MOST_REPORTS, compare
from app.routing.operations.drafting import (
    draft_agreement,
    draft_areas,
    draft_end,
    drafted_shapes,
    leave_agreement,
    leave_areas,
)
from app.routing.operations.drafts import draft, drafts, make_draft, rename_draft, throw_away_draft
from app.routing.operations.listing import Filter, When, agreement_named, agreements_listed
from app.routing.operations.putting_in_force import put_in_force
from app.routing.operations.undoing import undo
from app.routing.pages.agreement_form import choices, read_agreement, say_errors, values_of
from app.routing.pages.typed import Typed, by_acting, day_words
from app.routing.pages.what_if_shown import MOST_MARKS, ComparisonShown, changes_shown
from app.routing.words import area_kind_words

blueprint = Blueprint("what_if", __name__, url_prefix="/beheer/wat-als")

ON_A_PAGE = 50
_DAYS_COMPARED = 90
_MOST_AGREEMENTS_OFFERED = 1_000

#: What a step did, in a sentence.
Step = Callable[[Transaction], str]


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def draft_list() -> ResponseReturnValue:
    """Show all drafts, and the form that begins one."""
    return _list_page(Typed())


@blueprint.post("")
@open_to(Permission.ADMINISTER)
def begin() -> ResponseReturnValue:
    """Begin a draft."""
    typed = Typed()
    name = typed.text("name", most=120)
    if not name:
        typed.errors.setdefault("name", gettext("Give the draft a name."))
    if typed.errors:
        return _list_page(typed)
    with provided().get(Database).transaction() as transaction:
        made = make_draft(transaction, name, by=acting().id, now=provided().get(Clock).now())
    return redirect(f"/beheer/wat-als/{made}", HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:draft_id>")
@open_to(Permission.ADMINISTER)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what a draft changes, and what can be done with it."""
    return _draft_page(draft_id, {})


@blueprint.get("/<uuid:draft_id>/vergelijking")
@open_to(Permission.ADMINISTER)
def comparison(draft_id: UUID) -> ResponseReturnValue:
    """Compare a draft with today's rules over a period: counts, a map and a list."""
    services = provided()
    settings = services.get(Settings)
    errors: dict[str, str] = {}
    today = _today()
    since = _asked_day("van", today - timedelta(days=_DAYS_COMPARED), errors)
    until = _asked_day("tot", today, errors)
    if not errors and not since <= until <= today:
        errors["tot"] = gettext("The last day comes after the first, and not after today.")
    if errors:
        return _draft_page(draft_id, errors)
    with services.get(Database).snapshot() as transaction:
        found = draft(transaction, draft_id)
        try:
            compared = compare(
                transaction,
                found,
                since=since,
                until=until,
                municipality_code=settings.municipality_code,
                today=today,
            )
        except TooManyReports as many:
            errors["van"] = gettext(
                "%(reports)s reports came in then. Choose a shorter period: at most %(most)s can"
                " be compared at once.",
                reports=many.reports,
                most=MOST_REPORTS,
            )
            return _draft_page(draft_id, errors)
        shown = ComparisonShown(transaction, compared)
        pages = max(1, -(-len(compared.moved) // ON_A_PAGE))
        page = min(max(request.args.get("pagina", 1, type=int), 1), pages)
        period = {"van": since.isoformat(), "tot": until.isoformat()}
        return render_template(
            "routing/what_if_comparison.html",
            draft=found,
            reports=compared.reports,
            count=len(compared.moved),
            left_to_nobody=compared.left_to_nobody,
            since=day_words(since),
            until=day_words(until),
            counts=shown.counts(),
            moved=shown.moved(page, ON_A_PAGE),
            marks=min(len(compared.moved), MOST_MARKS),
            page=page,
            pages=pages,
            link=lambda number: "?" + urlencode({**period, "pagina": number}) + "#lijst",
            map=moved_map(
                outline=municipality_outline(transaction),
                villages=villages(transaction),
                tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
                nonce=page_nonce(),
                moved=shown.marks(),
                areas=drafted_shapes(transaction, draft_id) if found.areas else None,
            )
            if compared.moved
            else None,
        )


@blueprint.post("/<uuid:draft_id>/naam")
@open_to(Permission.ADMINISTER)
def rename(draft_id: UUID) -> ResponseReturnValue:
    """Call a draft otherwise."""
    typed = Typed()
    name = typed.text("name", most=120)
    if not name:
        typed.errors.setdefault("name", gettext("Give the draft a name."))

    def step(transaction: Transaction) -> str:
        rename_draft(transaction, draft_id, name, expected_version=_version())
        return gettext("Name changed.")

    return _take(draft_id, step, typed.errors)


@blueprint.post("/<uuid:draft_id>/weg")
@open_to(Permission.ADMINISTER)
def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""

    def step(transaction: Transaction) -> str:
        throw_away_draft(transaction, draft_id, expected_version=_version())
        return gettext("The draft is thrown away.")

    return _take(draft_id, step, {}, to="/beheer/wat-als")


@blueprint.get("/<uuid:draft_id>/werkafspraak")
@open_to(Permission.ADMINISTER)
def agreement(draft_id: UUID) -> ResponseReturnValue:
    """Show the form of an agreement in a draft, filled in with the one that is named."""
    return _agreement_page(draft_id, request.args.get("code", "")[:100], Typed())


@blueprint.post("/<uuid:draft_id>/werkafspraak")
@open_to(Permission.ADMINISTER)
def write_agreement(draft_id: UUID) -> ResponseReturnValue:
    """Write an agreement into a draft: a new one, or one as it would be."""
    typed = Typed()
    code = request.form.get("insteadOf", "")[:100]
    with provided().get(Database).transaction() as transaction:
        wanted = read_agreement(transaction, typed, code=code or None)
    if wanted is None:
        return _agreement_page(draft_id, code, typed)

    def step(transaction: Transaction) -> str:
        draft_agreement(
            transaction,
            draft_id,
            replace(wanted, is_demo=False),
            instead_of=code or None,
            expected_version=_version(),
            today=_today(),
        )
        return gettext("Written into the draft. Nothing has changed yet.")

    try:
        return _take(draft_id, step, {}, passes=(AgreementRefused,))
    except AgreementRefused as refused:
        say_errors(typed, refused.errors)
        return _agreement_page(draft_id, code, typed)


@blueprint.post("/<uuid:draft_id>/einde")
@open_to(Permission.ADMINISTER)
def end(draft_id: UUID) -> ResponseReturnValue:
    """Write into a draft that an agreement ends."""
    code = request.form.get("code", "")[:100]

    def step(transaction: Transaction) -> str:
        draft_end(transaction, draft_id, code, expected_version=_version(), today=_today())
        return gettext("Written into the draft. Nothing has changed yet.")

    return _take(draft_id, step, {})


@blueprint.post("/<uuid:draft_id>/laten")
@open_to(Permission.ADMINISTER)
def leave(draft_id: UUID) -> ResponseReturnValue:
    """Leave an agreement, or the areas of a kind, as they are after all."""
    code, kind = request.form.get("code", "")[:100], request.form.get("kind", "")[:100]

    def step(transaction: Transaction) -> str:
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

    def step(transaction: Transaction) -> str:
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
            today=_today(),
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

    def step(transaction: Transaction) -> str:
        assert day is not None  # noqa: S101  # otherwise there is an error
        put_in_force(
            transaction,
            draft_id,
            from_day=day,
            expected_version=_version(),
            by=by_acting(),
            now=provided().get(Clock).now(),
            today=_today(),
        )
        return gettext("It holds from %(day)s on.", day=day_words(day))

    return _take(draft_id, step, typed.errors, field="fromDay")


@blueprint.post("/<uuid:draft_id>/terug")
@open_to(Permission.ADMINISTER)
def take_back(draft_id: UUID) -> ResponseReturnValue:
    """Undo that a draft was put in force."""

    def step(transaction: Transaction) -> str:
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
        return _draft_page(draft_id, errors)
    try:
        with provided().get(Database).transaction() as transaction:
            said = step(transaction)
    except passes:
        raise
    except DraftMovedOn:
        errors[field] = gettext("Somebody else changed this draft meanwhile. Look at it again.")
        return _draft_page(draft_id, errors, HTTPStatus.PRECONDITION_FAILED)
    except RulesChangedSince as since:
        errors[field] = gettext(
            "These were changed since they were taken into the draft: %(changed)s. Take them out"
            " and in again.",
            changed=", ".join(map(area_kind_words, since.changed)),
        )
        return _draft_page(draft_id, errors, HTTPStatus.PRECONDITION_FAILED)
    except LaterChangeRestsOnIt as rests:
        errors[field] = gettext(
            "It cannot be taken back: %(later)s came later and rests on it.",
            later=", ".join(rests.later),
        )
        return _draft_page(draft_id, errors, HTTPStatus.CONFLICT)
    except (AgreementRefused, AgreementNotFound, DraftRefused) as refused:
        errors[field] = gettext("This is not possible: %(said)s", said=refused.detail)
        return _draft_page(draft_id, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    except MapFileRefused as refused:
        errors["file"] = gettext("These areas cannot be used: %(said)s", said=refused.detail)
        return _draft_page(draft_id, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(said, "ok")
    return redirect(to or f"/beheer/wat-als/{draft_id}", HTTPStatus.SEE_OTHER)


def _list_page(typed: Typed) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        found = drafts(transaction)
    page = render_template(
        "routing/what_if.html",
        drafts=[(one, _state(one)) for one in found],
        typed=typed.values,
        errors=typed.errors,
    )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


def _draft_page(
    draft_id: UUID, errors: dict[str, str], status: HTTPStatus | None = None
) -> ResponseReturnValue:
    today = _today()
    with provided().get(Database).transaction() as transaction:
        found = draft(transaction, draft_id)
        listed, _ = agreements_listed(
            transaction, Filter(when=When.NOW), today=today, at_most=_MOST_AGREEMENTS_OFFERED
        )
        page = render_template(
            "routing/what_if_draft.html",
            draft=found,
            state=_state(found),
            changes=changes_shown(transaction, found),
            areas=[(area_kind_words(one.kind), one) for one in found.areas],
            agreements=[
                {
                    "value": one.agreement.code,
                    "label": f"{one.agreement.code} ({one.agreement.party.name})",
                }
                for one in listed
            ],
            kinds=[
                {"value": kind, "label": area_kind_words(kind)}
                for kind in ("team-district", "village", "neighbourhood", "lighting-contract")
            ],
            typed=request.form,
            since=request.args.get("van") or (today - timedelta(days=_DAYS_COMPARED)).isoformat(),
            until=request.args.get("tot") or today.isoformat(),
            today=today.isoformat(),
            errors=errors,
        )
    return page, status or (HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK)


def _agreement_page(draft_id: UUID, code: str, typed: Typed) -> ResponseReturnValue:
    today = _today()
    with provided().get(Database).transaction() as transaction:
        found = draft(transaction, draft_id)
        values = {"priority": "0", "validFrom": today.isoformat()}
        if code:
            values = values_of(agreement_named(transaction, code, today=today))
        offered = choices(transaction, today=today)
        for one in found.areas:
            options = [
                {"value": f"{one.kind}/{area}", "label": name} for area, name in one.areas.items()
            ]
            label = gettext("%(kind)s, in this draft", kind=area_kind_words(one.kind))
            offered.areas.append({"label": label, "options": options})
        page = render_template(
            "routing/what_if_agreement.html",
            draft=found,
            code=code,
            values={**values, **typed.values},
            errors=typed.errors,
            choices=offered,
        )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


def _state(one: Draft) -> str:
    if one.is_put_in_force and one.in_force_from is not None:
        return str(gettext("Holds from %(day)s on", day=day_words(one.in_force_from)))
    if one.undone_at is not None:
        return str(gettext("Taken back"))
    return str(gettext("Draft"))


def _version() -> int:
    """Return the version that the form was shown with; without one, one that no draft has."""
    return request.form.get("version", 0, type=int)


def _asked_day(name: str, otherwise: date, errors: dict[str, str]) -> date:
    written = request.args.get(name, "").strip()[:20]
    if not written:
        return otherwise
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if day.year < 2000:
        errors[name] = gettext("Give a day, such as 31-12-2026.")
        return otherwise
    return day


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
