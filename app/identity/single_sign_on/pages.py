"""`/inloggen/organisatie`: to the provider and back, and signing out there."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from http import HTTPStatus

import structlog
from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity import security
from app.identity.access import BEGIN_PATH, SIGN_IN_PATH, acting, by_acting, open_to, sign_in_url
from app.identity.devices import remember_device
from app.identity.half_way import SECOND_STEP_PATH, SET_UP_PATH, go_half_way
from app.identity.model import NoOtherWayIn
from app.identity.permissions import Permission
from app.identity.rates import SIGNING_IN, client_network
from app.identity.records import Account
from app.identity.rules import is_own_page
from app.identity.second_factor import SecondStep, second_step
from app.identity.second_factor_pages import OWN_ACCOUNT_PATH, SIGN_IN_AGAIN_PATH, is_fresh
from app.identity.single_sign_on.model import (
    AnswerRefused,
    Asked,
    Asserted,
    EmailNotVerified,
    NobodyOfOurs,
    PasswordFirst,
    ProviderAway,
)
from app.identity.single_sign_on.operations import account_of, insist_on_the_same, link, unlink
from app.identity.single_sign_on.wired import SingleSignOn
from app.identity.throttle import give_back, hold

log = structlog.get_logger(__name__)

blueprint = Blueprint("single_sign_on", __name__, url_prefix="/inloggen/organisatie")

BACK_PATH = "/inloggen/organisatie/terug"
SIGNED_OUT_PATH = "/inloggen/organisatie/afgemeld"

#: Time enough to sign in there, with a second step.
_ASKING_LASTS = timedelta(minutes=15)

#: Where the session cookie keeps what was asked.
_ASKED = "asked_of_provider"

#: Where it keeps who came from there, until whoever is signed in here says that it is them.
_TO_LINK = "provider_to_link"

_LONGEST = 4096


@blueprint.get("")
@open_to(Permission.ANYONE)
def go() -> ResponseReturnValue:
    """Lead to the provider, to sign in there."""
    wired = provided().get(SingleSignOn)
    if wired.provider is None:
        return redirect("/inloggen", code=303)
    linking = ""
    if request.args.get("koppelen"):
        if acting().id is None:
            return redirect(sign_in_url(), code=303)
        if not is_fresh():
            return redirect(SIGN_IN_AGAIN_PATH, code=303)
        linking = str(acting().id)
    asked = Asked(*(secrets.token_urlsafe(48) for _ in range(3)))
    now = provided().get(Clock).now()
    try:
        address = wired.provider.address(asked, back_to=_back(), now=now)
    except ProviderAway:
        return _not_in(_away(), HTTPStatus.CONFLICT)
    next_page = request.args.get("next", "")
    session[_ASKED] = {
        "state": asked.state,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "since": int(now.timestamp()),
        "next": next_page if is_own_page(next_page) else "",
        # The account that somebody signed in asks this for, to link the two.
        "linking": linking,
    }
    return redirect(address, code=303)


@blueprint.get("/terug")
@open_to(Permission.ANYONE)
def back() -> ResponseReturnValue:
    """Sign in whoever comes back from the provider with the answer to what was asked here."""
    wired = provided().get(SingleSignOn)
    if wired.provider is None:
        return redirect("/inloggen", code=303)
    client = client_network(request.remote_addr)
    hold(SIGNING_IN, who=client)
    kept = session.pop(_ASKED, None)
    now = provided().get(Clock).now()
    state, code = (request.args.get(name, "")[:_LONGEST] for name in ("state", "code"))
    if (
        not isinstance(kept, dict)
        or not hmac.compare_digest(str(kept["state"]).encode(), state.encode())
        or now.timestamp() - int(kept["since"]) > _ASKING_LASTS.total_seconds()
    ):
        # An answer to a question of another browser, or of long ago.
        return _not_in(_once_more(), HTTPStatus.BAD_REQUEST)
    if not code:
        log.warning("the provider refused", error=request.args.get("error", "")[:60])
        return _not_in(
            gettext("You did not sign in at your organisation. Try again, or use your password."),
            HTTPStatus.FORBIDDEN,
        )
    asked = Asked(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"]))
    try:
        asserted = wired.provider.answer(asked, code, back_to=_back(), now=now)
        if linking := kept.get("linking"):
            answer = _ask_to_link(asserted, str(linking))
        else:
            answer = _in(wired, asserted, str(kept["next"]))
    except ProviderAway:
        return _not_in(_away(), HTTPStatus.CONFLICT)
    except AnswerRefused as refused:
        log.warning("the provider's answer was refused", because=repr(refused.__cause__)[:200])
        return _not_in(_once_more(), HTTPStatus.BAD_REQUEST)
    except EmailNotVerified:
        return _not_in(
            gettext(
                "Your organisation does not vouch for your e-mail address, so we cannot find your"
                " account. Ask your administrator."
            ),
            HTTPStatus.FORBIDDEN,
        )
    except PasswordFirst:
        return _not_in(
            gettext(
                "There is an account for you here that has a password. Sign in with that password,"
                " and link your account of the organisation there. From then on you need no"
                " password here."
            ),
            HTTPStatus.FORBIDDEN,
            lead_to=f"{SIGN_IN_PATH}?next={OWN_ACCOUNT_PATH}",
        )
    except NobodyOfOurs:
        if kept.get("linking"):
            return _not_in(
                gettext(
                    "This account of your organisation has another e-mail address, or one of the"
                    " two is linked already. Ask your administrator."
                ),
                HTTPStatus.FORBIDDEN,
                lead_to=OWN_ACCOUNT_PATH,
            )
        return _not_in(
            gettext(
                "You signed in at your organisation, but there is no account for you here. Ask"
                " your administrator to invite you."
            ),
            HTTPStatus.FORBIDDEN,
        )
    # Whoever is somebody there guesses nothing here.
    give_back(SIGNING_IN, who=client)
    return answer


@blueprint.post("/koppelen")
@open_to(Permission.SIGNED_IN)
def link_both() -> ResponseReturnValue:
    """Let the person at the provider be the account that says so here, signed in just now."""
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    kept, account_id = session.pop(_TO_LINK, None), acting().id
    now = provided().get(Clock).now().timestamp()
    if (
        not isinstance(kept, dict)
        or account_id is None
        or kept["account"] != str(account_id)
        or now - int(kept["since"]) > _ASKING_LASTS.total_seconds()
    ):
        flash(_once_more(), "error")
        return redirect(OWN_ACCOUNT_PATH, code=303)
    try:
        with provided().get(Database).transaction() as transaction:
            link(
                transaction,
                account_id,
                issuer=kept["issuer"],
                subject=kept["subject"],
                by=by_acting(),
                now=provided().get(Clock).now(),
            )
    except NobodyOfOurs:
        flash(gettext("One of the two is linked already."), "warning")
    else:
        log.info("linked with the provider", account=str(account_id))
        label = provided().get(SingleSignOn).label
        flash(gettext("From now on you sign in with %(label)s too.", label=label), "ok")
    return redirect(OWN_ACCOUNT_PATH, code=303)


@blueprint.post("/ontkoppelen")
@open_to(Permission.SIGNED_IN)
def part() -> ResponseReturnValue:
    """Let the person at the provider be this account no more; who has the account asks for it."""
    if provided().get(SingleSignOn).provider is None:
        return redirect(OWN_ACCOUNT_PATH, code=303)
    if not is_fresh():
        return redirect(SIGN_IN_AGAIN_PATH, code=303)
    account_id = acting().id
    assert account_id is not None  # open_to(SIGNED_IN) lets accounts in alone  # noqa: S101
    label = provided().get(SingleSignOn).label
    try:
        with provided().get(Database).transaction() as transaction:
            unlink(transaction, account_id, by=by_acting(), now=provided().get(Clock).now())
    except NoOtherWayIn:
        flash(
            gettext(
                "You sign in with %(label)s alone. Add a passkey first, or ask an administrator for"
                " a link to choose a password.",
                label=label,
            ),
            "warning",
        )
    else:
        log.info("no longer linked with the provider", account=str(account_id))
        flash(gettext("You sign in with %(label)s no more.", label=label), "ok")
    return redirect(OWN_ACCOUNT_PATH, code=303)


@blueprint.get("/afgemeld")
@open_to(Permission.ANYONE)
def signed_out() -> ResponseReturnValue:
    """Say that somebody is signed out here, and offer to sign out at the provider too."""
    wired = provided().get(SingleSignOn)
    if wired.provider is None or not wired.signs_out_there:
        return redirect("/", code=303)
    address = wired.provider.sign_out_address(
        back_to=f"{provided().get(Settings).base_url}/", now=provided().get(Clock).now()
    )
    return render_template("identity/signed_out.html", address=address, label=wired.label)


def page_after_signing_out() -> str | None:
    """Return the page for who came in by the provider and signs out now, if one is to be shown.

    Asked before the session is emptied.
    """
    if not session.get(security.CAME_IN_BY_PROVIDER):
        return None
    return SIGNED_OUT_PATH if provided().get(SingleSignOn).signs_out_there else None


def _in(wired: SingleSignOn, asserted: Asserted, next_page: str) -> ResponseReturnValue:
    now = provided().get(Clock).now()
    with provided().get(Database).transaction() as transaction:
        account = account_of(transaction, asserted, mapping=wired.mapping, now=now)
        step = second_step(transaction, account)
        transaction.session.flush()
        transaction.session.refresh(account)
        transaction.session.expunge(account)
    session[security.CAME_IN_BY_PROVIDER] = True
    if step is SecondStep.NONE or asserted.showed_several_factors:
        return _whole(account, next_page)
    path = SECOND_STEP_PATH if step is SecondStep.ASK else SET_UP_PATH
    go_half_way(account, next_page=next_page, path=path)
    return redirect(path, code=303)


def _ask_to_link(asserted: Asserted, account_id: str) -> ResponseReturnValue:
    """Ask who is signed in here whether this person at the provider is them."""
    who = acting()
    if who.id is None or str(who.id) != account_id:
        raise AnswerRefused()
    with provided().get(Database).transaction() as transaction:
        insist_on_the_same(transaction, who.id, asserted)
    session[_TO_LINK] = {
        "account": account_id,
        "issuer": asserted.issuer,
        "subject": asserted.subject,
        "since": int(provided().get(Clock).now().timestamp()),
    }
    page = render_template(
        "identity/link_both.html",
        label=provided().get(SingleSignOn).label,
        email=asserted.email,
    )
    return page, {"Cache-Control": "private, no-store"}


def _whole(account: Account, next_page: str) -> Response:
    person = security.sign_in_fully(account, by="provider")
    answer = make_response(redirect(next_page if is_own_page(next_page) else BEGIN_PATH, code=303))
    remember_device(answer, known_as=person.fs_uniquifier)
    return answer


def _not_in(
    sentence: str, status: HTTPStatus, *, lead_to: str = SIGN_IN_PATH
) -> ResponseReturnValue:
    page = render_template(
        "identity/not_signed_in.html",
        sentence=sentence,
        label=provided().get(SingleSignOn).label,
        lead_to=lead_to,
        is_signed_in=acting().id is not None,
    )
    return page, status, {"Cache-Control": "private, no-store"}


def _back() -> str:
    return f"{provided().get(Settings).base_url}{BACK_PATH}"


def _away() -> str:
    return str(
        gettext(
            "The sign-in of your organisation does not answer at the moment. Try again in a"
            " minute, or sign in with your password here."
        )
    )


def _once_more() -> str:
    return str(gettext("This answer does not belong to this browser, or is too old. Try again."))
