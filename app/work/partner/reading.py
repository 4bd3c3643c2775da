"""The partner API's reading: the list of a party's tasks, and one task with all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from app.foundation.api_documents import ApiBlueprint, refuses
from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.access import open_to
from app.identity.permissions import Permission
from app.work.operations.lists import listed_task, tasks_of_party_after
from app.work.partner.answers import listed_tasks, whole_task
from app.work.partner.caller import own_party
from app.work.partner.documents import READING_SCOPE, TAG_HEADER
from app.work.partner.positions import cursor_after, place_of, version_tag
from app.work.partner.schemas import TaskSchema, TasksQuery, TasksSchema
from app.work.refusals import TaskNotFound

blueprint = ApiBlueprint(
    "partner-tasks",
    __name__,
    url_prefix="/partner/v1",
    description="The tasks of one's own party.",
)


@blueprint.get("/tasks")
@blueprint.doc(operationId="getTasks", security=READING_SCOPE)
@open_to(Permission.PARTNER_READ_TASKS)
@blueprint.arguments(TasksQuery, location="query", unknown=RAISE)
@blueprint.response(200, TasksSchema)
@refuses(400, 401, 403)
def get_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """List the tasks of one's own party, in the order they were offered.

    A task never moves in the list: whoever follows `nextCursor` sees every task once.
    """
    limit: int = query["limit"]
    after = place_of(query["cursor"]) if query["cursor"] else None
    with provided().get(Database).transaction() as transaction:
        found = tasks_of_party_after(
            transaction, own_party(), after=after, stages=query["stage"], at_most=limit + 1
        )
        page = found[:limit]
        tasks = listed_tasks(transaction, page)
    return {
        "tasks": tasks,
        "next_cursor": cursor_after(page[-1].task) if len(found) > limit else None,
    }


@blueprint.get("/tasks/<uuid:task_id>")
@blueprint.doc(operationId="getTask", security=READING_SCOPE)
@open_to(Permission.PARTNER_READ_TASKS)
@blueprint.response(200, TaskSchema, headers=TAG_HEADER)
@refuses(400, 401, 403, 404)
def get_task(task_id: UUID) -> Any:  # noqa: ANN401  # flask-smorest takes the answer apart
    """See one task with its reports, their photos, and what can be done with it."""
    services = provided()
    with services.get(Database).transaction() as transaction:
        found = listed_task(transaction, task_id, party_id=own_party())
        if found is None:
            raise TaskNotFound()
        told = whole_task(transaction, found, services.get(Settings), now=services.get(Clock).now())
    return told, 200, {"ETag": version_tag(found.task.version)}
