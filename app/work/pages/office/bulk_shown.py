"""What is done with many cases, in words: what would happen to each, what did, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from app.work.model import Case
from app.work.operations.office.bulk_model import (
    BulkAction,
    BulkDone,
    BulkKind,
    Foreseen,
    Obstacle,
    Outcome,
)
from app.work.operations.office.listing import CaseLine
from app.work.pages.doubt_words import doubt_words
from app.work.pages.shown import place_of_line, reader_language
from app.work.words import closing_words, day_words


@dataclass(frozen=True, slots=True)
class LineTold:
    """A case, and what becomes or became of it."""

    reference: str
    name: str
    words: str
    is_done: bool
    place: str = ""
    #: How it differs from the one that it would join.
    differs: str = ""


def foreseen_lines(
    foreseen: Sequence[Foreseen], lines: Sequence[CaseLine], action: BulkAction
) -> tuple[list[LineTold], int]:
    """Return what would become of each case, and with how many it is possible."""
    language = reader_language()
    was = {one.case.reference: one for one in lines}
    shown = []
    for one in foreseen:
        line = was[one.reference]
        words = obstacle_sentence(one.obstacle) if one.obstacle else _would(line.case, action)
        name = line.category_name.in_language(language)
        shown.append(
            LineTold(
                one.reference,
                name,
                words,
                one.obstacle is None,
                place_of_line(line),
                doubt_words(one.doubts) if one.doubts else "",
            )
        )
    return shown, sum(one.is_done for one in shown)


def told_lines(done: BulkDone) -> list[LineTold]:
    """Return what became of each case."""
    return [
        LineTold(
            one.reference,
            "",
            _outcome_words(one.outcome, one.obstacle),
            one.outcome is Outcome.DONE or one.outcome is Outcome.UNDONE,
        )
        for one in done.lines
    ]


def done_sentence(
    kind: BulkKind, told: dict[str, str], count: int, *, is_to_come: bool = False
) -> str:
    """Return what is done with how many, such as a heading or a button says it."""
    reports = ngettext("%(num)s report", "%(num)s reports", count)
    if kind is BulkKind.ASSIGN:
        party = told.get("party", "")
        if is_to_come:
            return str(gettext("Give %(reports)s to %(party)s", reports=reports, party=party))
        return str(gettext("%(reports)s given to %(party)s", reports=reports, party=party))
    if kind is BulkKind.PLAN:
        day = day_words(date.fromisoformat(told["on"])) if "on" in told else ""
        if is_to_come:
            return str(gettext("Plan %(reports)s on %(day)s", reports=reports, day=day))
        return str(gettext("%(reports)s planned on %(day)s", reports=reports, day=day))
    if kind is BulkKind.MERGE:
        into = told.get("into", "")
        if is_to_come:
            return str(gettext("Join %(reports)s to %(into)s", reports=reports, into=into))
        return str(gettext("%(reports)s joined to %(into)s", reports=reports, into=into))
    reason = closing_words(told.get("reason", ""))
    if is_to_come:
        return str(gettext("Close %(reports)s: %(reason)s", reports=reports, reason=reason))
    return str(gettext("%(reports)s closed: %(reason)s", reports=reports, reason=reason))


def obstacle_sentence(obstacle: Obstacle) -> str:
    """Return why nothing is done with a case."""
    sentences: dict[Obstacle, str] = {
        Obstacle.NOT_THERE: gettext("It is not there any more."),
        Obstacle.MOVED_ON: gettext("Somebody changed it meanwhile. Look at it first."),
        Obstacle.CLOSED: gettext("It is closed. Reopen it first."),
        Obstacle.PASSED_ON: gettext("It was passed on; who got it plans it."),
        Obstacle.NOBODY_HAS_IT: gettext("Nobody has it yet. Give it to a party first."),
        Obstacle.HAS_IT_ALREADY: gettext("They have it already."),
        Obstacle.WORK_BEGAN: gettext("The work has begun, or waits. Whoever does it plans it."),
        Obstacle.SAME_CASE: gettext("A report cannot join itself."),
        Obstacle.OTHER_CLOSED: gettext("The report that it would join is closed."),
        Obstacle.TWO_ASSETS: gettext("These are two different objects, so two defects."),
        Obstacle.OPEN_AT_ASSET: gettext("Another report is open at its object. Join the two."),
        Obstacle.DIFFERS: gettext("It is of another kind, or far away: it was left out."),
        Obstacle.WITH_ANOTHER: gettext("It belongs with one that somebody changed meanwhile."),
    }
    return sentences[obstacle]


def _would(case: Case, action: BulkAction) -> str:
    if action.kind is BulkKind.ASSIGN and action.party is not None:
        if case.party_name is None:
            return str(gettext("Goes to %(party)s.", party=action.party.name))
        return str(
            gettext("Goes from %(was)s to %(party)s.", was=case.party_name, party=action.party.name)
        )
    if action.kind is BulkKind.PLAN and action.on is not None:
        who = case.party_name or ""
        return str(gettext("%(party)s comes on %(day)s.", party=who, day=day_words(action.on)))
    if action.kind is BulkKind.MERGE:
        return str(
            ngettext(
                "Becomes part of %(into)s, with %(num)s report.",
                "Becomes part of %(into)s, with %(num)s reports.",
                case.report_count,
                into=action.into,
            )
        )
    if case.party_name is None:
        return str(gettext("Is closed."))
    return str(gettext("Is closed; %(party)s loses the task.", party=case.party_name))


def _outcome_words(outcome: Outcome, obstacle: Obstacle | None) -> str:
    if outcome is Outcome.DONE:
        return str(gettext("Done."))
    if outcome is Outcome.UNDONE:
        return str(gettext("Put back as it was."))
    why = obstacle_sentence(obstacle) if obstacle else ""
    if outcome is Outcome.KEPT:
        return str(gettext("Not put back. %(why)s", why=why))
    return str(gettext("Nothing was done. %(why)s", why=why))
