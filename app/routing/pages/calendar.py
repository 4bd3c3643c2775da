"""`/beheer/kalender`: the days off of a year, and the hours of a working day."""

from __future__ import annotations

from datetime import date, time
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.texts import clean_text
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.routing.calendar import CalendarChanged, CalendarRefused, WorkingHours
from app.routing.operations.calendar_days import (
    FIRST_YEAR,
    LONGEST_NAME,
    SOURCE_PACKAGE,
    SOURCE_PAGE,
    YEARS_AHEAD,
    add_day_off,
    change_working_day,
    days_off_of,
    fill_year,
    remove_day_off,
    working_day,
    years_to_fill,
)

blueprint = Blueprint("calendar", __name__, url_prefix="/beheer/kalender")


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def show() -> ResponseReturnValue:
    """Show the days off of a year and the working day."""
    return _page(_year(request.args.get("jaar", "")), {})


@blueprint.post("/dagen")
@open_to(Permission.ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a day off."""
    day, name = _day(request.form.get("day", "")), clean_text(request.form.get("name", ""))
    errors: dict[str, str] = {}
    if day is None or not FIRST_YEAR <= day.year <= _this_year() + YEARS_AHEAD:
        errors["day"] = gettext("Write a day, such as 2026-11-24.")
    if not 1 <= len(name) <= LONGEST_NAME:
        errors["name"] = gettext("Give the day a name of at most 100 characters.")
    if errors or day is None:
        return _page(_year(request.form.get("year", "")), errors)
    try:
        with provided().get(Database).transaction() as transaction:
            add_day_off(transaction, day, name, by=by_acting(), now=provided().get(Clock).now())
    except CalendarRefused:
        return _page(day.year, {"day": gettext("This is a day off already.")})
    return _back(day.year, gettext("Added. New reports count with it from now on."))


@blueprint.route("/dagen/<day>/weg", methods=["GET", "POST"])
@open_to(Permission.ADMINISTER)
def remove(day: str) -> ResponseReturnValue:
    """Ask whether a day is to be worked, or let it be."""
    found = _day(day)
    if found is None or not FIRST_YEAR <= found.year <= _this_year() + YEARS_AHEAD:
        abort(HTTPStatus.NOT_FOUND)
    seen = clean_text(request.form.get("seen", ""))
    try:
        with provided().get(Database).transaction() as transaction:
            kept = {one.on_day: one for one in days_off_of(transaction, found.year)}.get(found)
            if kept is None and request.method == "GET":
                abort(HTTPStatus.NOT_FOUND)
            if kept is not None and (request.method == "GET" or seen != kept.name):
                return render_template(
                    "routing/day_off_remove.html",
                    day=format_date(found, "EEEE d MMMM y"),
                    year=found.year,
                    kept=kept,
                ), HTTPStatus.OK if request.method == "GET" else HTTPStatus.PRECONDITION_FAILED
            remove_day_off(transaction, found, by=by_acting(), now=provided().get(Clock).now())
    except CalendarRefused:
        sentence = gettext("A year keeps one day off: without any, the public holidays count.")
        return _page(found.year, {"day": sentence})
    return _back(found.year, gettext("Taken away. New reports count with it from now on."))


@blueprint.post("/jaar")
@open_to(Permission.ADMINISTER)
def fill() -> ResponseReturnValue:
    """Fill a year with the public holidays that are not there yet."""
    year = _year(request.form.get("year", ""))
    with provided().get(Database).transaction() as transaction:
        fill_year(transaction, year, by=by_acting(), now=provided().get(Clock).now())
    return _back(year, gettext("The public holidays of this year are in it."))


@blueprint.post("/werkdag")
@open_to(Permission.ADMINISTER)
def change_hours() -> ResponseReturnValue:
    """Change the hours of a working day, unless somebody else just did."""
    hours = [_time(request.form.get(name, "")) for name in ("begins", "ends", "cut_off")]
    begins, ends, cut_off = hours
    year, version = _year(""), request.form.get("version", "")
    if begins is None or ends is None or cut_off is None:
        return _page(year, {"begins": gettext("Write times such as 08:00.")})
    try:
        with provided().get(Database).transaction() as transaction:
            change_working_day(
                transaction,
                WorkingHours(begins, ends, cut_off),
                rests_on_liberation_day=request.form.get("liberation") == "yes",
                expected_version=int(version) if version.isdecimal() and len(version) < 9 else -1,
                by=by_acting(),
                now=provided().get(Clock).now(),
            )
    except CalendarRefused:
        sentence = gettext("A working day ends after it begins, and not before its cut-off hour.")
        return _page(year, {"begins": sentence})
    except CalendarChanged:
        sentence = gettext("Somebody else just changed this. Look at it and try again.")
        return _page(year, {"begins": sentence}, HTTPStatus.PRECONDITION_FAILED)
    return _back(year, gettext("Changed. New reports count with it from now on."))


def _page(
    year: int, errors: dict[str, str], status: HTTPStatus = HTTPStatus.BAD_REQUEST
) -> ResponseReturnValue:
    with provided().get(Database).transaction() as transaction:
        days, hours = days_off_of(transaction, year), working_day(transaction)
        unfilled = years_to_fill(transaction, now=provided().get(Clock).now())
    page = render_template(
        "routing/calendar.html",
        year=year,
        days=[
            (
                one.on_day.isoformat(),
                format_date(one.on_day, "EEEE d MMMM"),
                one.name,
                _from(one.source),
            )
            for one in days
        ],
        unfilled=[one for one in unfilled if one != year or days],
        working_day=hours,
        typed=request.form,
        errors=errors,
    )
    return page, status if errors else HTTPStatus.OK


def _from(source: str) -> str:
    """Return where a day off was found, in words."""
    said: dict[str, str] = {
        SOURCE_PACKAGE: gettext("Dutch public holiday"),
        SOURCE_PAGE: gettext("added on this page"),
    }
    return said.get(source, source)


def _back(year: int, sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(f"/beheer/kalender?jaar={year}", code=303)


def _this_year() -> int:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).year


def _year(typed: str) -> int:
    this = _this_year()
    year = int(typed) if len(typed) == len("2026") and typed.isascii() and typed.isdigit() else this
    return min(max(year, FIRST_YEAR), this + YEARS_AHEAD)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _time(typed: str) -> time | None:
    try:
        found = time.fromisoformat(typed.strip())
    except ValueError:
        return None
    return None if found.tzinfo else found
