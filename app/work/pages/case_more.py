"""What the desk says of a case besides: where it lies, how much it presses, notes, parts of it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.addresses import AddressBook
from app.geography.map_ground import outline_and_villages
from app.geography.model import NotAPlace, OutsideServiceArea, Spot
from app.identity.access import acting, open_to
from app.identity.operations import parties
from app.identity.permissions import Permission
from app.maps.model import TileSource
from app.maps.operations import page_nonce, picker_map
from app.work.operations.cases import ResponsibleParty, case_by_reference, check_version
from app.work.operations.choices import ChoiceList, all_choices
from app.work.operations.moving_pin import move_pin
from app.work.operations.splitting import NotForAuthorities, PartyHasTask, split_off_task
from app.work.operations.standard_texts import UsedFor, standard_texts
from app.work.operations.weighing import add_note, weigh_case
from app.work.operations.within import references_within
from app.work.pages.case_page import known_reference, show_case
from app.work.pages.taking_steps import NotRight, Said, by_whom, moment, take_step
from app.work.pages.typed import REMARK_LENGTH, Typed
from app.work.refusals import CaseIsClosed, MovedOn
from app.work.weight_words import place_reason_words
from app.work.weights import PlaceReason, Priority

blueprint = Blueprint("case_more", __name__, url_prefix="/balie")

_PROPOSED = 5
_LONGEST_ADDRESS = 200

#: The field that each sort of standard text is put into.
_FIELD_OF = {UsedFor.WAITING: "waiting_words", UsedFor.CLOSING: "words"}
_KEPT_FIELDS = ("waiting_for", "waiting_party", "other_party", "waits_until", "reason")


@blueprint.post("/zaken/<reference>/wegen")
@open_to(Permission.DIRECT_CASES)
def weigh(reference: str) -> ResponseReturnValue:
    """Say how much the case presses, and what made the defect."""
    typed = Typed()
    priority = typed.word("priority", Priority, missing=gettext("Choose a priority."))
    cause = typed.text("cause", most=100)

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        causes = {one.code for one in all_choices(transaction) if one.list is ChoiceList.CAUSE}
        if cause and cause not in causes:
            typed.errors["cause"] = gettext("Choose one from the list.")
        if priority is None or typed.errors:
            raise NotRight
        weigh_case(
            transaction,
            reference,
            priority=priority,
            cause=cause or None,
            by=by_whom(),
            now=moment(),
            expected_version=version,
        )
        return "ok", gettext("Saved.")

    return take_step("priority", reference, typed, step)


@blueprint.post("/zaken/<reference>/notities")
@open_to(Permission.DIRECT_CASES)
def note(reference: str) -> ResponseReturnValue:
    """Write something for colleagues; reporters never read it."""
    typed = Typed()
    words = typed.text("note", most=REMARK_LENGTH)
    if not words:
        typed.errors["note"] = gettext("Write something first.")

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        del version  # A note holds whatever else happened to the case.
        if typed.errors:
            raise NotRight
        add_note(transaction, reference, words=words, by=by_whom(), now=moment())
        return "ok", gettext("Note added.")

    return take_step("note", reference, typed, step)


@blueprint.post("/zaken/<reference>/deeltaak")
@open_to(Permission.DIRECT_CASES)
def split_off(reference: str) -> ResponseReturnValue:
    """Give another party a part of the work; the case stays with the one it has."""
    typed = Typed()
    code = typed.text("part_party", most=100)
    words = typed.text("part_request", most=REMARK_LENGTH)
    if not words:
        typed.errors["part_request"] = gettext("Say what they have to do.")

    def step(transaction: Transaction, reference: str, version: int) -> Said:
        today = moment().astimezone(LOCAL_ZONE).date()
        party = next((one for one in parties(transaction, on=today) if one.code == code), None)
        if party is None:
            typed.errors["part_party"] = gettext("Choose a party from the list.")
        if party is None or typed.errors:
            raise NotRight
        found = case_by_reference(transaction, reference, lock=True)
        check_version(found, version)
        try:
            split_off_task(
                transaction,
                found,
                party=ResponsibleParty(party.id, party.code, party.name, party.kind),
                request=words,
                by=by_whom(),
                now=moment(),
            )
        except PartyHasTask:
            typed.errors["part_party"] = gettext(
                "%(party)s has a task at this report already.", party=party.name
            )
            raise NotRight from None
        except NotForAuthorities:
            typed.errors["part_party"] = gettext(
                "Another authority gets a whole report and no part of one: give it to them."
            )
            raise NotRight from None
        return "ok", gettext("%(party)s has a task now too.", party=party.name)

    return take_step("part_party", reference, typed, step)


@blueprint.post("/zaken/<reference>/standaardtekst")
@open_to(Permission.DIRECT_CASES)
def insert_text(reference: str) -> ResponseReturnValue:
    """Put a standard text into a field of the page; nothing is kept yet."""
    typed = Typed()
    for name in _KEPT_FIELDS:
        typed.text(name, most=REMARK_LENGTH)
    used_for = UsedFor.WAITING if "waiting_words" in request.form else UsedFor.CLOSING
    field, chosen = _FIELD_OF[used_for], request.form.get(f"standard_{used_for.value}", "")
    written = typed.text(field, most=REMARK_LENGTH)
    with provided().get(Database).transaction() as transaction:
        found = case_by_reference(transaction, known_reference(reference))
        offered = [one for one in standard_texts(transaction) if one.fits(found.category_code)]
    for one in offered:
        if str(one.id) == chosen and one.used_for is used_for and not one.is_retired:
            typed.values[field] = "\n".join(filter(None, (written, one.words)))
            return show_case(reference, typed=typed)
    typed.errors[f"standard_{used_for.value}"] = gettext("Choose a standard text first.")
    return show_case(reference, typed=typed, status=HTTPStatus.BAD_REQUEST)


@blueprint.get("/zaken/<reference>/plek")
@open_to(Permission.DIRECT_CASES)
def show_place(reference: str) -> ResponseReturnValue:
    """Show where the case lies, to point at another place."""
    return _place_page(known_reference(reference), Typed())


@blueprint.post("/zaken/<reference>/plek")
@open_to(Permission.DIRECT_CASES)
def change_place(reference: str) -> ResponseReturnValue:
    """Look up an address, or let the case lie where was pointed."""
    reference = known_reference(reference)
    typed = Typed()
    address = typed.text("address", most=_LONGEST_ADDRESS)
    spot = _spot(typed)
    typed.values["route"] = "yes" if request.form.get("route") == "yes" else "no"
    if request.form.get("look_up") or request.form.get("point"):
        typed.errors.clear()
        typed.values["reason"] = request.form.get("reason", "")[:40]
        asked = address if request.form.get("look_up") else None
        return _place_page(reference, typed, looked_up=asked)
    reason = typed.word("reason", PlaceReason, missing=gettext("Choose a reason."))
    version = typed.version()
    if version is None or spot is None or reason is None or typed.errors:
        return _place_page(reference, typed, status=HTTPStatus.BAD_REQUEST)
    try:
        with provided().get(Database).transaction() as transaction:
            moved = move_pin(
                transaction,
                reference,
                spot=spot,
                reason=reason,
                route_again=typed.values["route"] == "yes",
                by=by_whom(),
                now=moment(),
                expected_version=version,
            )
    except OutsideServiceArea:
        typed.errors["longitude"] = gettext("This place is outside our municipality.")
        return _place_page(reference, typed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except CaseIsClosed:
        typed.errors["page"] = gettext("This report is closed. Reopen it first.")
        return _place_page(reference, typed, status=HTTPStatus.CONFLICT)
    except MovedOn:
        typed.errors["page"] = gettext(
            "Somebody changed this report meanwhile. Look at it again; what you filled in is still"
            " here."
        )
        return _place_page(reference, typed, status=HTTPStatus.PRECONDITION_FAILED)
    if limits := acting().limits:
        with provided().get(Database).transaction() as transaction:
            # It may lie where this account has no say any more.
            if not references_within(transaction, [reference], limits):
                flash(gettext("The place is changed. Colleagues of that area have it now."), "ok")
                return redirect("/balie", code=303)
    if moved.party_name:
        flash(gettext("The place is changed. It is with %(party)s.", party=moved.party_name), "ok")
    else:
        flash(gettext("The place is changed. Nobody has it: give it to a party."), "warning")
    return redirect(f"/balie/zaken/{reference}", code=303)


def _spot(typed: Typed) -> Spot | None:
    longitude, latitude = (
        typed.text(name, most=40).replace(",", ".") for name in ("longitude", "latitude")
    )
    try:
        return Spot(float(longitude), float(latitude))
    except (ValueError, NotAPlace):
        typed.errors["longitude"] = gettext("Type degrees, such as 4.3694.")
        return None


def _place_page(
    reference: str,
    typed: Typed,
    *,
    status: int = HTTPStatus.OK,
    looked_up: str | None = None,
) -> ResponseReturnValue:
    services = provided()
    found_addresses = (
        services.get(AddressBook).search(looked_up, at_most=_PROPOSED) if looked_up else []
    )
    with services.get(Database).transaction() as transaction:
        found = case_by_reference(transaction, reference)
        outline, around = outline_and_villages(transaction)
    settings = services.get(Settings)
    here = _pointed_at(typed) or (found.longitude, found.latitude)
    page = render_template(
        "work/case_place.html",
        case=found,
        map=picker_map(
            outline=outline,
            villages=around,
            tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
            nonce=page_nonce(),
            spot=here,
            offers_assets=False,
        )
        if outline["features"]
        else None,
        reasons=[
            {"value": one.value, "label": place_reason_words(one).capitalize()}
            for one in PlaceReason
        ],
        addresses=found_addresses,
        looked_up=looked_up,
        longitude=typed.values.get("longitude") or f"{found.longitude:.6f}",
        latitude=typed.values.get("latitude") or f"{found.latitude:.6f}",
        typed=typed.values,
        errors=typed.errors,
    )
    return page, status


def _pointed_at(typed: Typed) -> tuple[float, float] | None:
    try:
        spot = Spot(
            float(typed.values.get("longitude", "")), float(typed.values.get("latitude", ""))
        )
    except (ValueError, NotAPlace):
        return None
    return spot.longitude, spot.latitude
