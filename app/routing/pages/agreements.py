"""`/beheer/werkafspraken`: who does what where; made, changed, ended, and looked at as a grid."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.sampling import named_areas
from app.geography.words import area_kind_words
from app.identity.access import by_acting, open_to
from app.identity.operations import parties
from app.identity.permissions import Permission
from app.routing.model import AgreementChangedMeanwhile, AgreementRefused
from app.routing.operations.agreements import (
    agreement_version,
    end_agreement,
    last_decided_on,
    make_agreement,
)
from app.routing.operations.asking import asked_of_reports
from app.routing.operations.changing import change_agreement_from, correct_agreement
from app.routing.operations.listing import (
    Filter,
    ListedAgreement,
    When,
    agreement_named,
    agreements_listed,
)
from app.routing.operations.overview import clashes_in_part, grid
from app.routing.pages.agreement_form import (
    area_choices,
    category_choices,
    choices,
    read_agreement,
    say_errors,
    values_of,
)
from app.routing.pages.agreement_line import agreement_line
from app.routing.pages.clash_shown import (
    category_names,
    clash_shown,
    clashing_now,
    warn_of_clashes,
)
from app.routing.pages.typed import Typed, day_words
from app.triage.operations import category_tree

blueprint = Blueprint("routing_agreements", __name__, url_prefix="/beheer/werkafspraken")

ON_A_PAGE = 50
AREAS_ON_A_PAGE = 12
CLASHES_SHOWN = 200
CLASHING_AREAS_ON_A_PAGE = 25


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def agreement_list() -> ResponseReturnValue:
    """Show the agreements that are asked for: of now, coming or ended."""
    asked_when = request.args.get("stand", "")
    when = When(asked_when) if asked_when in set(When) else When.NOW
    typed = {name: request.args.get(name, "")[:200] for name in ("party", "category", "area")}
    kind, slash, code = typed["area"].partition("/")
    page = _page_number()
    today = _today()
    with provided().get(Database).transaction() as transaction:
        listed, in_all = agreements_listed(
            transaction,
            Filter(
                when,
                party=typed["party"] or None,
                category=typed["category"] or None,
                area=(kind, code) if slash else None,
            ),
            today=today,
            at_most=ON_A_PAGE,
            skip=(page - 1) * ON_A_PAGE,
        )
        asked = asked_of_reports(transaction)
        clashing = clashing_now(transaction)
        return render_template(
            "routing/agreements.html",
            lines=[agreement_line(one, asked) for one in listed],
            clashing=clashing or {},
            many_to_try=clashing is None,
            in_all=in_all,
            when=when.value,
            typed=typed,
            is_filtered=any(typed.values()),
            parties=[{"value": one.code, "label": one.name} for one in parties(transaction)],
            categories=category_choices(transaction),
            areas=area_choices(transaction, today=today),
            page=page,
            pages=max(1, -(-in_all // ON_A_PAGE)),
            link=lambda number: "?" + urlencode({**request.args.to_dict(), "page": number}),
            when_link=lambda value: "?" + urlencode({**typed, "stand": value}),
        )


@blueprint.route("/nieuw", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_agreement() -> ResponseReturnValue:
    """Show the form of a new agreement, or make it."""
    typed, made = Typed(), None
    with provided().get(Database).transaction() as transaction:
        if request.method == "POST":
            wanted = read_agreement(transaction, typed, code=None)
            if wanted is not None:
                try:
                    make_agreement(transaction, wanted, by=by_acting(), now=_now())
                except AgreementRefused as refused:
                    say_errors(typed, refused.errors)
                else:
                    made = wanted.code
        else:
            typed.values = {
                "validFrom": _today().isoformat(),
                "priority": "0",
                "category": request.args.get("category", "")[:100],
                "area": request.args.get("area", "")[:200],
            }
        page = render_template(
            "routing/agreement_new.html",
            values=typed.values,
            errors=typed.errors,
            choices=choices(transaction, today=_today()),
        )
    if made is not None:
        flash(gettext("The agreement is made."), "ok")
        warn_of_clashes(made)
        return redirect(f"/beheer/werkafspraken/{made}", code=303)
    return page, _status(typed)


@blueprint.route("/<code>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def one_agreement(code: str) -> ResponseReturnValue:
    """Show an agreement with the form that changes it, or change it."""
    typed, new_code = Typed(), None
    version = request.form.get("version", "")[:40]
    with provided().get(Database).transaction() as transaction:
        listed = agreement_named(transaction, code, today=_today())
        if request.method == "POST":
            new_code = _changed(transaction, typed, listed, version)
        else:
            typed.values = values_of(listed)
        page = _agreement_page(transaction, listed, typed) if new_code is None else ""
    if new_code is not None:
        flash(gettext("The agreement is changed."), "ok")
        warn_of_clashes(new_code)
        return redirect(f"/beheer/werkafspraken/{new_code}", code=303)
    return page, _status(typed)


@blueprint.post("/<code>/beeindigen")
@open_to(Permission.ADMINISTER)
def end_one_agreement(code: str) -> ResponseReturnValue:
    """Let an agreement end on a day."""
    typed = Typed()
    version = request.form.get("version", "")[:40]
    with provided().get(Database).transaction() as transaction:
        listed = agreement_named(transaction, code, today=_today())
        last_day = typed.day("lastDay")
        if last_day is not None:
            try:
                with transaction.session.begin_nested():
                    end_agreement(
                        transaction,
                        code,
                        last_day=last_day,
                        by=by_acting(),
                        now=_now(),
                        expected_version=version,
                    )
            except AgreementRefused as refused:
                say_errors(typed, refused.errors)
                typed.errors = {"lastDay": next(iter(typed.errors.values()))}
            except AgreementChangedMeanwhile:
                typed.errors["lastDay"] = _changed_meanwhile()
            else:
                flash(gettext("The agreement ends on %(day)s.", day=day_words(last_day)), "ok")
                return redirect(f"/beheer/werkafspraken/{code}", code=303)
        typed.values = {**values_of(listed), **typed.values}
        page = _agreement_page(transaction, listed, typed)
    return page, HTTPStatus.BAD_REQUEST


@blueprint.get("/rooster")
@open_to(Permission.ADMINISTER)
def agreement_grid() -> ResponseReturnValue:
    """Show who gets each kind of report in each area of one kind, with the gaps."""
    settings = provided().get(Settings)
    today, page = _today(), _page_number()
    errors: dict[str, str] = {}
    at = _moment(errors)
    with provided().get(Database).transaction() as transaction:
        everywhere = named_areas(transaction, on=today)
        kinds = sorted({area.kind for area in everywhere})
        asked = request.args.get("gebieden", "")
        kind = asked if asked in kinds else next((k for k in ("village", *kinds) if k in kinds), "")
        of_kind = [area for area in everywhere if area.kind == kind]
        shown = of_kind[(page - 1) * AREAS_ON_A_PAGE : page * AREAS_ON_A_PAGE]
        tree = category_tree(transaction)
        cells = grid(
            transaction,
            [(area.kind, area.code) for area in shown],
            [inner.code for main in tree.main_categories for inner in main.categories],
            at=at,
            municipality_code=settings.municipality_code,
        )
        language = str(get_locale() or "nl")
        rows = [
            {
                "name": main.name.in_language(language),
                "rows": [
                    {
                        "code": inner.code,
                        "name": inner.name.in_language(language),
                        "cells": [
                            (area, cells.get((inner.code, (area.kind, area.code))))
                            for area in shown
                        ],
                    }
                    for inner in main.categories
                ],
            }
            for main in tree.main_categories
        ]
    gaps = sum(1 for cell in cells.values() if cell.has_gap)
    return render_template(
        "routing/grid.html",
        kinds=[{"value": one, "label": area_kind_words(one)} for one in kinds],
        kind=kind,
        areas=shown,
        groups=rows,
        gaps=gaps,
        errors=errors,
        at=request.args.get("op", "")[:40],
        page=page,
        pages=max(1, -(-len(of_kind) // AREAS_ON_A_PAGE)),
        link=lambda number: "?" + urlencode({**request.args.to_dict(), "page": number}),
    ), HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK


@blueprint.get("/botsingen")
@open_to(Permission.ADMINISTER)
def agreement_clashes() -> ResponseReturnValue:
    """Show where two parties would get the same work just as precisely, some areas at a time."""
    page = _page_number()
    with provided().get(Database).transaction() as transaction:
        names = category_names(transaction)
        found, areas = clashes_in_part(
            transaction,
            list(names),
            at=_now(),
            municipality_code=provided().get(Settings).municipality_code,
            at_most=CLASHING_AREAS_ON_A_PAGE,
            skip=(page - 1) * CLASHING_AREAS_ON_A_PAGE,
        )
    return render_template(
        "routing/clashes.html",
        clashes=[clash_shown(one, names) for one in found[:CLASHES_SHOWN]],
        more=max(0, len(found) - CLASHES_SHOWN),
        page=page,
        pages=max(1, -(-areas // CLASHING_AREAS_ON_A_PAGE)),
        link=lambda number: f"?page={number}",
    )


def _changed(
    transaction: Transaction, typed: Typed, listed: ListedAgreement, version: str
) -> str | None:
    """Change an agreement as was typed; return the code of what holds now, or None."""
    code = listed.agreement.code
    from_day = typed.day("from", required=False)
    wanted = read_agreement(transaction, typed, code=code)
    if wanted is None:
        return None
    by, now = by_acting(), _now()
    try:
        # What is refused half-way leaves nothing behind.
        with transaction.session.begin_nested():
            if from_day is None:
                correct_agreement(transaction, wanted, by=by, now=now, expected_version=version)
                return code
            return change_agreement_from(
                transaction, wanted, from_day=from_day, by=by, now=now, expected_version=version
            )
    except AgreementRefused as refused:
        say_errors(typed, refused.errors)
    except AgreementChangedMeanwhile:
        typed.errors["party"] = _changed_meanwhile()
    return None


def _agreement_page(transaction: Transaction, listed: ListedAgreement, typed: Typed) -> str:
    code = listed.agreement.code
    decided_on = last_decided_on(transaction, listed.agreement.id)
    return render_template(
        "routing/agreement.html",
        line=agreement_line(listed, asked_of_reports(transaction)),
        values=typed.values,
        errors=typed.errors,
        choices=choices(transaction, today=_today()),
        version=agreement_version(transaction, code),
        decided=day_words(decided_on) if decided_on else None,
        is_over=listed.valid_until is not None and listed.valid_until < _today(),
        ends=listed.valid_until.isoformat() if listed.valid_until else "",
    )


def _changed_meanwhile() -> str:
    return str(
        gettext(
            "Somebody else changed this agreement meanwhile. What you typed stands here still:"
            " look at it again and save it once more."
        )
    )


def _moment(errors: dict[str, str]) -> datetime:
    typed = request.args.get("op", "").strip()[:40]
    if not typed:
        return _now()
    try:
        moment = datetime.fromisoformat(typed).replace(tzinfo=LOCAL_ZONE)
        if 1900 <= moment.year <= 2999:
            return moment
    except ValueError:
        pass
    errors["op"] = gettext("Type a day and a time, such as 2026-11-29T23:30.")
    return _now()


def _page_number() -> int:
    typed = request.args.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _now() -> datetime:
    return provided().get(Clock).now()


def _today() -> date:
    return _now().astimezone(LOCAL_ZONE).date()


def _status(typed: Typed) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK
