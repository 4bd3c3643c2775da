"""Lets the demo's reports happen, through the same operations as real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.entrypoints.demo.moments import at_work
from app.entrypoints.demo.people import DemoPeople
from app.entrypoints.demo.stories import Fate, Story
from app.foundation.database import Transaction
from app.intake.model import Channel, Contact, Language, NewReport
from app.intake.operations import move_reports
from app.photos.demo_pictures import draw_picture
from app.photos.model import Purpose, StoredOriginal
from app.photos.operations.coming_in import examine_all, store_original
from app.photos.operations.keeping import keep
from app.photos.storage import PhotoStore
from app.reception.model import ReceivedReport
from app.reception.operations import receive_report
from app.work.model import (
    ActedBy,
    CaseStage,
    ClosingReason,
    DeclineReason,
    Happening,
    Task,
    TaskStage,
    WorkResult,
)
from app.work.operations.cases import case, move_case
from app.work.operations.claiming import begin_task, claim_task
from app.work.operations.desk import close_without_work, merge_case
from app.work.operations.history import write_history
from app.work.operations.tasks import (
    accept_task,
    complete_task,
    decline_task,
    hold_task,
    tasks_of_case,
)

#: Why the demo's crews give a task back: what a person at the desk has to look at.
_GIVEN_BACK = (DeclineReason.ALREADY_FIXED, DeclineReason.PLACE_UNCLEAR)

_REPAIRED = ("Vervangen.", "Hersteld.", "Opgeruimd.", "Gedaan, werkt weer.")


@dataclass(slots=True)
class Teller:
    """Tells stories one after the other, each at its own moment."""

    transaction: Transaction
    store: PhotoStore
    people: DemoPeople
    municipality_code: str
    now: datetime
    chance: Random
    #: The open cases so far, for a story that turns out to be the same as another.
    open_references: list[tuple[str, str]]

    def tell(self, story: Story) -> ReceivedReport:
        """Receive the story's report and let become of it what it says."""
        main = story.category.partition(".")[0]
        received = receive_report(
            self.transaction,
            NewReport(
                description=story.text,
                longitude=story.longitude,
                latitude=story.latitude,
                channel=self.chance.choice((Channel.MOBILE, Channel.WEB, Channel.PHONE)),
                category=story.category if story.says_category else None,
                asset_id=story.asset_id,
                is_danger=story.is_danger,
                language=Language.ENGLISH if story.is_english else Language.DUTCH,
                contact=_contact(story),
            ),
            municipality_code=self.municipality_code,
            now=story.received_at,
            originals=self._pictures(main, story.number, how_many=story.photos),
            is_demo=True,
        )
        if not received.has_joined:
            self._work(story, received, main)
        return received

    def _work(self, story: Story, received: ReceivedReport, main: str) -> None:
        reference = received.case.reference
        if story.fate is Fate.CLOSED_BY_DESK and received.case.is_open:
            close_without_work(
                self.transaction,
                reference,
                reason=ClosingReason.NOT_PUBLIC_SPACE.value,
                by=self._desk(),
                now=self._after(story, hours=20),
            )
            return
        if story.fate is Fate.MERGED and self._merge(story, received):
            return
        task = next(
            (
                one
                for one in tasks_of_case(self.transaction, received.case.id)
                if one.stage is TaskStage.OFFERED
            ),
            None,
        )
        if task is None or received.case.stage is not CaseStage.ASSIGNED:
            return
        self._carry_out(story, received, task, main)
        stage = case(self.transaction, received.case.id).stage
        if stage is CaseStage.ASSIGNED:
            self.open_references.append((reference, story.category))

    def _carry_out(self, story: Story, received: ReceivedReport, task: Task, main: str) -> None:
        crew = self._crew(task.party_id)
        at = self._after(story, hours=self.chance.uniform(1, 20))
        if story.fate is Fate.NEW:
            return
        if story.fate is Fate.DECLINED:
            decline_task(
                self.transaction,
                task.id,
                party_id=task.party_id,
                reason=self.chance.choice(_GIVEN_BACK),
                remark="Ter plaatse bekeken.",
                by=crew,
                now=at,
            )
            return
        accept_task(self.transaction, task.id, party_id=task.party_id, by=crew, now=at)
        if story.fate is Fate.ACCEPTED:
            # Some are somebody's by now, the others of the whole team.
            if crew.id is not None and story.number % 2:
                claim_task(
                    self.transaction, task.id, party_id=task.party_id, account_id=crew.id, now=at
                )
            return
        if story.fate is Fate.PLANNED:
            self._plan(received.case.id, crew, at)
            return
        if story.fate is Fate.ON_HOLD:
            hold_task(
                self.transaction,
                task.id,
                party_id=task.party_id,
                until=(self.now + timedelta(days=6)).date(),
                remark="Wachten op de netbeheerder.",
                by=crew,
                now=at,
            )
            return
        started_at = max(at, self._after(story, hours=self.chance.uniform(22, 70)))
        begin_task(self.transaction, task.id, party_id=task.party_id, by=crew, now=started_at)
        if story.fate is Fate.STARTED:
            return
        taken = timedelta(hours=self.chance.uniform(0.3, 5))
        done_at = min(at_work(started_at + taken), self.now)
        nothing_found = story.fate is Fate.NOTHING_FOUND
        if not nothing_found and self.chance.random() < 0.4:
            pictures = self._pictures(main, story.number, how_many=1, is_repaired=True)
            keep(
                self.transaction,
                pictures,
                purpose=Purpose.REPAIR,
                task_id=task.id,
                now=done_at,
            )
        complete_task(
            self.transaction,
            task.id,
            party_id=task.party_id,
            result=WorkResult.NOTHING_FOUND if nothing_found else WorkResult.SOLVED,
            remark="Niets gevonden." if nothing_found else self.chance.choice(_REPAIRED),
            by=crew,
            now=done_at,
        )

    def _plan(self, case_id: UUID, crew: ActedBy, at: datetime) -> None:
        planned_on = (self.now + timedelta(days=self.chance.randint(1, 6))).date()
        held = case(self.transaction, case_id, lock=True)
        move_case(self.transaction, held, CaseStage.PLANNED, now=at, planned_on=planned_on)
        write_history(
            self.transaction,
            case_id,
            Happening.STAGE_CHANGED,
            by=crew,
            at=at,
            stage=CaseStage.PLANNED.value,
            on=planned_on.isoformat(),
        )

    def _merge(self, story: Story, received: ReceivedReport) -> bool:
        """Join an open case of the same category, if there is one without another object."""
        if story.asset_id is not None or not received.case.is_open:
            return False
        for reference, category in reversed(self.open_references):
            if category == story.category and reference != received.case.reference:
                at = self._after(story, hours=3)
                merged, into = merge_case(
                    self.transaction, received.case.reference, reference, by=self._desk(), now=at
                )
                move_reports(self.transaction, from_case=merged.id, to_case=into.id)
                return True
        return False

    def _pictures(
        self, main: str, number: int, *, how_many: int, is_repaired: bool = False
    ) -> list[StoredOriginal]:
        drawn = [
            draw_picture(main, seed=number * 10 + place, is_repaired=is_repaired)
            for place in range(how_many)
        ]
        return [store_original(self.store, photo) for photo in examine_all(drawn)]

    def _after(self, story: Story, *, hours: float) -> datetime:
        return min(at_work(story.received_at + timedelta(hours=hours)), self.now)

    def _desk(self) -> ActedBy:
        return ActedBy("account", self.people.accounts["balie"])

    def _crew(self, party_id: UUID) -> ActedBy:
        by_party = {
            self.people.parties["buiten-noord"]: "noord",
            self.people.parties["buiten-zuid"]: "zuid",
            self.people.parties["groen"]: "groen",
            self.people.parties["lichtwacht"]: "licht",
        }
        return ActedBy("account", self.people.accounts[by_party[party_id]])


def tell_stories(teller: Teller, stories: Sequence[Story]) -> None:
    """Tell the stories in the order in which they happened."""
    for story in stories:
        teller.tell(story)


def _contact(story: Story) -> Contact:
    if not story.has_contact:
        return Contact()
    return Contact(name="Demo Melder", email=f"melder{story.number}@straatbeeld.example")
