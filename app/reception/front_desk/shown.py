"""A call as the page shows it: choices, what to say to the caller, who gets it and by when."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext

from app.foundation.clock import LOCAL_ZONE
from app.geography.words import asset_kind_words
from app.intake.rules import DESCRIPTION_LENGTH
from app.reception.front_desk.looking import Looked, choice_of
from app.reception.front_desk.reading import NONE, at_words
from app.reception.front_desk.words import passed_on_sentence
from app.reception.model import DraftContent
from app.reception.pages.known_step import asset_name, day_shown, planned_shown
from app.reception.pages.question_fields import fields_of
from app.reception.pages.send_step import day_words
from app.reception.pages.steps import language
from app.reception.preview import Preview
from app.reception.rules import LONGEST_ADDRESS, LONGEST_EMAIL, LONGEST_NAME, LONGEST_PHONE
from app.triage.model import ANYTHING_ELSE, Category
from app.work.words import case_stage_words


def call_shown(content: DraftContent, looked: Looked) -> dict[str, Any]:
    """Return all that the page and its parts need."""
    spoken = language()
    kind = looked.kinds.get(content.category or "")
    return {
        "content": content,
        "spot": at_words(content.spot) if content.spot else "",
        "most": DESCRIPTION_LENGTH,
        "most_address": LONGEST_ADDRESS,
        "most_name": LONGEST_NAME,
        "most_email": LONGEST_EMAIL,
        "most_phone": LONGEST_PHONE,
        "kind": kind.name.in_language(spoken) if kind else "",
        **_kinds(content, looked),
        **_place(content, looked),
        **_questions(content, kind),
        **_known(content, looked),
        **_recipient(looked.preview),
    }


def news_of(shown: dict[str, Any]) -> str:
    """Return in one breath what changed, for whoever hears the page."""
    told = []
    if shown["kind"]:
        told.append(gettext("Kind: %(kind)s.", kind=shown["kind"]))
    if shown["outside"]:
        told.append(shown["outside"])
    if shown["places"]:
        told.append(gettext("Choose the place that is meant."))
    if shown["joins"]:
        told.append(gettext("This object was reported before."))
    if shown["near"]:
        told.append(
            ngettext(
                "%(num)s report near by may be the same.",
                "%(num)s reports near by may be the same.",
                len(shown["near"]),
            )
        )
    if shown["works"]:
        told.append(gettext("Work is planned here."))
    if shown["party"]:
        told.append(gettext("It goes to %(party)s.", party=shown["party"]))
    return " ".join(str(one) for one in told)


def _kinds(content: DraftContent, looked: Looked) -> dict[str, Any]:
    spoken, kinds = language(), looked.kinds
    codes = [one.code for one in looked.proposals if one.code in kinds]
    codes = [code for code in codes if code != ANYTHING_ELSE]
    if content.category in kinds and content.category not in codes:
        codes.insert(0, content.category)
    return {
        "proposals": [
            {
                "value": code,
                "label": kinds[code].name.in_language(spoken),
                "hint": kinds[code].parent_name.in_language(spoken),
            }
            for code in codes
        ],
        "all_kinds": [
            {
                "label": main.name.in_language(spoken),
                "options": [
                    {"value": one.code, "label": one.name.in_language(spoken)}
                    for one in main.categories
                ],
            }
            for main in looked.tree.main_categories
        ],
    }


def _place(content: DraftContent, looked: Looked) -> dict[str, Any]:
    outside = ""
    if looked.is_outside:
        outside = (
            gettext(
                "This place is in the municipality of %(name)s. We can do nothing there. Please"
                " report it to them.",
                name=looked.outside_in,
            )
            if looked.outside_in
            else gettext("This place is not in our municipality. We can do nothing there.")
        )
    assets = looked.preview.assets if looked.preview else ()
    return {
        "outside": str(outside),
        "is_away": looked.is_away,
        "places": [
            {
                "value": choice_of(one),
                "label": (
                    f"{asset_kind_words(one.asset_kind)} {one.label}"
                    if one.asset_kind
                    else one.label
                ),
            }
            for one in looked.choices
        ],
        "villages": [{"value": one.code, "label": one.name} for one in looked.villages],
        "objects": [
            {
                "value": str(near.asset.id),
                "label": " · ".join(
                    (
                        asset_name(near.asset),
                        gettext("%(metres)s metres", metres=round(near.distance_metres)),
                    )
                ),
            }
            for near in assets
        ],
    }


def _questions(content: DraftContent, kind: Category | None) -> dict[str, Any]:
    spoken = language()
    if kind is None:
        return {"fields": [], "advice": "", "danger_phone": "", "is_stopped": False}
    said = {code: "yes" if word == "called" else word for code, word in content.stops.items()}
    danger = kind.danger_advice
    return {
        "fields": fields_of(kind.questions, {**content.answers, **said}, spoken),
        "advice": danger.text.in_language(spoken) if danger else "",
        "danger_phone": danger.phone if danger else "",
        "is_stopped": bool({"yes", "called"} & set(content.stops.values())),
        "was_called": "called" in content.stops.values(),
    }


def _known(content: DraftContent, looked: Looked) -> dict[str, Any]:
    found = looked.preview
    spoken = language()
    joins = found.joins if found is not None else None
    is_at_asset = joins is not None and joins.reference != content.same_as
    return {
        "joins": joins if is_at_asset else None,
        "joins_since": day_shown(joins.received_at) if joins else "",
        "near": [
            {
                "value": one.reference,
                "label": found.place.name_of(one.category_code).in_language(spoken),
                "words": looked.said.get(one.reference, ""),
                "stage": one.stage.value,
                "stage_words": case_stage_words(one.stage),
                "about": " · ".join(
                    (
                        gettext("%(metres)s metres", metres=round(one.distance_metres)),
                        gettext(
                            "reported on %(day)s",
                            day=day_shown(one.received_at.astimezone(LOCAL_ZONE)),
                        ),
                        ngettext(
                            "reported %(num)s time", "reported %(num)s times", one.report_count
                        ),
                    )
                ),
            }
            for one in looked.near
        ]
        if found is not None
        else [],
        "neither": NONE,
        "same": content.same_as or (NONE if content.has_answered_known else ""),
        "works": [
            {**planned_shown(near), "solves": found.is_solved_by(near)} for near in found.works
        ]
        if found is not None
        else [],
    }


def _recipient(found: Preview | None) -> dict[str, Any]:
    if found is None:
        return {"party": "", "by": "", "authority": None, "passed_on": "", "is_known": False}
    return {
        "is_known": True,
        "party": found.party_name or "",
        "by": day_words(found.due_at),
        "authority": found.authority,
        "passed_on": passed_on_sentence(found.authority) if found.authority else "",
    }
