"""Two of a crew at one moment, each on a connection of its own: one has the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.foundation.database import Database
from app.identity.permissions import Role
from tests.makers.people import an_account
from tests.work.test_page_races import Town, at_once, town

if TYPE_CHECKING:
    from tests.makers.sign_ins import Browser

__all__ = ["town"]


def two_of_a_crew(town: Town) -> list[Browser]:
    with town.provided.get(Database).transaction() as transaction:
        accounts = [
            an_account(transaction, role=Role.CREW, name=name, party_id=town.place.contractor_id)
            for name in ("Eerste Ploeg", "Tweede Ploeg")
        ]
    return [town.browser(account) for account in accounts]


class TestTwoWhoWantOneTask:
    @pytest.mark.parametrize("step", ["nemen", "beginnen"])
    def test_are_one_that_gets_it_and_one_that_is_told_who_has_it(
        self, town: Town, step: str
    ) -> None:
        town.report()
        both = two_of_a_crew(town)
        ((task_id,),) = town.rows("SELECT id FROM task")
        path = f"/werk/taken/{task_id}"
        forms = [one.hidden(path, f"{path}/{step}") for one in both]

        answers = at_once(
            [
                lambda one=one, form=form: one.send(f"{path}/{step}", form)  # type: ignore[misc]  # a lambda keeps its own values
                for one, form in zip(both, forms, strict=True)
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [303, 409]
        ((name,),) = town.rows(
            "SELECT name FROM task_worker JOIN account ON account.id = account_id"
        )
        (told,) = [answer.text for answer in answers if answer.status_code == 409]
        assert f"{name} heeft deze taak" in told
        taken = "SELECT 1 FROM history_entry WHERE happening = 'task-taken'"
        assert len(town.rows(taken)) == 1

    def test_and_close_each_others_beside_it_leave_no_case_open_and_none_closed_twice(
        self, town: Town
    ) -> None:
        for _ in range(2):
            town.report()
        both = two_of_a_crew(town)
        paths = [f"/werk/taken/{task_id}" for (task_id,) in town.rows("SELECT id FROM task")]
        others = [f"{path.rpartition('/')[2]}:1" for path in reversed(paths)]
        forms = [one.hidden(path, f"{path}/klaar") for one, path in zip(both, paths, strict=True)]

        answers = at_once(
            [
                lambda one=one, path=path, form=form, other=other: one.send(  # type: ignore[misc]  # a lambda keeps its own values
                    f"{path}/klaar", form, result="solved", also=[other]
                )
                for one, path, form, other in zip(both, paths, forms, others, strict=True)
            ]
        )

        assert {answer.status_code for answer in answers} == {303}
        assert town.rows("SELECT DISTINCT stage FROM defect_case") == [("resolved",)]
        assert len(town.rows("SELECT 1 FROM history_entry WHERE happening = 'task-done'")) == 2
