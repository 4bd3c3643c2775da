"""Closes the tasks near by that a crew did in the same go, each in its own history."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import UUID

from flask import flash, request
from flask_babel import ngettext

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.errors import DomainError
from app.foundation.provided import provided
from app.photos.operations.coming_in import discard_originals
from app.photos.storage import PhotoStore
from app.work.model import TaskStage, WorkResult
from app.work.operations.also_here import MOST_AT_ONCE, also_here
from app.work.operations.claiming import check_worker, note_who_did_it
from app.work.operations.lists import listed_task
from app.work.operations.tasks import complete_task, task
from app.work.pages.sent_photos import SentPhotos, keep_with_task, stored
from app.work.pages.task_page import acted_by, own_account, own_party
from app.work.pages.typed import number_in


def also_chosen() -> list[str]:
    """Return what was ticked of the tasks near by, each as `task:version`."""
    return request.form.getlist("also")[:MOST_AT_ONCE]


def close_also(
    task_id: UUID, chosen: list[str], *, result: WorkResult, remark: str, sent: SentPhotos
) -> None:
    """Report the chosen tasks near by done as this one was, with the same words and photos.

    Each stands by itself: one that a colleague changed meanwhile is told and stays open, the others
    are done. Those that were done the same way before, by two taps, are done.
    """
    if not chosen:
        return
    with provided().get(Database).transaction() as transaction:
        done = listed_task(transaction, task_id, party_id=own_party())
        found = also_here(transaction, done, account_id=own_account()) if done else []
    near = {one.task_id for one in found}
    closed, left = 0, len(chosen)
    for one in chosen:
        also_id, version = _told(one)
        if also_id is None or version is None or also_id == task_id:
            left -= 1
            continue
        is_closed = also_id in near and _is_closed(also_id, version, result, remark, sent)
        closed += is_closed or _was_closed(also_id, result)
    left -= closed
    if closed:
        flash(
            ngettext(
                "%(num)s task near by is done too.", "%(num)s tasks near by are done too.", closed
            ),
            "ok",
        )
    if left:
        flash(
            ngettext(
                "%(num)s task near by was not closed, because somebody changed it. Look at it on"
                " the list.",
                "%(num)s tasks near by were not closed, because somebody changed them. Look at"
                " them on the list.",
                left,
            ),
            "warning",
        )


def _told(chosen: str) -> tuple[UUID | None, int | None]:
    written, _, version = chosen.partition(":")
    try:
        return UUID(written), number_in(version)
    except ValueError:
        return None, None


def _is_closed(
    task_id: UUID, version: int, result: WorkResult, remark: str, sent: SentPhotos
) -> bool:
    """Report one of them done; return whether that could be."""
    services = provided()
    now = services.get(Clock).now()
    try:
        with ExitStack() as stack:
            # Each task has files of its own: what is erased of one stays with the other.
            originals = stored(stack, sent)
            with services.get(Database).transaction() as transaction:
                done = complete_task(
                    transaction,
                    task_id,
                    party_id=own_party(),
                    result=result,
                    remark=remark,
                    by=acted_by(),
                    now=now,
                    expected_version=version,
                )
                check_worker(transaction, task_id, account_id=own_account(), seen=None)
                note_who_did_it(transaction, task_id, account_id=own_account(), now=now)
                left_over = keep_with_task(transaction, done, originals, sent)
            discard_originals(services.get(PhotoStore), left_over)
    except DomainError:
        return False
    return True


def _was_closed(task_id: UUID, result: WorkResult) -> bool:
    """Whether it was reported done with the same result already."""
    try:
        with provided().get(Database).transaction() as transaction:
            found = task(transaction, task_id, party_id=own_party())
    except DomainError:
        return False
    return found.stage is TaskStage.DONE and found.result is result
