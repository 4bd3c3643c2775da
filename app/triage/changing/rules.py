"""What is not right about a kind of report or a question, and the codes that names become."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from app.foundation.errors import FieldError
from app.foundation.texts import is_plain_line
from app.triage.changing.model import CategoryFacts, QuestionFacts
from app.triage.model import Name, QuestionKind, Term

LONGEST_NAME = 100
LONGEST_QUESTION = 1000
LONGEST_OPTION = 200
LONGEST_DANGER_TEXT = 200
LONGEST_NORM = 1000
FARTHEST_JOIN_METRES = 5000
MOST_KEYWORDS = 300
LONGEST_KEYWORD = 100
HEAVIEST_KEYWORD = 100
MOST_STRICTER_NORMS = 20
MOST_OPTIONS = 30

#: What the name of a kind counts for when its words stand in a report, as in a file.
WEIGHT_OF_A_NAME = 1.5

_PHONE = re.compile(r"[0-9+() -]{3,30}")
_LONGEST_CODE = 40
#: Codes hold no digits, so what would be there twice gets one of these behind it.
_ORDINALS = ("twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")


def code_of_category(name: str, taken: Collection[str]) -> str | None:
    """Return a code made from a Dutch name, other than those taken; None without letters."""
    made = re.sub(r"[^a-z]+", "-", _plain(name)).strip("-")
    made = made[:_LONGEST_CODE].strip("-")
    if not made:
        return None
    tries = (made, *(f"{made}-{one}" for one in _ORDINALS))
    return next((one for one in tries if one not in taken), None)


def code_of_question(text: str, taken: Collection[str]) -> str:
    """Return a code made from the words of a question, other than those taken."""
    return _code_with_digits(text, taken, instead="vraag")


def code_of_option(name: str, taken: Collection[str]) -> str:
    """Return a code made from the name of an option, other than those taken."""
    return _code_with_digits(name, taken, instead="antwoord")


def _code_with_digits(words: str, taken: Collection[str], *, instead: str) -> str:
    made = re.sub(r"[^a-z0-9]+", "-", _plain(words)).strip("-")
    # A code begins with a word of letters alone: "2e-straat" is none.
    first = made.partition("-")[0]
    if not (first.isalpha() and first):
        made = f"{instead}-{made}" if made else instead
    made = made[:_LONGEST_CODE].strip("-")
    number, code = 1, made
    while code in taken:
        number += 1
        code = f"{made}-{number}"
    return code


def _plain(words: str) -> str:
    apart = unicodedata.normalize("NFKD", words.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def problems_of_names(name: Name) -> Iterator[FieldError]:
    """Tell what is not right about the two names of a kind."""
    for field, words in (("name_nl", name.nl), ("name_en", name.en)):
        if not words:
            yield FieldError(field, "missing", "A name is needed.")
        elif len(words) > LONGEST_NAME or not is_plain_line(words):
            yield FieldError(field, "no-line", f"One line of at most {LONGEST_NAME} characters.")


def problems_of_category(facts: CategoryFacts) -> Iterator[FieldError]:
    """Tell what is not right about a kind of report, by field."""
    yield from problems_of_names(facts.name)
    norm = facts.norm
    if not _is_term(norm.term):
        yield FieldError("norm", "out-of-range", f"From 0 to {LONGEST_NORM}.")
    if norm.danger_term is not None:
        if not _is_term(norm.danger_term):
            yield FieldError("danger_norm", "out-of-range", f"From 0 to {LONGEST_NORM}.")
        elif _is_longer(norm.danger_term, norm.term):
            yield FieldError("danger_norm", "longer", "The norm for danger is longer.")
    for number, strict in enumerate(norm.stricter, start=1):
        if strict.asset_kind is None and strict.question is None:
            yield FieldError(f"stricter_{number}_amount", "without-when", "It does not say when.")
        elif not _is_term(strict.term) or _is_longer(strict.term, norm.term):
            yield FieldError(f"stricter_{number}_amount", "longer", "It is longer than the norm.")
    advice = facts.danger_advice
    if advice is not None:
        for field, words in (("danger_nl", advice.text.nl), ("danger_en", advice.text.en)):
            if not words:
                yield FieldError(field, "together", "In both languages, or in neither.")
            elif len(words) > LONGEST_DANGER_TEXT:
                yield FieldError(field, "too-long", f"At most {LONGEST_DANGER_TEXT} characters.")
        if advice.phone is not None and not _PHONE.fullmatch(advice.phone):
            yield FieldError("danger_phone", "no-phone", "A phone number.")
    if not 1 <= facts.join_within_metres <= FARTHEST_JOIN_METRES:
        yield FieldError("join_within", "out-of-range", f"From 1 to {FARTHEST_JOIN_METRES}.")


def problems_of_question(facts: QuestionFacts) -> Iterator[FieldError]:
    """Tell what is not right about a question, by field."""
    for field, words in (("text_nl", facts.text.nl), ("text_en", facts.text.en)):
        if not words:
            yield FieldError(field, "missing", "A text is needed.")
        elif len(words) > LONGEST_QUESTION:
            yield FieldError(field, "too-long", f"At most {LONGEST_QUESTION} characters.")
    if facts.kind is QuestionKind.STOP:
        if facts.phone is None or not _PHONE.fullmatch(facts.phone):
            yield FieldError("phone", "no-phone", "A stop has a phone number.")
    elif facts.phone is not None:
        yield FieldError("phone", "only-a-stop", "Only a stop has a phone number.")
    if facts.is_required and not facts.kind.is_answered:
        yield FieldError("required", "only-read", "What is only read cannot be required.")
    if facts.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        yield from _problems_of_options(facts)
    elif facts.options:
        yield FieldError("option_1_nl", "only-a-choice", "Only a choice has options.")


def _problems_of_options(facts: QuestionFacts) -> Iterator[FieldError]:
    if not any(not one.is_retired for one in facts.options):
        yield FieldError("option_1_nl", "none", "A choice has an option at least.")
    seen: set[str] = set()
    for number, option in enumerate(facts.options, start=1):
        for language, words in (("nl", option.name.nl), ("en", option.name.en)):
            field = f"option_{number}_{language}"
            if not words:
                yield FieldError(field, "together", "In both languages.")
            elif len(words) > LONGEST_OPTION or not is_plain_line(words):
                yield FieldError(field, "no-line", f"At most {LONGEST_OPTION} characters.")
        if option.name.nl.casefold() in seen and not option.is_retired:
            yield FieldError(f"option_{number}_nl", "twice", "This option stands there twice.")
        if not option.is_retired:
            seen.add(option.name.nl.casefold())


def _is_term(term: Term) -> bool:
    return 0 <= term.amount <= LONGEST_NORM


def _is_longer(one: Term, than: Term) -> bool:
    return one.unit is than.unit and one.amount > than.amount
