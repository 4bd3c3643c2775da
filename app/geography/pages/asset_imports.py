"""`/beheer/objecten/inlezen`: a file with objects, looked at and then kept; what imports did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.rule_changes import ChangedBy
from app.foundation.texts import clean_text
from app.foundation.typed_forms import Typed
from app.geography.changing import ON_A_PAGE, asset_listed
from app.geography.importing.asset_history import (
    AssetImport,
    Done,
    asset_changes,
    asset_import,
    asset_import_rows,
    asset_imports,
    undo_asset_import,
)
from app.geography.importing.asset_trials import (
    AT_MOST_BYTES,
    AssetReading,
    keep,
    look_at,
    look_of,
    throw_away,
)
from app.geography.importing.assets import AssetsImported
from app.geography.importing.files import name_to_keep_by
from app.geography.model import ChangedSince, ImportNotFound, ImportNotUndone, MapFileRefused
from app.geography.pages.asset_changes_shown import (
    change_shown,
    done_words,
    moment_words,
    row_shown,
    who_words,
)
from app.geography.rules import require_kind
from app.geography.words import asset_kind_words, refusal_words
from app.identity.access import acting, by_acting, open_to
from app.identity.operations import parties, who_they_are
from app.identity.permissions import Permission

blueprint = Blueprint("asset_imports", __name__, url_prefix="/beheer/objecten")

_HERE = "/beheer/objecten/inlezen"
_LOOK = f"{_HERE}/bekijken"
_MOST_PAGES = 10_000
_FRAMES = {"": None, "4326": 4326, "28992": 28992}

#: A number of an import, as large as the database has it.
_NUMBER = "<int(max=9223372036854775807):number>"


@blueprint.get("/inlezen")
@open_to(Permission.ADMINISTER)
def imports() -> ResponseReturnValue:
    """Show the form for a file, and what was brought in before."""
    return _page(Typed())


@blueprint.post("/inlezen")
@open_to(Permission.ADMINISTER)
def look() -> ResponseReturnValue:
    """Try a file and show what it would do; nothing is changed yet."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        owners = {one.code: one for one in parties(transaction, on=_today())}
    words = {name: typed.text(name) for name in ("kind", "number_field", "street_field")}
    words |= {name: typed.text(name) for name in ("id_field", "attributes")}
    for name in ("kind", "number_field"):
        if not words[name]:
            typed.errors[name] = gettext("Fill this in.")
    owner, frame = typed.choice("owner", {"", *owners}), typed.choice("crs", _FRAMES)
    removes, skips = typed.ticked("removes_missing"), typed.ticked("skips_bad")
    sent = request.files.get("file")
    content = sent.read(AT_MOST_BYTES + 1) if sent is not None else b""
    if sent is None or not sent.filename:
        typed.errors["file"] = gettext("Choose a file.")
    elif len(content) > AT_MOST_BYTES:
        typed.errors["file"] = gettext(
            "A page reads files of 20 MB at most. The command 'straatbeeld import assets' reads"
            " larger ones."
        )
    if typed.errors or sent is None:
        return _page(typed)
    try:
        require_kind(words["kind"])
    except MapFileRefused:
        typed.errors["kind"] = gettext("A kind is a word in small letters, such as lamp-post.")
        return _page(typed)
    reading = AssetReading(
        kind=words["kind"],
        number_field=words["number_field"],
        street_field=words["street_field"] or None,
        id_field=words["id_field"] or None,
        attributes=[one.strip() for one in words["attributes"].split(",") if one.strip()],
        owner=owner or None,
        owner_party_id=str(owners[owner].id) if owner else None,
        epsg=_FRAMES[frame],
        removes_missing=removes,
        skips_bad=skips,
    )
    called = name_to_keep_by(sent.filename or "")
    try:
        look_at(
            provided().get(Database),
            called,
            content,
            reading,
            account_id=_account(),
            by=by_acting(),
            now=provided().get(Clock).now(),
            on=_today(),
            say=refusal_words,
        )
    except MapFileRefused as refused:
        why = refusal_words(refused.detail)
        typed.errors["file"] = gettext("Nothing was changed. %(why)s", why=why)
        return _page(typed)
    return redirect(_LOOK, code=303)


@blueprint.get("/inlezen/bekijken")
@open_to(Permission.ADMINISTER)
def looked_at() -> ResponseReturnValue:
    """Show what the file that waits would do."""
    try:
        with provided().get(Database).transaction() as transaction:
            seen = look_of(transaction, _account())
            owners = _owners(transaction)
    except ImportNotFound:
        return redirect(_HERE, code=303)
    return render_template(
        "geography/asset_look.html",
        look=seen,
        kind_words=asset_kind_words,
        owner=owners.get(seen.reading.owner_party_id or ""),
        rows=[
            row_shown(Done(row["what"]), row["before"], row["after"], owners) for row in seen.rows
        ],
        said=_said(seen.done),
        is_different=bool(seen.done.added or seen.done.changed or seen.done.removed),
    )


@blueprint.post("/inlezen/bewaren")
@open_to(Permission.ADMINISTER)
def keep_it() -> ResponseReturnValue:
    """Bring in the file that was looked at."""
    try:
        with provided().get(Database).transaction() as transaction:
            done = keep(
                transaction,
                _look_id(),
                account_id=_account(),
                by=by_acting(),
                now=provided().get(Clock).now(),
                on=_today(),
            )
    except ImportNotFound:
        flash(gettext("This file is not there any more. Send it again."), "error")
        return redirect(_HERE, code=303)
    except (ChangedSince, MapFileRefused):
        flash(
            gettext(
                "The objects were changed since you looked. Nothing was changed. Send the file"
                " again and look at what it does now."
            ),
            "error",
        )
        return redirect(_HERE, code=303)
    flash(_said(done), "ok")
    return redirect(f"{_HERE}/{done.number}" if done.number else _HERE, code=303)


@blueprint.post("/inlezen/weggooien")
@open_to(Permission.ADMINISTER)
def throw_it_away() -> ResponseReturnValue:
    """Let the file that was looked at go."""
    with provided().get(Database).transaction() as transaction:
        throw_away(transaction, _look_id(), account_id=_account())
    flash(gettext("The file was thrown away. Nothing was changed."), "ok")
    return redirect(_HERE, code=303)


@blueprint.get(f"/inlezen/{_NUMBER}")
@open_to(Permission.ADMINISTER)
def one_import(number: int) -> ResponseReturnValue:
    """Show what an import did, object by object."""
    return _import_page(number, {})


@blueprint.post(f"/inlezen/{_NUMBER}/terugdraaien")
@open_to(Permission.ADMINISTER)
def undo(number: int) -> ResponseReturnValue:
    """Take an import back."""
    now = provided().get(Clock).now()
    try:
        with provided().get(Database).transaction() as transaction:
            undo_asset_import(transaction, number, by=by_acting(), now=now, today=_today())
    except ImportNotFound:
        return _import_page(number, {"number": gettext("This was taken back already.")})
    except ImportNotUndone as refused:
        return _import_page(number, {"number": refusal_words(refused.detail)})
    flash(gettext("The import was taken back."), "ok")
    return redirect(f"{_HERE}/{number}", code=303)


@blueprint.get("/<uuid:asset_id>")
@open_to(Permission.ADMINISTER)
def one_asset(asset_id: UUID) -> ResponseReturnValue:
    """Show an object, and what happened to it: by which page or which file, when, who."""
    with provided().get(Database).transaction() as transaction:
        found = asset_listed(transaction, asset_id)
        if found is None:
            abort(404)
        changes = asset_changes(transaction, asset_id)
        owners, names = _owners(transaction), _names(transaction, [one.by for one in changes])
    return render_template(
        "geography/asset.html",
        thing=found,
        kind_words=asset_kind_words,
        changes=[change_shown(one, owners, names) for one in changes],
    )


def _page(typed: Typed) -> ResponseReturnValue:
    page = _page_number()
    with provided().get(Database).transaction() as transaction:
        found = asset_imports(transaction, at_most=ON_A_PAGE + 1, skip=(page - 1) * ON_A_PAGE)
        names = _names(transaction, [one.by for one in found])
        owners = parties(transaction, on=_today())
    shown = render_template(
        "geography/asset_imports.html",
        imports=[
            (one, moment_words(one.at), who_words(one.by, names)) for one in found[:ON_A_PAGE]
        ],
        kind_words=asset_kind_words,
        owners=[{"value": one.code, "label": one.name} for one in owners],
        frames=[
            {"value": "4326", "label": gettext("Degrees (WGS 84)")},
            {"value": "28992", "label": gettext("Metres of the national grid (RD)")},
        ],
        page=page,
        has_more=len(found) > ON_A_PAGE,
        typed=typed.values,
        errors=typed.errors,
    )
    return shown, 422 if typed.errors else 200


def _import_page(number: int, errors: dict[str, str]) -> ResponseReturnValue:
    page = _page_number()
    wanted = request.args.get("wat", "")
    what = Done(wanted) if wanted in set(Done) else None
    with provided().get(Database).transaction() as transaction:
        try:
            found = asset_import(transaction, number)
        except ImportNotFound:
            abort(404)
        rows = asset_import_rows(
            transaction, number, what=what, at_most=ON_A_PAGE, skip=(page - 1) * ON_A_PAGE
        )
        owners = _owners(transaction)
        names = _names(transaction, [one for one in (found.by, found.undone_by) if one])
    shown = render_template(
        "geography/asset_import.html",
        one=found,
        kind=asset_kind_words(found.kind),
        when=moment_words(found.at),
        who=who_words(found.by, names),
        undone_when=moment_words(found.undone_at) if found.undone_at else None,
        undone_who=who_words(found.undone_by, names) if found.undone_by else None,
        sorts=[(one.value, done_words(one), found.of(one)) for one in Done],
        what=what or "",
        rows=[row_shown(row.what, row.before, row.after, owners, row.asset_id) for row in rows],
        page=page,
        pages=_pages(found, what),
        link=lambda other: f"{_HERE}/{number}?wat={what or ''}&pagina={other}",
        errors=errors,
    )
    return shown, 422 if errors else 200


def _pages(found: AssetImport, what: Done | None) -> int:
    many = sum(found.of(one) for one in Done if what in (None, one))
    return max(1, -(-many // ON_A_PAGE))


def _said(done: AssetsImported) -> str:
    if not (done.added or done.changed or done.removed):
        return str(gettext("Everything was there already. Nothing was changed."))
    said = gettext(
        "%(added)d added, %(changed)d changed (%(moved)d moved), %(removed)d removed,"
        " %(same)d as they were.",
        added=done.added,
        changed=done.changed,
        moved=done.moved,
        removed=done.removed,
        same=done.as_they_were,
    )
    return str(said)


def _owners(transaction: Transaction) -> dict[str, str]:
    return {str(one.id): one.name for one in parties(transaction)}


def _names(transaction: Transaction, who: Iterable[ChangedBy]) -> dict[UUID, str]:
    ids = [one.account_id for one in who if one.account_id is not None]
    return {key: one.name for key, one in who_they_are(transaction, ids).items()}


def _page_number() -> int:
    return min(max(request.args.get("pagina", 1, type=int), 1), _MOST_PAGES)


def _look_id() -> UUID:
    try:
        return UUID(clean_text(request.form.get("id", "")))
    except ValueError:
        return UUID(int=0)


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()


def _account() -> UUID:
    account_id = acting().id
    assert account_id is not None  # noqa: S101  # nobody comes here without an account
    return account_id
