"""One case on the desk's page: reports, place, who is responsible and why, tasks, history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.geography.map_ground import outline_and_villages
from app.identity.access import acting, open_to
from app.identity.operations import parties, who_they_are
from app.identity.permissions import Permission
from app.intake.model import Contact
from app.intake.reports_read import reports_with_remarks
from app.intake.rules import normal_reference
from app.maps.model import MapParts, TileSource
from app.maps.operations import page_nonce, spot_map
from app.photos.operations.reading import photos_of_reports_and_tasks
from app.routing.operations.deciding import decisions_of_case
from app.routing.words import routing_shown
from app.triage.model import CategoryTree
from app.triage.operations import category_tree
from app.work.model import (
    DESK_WAITS_FOR,
    NEXT_STAGES,
    NOBODY_HAS_IT,
    Case,
    CaseStage,
    ClosingReason,
    DeskReason,
    Happening,
    NearCase,
    TaskStage,
)
from app.work.operations.case_file import CaseFile, JoinedCase, case_file
from app.work.operations.within import check_within, references_within
from app.work.pages.case_extras import causes_called, notes_shown, what_can_be_chosen, what_is_near
from app.work.pages.desk import entry_words
from app.work.pages.last_list import last_list
from app.work.pages.shown import (
    actors_in,
    address_of_case,
    categories_in,
    history_lines,
    moment_words,
    names_in,
    pictures,
    place_words,
    reader_language,
    what_is_new,
)
from app.work.pages.typed import Typed
from app.work.refusals import CaseNotFound
from app.work.rules import HARDLY_ONE_DEFECT_METRES, MOST_DAYS_AHEAD
from app.work.words import (
    case_stage_words,
    channel_words,
    clock_words,
    closing_words,
    day_words,
    decline_words,
    desk_reason_words,
    distance_words,
    due_words,
    result_words,
    settled_words,
    task_stage_words,
    waiting_words,
    waits_words,
)

blueprint = Blueprint("case_page", __name__, url_prefix="/balie/zaken")


@blueprint.get("/<reference>")
@open_to(Permission.SEE_DESK)
def show(reference: str) -> ResponseReturnValue:
    """Show one case."""
    return show_case(reference)


def known_reference(written: str) -> str:
    """Return a reference as it is kept, from an address, for who may see its case.

    Every page and step of a case begins here.

    Raises:
        CaseNotFound: it cannot be one, or its case lies outside what the account is limited to.
    """
    reference = normal_reference(written)
    if reference is None:
        raise CaseNotFound()
    if limits := acting().limits:
        with provided().get(Database).transaction() as transaction:
            check_within(transaction, reference, limits)
    return reference


def show_case(
    written: str,
    *,
    typed: Typed | None = None,
    status: int = HTTPStatus.OK,
    seen: int | None = None,
    contacts: Mapping[UUID, Contact] | None = None,
) -> ResponseReturnValue:
    """Return the page of a case.

    Where something could not be done, `typed` is shown again; after somebody else was first
    (412), `seen` is how many things had happened when the form was shown. `contacts` are those
    that were opened by this very request.

    Raises:
        CaseNotFound: there is no such case.
    """
    services = provided()
    with services.get(Database).transaction() as transaction:
        context = read_case(
            transaction,
            known_reference(written),
            settings=services.get(Settings),
            now=services.get(Clock).now(),
        )
    typed = typed or Typed()
    found: Case = context["case"]
    lines = context["history"]
    is_late = status == HTTPStatus.PRECONDITION_FAILED
    page = render_template(
        "work/case.html",
        **context,
        address=address_of_case(found),
        typed=typed.values,
        errors=typed.errors,
        contacts=contacts or {},
        may_direct=acting().may(Permission.DIRECT_CASES),
        may_see_contact=acting().may(Permission.SEE_CONTACT),
        happened=len(lines),
        last_list=last_list(),
        news=what_is_new(lines[::-1], seen) if is_late else [],
    )
    return page, status


def read_case(
    transaction: Transaction, reference: str, *, settings: Settings, now: datetime
) -> dict[str, Any]:
    """Return what a page of a case tells, in words.

    Raises:
        CaseNotFound: there is no such case.
    """
    file = case_file(transaction, reference, near_metres=HARDLY_ONE_DEFECT_METRES)
    found, tasks, entries, desk_entries = file.case, file.tasks, file.history, file.entries
    tree = category_tree(transaction)
    reports, remarks = reports_with_remarks(transaction, found.id)
    ids = [report.id for report in reports]
    photos = repairs = photos_of_reports_and_tasks(transaction, ids, [task.id for task in tasks])
    near, parts = _within(transaction, file.near, file.parts)
    codes = {found.category_code, *categories_in(entries)}
    codes |= {one.category_code for one in near} | {one.category_code for one in parts}
    names = names_in(transaction, tree, codes)
    writers = {one.account_id for one in file.notes if one.account_id}
    joinings = [one.entry for one in parts]
    people = who_they_are(transaction, actors_in([*entries, *joinings]) | writers)
    decisions = decisions_of_case(transaction, found.id)
    grounds = decisions[0]["grounds"] if decisions else {}
    all_parties = parties(transaction)
    party_names = {party.id: party.name for party in all_parties}
    today = now.astimezone(LOCAL_ZONE).date()
    category_name = names[found.category_code]
    return {
        "case": found,
        "category_name": category_name,
        "stage_words": case_stage_words(found.stage),
        "closing": closing_words(found.closing_reason) if found.closing_reason else None,
        "into": file.into,
        "due": due_words(found.due_at, now),
        "due_at": moment_words(found.due_at),
        "received": moment_words(found.received_at),
        "is_overdue": found.is_overdue(now),
        "clock": clock_words(found.clock(now)),
        "clock_state": found.clock(now).value,
        "waits": waits_words(found.waiting_for, found.waits_until, found.waiting_party)
        if found.stage is CaseStage.WAITING
        else None,
        "wait_options": [
            {"value": one.value, "label": waiting_words(one)} for one in DESK_WAITS_FOR
        ],
        **what_can_be_chosen(file),
        **what_is_near(transaction, found, today=today),
        "notes": notes_shown(file.notes, people),
        "can_split_again": found.stage is CaseStage.MERGED,
        "first_is_now": _first_is_now(file, [report.reference for report in reports]),
        "parts": [
            {"reference": one.reference, "category": names[one.category_code], "told": line}
            for one, line in zip(
                parts, history_lines(joinings, people=people, names=names), strict=True
            )
        ],
        "possible": [case_stage_words(one) for one in CaseStage if one in NEXT_STAGES[found.stage]],
        "day_after": (today + timedelta(days=1)).isoformat(),
        "latest": (today + timedelta(days=MOST_DAYS_AHEAD)).isoformat(),
        "is_at_border": bool(grounds.get("isAtBorder")),
        "place": place_words(
            grounds.get("areas", []), grounds.get("asset"), grounds.get("assetKind")
        ),
        "entries": [
            {
                "reason": entry.reason.value,
                "words": desk_reason_words(entry.reason),
                "why": entry_words(entry),
                "raised": moment_words(entry.raised_at),
                "settled": settled_words(entry.reason),
                "suspect": entry.details.get("case"),
            }
            for entry in desk_entries
        ],
        "reports": [
            {
                "id": report.id,
                "reference": report.reference,
                "at": moment_words(report.received_at),
                "channel": report.channel.value,
                "text": report.description,
                "answers": [(one.text, one.answer) for one in report.answers],
                "is_incomplete": bool(report.missing_answers),
                "photos": pictures(photos.get(report.id, []), settings, now),
                "remarks": [
                    {"at": moment_words(remark.written_at), "text": remark.text}
                    for remark in remarks
                    if remark.report_id == report.id
                ],
            }
            for report in reports
        ],
        "tasks": [
            {
                "id": task.id,
                "party": party_names.get(task.party_id, ""),
                "stage": case_stage_words(found.stage)
                if found.stage is CaseStage.REFERRED and task.stage is TaskStage.OFFERED
                else task_stage_words(task.stage),
                "result": result_words(task.result) if task.result else None,
                "declined": decline_words(task.decline_reason) if task.decline_reason else None,
                "remark": task.remark,
                "request": task.request,
                "held_until": day_words(task.held_until)
                if task.stage is TaskStage.ON_HOLD
                else None,
                "at": moment_words(task.changed_at),
                "photos": pictures(repairs.get(task.id, []), settings, now),
            }
            for task in tasks
        ],
        "routing": routing_shown(decisions[0]["because"], grounds) if decisions else None,
        "routed_at": moment_words(decisions[0]["decided_at"]) if decisions else None,
        "history": history_lines(entries, people=people, names=names | causes_called(file.choices))[
            ::-1
        ],
        "party_options": [
            {"value": party.code, "label": party.name}
            for party in all_parties
            if party.ended_on is None or party.ended_on > today
        ],
        "category_options": _category_options(tree),
        "near": [
            {
                "reference": one.reference,
                "category": names[one.category_code],
                "distance": distance_words(one.distance_metres),
            }
            for one in near
        ],
        "closing_options": [
            {"value": one.value, "label": closing_words(one.value)} for one in ClosingReason
        ],
        "channels": channel_words(),
        "can_direct": found.is_open or found.stage is CaseStage.REFERRED,
        "can_reopen": found.stage in {CaseStage.RESOLVED, CaseStage.CLOSED_WITHOUT_WORK},
        "needs_check": any(one.reason is DeskReason.TO_CHECK for one in desk_entries),
        "needs_party": any(entry.reason in NOBODY_HAS_IT for entry in desk_entries),
        "kind_is_unsure": any(e.reason is DeskReason.UNSURE_CATEGORY for e in desk_entries),
        "map": _map(transaction, found, settings, category_name),
    }


def _category_options(tree: CategoryTree) -> list[dict[str, object]]:
    language = reader_language()
    return [
        {
            "label": main.name.in_language(language),
            "options": [
                {"value": one.code, "label": one.name.in_language(language)}
                for one in main.categories
            ],
        }
        for main in tree.main_categories
    ]


def _first_is_now(file: CaseFile, reports: Collection[str]) -> str | None:
    """Return the case of the report with the number of this one, where it was taken off it."""
    if file.into is not None or file.case.reference in reports:
        return None
    told = [
        str(entry.details["case"])
        for entry in file.history
        if entry.happening is Happening.SPLIT_AGAIN
        and entry.details.get("number") == file.case.reference
    ]
    return told[-1] if told else None


def _within(
    transaction: Transaction, near: Sequence[NearCase], parts: Sequence[JoinedCase]
) -> tuple[list[NearCase], list[JoinedCase]]:
    """Return those of the cases near by, and of what became part, that whoever looks may see."""
    both = [one.reference for one in near] + [one.reference for one in parts]
    seen = references_within(transaction, both, acting().limits)
    return (
        [one for one in near if one.reference in seen],
        [one for one in parts if one.reference in seen],
    )


def _map(transaction: Transaction, found: Case, settings: Settings, label: str) -> MapParts | None:
    """Return the small map, unless no outline was brought in yet."""
    outline, around = outline_and_villages(transaction)
    if not outline["features"]:
        return None
    return spot_map(
        (found.longitude, found.latitude),
        outline=outline,
        villages=around,
        tile=TileSource.from_setting(settings.tile_url, settings.tile_attribution),
        nonce=page_nonce(),
        label=label,
        category=found.category_code,
        stage=found.stage.value,
    )
