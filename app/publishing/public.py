"""The public map's data: cases and planned works as GeoJSON, for anyone."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from app.foundation.cached_answers import versioned_answer
from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, MapDatabase
from app.foundation.errors import DomainError, FieldError
from app.foundation.provided import provided
from app.geography.model import Box
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.planning.operations import works_geojson, works_version
from app.publishing.operations import CaseFilter, cases_geojson, cases_version
from app.triage.operations import names_of_categories
from app.work.model import CaseStage

blueprint = Blueprint("public_map", __name__, url_prefix="/map")

GEOJSON = "application/geo+json"

_SIDES = ("west", "south", "east", "north")
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_CATEGORY_CODE = re.compile(r"[a-z-]{1,80}(\.[a-z-]{1,80})?")


class WrongFilter(DomainError):
    """A filter in the address is not right."""


@blueprint.get("/cases.geojson")
@open_to(Permission.ANYONE)
def cases() -> Response:
    """Answer the public cases within `bbox`, of these `category` and `status` words."""
    wanted = case_filter()
    database = provided().get(MapDatabase)
    version = cases_version(database)
    return versioned_answer(version, lambda: cases_geojson(database, wanted), media_type=GEOJSON)


@blueprint.get("/works.geojson")
@open_to(Permission.ANYONE)
def works() -> Response:
    """Answer the planned works within `bbox` that are under way or still to come."""
    box = box_asked_for()
    today = provided().get(Clock).now().astimezone(LOCAL_ZONE).date()
    with provided().get(MapDatabase).transaction() as transaction:
        version = works_version(transaction, today=today)
        return versioned_answer(
            version,
            lambda: works_geojson(transaction, box=box, today=today),
            media_type=GEOJSON,
        )


def case_filter() -> CaseFilter:
    """Return the filter that this request's query asks for.

    Raises:
        WrongFilter: a stage or a category that does not exist.
        NotAPlace: a `bbox` that is no rectangle on earth.
    """
    stages, categories = _words("status"), _words("category")
    for stage in stages:
        if stage not in set(CaseStage):
            raise _no_such("status", stage)
    box = box_asked_for()
    _require_known(categories)
    if stages:
        return CaseFilter(box, categories, stages)
    return CaseFilter(box, categories)


def _require_known(categories: tuple[str, ...]) -> None:
    """Let categories pass that there are or were: cases of one that is retired stay."""
    codes = [code for code in categories if _CATEGORY_CODE.fullmatch(code)]
    known: set[str] = set()
    if codes:
        with provided().get(Database).transaction() as transaction:
            known = set(names_of_categories(transaction, codes))
    for code in categories:
        if code not in known:
            raise _no_such("category", code)


def _no_such(filter_: str, word: str) -> WrongFilter:
    detail = f"There is no {filter_} {word[:100]!r}."
    return WrongFilter(detail, errors=(FieldError(filter_, f"unknown-{filter_}", detail, "query"),))


def box_asked_for() -> Box | None:
    """Return the rectangle of `bbox=west,south,east,north` in degrees of WGS 84, or None.

    Raises:
        WrongFilter: not four numbers.
        NotAPlace: not a rectangle on earth.
    """
    asked = request.args.get("bbox", "").strip()
    if not asked:
        return None
    parts = [part.strip() for part in asked.split(",")]
    if len(parts) != len(_SIDES) or not all(_NUMBER.fullmatch(part) for part in parts):
        detail = f"bbox is four numbers: {','.join(_SIDES)}."
        raise WrongFilter(detail, errors=(FieldError("bbox", "not-four-numbers", detail, "query"),))
    west, south, east, north = map(float, parts)
    return Box(west, south, east, north)


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a query key that may be repeated or hold commas."""
    given = (part.strip() for value in request.args.getlist(name) for part in value.split(","))
    return tuple(sorted({part for part in given if part}))
