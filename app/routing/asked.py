"""Which answers an agreement can be about, and which of them no report gives. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.foundation.errors import FieldError
from app.triage.model import Category, Name, Question, QuestionKind

#: Only what is chosen from a list is the same from one report to the next.
_CHOSEN = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


class Trouble(StrEnum):
    """Why a report does not give an answer that an agreement is about."""

    NOT_ASKED = "not-asked"
    NOT_CHOSEN = "not-chosen"
    NO_SUCH_ANSWER = "no-such-answer"
    #: An older app may still give it.
    RETIRED = "retired"


_REFUSED = {
    Trouble.NOT_ASKED: "no report of {kind} is asked {question!r}",
    Trouble.NOT_CHOSEN: "the answer to {question!r} is not chosen from a list",
    Trouble.NO_SUCH_ANSWER: "{answer!r} is no answer to {question!r}",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One question of an agreement that is in trouble, and the answer, where it is only that."""

    question: str
    answer: str | None
    trouble: Trouble


@dataclass(slots=True)
class AskedQuestion:
    """A question that several kinds of reports may ask by one code: to an agreement it is one."""

    code: str
    texts: list[Name] = field(default_factory=list)
    options: dict[str, Name] = field(default_factory=dict)
    #: The codes of those that nobody is offered any more.
    retired_options: set[str] = field(default_factory=set)
    categories: list[Category] = field(default_factory=list)
    is_retired: bool = True


class Asked:
    """The questions of the kinds of reports in use, by their code."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._categories = tuple(categories)

    def questions(self, category_code: str | None) -> list[AskedQuestion]:
        """Return what can be chosen from of a kind, of all below a main kind, or of everything.

        Retired ones are among them, for agreements that are about them already.
        """
        found: dict[str, AskedQuestion] = {}
        for category, question in self._of(category_code):
            if question.kind in _CHOSEN:
                one = found.setdefault(question.code, AskedQuestion(question.code))
                _add(one, category, question)
        return list(found.values())

    def troubles(
        self, answers: Mapping[str, Iterable[str]], category_code: str | None
    ) -> list[Condition]:
        """Return the conditions on answers that reports of this kind do not meet, and why."""
        chosen = {one.code: one for one in self.questions(category_code)}
        others = {question.code for _, question in self._of(category_code)} - set(chosen)
        found = []
        for code, wanted in answers.items():
            question = chosen.get(code)
            if question is None:
                trouble = Trouble.NOT_CHOSEN if code in others else Trouble.NOT_ASKED
                found.append(Condition(code, None, trouble))
                continue
            found += [
                Condition(code, answer, Trouble.NO_SUCH_ANSWER)
                for answer in sorted(wanted)
                if answer not in question.options
            ]
            if question.is_retired:
                found.append(Condition(code, None, Trouble.RETIRED))
                continue
            found += [
                Condition(code, answer, Trouble.RETIRED)
                for answer in sorted(wanted)
                if answer in question.retired_options
            ]
        return found

    def wrong(
        self, answers: Mapping[str, Iterable[str]], category_code: str | None
    ) -> list[FieldError]:
        """Return what is wrong with the conditions on answers that somebody writes down.

        A question that was retired is no error: older apps ask it still, and what was agreed about
        it can be changed in other things.
        """
        return [
            FieldError(
                "answers",
                one.trouble.value,
                _REFUSED[one.trouble].format(
                    kind=category_code or "any kind", question=one.question, answer=one.answer
                ),
            )
            for one in self.troubles(answers, category_code)
            if one.trouble in _REFUSED
        ]

    def _of(self, category_code: str | None) -> Iterable[tuple[Category, Question]]:
        return (
            (category, question)
            for category in self._categories
            if category_code in {None, category.code, category.parent_code}
            for question in category.all_questions
        )


def _add(one: AskedQuestion, category: Category, question: Question) -> None:
    """Take what a kind of report asks into a question of the same code."""
    if question.text not in one.texts:
        one.texts.append(question.text)
    one.categories.append(category)
    one.is_retired = one.is_retired and question.is_retired
    for option in question.options:
        is_new = option.code not in one.options
        one.options.setdefault(option.code, option.name)
        if not option.is_retired:
            one.retired_options.discard(option.code)
        elif is_new:
            one.retired_options.add(option.code)
