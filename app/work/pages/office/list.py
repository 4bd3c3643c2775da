"""`/beheer/zaken`: the list of cases with its filter in the address, on a map, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.comma_lists import as_spreadsheet
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.geography.operations import GeoJSON
from app.identity.access import acting, open_to
from app.identity.permissions import Permission
from app.maps.listed import PlacedCase, cases_map
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce
from app.triage.operations import category_tree
from app.work.operations.office.bulk_model import MOST_AT_ONCE
from app.work.operations.office.case_filter import CaseFilter, CaseOrder
from app.work.operations.office.choices import choices_of_list
from app.work.operations.office.listing import (
    COUNTED_UP_TO,
    CasePage,
    CaseRow,
    list_cases,
    place_of,
    rows_of_cases,
)
from app.work.operations.office.saved import saved_filters
from app.work.pages.drawn import case_line
from app.work.pages.last_list import keep_list
from app.work.pages.office.asked import (
    WORDS_LENGTH,
    address_of,
    filter_of,
    order_of,
    place_of_address,
    written_filter,
)
from app.work.pages.office.shown import LineShown, chips, lines_shown, norm_words, options_of
from app.work.pages.shown import reader_language
from app.work.weight_words import priority_words
from app.work.words import case_stage_words, channel_words, closing_words

blueprint = Blueprint("office", __name__, url_prefix="/beheer/zaken")
blueprint.add_app_template_global(case_line)

#: More than this is work for the open data and the exports of steering.
_MOST_ROWS = 10_000


@blueprint.get("")
@open_to(Permission.SEE_CASES)
def cases() -> ResponseReturnValue:
    """Show the cases that the address asks for."""
    wanted, order = _asked_filter(), order_of(request.args)
    place = place_of_address(request.args)
    now = provided().get(Clock).now()
    with provided().get(Database).transaction() as transaction:
        page = list_cases(transaction, wanted, order=order, now=now, place=place)
        context = _around(transaction, now.astimezone(LOCAL_ZONE).date())
    query = urlencode(written_filter(wanted, order))
    keep_list(address_of(wanted, order, place=place))
    lines = lines_shown(page.lines, now)
    options = options_of(context["tree"], context["choices"])
    return render_template(
        "work/office/list.html",
        lines=lines,
        count=page.count,
        is_counted=page.count <= COUNTED_UP_TO,
        counted_up_to=COUNTED_UP_TO,
        chips=chips(wanted, order, options),
        all_address=address_of(CaseFilter(status="all"), order),
        options=options,
        asked=written_filter(wanted, order),
        words_length=WORDS_LENGTH,
        map=_map(lines, context["outline"], context["villages"]),
        file_address=address_of(wanted, order, path="/beheer/zaken/lijst.csv"),
        may_direct=acting().may(Permission.DIRECT_CASES),
        most_at_once=MOST_AT_ONCE,
        saved=context["saved"],
        query=query,
        is_saved=any(one.query == query for one in context["saved"]),
        keep_address=address_of(wanted, order, path="/beheer/zaken/filters/nieuw"),
        **_links(page, wanted, order),
    )


@blueprint.get("/lijst.csv")
@open_to(Permission.SEE_CASES)
def spreadsheet() -> ResponseReturnValue:
    """Give the list as a file for a spreadsheet: nobody's details, and nothing that was typed."""
    wanted, order = _asked_filter(), order_of(request.args)
    now = provided().get(Clock).now()
    with provided().get(Database).transaction() as transaction:
        rows = rows_of_cases(transaction, wanted, order=order, now=now, at_most=_MOST_ROWS)
        written = as_spreadsheet(_heads(), _cells(rows))
    answer = make_response(written)
    day = now.astimezone(LOCAL_ZONE).date().isoformat()
    answer.headers.update(
        {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="meldingen-{day}.csv"',
            "Cache-Control": "no-store",
        }
    )
    return answer


def _asked_filter() -> CaseFilter:
    """Return what the address asks for, within what the account is limited to."""
    return replace(filter_of(request.args), limits=acting().limits)


def _around(transaction: Transaction, today: date) -> dict[str, Any]:
    """Return what stands around the list: four statements."""
    account_id = acting().id
    outline, around = outline_and_villages(transaction)
    return {
        "saved": saved_filters(transaction, account_id) if account_id else [],
        "tree": category_tree(transaction),
        "choices": choices_of_list(transaction, today=today),
        "outline": outline,
        "villages": around,
    }


def _links(page: CasePage, wanted: CaseFilter, order: CaseOrder) -> dict[str, str | None]:
    before = after = None
    if page.lines and page.has_before:
        place = place_of(page.lines[0], order, is_before=True)
        before = address_of(wanted, order, place=place)
    if page.lines and page.has_after:
        place = place_of(page.lines[-1], order, is_before=False)
        after = address_of(wanted, order, place=place)
    if not page.lines and page.has_before:
        before = address_of(wanted, order)
    return {"before": before, "after": after}


def _map(lines: list[LineShown], outline: GeoJSON, around: GeoJSON) -> MapParts | None:
    if not lines or not outline["features"]:
        return None
    settings = provided().get(Settings)
    return cases_map(
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        cases=[
            PlacedCase(
                reference=one.reference,
                label=one.category_name,
                stage=one.stage,
                stage_words=one.stage_words,
                category=one.category_code,
                address=f"/balie/zaken/{one.reference}",
                longitude=one.longitude,
                latitude=one.latitude,
            )
            for one in lines
        ],
    )


def _heads() -> list[str]:
    return [
        gettext("Number"),
        gettext("Status"),
        gettext("Kind"),
        gettext("Area"),
        gettext("Address near by"),
        gettext("Party"),
        gettext("Channel"),
        gettext("Reports"),
        gettext("Danger"),
        gettext("Priority of the report"),
        gettext("Cause"),
        gettext("Came in"),
        gettext("Due"),
        gettext("Norm"),
        gettext("Closed"),
        gettext("Reason"),
        gettext("Longitude"),
        gettext("Latitude"),
    ]


def _cells(rows: Iterator[CaseRow]) -> Iterator[list[object]]:
    now = provided().get(Clock).now()
    language, channels, priorities = reader_language(), channel_words(), cache(priority_words)
    for one in rows:
        found = one.case
        yield [
            found.reference,
            case_stage_words(found.stage),
            one.category_name.in_language(language),
            one.villages,
            found.near_address or "",
            found.party_name or "",
            channels.get(one.channel or "", ""),
            found.report_count,
            gettext("yes") if found.is_danger else "",
            priorities(found.priority),
            one.cause.in_language(language) if one.cause else "",
            _moment(found.received_at),
            _moment(found.due_at),
            norm_words(found.clock(now)) if found.is_open else "",
            _moment(found.closed_at),
            closing_words(found.closing_reason) if found.closing_reason else "",
            f"{found.longitude:.5f}",
            f"{found.latitude:.5f}",
        ]


def _moment(instant: Any) -> str:  # noqa: ANN401  # an instant or None
    return "" if instant is None else instant.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")
