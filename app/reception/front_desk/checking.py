"""Says what still stands in the way of handing a call in, and what the desk should do about it."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext

from app.intake.rules import DESCRIPTION_LENGTH
from app.reception.front_desk.looking import Looked
from app.reception.front_desk.reading import Asked, Form
from app.reception.model import DraftContent
from app.reception.pages.question_fields import problems_in, stops_without_word
from app.reception.rules import WordsProblem, is_email, is_phone, words_problem
from app.triage.model import Category


def after_stops(content: DraftContent, asked: Asked) -> DraftContent:
    """Return the content once a stop was said to the caller: they called, so it is a danger."""
    if not asked.is_called or "yes" not in content.stops.values():
        return content
    stops = {code: "called" if said == "yes" else said for code, said in content.stops.items()}
    return replace(content, stops=stops, is_danger=True)


def problems_of(content: DraftContent, looked: Looked, form: Form) -> dict[str, str]:
    """Return a sentence for each field that cannot stay as it is, in the order of the page."""
    kind = looked.kinds.get(content.category or "")
    errors = _of_the_words(content) | _of_the_place(content, looked)
    if kind is None:
        errors["category"] = gettext("Choose what it is about.")
    else:
        errors |= _of_the_answers(content, kind)
    errors |= _of_what_is_known(content, looked, form)
    if content.email and not is_email(content.email):
        errors["email"] = gettext("Write the e-mail address like name@example.nl, or leave it out.")
    if content.phone and not is_phone(content.phone):
        errors["phone"] = gettext("Write the phone number in digits, or leave it out.")
    return errors


def _of_the_words(content: DraftContent) -> dict[str, str]:
    problem = words_problem(content.words)
    if problem is None:
        return {}
    if problem is WordsProblem.NONE:
        return {"words": gettext("Write what the caller tells.")}
    return {
        "words": gettext(
            "Write at most %(most)s characters. There are %(length)s now.",
            most=DESCRIPTION_LENGTH,
            length=len(content.words),
        )
    }


def _of_the_place(content: DraftContent, looked: Looked) -> dict[str, str]:
    if looked.is_outside:
        return {"address": gettext("This place is not ours. Say so to the caller.")}
    if content.spot is not None:
        return {}
    if looked.choices:
        return {"place": gettext("Choose the place that is meant.")}
    if looked.villages:
        return {"village": gettext("Nobody finds this place. Choose the village.")}
    return {"address": gettext("Ask where it is: a street with a number, a corner, a lamp post.")}


def _of_the_answers(content: DraftContent, kind: Category) -> dict[str, str]:
    """A caller may not know an answer, so none is required; it can be given later."""
    errors: dict[str, str] = {}
    if kind.danger_advice is not None and content.is_danger is None:
        errors["danger"] = gettext("Ask whether it is dangerous right now.")
    if not kind.questions:
        return errors
    if content.answered_for != kind.code:
        return errors | {"questions": gettext("Ask the caller these questions too.")}
    asked = [replace(one, is_required=False) for one in kind.questions]
    errors |= problems_in(asked, content.answers)
    errors |= stops_without_word(kind.questions, content.stops)
    if "yes" in content.stops.values():
        errors["called"] = gettext("Say to the caller whom to call first. Then mark it here.")
    return errors


def _of_what_is_known(content: DraftContent, looked: Looked, form: Form) -> dict[str, str]:
    """Whoever did not see yet what is known near by looks at it once."""
    if content.has_answered_known or not looked.near:
        return {}
    seen = set(form.get("seen", "").split(","))
    if {one.reference for one in looked.near} <= seen:
        return {}
    return {"same": gettext("This is known near by. Ask whether it is one of these.")}
