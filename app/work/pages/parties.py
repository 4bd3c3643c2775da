"""`/beheer/uitvoerders`: who does the work, when they are at work, and who takes over then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.errors import FieldError
from app.foundation.provided import provided
from app.foundation.windows import WindowNotUnderstood, read_windows, windows_of, windows_written
from app.identity.access import by_acting, open_to
from app.identity.model import PartyChangedMeanwhile, PartyKind, PartyRefused
from app.identity.operations import parties, party
from app.identity.parties import (
    LONGEST_CODE,
    LONGEST_NAME,
    PartyToKeep,
    change_party,
    end_party,
    make_party,
    party_version,
    stands_in_for,
)
from app.identity.permissions import Permission
from app.identity.records import Party
from app.routing.operations.listing import Filter, When, agreements_listed
from app.work.operations.lists import count_open_tasks
from app.work.pages.typed import Typed

blueprint = Blueprint("parties", __name__, url_prefix="/beheer/uitvoerders")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def party_list() -> ResponseReturnValue:
    """Show all parties, those that have ended last."""
    today = _today()
    with provided().get(Database).transaction() as transaction:
        everyone = parties(transaction)
        names = {one.id: one.name for one in everyone}
        lines = [
            {
                "code": one.code,
                "name": one.name,
                "kind": _kind_words()[one.kind],
                "hours": _hours(one) or [gettext("always at work")],
                "stand_in": names.get(one.stand_in_id) if one.stand_in_id else None,
                "has_ended": one.ended_on is not None and one.ended_on <= today,
                "state": _state(one),
            }
            for one in everyone
        ]
    lines.sort(key=lambda line: bool(line["has_ended"]))
    return render_template("routing/parties.html", lines=lines)


@blueprint.route("/nieuw", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def new_party() -> ResponseReturnValue:
    """Show the form of a new party, or make it."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        if request.method == "POST":
            wanted = _read(typed, code=None, kept=None)
            if wanted is not None:
                try:
                    made = make_party(transaction, wanted, by=by_acting(), now=_now())
                except PartyRefused as refused:
                    _say_errors(typed, refused.errors)
                else:
                    flash(gettext("The party is made."), "ok")
                    return redirect(f"/beheer/uitvoerders/{made.code}", code=303)
        page = render_template(
            "routing/party_new.html",
            values=typed.values,
            errors=typed.errors,
            kinds=[{"value": value, "label": label} for value, label in _kind_words().items()],
            stand_ins=_stand_ins(transaction, but=None),
        )
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


@blueprint.route("/<code>", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def one_party(code: str) -> ResponseReturnValue:
    """Show a party with the form that changes it, or change it."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        kept = party(transaction, code)
        if request.method == "POST":
            wanted = _read(typed, code=code, kept=kept)
            if wanted is not None:
                try:
                    with transaction.session.begin_nested():
                        change_party(
                            transaction,
                            wanted,
                            by=by_acting(),
                            now=_now(),
                            expected_version=request.form.get("version", "")[:40],
                        )
                except PartyRefused as refused:
                    _say_errors(typed, refused.errors)
                except PartyChangedMeanwhile:
                    typed.errors["name"] = _changed_meanwhile()
                else:
                    flash(gettext("The party is changed."), "ok")
                    return redirect(f"/beheer/uitvoerders/{code}", code=303)
        else:
            typed.values = _values(transaction, kept)
        page = _party_page(transaction, code, typed)
    return page, HTTPStatus.BAD_REQUEST if typed.errors else HTTPStatus.OK


@blueprint.post("/<code>/beeindigen")
@open_to(Permission.ADMINISTER)
def end_one_party(code: str) -> ResponseReturnValue:
    """Let nothing new go to a party after a day."""
    typed = Typed()
    with provided().get(Database).transaction() as transaction:
        kept = party(transaction, code)
        last_day = typed.day("lastDay", missing=gettext("Give a day, such as 31-12-2026."))
        if last_day is not None and not 1900 <= last_day.year <= 2999:
            typed.errors["lastDay"] = gettext("Give a day, such as 31-12-2026.")
        elif last_day is not None:
            try:
                end_party(
                    transaction,
                    code,
                    last_day=last_day,
                    by=by_acting(),
                    now=_now(),
                    expected_version=request.form.get("version", "")[:40],
                )
            except PartyRefused as refused:
                _say_errors(typed, refused.errors)
            except PartyChangedMeanwhile:
                typed.errors["lastDay"] = _changed_meanwhile()
            else:
                day = format_date(last_day, "d MMM y")
                flash(gettext("Nothing new goes there after %(day)s.", day=day), "ok")
                return redirect(f"/beheer/uitvoerders/{code}", code=303)
        typed.values = {**_values(transaction, kept), **typed.values}
        page = _party_page(transaction, code, typed)
    return page, HTTPStatus.BAD_REQUEST


def _party_page(transaction: Transaction, code: str, typed: Typed) -> str:
    today = _today()
    kept = party(transaction, code)
    agreements = [
        one
        for when in (When.NOW, When.COMING)
        for one in agreements_listed(transaction, Filter(when, party=code), today=today)[0]
    ]
    stand_in = transaction.session.get(Party, kept.stand_in_id) if kept.stand_in_id else None
    return render_template(
        "routing/party.html",
        party=kept,
        kind=_kind_words()[kept.kind],
        state=_state(kept),
        values=typed.values,
        errors=typed.errors,
        stand_ins=_stand_ins(transaction, but=code),
        version=party_version(transaction, kept),
        agreements=[one.agreement.code for one in agreements],
        open_tasks=count_open_tasks(transaction, kept.id),
        stands_in_for=[one.name for one in stands_in_for(transaction, kept, on=today)],
        stand_in_has_ended=bool(stand_in and stand_in.ended_on and stand_in.ended_on <= today),
    )


def _read(typed: Typed, *, code: str | None, kept: Party | None) -> PartyToKeep | None:
    """Return the party that was typed, or None with the reasons in `typed.errors`."""
    given = code or typed.text("code", most=LONGEST_CODE)
    name = typed.text("name", most=LONGEST_NAME)
    if kept is not None:
        kind: PartyKind | None = PartyKind(kept.kind)
    else:
        kind = typed.word("kind", PartyKind, missing=gettext("Choose what sort of party it is."))
    email = typed.text("email", most=254) or None
    phone = typed.text("phone", most=40) or None
    web_form = typed.text("webForm", most=500) or None
    stand_in = typed.text("standIn", most=LONGEST_CODE) or None
    try:
        hours = read_windows(typed.text("hours").split("\n"))
    except WindowNotUnderstood as wrong:
        typed.errors["hours"] = gettext(
            "We cannot read “%(line)s”. Write days and times, such as:"
            " weekdays 17:00-8:00, or: weekend and holidays.",
            line=wrong.line[:60],
        )
        hours = ()
    if typed.errors or kind is None:
        return None
    return PartyToKeep(
        code=given,
        name=name,
        kind=kind,
        email=email,
        phone=phone,
        web_form=web_form,
        hours=hours,
        stand_in=stand_in,
        ended_on=kept.ended_on if kept else None,
    )


def _say_errors(typed: Typed, errors: tuple[FieldError, ...]) -> None:
    sentences: Mapping[tuple[str, str], str] = {
        ("code", "no-code"): gettext("Use small letters, digits and hyphens."),
        ("code", "taken"): gettext("There is a party with this code already."),
        ("code", "reserved"): gettext("This word is the address of a page. Choose another one."),
        ("name", "missing"): gettext("Write a name."),
        ("email", "no-address"): gettext("This is not an e-mail address."),
        ("phone", "no-number"): gettext(
            "Write a number of digits, spaces and hyphens, such as 0800 8002."
        ),
        ("webForm", "no-address"): gettext(
            "Write the whole address, beginning with https://, without a name or a password in it."
        ),
        ("standIn", "itself"): gettext("A party cannot stand in for itself."),
        ("standIn", "unknown-party"): gettext("Choose a party from the list."),
        ("standIn", "ended-party"): gettext("This party has ended: choose another one."),
        ("hours", "missing"): gettext(
            "Write the working hours too: without them it is always at work."
        ),
        ("lastDay", "too-early"): gettext("This day is over: choose a later one."),
    }
    for one in errors:
        typed.errors[one.field] = sentences.get((one.field, one.code), one.detail)


def _values(transaction: Transaction, kept: Party) -> dict[str, str]:
    stand_in = transaction.session.get(Party, kept.stand_in_id) if kept.stand_in_id else None
    return {
        "name": kept.name,
        "email": kept.email or "",
        "phone": kept.phone or "",
        "webForm": kept.web_form or "",
        "hours": "\n".join(_hours(kept)),
        "standIn": stand_in.code if stand_in else "",
        "lastDay": (kept.ended_on - timedelta(days=1)).isoformat() if kept.ended_on else "",
    }


def _stand_ins(transaction: Transaction, *, but: str | None) -> list[dict[str, str]]:
    return [
        {"value": one.code, "label": one.name}
        for one in parties(transaction, on=_today())
        if one.code != but
    ]


def _hours(one: Party) -> list[str]:
    return windows_written(windows_of(one.hours or []), language=str(get_locale() or "nl"))


def _state(one: Party) -> str:
    if one.ended_on is None:
        return str(gettext("in use"))
    last_day = format_date(one.ended_on - timedelta(days=1), "d MMM y")
    if one.ended_on <= _today():
        return str(gettext("ended on %(day)s", day=last_day))
    return str(gettext("Nothing new goes there after %(day)s.", day=last_day))


def _kind_words() -> dict[str, str]:
    return {
        PartyKind.TEAM.value: gettext("Team"),
        PartyKind.CONTRACTOR.value: gettext("Contractor"),
        PartyKind.AUTHORITY.value: gettext("Another authority"),
    }


def _changed_meanwhile() -> str:
    return str(
        gettext(
            "Somebody else changed this party meanwhile. What you typed stands here still:"
            " look at it again and save it once more."
        )
    )


def _now() -> datetime:
    return provided().get(Clock).now()


def _today() -> date:
    return _now().astimezone(LOCAL_ZONE).date()
