"""What a draft of the what-if would have changed: a page with tables and a map, and a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.maps.model import MapParts, TileSource
from app.maps.operations import moved_map, page_nonce
from app.routing.drafted import AnotherComparison, Draft, TooManyReports
from app.routing.operations.comparing import MOST_REPORTS, Comparison, compare
from app.routing.operations.drafting import drafted_shapes
from app.routing.operations.drafts import draft
from app.routing.pages.comparison_shown import MOST_MARKS, ComparisonShown, Pair
from app.routing.pages.typed import day_words
from app.routing.pages.what_if import DAYS_COMPARED, draft_page, today_here

blueprint = Blueprint("what_if_compared", __name__, url_prefix="/beheer/wat-als")

ON_A_PAGE = 50


@dataclass
class Asked:
    """What somebody wants to compare: the period, and one pair of parties or all."""

    since: date
    until: date
    only: Pair | None
    errors: dict[str, str] = field(default_factory=dict)
    #: Where it can be asked again in a moment.
    retry_after_seconds: int | None = None

    def link(self, *, only: Pair | None, page: int | None = None) -> str:
        """Return the words after the address that ask for this period."""
        named = {"van": self.since.isoformat(), "tot": self.until.isoformat()}
        if only is not None:
            named |= {"was": only[0], "wordt": only[1]}
        if page is not None:
            named["pagina"] = str(page)
        return "?" + urlencode(named)


@blueprint.get("/<uuid:draft_id>/vergelijking")
@open_to(Permission.ADMINISTER)
def comparison(draft_id: UUID) -> ResponseReturnValue:
    """Compare a draft with today's rules over a period: counts, a map and a list."""
    asked = _asked()
    with _compared(draft_id, asked) as found:
        if found is None:
            return _not_compared(draft_id, asked)
        transaction, wanted, compared = found
        shown = ComparisonShown(transaction, compared, only=asked.only)
        pages = max(1, -(-shown.count // ON_A_PAGE))
        page = min(max(request.args.get("pagina", 1, type=int), 1), pages)
        return render_template(
            "routing/what_if_comparison.html",
            draft=wanted,
            reports=compared.reports,
            count=len(compared.moved),
            listed=shown.count,
            left_to_nobody=compared.left_to_nobody,
            since=asked.since.isoformat(),
            until=asked.until.isoformat(),
            since_words=day_words(asked.since),
            until_words=day_words(asked.until),
            today=today_here().isoformat(),
            counts=shown.counts(),
            pairs=[(one, asked.link(only=one.codes)) for one in shown.pairs()],
            only=next((one for one in shown.pairs() if one.is_chosen), None),
            all_link=asked.link(only=None),
            kinds=shown.by_kind(),
            villages=shown.by_village(),
            moved=shown.moved(page, ON_A_PAGE),
            marks=min(shown.count, MOST_MARKS),
            page=page,
            pages=pages,
            link=lambda number: asked.link(only=shown.only, page=number) + "#lijst",
            file_link=f"/beheer/wat-als/{draft_id}/vergelijking.csv" + asked.link(only=shown.only),
            map=_map(transaction, wanted, shown) if compared.moved else None,
        )


@blueprint.get("/<uuid:draft_id>/vergelijking.csv")
@open_to(Permission.ADMINISTER)
def comparison_as_file(draft_id: UUID) -> ResponseReturnValue:
    """Give the reports that would go elsewhere as a file for a spreadsheet."""
    asked = _asked()
    with _compared(draft_id, asked) as found:
        if found is None:
            return _not_compared(draft_id, asked)
        transaction, _, compared = found
        answer = make_response(
            ComparisonShown(transaction, compared, only=asked.only).spreadsheet()
        )
    name = f"wat-als-{asked.since.isoformat()}-{asked.until.isoformat()}.csv"
    answer.headers.update(
        {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    return answer


def _not_compared(draft_id: UUID, asked: Asked) -> ResponseReturnValue:
    if asked.retry_after_seconds is None:
        return draft_page(draft_id, asked.errors)
    page = make_response(draft_page(draft_id, asked.errors, HTTPStatus.TOO_MANY_REQUESTS))
    page.headers["Retry-After"] = str(asked.retry_after_seconds)
    return page


@contextmanager
def _compared(
    draft_id: UUID, asked: Asked
) -> Iterator[tuple[Transaction, Draft, Comparison] | None]:
    """Compare as asked; nothing where that cannot be, with the reason among the errors."""
    if asked.errors:
        yield None
        return
    services = provided()
    with services.get(Database).snapshot() as transaction:
        wanted = draft(transaction, draft_id)
        try:
            found = compare(
                transaction,
                wanted,
                since=asked.since,
                until=asked.until,
                municipality_code=services.get(Settings).municipality_code,
                today=today_here(),
            )
        except AnotherComparison as busy:
            asked.errors["van"] = gettext(
                "Somebody else is comparing right now. Try again in a moment."
            )
            asked.retry_after_seconds = busy.retry_after_seconds
            yield None
            return
        except TooManyReports as many:
            asked.errors["van"] = gettext(
                "%(reports)s reports came in then. Choose a shorter period: at most %(most)s can"
                " be compared at once.",
                reports=many.reports,
                most=MOST_REPORTS,
            )
            yield None
            return
        yield transaction, wanted, found


def _map(transaction: Transaction, wanted: Draft, shown: ComparisonShown) -> MapParts:
    settings = provided().get(Settings)
    marks, pairs = shown.marks()
    outline, around = outline_and_villages(transaction)
    return moved_map(
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        moved=marks,
        pairs=pairs,
        areas=drafted_shapes(transaction, wanted.id) if wanted.areas else None,
    )


def _asked() -> Asked:
    errors: dict[str, str] = {}
    today = today_here()
    since = _day("van", today - timedelta(days=DAYS_COMPARED), errors)
    until = _day("tot", today, errors)
    if not errors and not since <= until <= today:
        errors["tot"] = gettext("The last day comes after the first, and not after today.")
    only = None
    if {"was", "wordt"} <= request.args.keys():
        only = (request.args["was"][:100], request.args["wordt"][:100])
    return Asked(since, until, only, errors)


def _day(name: str, otherwise: date, errors: dict[str, str]) -> date:
    written = request.args.get(name, "").strip()[:20]
    if not written:
        return otherwise
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if day.year < 2000:
        errors[name] = gettext("Give a day, such as 31-12-2026.")
        return otherwise
    return day
