"""`/beheer/gebieden`: areas by kind, on a map; a file is read in, one is drawn or ended."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.foundation.texts import clean_text
from app.geography.changing import area_kinds, areas_listed, end_area
from app.geography.drawing import SOURCE as DRAWN
from app.geography.importing.area_files import AreaReading, read_areas
from app.geography.importing.areas import AreasToImport, area_imports, import_areas, undo_import
from app.geography.importing.files import name_to_keep_by
from app.geography.importing.model import AreasImported
from app.geography.importing.shapes import HOLE_LEFT_OUT
from app.geography.importing.spoken_of import (
    AreasSpokenOf,
    areas_missed,
    require_agreements_go_on,
)
from app.geography.model import (
    MUNICIPALITY,
    VILLAGE,
    AgreementsWouldEnd,
    AreasRefused,
    ChangedSince,
    ImportNotFound,
    ImportNotUndone,
    MapFileRefused,
)
from app.geography.operations import area_shapes, municipality_outline
from app.geography.rules import AreaFields, require_kind
from app.geography.words import COMMON_AREA_KINDS, area_kind_words, refusal_words
from app.identity.access import by_acting, open_to
from app.identity.permissions import Permission
from app.maps.model import TileSource
from app.maps.operations import areas_map, page_nonce

blueprint = Blueprint("areas", __name__, url_prefix="/beheer/gebieden")

#: A page waits for its answer; what is larger is read by the command.
_AT_MOST_BYTES = 20_000_000
_AT_MOST_AREAS = 1_000
_AT_MOST_CORNERS = 200_000

#: What was repaired is told of so many; what is told travels in a cookie.
_AT_MOST_TOLD = 10

#: What people think of first when they think of areas.
_SHOWN_FIRST = (VILLAGE, "neighbourhood", MUNICIPALITY)

#: What the list of kinds calls one that is not in it.
_ANOTHER = "-"


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def areas() -> ResponseReturnValue:
    """Show the kinds of areas, and those of one kind."""
    return _page({})


@blueprint.post("/inlezen")
@open_to(Permission.ADMINISTER)
def read_in() -> ResponseReturnValue:
    """Read a file with areas; the same way as the command does."""
    errors: dict[str, str] = {}
    kind, code, name = (_typed(field) for field in ("kind", "code_field", "name_field"))
    kind_field = "kind"
    if kind == _ANOTHER:
        kind, kind_field = _typed("own_kind"), "own_kind"
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        errors["file"] = gettext("Choose a file.")
    for field, word in ((kind_field, kind), ("code_field", code), ("name_field", name)):
        if not word:
            errors[field] = gettext("Fill this in.")
    if errors or sent is None:
        return _page(errors)
    called = name_to_keep_by(sent.filename or "")
    with TemporaryDirectory(prefix="straatbeeld-") as folder:
        path = Path(folder) / called
        sent.save(path)
        return _take(
            path,
            AreaReading(
                AreaFields(code_field=code, name_field=name),
                at_most_areas=_AT_MOST_AREAS,
                at_most_corners=_AT_MOST_CORNERS,
            ),
            kind=kind,
            keeps_others=request.form.get("keeps_others") == "yes",
            field="file",
        )


@blueprint.post("/<uuid:area_id>/beeindigen")
@open_to(Permission.ADMINISTER)
def end(area_id: UUID) -> ResponseReturnValue:
    """Let an area be in use no longer from a day on."""
    now = provided().get(Clock).now()
    try:
        on = date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        return _page({"on": gettext("Choose a day.")})
    try:
        with provided().get(Database).transaction() as transaction:
            before = areas_missed(_spoken_of(), transaction, on=on)
            name = end_area(transaction, area_id, on=on, by=by_acting(), now=now)
            missed = areas_missed(_spoken_of(), transaction, on=on) - before
    except ChangedSince:
        return _page({"on": gettext("It was ended already, or it begins later than that day.")})
    flash(gettext("%(name)s ends on %(day)s.", name=name, day=format_date(on, "d MMM y")), "ok")
    _warn_of(missed)
    return redirect(_address(_typed("kind")), code=303)


@blueprint.post("/terugdraaien")
@open_to(Permission.ADMINISTER)
def undo() -> ResponseReturnValue:
    """Take back the last import of a kind, as long as it is the one that was seen."""
    now = provided().get(Clock).now()
    number = request.form.get("number", type=int)
    try:
        with provided().get(Database).transaction() as transaction:
            before = areas_missed(_spoken_of(), transaction, on=_today())
            done = undo_import(
                transaction, number=number or 0, by=by_acting(), now=now, today=_today()
            )
            missed = areas_missed(_spoken_of(), transaction, on=_today()) - before
    except (ImportNotFound, ImportNotUndone):
        return _page({"number": gettext("This import cannot be taken back any more.")})
    flash(gettext("The import was taken back."), "ok")
    _warn_of(missed)
    return redirect(_address(done.kind), code=303)


def _spoken_of() -> AreasSpokenOf:
    return provided().get(AreasSpokenOf)


def _warn_of(missed: frozenset[tuple[str, str]]) -> None:
    """Say that agreements lose their area, where they do; whoever ends one area wants that."""
    if not missed:
        return
    named = ", ".join(f"{area_kind_words(kind)} {code}" for kind, code in sorted(missed))
    flash(
        gettext(
            "Agreements are about what is then no longer there: %(areas)s. Reports there go to"
            " others from that day on.",
            areas=named,
        ),
        "warning",
    )


def _take(
    path: Path, reading: AreaReading, *, kind: str, keeps_others: bool, field: str
) -> ResponseReturnValue:
    services = provided()
    settings, now = services.get(Settings), services.get(Clock).now()
    try:
        require_kind(kind)
        read = read_areas(path, reading, at_most_bytes=_AT_MOST_BYTES, tell=lambda _: None)
        with services.get(Database).transaction() as transaction:
            before = areas_missed(_spoken_of(), transaction, on=_today())
            done = import_areas(
                transaction,
                AreasToImport(
                    kind=kind,
                    areas=read.areas,
                    source=path.name,
                    valid_from=_today(),
                    keeps_others=keeps_others,
                    must_have=settings.municipality_code if kind == "municipality" else None,
                ),
                by=by_acting(),
                now=now,
            )
            if request.form.get("may_end") != "yes":
                missed = areas_missed(_spoken_of(), transaction, on=_today())
                require_agreements_go_on(missed - before)
    except AgreementsWouldEnd as refused:
        return _page({"file": refusal_words(refused.detail)}, may_end=True)
    except (AreasRefused, MapFileRefused) as refused:
        return _page(
            {field: gettext("Nothing was changed. %(why)s", why=refusal_words(refused.detail))}
        )
    flash(_said(done), "ok")
    repaired = [area for area in read.areas if area.repaired]
    for area in repaired[:_AT_MOST_TOLD]:
        said = gettext("The outline of %(name)s was repaired.", name=area.name)
        if area.repaired == HOLE_LEFT_OUT:
            said = gettext("A hole of %(name)s lies outside it and was left out.", name=area.name)
        flash(said, "info")
    if len(repaired) > _AT_MOST_TOLD:
        more = len(repaired) - _AT_MOST_TOLD
        flash(gettext("%(more)d more outlines were repaired.", more=more), "info")
    return redirect(_address(kind), code=303)


def _said(done: AreasImported) -> str:
    if not done.is_different:
        return str(gettext("Everything was there already. Nothing was changed."))
    said = gettext(
        "%(added)d new, %(changed)d changed, %(ended)d ended.",
        added=len(done.added),
        changed=len(done.changed),
        ended=len(done.ended),
    )
    return str(said)


def _page(errors: dict[str, str], *, may_end: bool = False) -> ResponseReturnValue:
    settings = provided().get(Settings)
    wanted = clean_text(request.args.get("soort", "") or request.form.get("kind", ""))[:100]
    try:
        shown_on = date.fromisoformat(request.args.get("dag", ""))
    except ValueError:
        shown_on = _today()
    with provided().get(Database).transaction() as transaction:
        kinds = area_kinds(transaction, on=shown_on)
        first = next((one for one in _SHOWN_FIRST if one in kinds), next(iter(kinds), ""))
        kind = wanted if wanted in kinds else first
        listed = areas_listed(transaction, kind=kind, on=shown_on)
        outline = municipality_outline(transaction)
        shapes = area_shapes(transaction, kind=kind, on=shown_on)
        imports = area_imports(transaction, kind=kind, at_most=10)
    offered = dict.fromkeys([*COMMON_AREA_KINDS, *kinds])
    chosen = clean_text(request.form.get("kind", ""))[:100] or kind
    drawn = None
    if shapes["features"]:
        drawn = areas_map(
            gettext("Map of the areas"),
            outline=outline if outline["features"] else shapes,
            areas=shapes,
            tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
            nonce=page_nonce(),
        )
    page = render_template(
        "geography/areas.html",
        kinds=kinds,
        kind=kind,
        kind_words=area_kind_words,
        source_words=lambda source: gettext("drawn on the map") if source == DRAWN else source,
        offered_kinds=[
            *({"value": one, "label": _named(one)} for one in offered),
            {"value": _ANOTHER, "label": gettext("Another kind")},
        ],
        chosen_kind=chosen if chosen in offered else _ANOTHER,
        own_kind="" if chosen in offered or chosen == _ANOTHER else chosen,
        day_words=lambda day: format_date(day, "d MMM y"),
        metres=lambda square: format_decimal(round(square)),
        listed=listed,
        imports=imports,
        map=drawn,
        errors=errors,
        may_end=may_end,
        typed=request.form,
        today=_today().isoformat(),
        shown_on=shown_on.isoformat(),
    )
    return page, 422 if errors else 200


def _named(kind: str) -> str:
    """Return what a kind is called with its code, by which files and commands name it."""
    words = area_kind_words(kind)
    return words if words == kind else f"{words} ({kind})"


def _typed(field: str) -> str:
    return clean_text(request.form.get(field, ""))[:200]


def _today() -> date:
    return provided().get(Clock).now().astimezone(LOCAL_ZONE).date()


def _address(kind: str) -> str:
    safe = kind if all(c.isalpha() or c == "-" for c in kind) else ""
    return f"/beheer/gebieden?soort={safe}" if safe else "/beheer/gebieden"
