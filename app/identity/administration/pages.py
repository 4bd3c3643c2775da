"""`/beheer/accounts`: who works here, for an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.texts import clean_text
from app.identity import operations
from app.identity.access import acting, by_acting, open_to
from app.identity.administration.form import (
    TypedAccount,
    read_account,
    role_options,
    say_errors,
)
from app.identity.administration.listing import ACCOUNTS_ON_A_PAGE, list_accounts
from app.identity.administration.model import (
    AccountChangedMeanwhile,
    AccountFilter,
    AccountRefused,
    AccountState,
    LastAdministrator,
    OwnAccountElsewhere,
)
from app.identity.administration.operations import (
    account_version,
    change_account,
    end_account,
    end_sign_ins_of,
    invite,
    let_back,
    renew_link,
    take_second_factor,
)
from app.identity.administration.shown import (
    account_page,
    changed_meanwhile,
    form_choices,
    form_words,
    link_page,
    take_over_what_was_left_alone,
)
from app.identity.administration.words import role_words
from app.identity.model import AccountEnded
from app.identity.own_password import own_account
from app.identity.permissions import Permission, Role

blueprint = Blueprint("accounts", __name__, url_prefix="/beheer/accounts")

LIST = "/beheer/accounts"


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def account_list() -> ResponseReturnValue:
    """Show the accounts that are asked for."""
    asked = {name: clean_text(request.args.get(name, ""))[:100] for name in _ASKED}
    wanted = AccountFilter(
        words=asked["zoek"],
        role=Role(asked["rol"]) if asked["rol"] in set(Role) else None,
        party=asked["uitvoerder"] or None,
        state=AccountState(asked["stand"])
        if asked["stand"] in set(AccountState)
        else AccountState.ACTIVE,
    )
    page = _page_number()
    with provided().get(Database).transaction() as transaction:
        found = list_accounts(transaction, wanted, page=page)
        parties = [
            {"value": one.code, "label": one.name} for one in operations.parties(transaction)
        ]
    return render_template(
        "identity/accounts/list.html",
        lines=[
            {"line": one, "role": role_words(one.role), "last": one.last_signed_in_at}
            for one in found.lines
        ],
        count=found.count,
        asked=asked,
        is_filtered=any(asked.values()),
        states=[
            {"value": one.value, "label": label}
            for one, label in _state_words().items()
            if one is not AccountState.ACTIVE
        ],
        roles=role_options(),
        parties=parties,
        page=page,
        pages=-(-found.count // ACCOUNTS_ON_A_PAGE),
        link=lambda number: f"{LIST}?{urlencode({**_said(asked), 'page': number})}",
    )


@blueprint.route("/nieuw", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_account() -> ResponseReturnValue:
    """Show the form of a new colleague, or invite them and show their link, once."""
    typed = TypedAccount()
    with provided().get(Database).transaction() as transaction:
        choices = form_choices(transaction, kept=None)
        if request.method == "POST":
            wanted = read_account(typed, choices)
            if wanted is not None:
                try:
                    made = invite(transaction, wanted, by=by_acting(), now=_now())
                except AccountRefused as refused:
                    say_errors(typed, refused.errors)
                else:
                    return link_page(made, is_new=True)
        page = render_template(
            "identity/accounts/new.html",
            values=typed.values,
            ticked=typed.ticked_ones,
            errors=typed.errors,
            **form_words(choices),
        )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


@blueprint.route("/<uuid:account_id>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def one_account(account_id: UUID) -> ResponseReturnValue:
    """Show an account with the form that changes it, or change it."""
    typed = TypedAccount()
    status, meanwhile = HTTPStatus.OK, None
    with provided().get(Database).transaction() as transaction:
        kept = own_account(transaction, account_id)
        choices = form_choices(transaction, kept=kept)
        if request.method == "GET":
            return account_page(transaction, kept, choices)
        wanted = read_account(typed, choices)
        if wanted is not None:
            try:
                with transaction.session.begin_nested():
                    change_account(
                        transaction,
                        account_id,
                        wanted,
                        by=by_acting(),
                        now=_now(),
                        expected_version=request.form.get("version", "")[:40],
                    )
            except AccountRefused as refused:
                say_errors(typed, refused.errors)
            except LastAdministrator:
                typed.errors["role"] = _last_administrator()
                status = HTTPStatus.CONFLICT
            except AccountChangedMeanwhile:
                status = HTTPStatus.PRECONDITION_FAILED
                meanwhile = changed_meanwhile(transaction, kept, choices)
                take_over_what_was_left_alone(transaction, kept, typed)
            else:
                flash(gettext("The account is changed."), "ok")
                return redirect(f"{LIST}/{account_id}", code=303)
        if typed.errors and status is HTTPStatus.OK:
            status = HTTPStatus.BAD_REQUEST
        page = account_page(transaction, kept, choices, typed=typed, meanwhile=meanwhile)
    return page, status


@blueprint.get("/<uuid:account_id>/beeindigen")
@open_to(Permission.ADMINISTER)
def ask_to_end(account_id: UUID) -> ResponseReturnValue:
    """Ask whether somebody is to sign in no more, and say what follows."""
    with provided().get(Database).transaction() as transaction:
        kept = own_account(transaction, account_id)
        if not kept.is_active:
            return redirect(f"{LIST}/{account_id}", code=303)
        return render_template(
            "identity/accounts/end.html",
            account=kept,
            is_own=kept.id == acting().id,
            version=account_version(transaction, kept),
        )


@blueprint.post("/<uuid:account_id>/beeindigen")
@open_to(Permission.ADMINISTER)
def end(account_id: UUID) -> ResponseReturnValue:
    """Let somebody sign in no more, from now on."""
    try:
        with provided().get(Database).transaction() as transaction:
            ended = end_account(
                transaction, account_id, by=by_acting(), now=_now(), expected_version=_version()
            )
            name = ended.name
    except LastAdministrator:
        return _refused(account_id, _last_administrator(), HTTPStatus.CONFLICT)
    except AccountChangedMeanwhile:
        return _refused(account_id, _look_again(), HTTPStatus.PRECONDITION_FAILED)
    flash(gettext("%(name)s can sign in no more.", name=name), "ok")
    if account_id == acting().id:
        return redirect("/", code=303)
    return redirect(f"{LIST}/{account_id}", code=303)


@blueprint.post("/<uuid:account_id>/terug")
@open_to(Permission.ADMINISTER)
def back(account_id: UUID) -> ResponseReturnValue:
    """Let somebody sign in again, and show their link, once."""
    try:
        with provided().get(Database).transaction() as transaction:
            account = let_back(
                transaction, account_id, by=by_acting(), now=_now(), expected_version=_version()
            )
            return link_page(account, is_new=False)
    except AccountChangedMeanwhile:
        return _refused(account_id, _look_again(), HTTPStatus.PRECONDITION_FAILED)


@blueprint.post("/<uuid:account_id>/link")
@open_to(Permission.ADMINISTER)
def new_link(account_id: UUID) -> ResponseReturnValue:
    """Take the password of somebody away, and show the link to choose another one, once."""
    try:
        with provided().get(Database).transaction() as transaction:
            account = renew_link(transaction, account_id, by=by_acting(), now=_now())
            return link_page(account, is_new=False)
    except AccountEnded:
        return _refused(account_id, _look_again(), HTTPStatus.CONFLICT)
    except OwnAccountElsewhere:
        return redirect("/mijn-account", code=303)


@blueprint.post("/<uuid:account_id>/tweede-stap")
@open_to(Permission.ADMINISTER)
def reset_second_step(account_id: UUID) -> ResponseReturnValue:
    """Take the second step of somebody away, who lost their phone."""
    try:
        with provided().get(Database).transaction() as transaction:
            take_second_factor(transaction, account_id, by=by_acting(), now=_now())
    except OwnAccountElsewhere:
        return redirect("/mijn-account", code=303)
    flash(gettext("The second step is taken away. It is set up anew at the next sign-in."), "ok")
    return redirect(f"{LIST}/{account_id}", code=303)


@blueprint.post("/<uuid:account_id>/aanmeldingen/beeindigen")
@open_to(Permission.ADMINISTER)
def end_every_sign_in(account_id: UUID) -> ResponseReturnValue:
    """End every sign-in of somebody, wherever that is."""
    return _end_sign_ins(account_id, None)


@blueprint.post("/<uuid:account_id>/aanmeldingen/<uuid:sign_in_id>/beeindigen")
@open_to(Permission.ADMINISTER)
def end_one_sign_in(account_id: UUID, sign_in_id: UUID) -> ResponseReturnValue:
    """End one sign-in of somebody, such as the one on a lost phone."""
    return _end_sign_ins(account_id, sign_in_id)


def _end_sign_ins(account_id: UUID, sign_in_id: UUID | None) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        end_sign_ins_of(transaction, account_id, by=by_acting(), now=_now(), sign_in_id=sign_in_id)
    flash(gettext("The sign-in is ended."), "ok")
    return redirect(f"{LIST}/{account_id}", code=303)


def _refused(account_id: UUID, sentence: str, status: HTTPStatus) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        kept = own_account(transaction, account_id)
        page = account_page(
            transaction, kept, form_choices(transaction, kept=kept), refused=sentence
        )
    return page, status


_ASKED = ("zoek", "rol", "uitvoerder", "stand")


def _said(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: word for name, word in asked.items() if word}


def _state_words() -> dict[AccountState, str]:
    return {
        AccountState.ACTIVE: gettext("May sign in"),
        AccountState.ENDED: gettext("Account ended"),
        AccountState.NEVER_SIGNED_IN: gettext("Never signed in"),
        AccountState.WITHOUT_SECOND_FACTOR: gettext("Without the second step it needs"),
        AccountState.ALL: gettext("Everyone"),
    }


def _page_number() -> int:
    typed = request.args.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _version() -> str:
    return request.form.get("version", "")[:40]


def _last_administrator() -> str:
    return str(
        gettext(
            "Nobody else could give out rights any more. Make another administrator first, who"
            " has signed in."
        )
    )


def _look_again() -> str:
    return str(
        gettext("Somebody else changed this account meanwhile. Look at it again, then decide.")
    )


def _now() -> datetime:
    return provided().get(Clock).now()
