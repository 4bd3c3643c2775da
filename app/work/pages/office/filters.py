"""`/beheer/zaken/filters`: filters that are kept: made, renamed, shared, begun with, deleted."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.identity.access import acting, open_to
from app.identity.model import NotAllowed
from app.identity.permissions import Permission
from app.triage.operations import category_tree
from app.work.operations.office.choices import choices_of_list
from app.work.operations.office.saved import (
    FilterMovedOn,
    FilterNameTaken,
    FilterNotFound,
    SavedFilter,
    TooManyFilters,
    begin_with,
    change_filter,
    delete_filter,
    keep_filter,
    saved_filter,
    saved_filters,
)
from app.work.pages.office.asked import filter_of, order_of, written_filter
from app.work.pages.office.shown import Chip, chips, options_of
from app.work.pages.typed import Typed

blueprint = Blueprint("office_filters", __name__, url_prefix="/beheer/zaken/filters")

NAME_LENGTH = 60
_YES = "ja"
_PAGE = "/beheer/zaken/filters"


def normal_query(written: str) -> str:
    """Return a filter as it stands in an address, without what is strange in it."""
    address = dict(parse_qsl(written[:2000]))
    return urlencode(written_filter(filter_of(address), order_of(address)))


@blueprint.get("")
@open_to(Permission.SEE_CASES)
def filters() -> ResponseReturnValue:
    """Show the filters that this person can use."""
    return _all()


@blueprint.get("/nieuw")
@open_to(Permission.SEE_CASES)
def ask_new() -> ResponseReturnValue:
    """Ask under which name the filter in the address is kept."""
    query = urlencode(written_filter(filter_of(request.args), order_of(request.args)))
    return _form(query, Typed())


@blueprint.post("/nieuw")
@open_to(Permission.SEE_CASES)
def keep() -> ResponseReturnValue:
    """Keep a filter under a name."""
    typed = Typed()
    name, query = _name(typed), normal_query(request.form.get("filter", ""))
    is_shared, begins = _ticked(typed, "shared"), _ticked(typed, "begin")
    if typed.errors:
        return _form(query, typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with provided().get(Database).transaction() as transaction:
            kept = keep_filter(
                transaction,
                account_id=_account_id(),
                name=name,
                query=query,
                is_shared=is_shared,
                now=provided().get(Clock).now(),
            )
            if begins:
                begin_with(transaction, kept, account_id=_account_id())
    except (FilterNameTaken, TooManyFilters) as refusal:
        typed.errors["name"] = _sentence(refusal)
        return _form(query, typed, status=HTTPStatus.CONFLICT)
    flash(gettext("Kept as “%(name)s”.", name=name), "ok")
    return redirect(f"/beheer/zaken?{query}" if query else "/beheer/zaken", code=303)


@blueprint.get("/<uuid:filter_id>")
@open_to(Permission.SEE_CASES)
def ask_change(filter_id: UUID) -> ResponseReturnValue:
    """Show a filter as it can be changed."""
    found = _changeable(filter_id)
    values = {"name": found.name, "shared": _YES if found.is_shared else ""}
    return _form(found.query, Typed(values), found=found)


@blueprint.post("/<uuid:filter_id>")
@open_to(Permission.SEE_CASES)
def change(filter_id: UUID) -> ResponseReturnValue:
    """Give a filter another name, or share it or not."""
    found = _changeable(filter_id)
    typed = Typed()
    name, is_shared, version = _name(typed), _ticked(typed, "shared"), typed.version()
    if version is None or typed.errors:
        return _form(found.query, typed, found=found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with provided().get(Database).transaction() as transaction:
            change_filter(
                transaction,
                filter_id,
                account_id=_account_id(),
                may_change_all=_may_change_all(),
                name=name,
                is_shared=is_shared,
                expected_version=version,
                now=provided().get(Clock).now(),
            )
    except FilterNameTaken as refusal:
        typed.errors["name"] = _sentence(refusal)
        return _form(found.query, typed, found=found, status=HTTPStatus.CONFLICT)
    except FilterMovedOn as refusal:
        typed.errors["name"] = _sentence(refusal)
        return _form(found.query, typed, found=found, status=HTTPStatus.PRECONDITION_FAILED)
    flash(gettext("Kept as “%(name)s”.", name=name), "ok")
    return redirect(_PAGE, code=303)


@blueprint.post("/<uuid:filter_id>/weg")
@open_to(Permission.SEE_CASES)
def delete(filter_id: UUID) -> ResponseReturnValue:
    """Keep a filter no more."""
    version = Typed().version()
    try:
        with provided().get(Database).transaction() as transaction:
            found = saved_filter(transaction, filter_id, account_id=_account_id())
            delete_filter(
                transaction,
                filter_id,
                account_id=_account_id(),
                may_change_all=_may_change_all(),
                expected_version=-1 if version is None else version,
            )
    except FilterMovedOn as refusal:
        return _all(_sentence(refusal), HTTPStatus.PRECONDITION_FAILED)
    flash(gettext("“%(name)s” is deleted.", name=found.name), "ok")
    return redirect(_PAGE, code=303)


@blueprint.post("/begin")
@open_to(Permission.SEE_CASES)
def begin() -> ResponseReturnValue:
    """Begin with a filter after signing in, or where one's role begins."""
    written = request.form.get("filter", "")
    try:
        filter_id = UUID(written) if written else None
    except ValueError:
        raise FilterNotFound from None
    with provided().get(Database).transaction() as transaction:
        begin_with(transaction, filter_id, account_id=_account_id())
    said = (
        gettext("After signing in you begin with this list.")
        if filter_id
        else gettext("After signing in you begin where you did before.")
    )
    flash(said, "ok")
    return redirect(_PAGE, code=303)


def _all(problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        found = saved_filters(transaction, _account_id())
        options = _options(transaction) if found else {}
    shown = [(one, _in_words(one.query, options)) for one in found]
    page = render_template(
        "work/office/filters.html",
        filters=shown,
        problem=problem,
        may_change_all=_may_change_all(),
    )
    return page, status


def _form(
    query: str,
    typed: Typed,
    *,
    found: SavedFilter | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        options = _options(transaction)
    page = render_template(
        "work/office/filter.html",
        query=query,
        chips=_in_words(query, options),
        typed=typed,
        found=found,
        name_length=NAME_LENGTH,
        list_address=f"/beheer/zaken?{query}" if query else "/beheer/zaken",
    )
    return page, status


def _changeable(filter_id: UUID) -> SavedFilter:
    with provided().get(Database).transaction() as transaction:
        found = saved_filter(transaction, filter_id, account_id=_account_id())
    if not found.is_own and not _may_change_all():
        raise FilterNotFound()
    return found


def _options(transaction: Transaction) -> dict[str, list[dict[str, object]]]:
    today = provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
    return options_of(category_tree(transaction), choices_of_list(transaction, today=today))


def _in_words(query: str, options: dict[str, list[dict[str, object]]]) -> list[Chip]:
    address = dict(parse_qsl(query))
    return chips(filter_of(address), order_of(address), options)


def _name(typed: Typed) -> str:
    name = " ".join(typed.text("name", most=NAME_LENGTH).split())
    if not name:
        typed.errors.setdefault("name", gettext("Write a name for this filter."))
    return name


def _ticked(typed: Typed, name: str) -> bool:
    is_ticked = request.form.get(name) == _YES
    typed.values[name] = _YES if is_ticked else ""
    return is_ticked


def _may_change_all() -> bool:
    """Whether this person may change what colleagues share, such as those who left."""
    return acting().may(Permission.ADMINISTER)


def _account_id() -> UUID:
    account_id = acting().id
    if account_id is None:
        raise NotAllowed()
    return account_id


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, FilterNameTaken):
        return str(gettext("You have a filter with this name already. Choose another name."))
    if isinstance(refusal, TooManyFilters):
        return str(gettext("You keep as many filters as you can. Delete one first."))
    return str(gettext("Somebody changed this filter meanwhile. Look at it again."))
