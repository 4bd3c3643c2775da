"""`/balie/nieuw`: one screen on which the desk takes a report for somebody who calls."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook
from app.geography.map_ground import outline_and_villages
from app.geography.model import NotAPlace, OutsideServiceArea, UnknownAsset
from app.geography.words import asset_kind_words
from app.identity.access import SIGN_IN_PATH, acting, is_program, open_to
from app.identity.permissions import Permission
from app.intake.operations import report
from app.intake.rules import report_token
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce, point_map
from app.reception.authority import authority_of
from app.reception.drafts import find_draft, keep_content, open_draft, throw_away
from app.reception.front_desk.checking import after_stops, problems_of
from app.reception.front_desk.looking import Looked, kinds_of
from app.reception.front_desk.places import PROPOSED, places_found
from app.reception.front_desk.reading import (
    Asked,
    asked_in,
    call_in,
    channel_in,
    key_in,
    new_key,
)
from app.reception.front_desk.shown import call_shown, news_of
from app.reception.front_desk.taking import hand_in, look_through
from app.reception.front_desk.words import (
    DESK_CHANNELS,
    desk_channel_words,
    passed_on_sentence,
    spelled,
)
from app.reception.model import Draft, DraftContent, SameAsUnknown
from app.reception.pages.send_step import day_words
from app.reception.pages.steps import language
from app.reception.rules import LONGEST_ADDRESS, typed
from app.triage.model import AnswersRefused, RetiredCategory, UnknownCategory
from app.triage.operations import category_tree, names_of_categories
from app.work.model import ActedBy
from app.work.operations.cases import case as case_with_id
from app.work.operations.within import references_within
from app.work.refusals import CannotJoin

blueprint = Blueprint("front_desk", __name__, url_prefix="/balie/nieuw")

_HERE = "/balie/nieuw"
#: The parts of the page that follow what is filled in.
_REGIONS = ("kind", "place", "questions", "known", "recipient")


@blueprint.before_request
def keep_what_is_typed_without_sign_in() -> ResponseReturnValue | None:
    """Keep a call whose sign-in ended meanwhile, and lead back to it after signing in anew."""
    key = key_in(request.form.get("oproep", "")) if request.method == "POST" else None
    if key is None or acting().id is not None:
        return None
    services = provided()
    now = services.get(Clock).now()
    with services.get(Database).transaction() as transaction:
        content = call_in(request.form, kinds_of(category_tree(transaction)))
        # Whose call it is nobody says now. It is laid beside theirs, and taken over by them alone.
        keep_content(transaction, open_draft(transaction, key, now=now), content, now=now)
    if is_program():
        # It is told by the refusal itself.
        return None
    flash(gettext("You were signed out. What you typed is kept: sign in and go on."), "warning")
    return redirect(f"{SIGN_IN_PATH}?next={quote(_address(key), safe='/')}", code=303)


@blueprint.get("")
@open_to(Permission.SEE_DESK)
def ask() -> ResponseReturnValue:
    """Show an empty form, or a call as it was left."""
    key = key_in(request.args.get("oproep", ""))
    if key is None:
        channel = channel_in(request.args.get("kanaal", "")).value
        return redirect(_address(new_key(), channel=channel), code=303)
    draft = _own_call(key)
    if draft.is_sent:
        return redirect(_sent_address(key), code=303)
    begun = DraftContent(channel=channel_in(request.args.get("kanaal", "")).value)
    content = begun if draft.content == DraftContent() else draft.content
    content, looked = _looked(content, Asked(kind_follows=content.category is None))
    return _page(key, content, looked)


@blueprint.post("")
@open_to(Permission.SEE_DESK)
def take() -> ResponseReturnValue:
    """Hand the call in, or without scripts look what is known; what was typed is kept."""
    key = key_in(request.form.get("oproep", "")) or new_key()
    asked, content, looked = _read_and_kept(key)
    if not asked.is_sent:
        return _page(key, content, looked)
    content = after_stops(content, asked)
    errors = problems_of(content, looked, request.form) or _hand_in(key, content)
    if errors:
        return _page(key, content, looked, errors)
    return redirect(_sent_address(key), code=303)


@blueprint.post("/kijken")
@open_to(Permission.SEE_DESK)
def look() -> ResponseReturnValue:
    """Keep what is typed so far, and tell the page what is known by it."""
    key = key_in(request.form.get("oproep", "")) or abort(400)
    _, content, looked = _read_and_kept(key)
    shown = call_shown(content, looked)
    return jsonify(
        regions={
            region: render_template(f"reception/front_desk/_{region}.html", **shown, errors={})
            for region in _REGIONS
        },
        fields={
            "longitude": f"{content.longitude:.6f}" if content.longitude is not None else "",
            "latitude": f"{content.latitude:.6f}" if content.latitude is not None else "",
            "proposal": content.place_name,
            "asset": str(content.asset_id or ""),
            "rough": "yes" if content.is_rough else "no",
        },
        address=content.address,
        news=news_of(shown),
    )


@blueprint.get("/plekken")
@open_to(Permission.SEE_DESK)
def propose_places() -> ResponseReturnValue:
    """Propose addresses, corners and objects with a number for what is typed so far."""
    asked = typed(request.args.get("q", ""), most=LONGEST_ADDRESS)
    services = provided()
    book = services.get(AddressBook)
    found = places_found(book, services.get(Database), asked) if asked else []
    return jsonify(
        addresses=[
            {
                # A number alone says nothing among house numbers.
                "label": f"{asset_kind_words(one.asset_kind)} {one.label}"
                if one.asset_kind
                else one.label,
                "longitude": one.spot.longitude,
                "latitude": one.spot.latitude,
                "asset": str(one.asset_id or ""),
            }
            for one in found
        ],
        away=not found and book.is_away(),
    )


@blueprint.get("/aangenomen")
@open_to(Permission.SEE_DESK)
def show_taken() -> ResponseReturnValue:
    """Show the number to read aloud, who has it and by when, and begin the next call."""
    key = key_in(request.args.get("oproep", "")) or abort(404)
    services = provided()
    settings = services.get(Settings)
    with services.get(Database).transaction() as transaction:
        draft = find_draft(transaction, _own(key))
        if draft is None or draft.report_id is None:
            abort(404)
        taken = report(transaction, draft.report_id)
        case = case_with_id(transaction, taken.case_id)
        authority = authority_of(transaction, case)
        is_seen = bool(references_within(transaction, [case.reference], acting().limits))
        kind = names_of_categories(transaction, [case.category_code])[case.category_code]
    token = report_token(settings.secret_key.get_secret_value(), taken.id, taken.token_generation)
    return render_template(
        "reception/front_desk/taken.html",
        reference=taken.reference,
        spelled=spelled(taken.reference, language()),
        kind=kind.in_language(language()),
        case=case.reference,
        has_joined=case.reference != taken.reference and is_seen,
        party=case.party_name,
        by=day_words(case.due_at),
        authority=authority,
        passed_on=passed_on_sentence(authority) if authority else "",
        follow_url=f"{settings.base_url}/volg/{token}",
        next_call=f"{_HERE}?{urlencode({'kanaal': draft.content.channel})}",
        left_contact=draft.content.left_contact,
    )


def _own(key: str) -> str:
    """Return what a call is kept under: it holds contact details, so its address is not enough."""
    return f"{key} of {acting().id}"


def _own_call(key: str) -> Draft:
    """Return the call of whoever asks, with what was typed of it while nobody was signed in."""
    services = provided()
    now = services.get(Clock).now()
    with services.get(Database).transaction() as transaction:
        own, is_new = find_draft(transaction, _own(key)), False
        if own is None:
            own, is_new = open_draft(transaction, _own(key), now=now), True
        left = None if is_new else find_draft(transaction, key)
        if left is not None:
            if not own.is_sent:
                own = replace(own, content=left.content)
                keep_content(transaction, own, own.content, now=now)
            throw_away(transaction, left)
    return own


def _read_and_kept(key: str) -> tuple[Asked, DraftContent, Looked]:
    """Read this request's form, look it through and keep it; a call that was taken is shown."""
    with provided().get(Database).transaction() as transaction:
        draft = find_draft(transaction, _own(key))
        if draft is not None and draft.is_sent:
            abort(redirect(_sent_address(key), code=303))
        kinds = kinds_of(category_tree(transaction))
    asked = asked_in(request.form)
    content, looked = _looked(call_in(request.form, kinds), asked, key=_own(key))
    return asked, content, looked


def _looked(
    content: DraftContent, asked: Asked, *, key: str | None = None
) -> tuple[DraftContent, Looked]:
    services = provided()
    return look_through(
        services.get(Database),
        services.get(AddressBook),
        content,
        asked,
        municipality_code=services.get(Settings).municipality_code,
        limits=acting().limits,
        now=services.get(Clock).now(),
        key=key,
    )


def _hand_in(key: str, content: DraftContent) -> dict[str, str]:
    """Hand a call in; return what stood in the way, in a sentence for the field it is about."""
    services = provided()
    try:
        hand_in(
            services.get(Database),
            _own(key),
            content,
            language=language(),
            municipality_code=services.get(Settings).municipality_code,
            by=ActedBy(acting().kind.value, acting().id),
            now=services.get(Clock).now(),
        )
    except (SameAsUnknown, CannotJoin):
        return {"same": gettext("It cannot be joined any more. Look once more which one it is.")}
    except UnknownAsset:
        return {"object": gettext("The object you chose is gone by now. Choose another one.")}
    except AnswersRefused:
        return {"questions": gettext("A question changed meanwhile. Ask it once more.")}
    except (RetiredCategory, UnknownCategory):
        return {"category": gettext("This kind is not used any more. Choose another one.")}
    except (NotAPlace, OutsideServiceArea):
        return {"address": gettext("This place is not ours. Ask once more where it is.")}
    return {}


def _page(
    key: str, content: DraftContent, looked: Looked, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "reception/front_desk/call.html",
        key=key,
        here=_HERE,
        channels=[{"value": one.value, "label": desk_channel_words(one)} for one in DESK_CHANNELS],
        errors=errors or {},
        map=_map(),
        most_proposed=PROPOSED,
        **call_shown(content, looked),
    )
    return page, 400 if errors else 200


def _map() -> MapParts | None:
    """Return the map to point at a place, unless no outline was brought in yet."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        outline, around = outline_and_villages(transaction)
    if not outline["features"]:
        return None
    settings = services.get(Settings)
    return point_map(
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
    )


def _address(key: str, *, channel: str = "") -> str:
    asked = {"oproep": key, **({"kanaal": channel} if channel else {})}
    return f"{_HERE}?{urlencode(asked)}"


def _sent_address(key: str) -> str:
    return f"{_HERE}/aangenomen?{urlencode({'oproep': key})}"
