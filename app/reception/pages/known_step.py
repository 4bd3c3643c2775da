"""Step two of the form, second half: which object it is, and what is known there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, ngettext

from app.foundation.clock import LOCAL_ZONE
from app.geography.model import Asset
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.planning.model import NearWork
from app.publishing.operations import PublicCase
from app.reception.model import DraftContent
from app.reception.pages.steps import Page, filled_in, kept, language, onward, previewed, shown
from app.reception.preview import Preview
from app.triage.model import PublicVisibility

blueprint = Blueprint("known", __name__)

#: The answer "it is none of these".
_NONE = "geen"


@blueprint.get("/plek/object")
@open_to(Permission.ANYONE)
def ask_asset() -> ResponseReturnValue:
    """Ask which of the things near by it is."""
    content = filled_in()
    found = previewed(content)
    if found is None or not found.assets:
        return onward(content)
    return _asset_page(content, found)


@blueprint.post("/plek/object")
@open_to(Permission.ANYONE)
def take_asset() -> ResponseReturnValue:
    """Keep which one it is, or that it is none of them."""
    chosen = request.form.get("asset", "")
    content = filled_in()
    found = previewed(content)
    if found is None or not found.assets:
        return onward(content)
    known: Mapping[str, UUID] = {str(near.asset.id): near.asset.id for near in found.assets}
    if chosen != _NONE and chosen not in known:
        sentence = gettext("Choose which one it is. “None of these” is an answer too.")
        return _asset_page(content, found, {"asset": sentence})
    asset_id = known.get(chosen)

    def change(content: DraftContent) -> DraftContent:
        if content.has_answered_asset and content.asset_id == asset_id:
            return content
        return replace(
            content,
            asset_id=asset_id,
            has_answered_asset=True,
            same_as=None,
            has_answered_known=False,
        )

    return onward(kept(change))


@blueprint.get("/al-bekend")
@open_to(Permission.ANYONE)
def ask_known() -> ResponseReturnValue:
    """Show what was reported or is planned near by; nothing of it stops a report."""
    content = filled_in()
    found = previewed(content)
    if found is None or not (found.joins or found.cases or found.works):
        return onward(content)
    return _known_page(content, found)


@blueprint.post("/al-bekend")
@open_to(Permission.ANYONE)
def take_known() -> ResponseReturnValue:
    """Keep that it is one of the known cases, or that it is something else."""
    chosen = request.form.get("same", "")
    content = filled_in()
    found = previewed(content)
    if found is None:
        return onward(content)
    references = {case.reference for case, _ in _questions(content, found)}
    if references and chosen != _NONE and chosen not in references:
        sentence = gettext("Say whether it is one of these. If you do not know, choose “no”.")
        return _known_page(content, found, {"same": sentence})
    same_as = chosen if chosen in references else None
    return onward(kept(lambda content: replace(content, same_as=same_as, has_answered_known=True)))


def _questions(content: DraftContent, found: Preview) -> Sequence[tuple[PublicCase, float]]:
    """Return the cases to ask about: none, where the object itself is known already."""
    return () if joins_at_its_asset(content, found) else found.cases


def joins_at_its_asset(content: DraftContent, found: Preview) -> bool:
    """Whether the report joins the open case at its object, whatever else is answered."""
    return found.joins is not None and found.joins.reference != content.same_as


def _asset_page(
    content: DraftContent, found: Preview, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    value = str(content.asset_id) if content.asset_id else None
    if value is None and content.has_answered_asset:
        value = _NONE
    return shown(
        Page.ASSET,
        "asset",
        content,
        errors=errors,
        value=value,
        options=[
            {
                "value": str(near.asset.id),
                "label": asset_name(near.asset),
                "hint": " · ".join(
                    filter(
                        None,
                        (
                            gettext(
                                "%(metres)s metres from the place you chose",
                                metres=round(near.distance_metres),
                            ),
                            gettext("already reported")
                            if found.place.open_case_at(near.asset.id)
                            else "",
                        ),
                    )
                ),
            }
            for near in found.assets
        ],
        neither={"value": _NONE, "label": gettext("None of these, or I do not know")},
    )


def _known_page(
    content: DraftContent, found: Preview, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    value = content.same_as or (_NONE if content.has_answered_known else None)
    questions = _questions(content, found)
    return shown(
        Page.KNOWN,
        "known",
        content,
        errors=errors,
        value=value,
        joins=found.joins if joins_at_its_asset(content, found) else None,
        joins_since=day_shown(found.joins.received_at) if found.joins else "",
        options=[
            {
                "value": case.reference,
                "label": gettext(
                    "Yes, it is this one: %(kind)s",
                    kind=found.place.name_of(case.category_code).in_language(language()),
                ),
                "hint": _about(case, metres, is_blurred=_is_blurred(found, case)),
            }
            for case, metres in questions
        ],
        neither={
            "value": _NONE,
            "label": gettext("No, it is something else"),
        },
        solving_works=[planned_shown(near) for near in found.works if found.is_solved_by(near)],
        other_works=[planned_shown(near) for near in found.works if not found.is_solved_by(near)],
    )


def planned_shown(near: NearWork) -> dict[str, str]:
    """Return a planned work as a page tells it."""
    work = near.work
    return {
        "title": work.title(language()),
        "description": work.description(language()),
        "period": gettext(
            "%(first)s until %(last)s",
            first=_written(work.starts_on),
            last=_written(work.ends_on),
        ),
        "by": work.carried_out_by,
    }


def asset_name(asset: Asset) -> str:
    """Return what a thing is called: its kind, its number and its street."""
    kinds = {
        "lamp-post": gettext("Lamp post"),
        "bin": gettext("Litter bin"),
        "tree": gettext("Tree"),
        "playground": gettext("Playground"),
        "bench": gettext("Bench"),
    }
    return f"{kinds.get(asset.kind, asset.kind)} {asset.number_and_street}"


def _about(case: PublicCase, metres: float, *, is_blurred: bool) -> str:
    away = (
        gettext("near by")
        if is_blurred
        else gettext("%(metres)s metres from here", metres=round(metres))
    )
    return " · ".join(
        (
            away,
            gettext("reported on %(day)s", day=day_shown(case.reported_at)),
            ngettext("reported %(num)s time", "reported %(num)s times", case.report_count),
        )
    )


def _is_blurred(found: Preview, case: PublicCase) -> bool:
    return any(
        one.code == case.category_code and one.public_visibility is not PublicVisibility.EXACT
        for main in found.place.categories.main_categories
        for one in main.categories
    )


def day_shown(moment: datetime) -> str:
    """Return the day of a moment as people say it."""
    return _written(moment.astimezone(LOCAL_ZONE).date())


def _written(day: date) -> str:
    return str(format_date(day, "d MMMM"))
