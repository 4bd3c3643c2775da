"""The front page: the live map of cases and planned works, with a list that needs no scripts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, MapDatabase
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.maps.model import TileSource
from app.maps.operations import page_nonce, public_map
from app.planning.model import Hindrance, PlannedWork
from app.planning.operations import current_works
from app.publishing.operations import PublicCase, public_cases
from app.publishing.public import case_filter
from app.triage.model import CategoryTree
from app.triage.operations import category_tree, names_of_categories

blueprint = Blueprint("front_page", __name__)

CASES_ON_A_PAGE = 40
WORKS_ON_THE_PAGE = 12


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a line of the list."""

    reference: str
    category_code: str
    category_name: str
    stage: str
    reported_on: str


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A planned work as a line of the list."""

    title: str
    period: str
    hindrance: str


@blueprint.get("/")
@open_to(Permission.ANYONE)
def live_map() -> ResponseReturnValue:
    """Show what is going on: the map where scripts run, the list for everyone."""
    services = provided()
    settings = services.get(Settings)
    language = str(get_locale() or "nl")
    today = services.get(Clock).now().astimezone(LOCAL_ZONE).date()
    page = _page_asked_for()
    wanted = case_filter()
    with services.get(Database).transaction() as transaction:
        tree = category_tree(transaction)
        outline, places = outline_and_villages(transaction)
        works = current_works(transaction, box=None, today=today, at_most=WORKS_ON_THE_PAGE)
    cases, total = public_cases(
        services.get(MapDatabase),
        wanted,
        at_most=CASES_ON_A_PAGE,
        skip=(page - 1) * CASES_ON_A_PAGE,
    )
    pages = max(1, -(-total // CASES_ON_A_PAGE))
    if page > pages:
        return redirect(_page_link(pages))
    names = _category_names(tree, language)
    if out_of_use := {case.category_code for case in cases} - set(names):
        with services.get(Database).transaction() as transaction:
            for code, name in names_of_categories(transaction, out_of_use).items():
                names[code] = name.in_language(language)
    parts = public_map(
        outline=outline,
        villages=places,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        categories=names,
    )
    return render_template(
        "publishing/map.html",
        map=parts,
        categories=names,
        cases=[_case_line(case, names) for case in cases],
        total=total,
        works=[_work_line(work, language) for work in works],
        chosen={
            "category": request.args.get("category", ""),
            "status": request.args.get("status", ""),
        },
        page=page,
        pages=pages,
        page_link=_page_link,
    )


def _category_names(tree: CategoryTree, language: str) -> dict[str, str]:
    """Return the name of every main and inner code, each heading before what is below it."""
    names: dict[str, str] = {}
    for heading in tree.main_categories:
        names[heading.code] = heading.name.in_language(language)
        names |= {one.code: one.name.in_language(language) for one in heading.categories}
    return names


def _page_asked_for() -> int:
    asked = request.args.get("page", "1")
    is_a_number = asked.isascii() and asked.isdigit() and len(asked) <= 5
    return max(1, int(asked)) if is_a_number else 1


def _page_link(page: int) -> str:
    """Return the address of another page of the same list."""
    return "/?" + urlencode({**request.args.to_dict(flat=False), "page": page}, doseq=True)


def _case_line(case: PublicCase, names: dict[str, str]) -> CaseLine:
    reported_on = case.reported_at.astimezone(LOCAL_ZONE).date()
    return CaseLine(
        reference=case.reference,
        category_code=case.category_code,
        category_name=names.get(case.category_code, case.category_code),
        stage=case.stage.value,
        reported_on=str(format_date(reported_on, "d MMM")),
    )


def _work_line(work: PlannedWork, language: str) -> WorkLine:
    return WorkLine(
        title=work.title(language),
        period=gettext(
            "%(first)s until %(last)s",
            first=format_date(work.starts_on, "d MMMM"),
            last=format_date(work.ends_on, "d MMMM"),
        ),
        hindrance=_hindrance_name(work.hindrance),
    )


def _hindrance_name(hindrance: Hindrance) -> str:
    names: dict[Hindrance, str] = {
        Hindrance.NONE: "",
        Hindrance.SOME_DELAY: gettext("Some delay"),
        Hindrance.DETOUR: gettext("Detour"),
        Hindrance.CLOSED: gettext("Road closed"),
    }
    return names[hindrance]
