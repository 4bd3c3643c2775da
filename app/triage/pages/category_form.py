"""The form of a kind of report: what it offers, what was typed into it, and what is not right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from app.foundation.database import Transaction
from app.foundation.errors import FieldError
from app.foundation.typed_forms import Typed
from app.geography.changing import asset_kinds
from app.geography.words import asset_kind_words
from app.triage.changing import rules
from app.triage.changing.model import CategoryFacts, KeptCategory
from app.triage.model import (
    DangerAdvice,
    Keyword,
    Name,
    Norm,
    NormUnit,
    PublicVisibility,
    Question,
    StricterNorm,
    Term,
)
from app.triage.pages.shared import language
from app.triage.words import unit_words, visibility_words

#: Lines for stricter norms that stand empty below those that there are.
_EMPTY_LINES = 2
_JOIN_WITHIN_METRES = 250
_LONGEST_KEYWORDS = 20_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form of a kind offers to choose from, as options of lists."""

    units: list[dict[str, object]]
    asset_kinds: list[dict[str, object]]
    groups: list[dict[str, object]]
    visibilities: list[dict[str, object]]
    answers: list[dict[str, object]]


def choices(
    transaction: Transaction, there: Mapping[str, KeptCategory], one: KeptCategory | None
) -> Choices:
    """Return what can be chosen for a kind, or for a new one."""
    kinds = {*asset_kinds(transaction)}
    for kept in there.values():
        if kept.facts:
            kinds |= {
                kept.facts.asset_kind or "",
                *(strict.asset_kind or "" for strict in kept.facts.norm.stricter),
            }
    return Choices(
        units=[{"value": unit.value, "label": unit_words(unit)} for unit in NormUnit],
        asset_kinds=[
            {"value": kind, "label": asset_kind_words(kind)} for kind in sorted(kinds - {""})
        ],
        groups=_groups(there, one),
        visibilities=_visibilities(),
        answers=_answers(one) if one else [],
    )


def _visibilities() -> list[dict[str, object]]:
    means: dict[PublicVisibility, str] = {
        PublicVisibility.EXACT: gettext("Everyone sees the report on the map, where it is."),
        PublicVisibility.BLURRED: gettext(
            "Everyone sees the report on the map, but only roughly where it is."
        ),
        PublicVisibility.HIDDEN: gettext(
            "Nobody sees the report but staff, who does the work, and whoever reported it."
            " For what should stay secret, such as drug waste."
        ),
    }
    return [
        {"value": one.value, "label": visibility_words(one), "hint": means[one]}
        for one in PublicVisibility
    ]


def _groups(there: Mapping[str, KeptCategory], one: KeptCategory | None) -> list[dict[str, object]]:
    members: dict[str, list[str]] = {}
    for kept in there.values():
        if kept.facts and kept.facts.join_group and (one is None or kept.code != one.code):
            members.setdefault(kept.facts.join_group, []).append(kept.name.in_language(language()))
    return [
        {"value": group, "label": ", ".join(names)}
        for group, names in sorted(members.items(), key=lambda item: item[1])
    ]


def _answers(one: KeptCategory) -> list[dict[str, object]]:
    """Return the answers of a kind's own questions, and those its norms name already."""
    groups: list[dict[str, object]] = []
    offered: set[str] = set()
    for kept in one.questions:
        question = kept.question
        if question.is_retired or not question.options:
            continue
        options = [
            {
                "value": f"{question.code}={option.code}",
                "label": option.name.in_language(language()),
            }
            for option in question.options
        ]
        offered |= {option["value"] for option in options}
        groups.append({"label": question.text.in_language(language()), "options": options})
    others = [
        {"value": value, "label": value.replace("=", " = ")}
        for strict in (one.facts.norm.stricter if one.facts else ())
        if (value := _answer_value(strict)) and value not in offered
    ]
    if others:
        groups.append({"label": gettext("No longer asked"), "options": others})
    return groups


def _answer_value(strict: StricterNorm) -> str:
    return f"{strict.question}={strict.answer}" if strict.question else ""


def new_values() -> dict[str, str]:
    """Return what the form of a new kind holds before anything is typed."""
    return {
        "norm_unit": NormUnit.WORKING_DAYS.value,
        "danger_norm_unit": NormUnit.WORKING_DAYS.value,
        "visibility": PublicVisibility.EXACT.value,
        "join_within": str(_JOIN_WITHIN_METRES),
        **_lines_of_stricter(()),
    }


def values_of(one: KeptCategory, shared_groups: Iterable[object]) -> dict[str, str]:
    """Return a kind as the fields of its form hold it."""
    values = {"name_nl": one.name.nl, "name_en": one.name.en}
    facts = one.facts
    if facts is None:
        return values
    danger, advice = facts.norm.danger_term, facts.danger_advice
    return {
        **values,
        "norm": str(facts.norm.term.amount),
        "norm_unit": facts.norm.term.unit.value,
        "danger_norm": str(danger.amount) if danger else "",
        "danger_norm_unit": (danger.unit if danger else NormUnit.WORKING_DAYS).value,
        "danger_nl": advice.text.nl if advice else "",
        "danger_en": advice.text.en if advice else "",
        "danger_phone": (advice.phone or "") if advice else "",
        "asset_kind": facts.asset_kind or "",
        "join_group": facts.join_group or "" if facts.join_group in shared_groups else "",
        "join_within": str(facts.join_within_metres),
        "visibility": facts.public_visibility.value,
        "is_checked": "yes" if facts.is_checked else "",
        "keywords_nl": _keyword_lines(facts.keywords, "nl"),
        "keywords_en": _keyword_lines(facts.keywords, "en"),
        **_lines_of_stricter(
            [
                (
                    str(strict.term.amount),
                    strict.term.unit.value,
                    strict.asset_kind or "",
                    _answer_value(strict),
                )
                for strict in facts.norm.stricter
            ]
        ),
    }


def _keyword_lines(keywords: Iterable[Keyword], of: str) -> str:
    return "\n".join(
        one.words if one.weight == 1 else f"{one.words} ^{one.weight:g}"
        for one in keywords
        if one.language == of
    )


def _lines_of_stricter(lines: Sequence[tuple[str, str, str, str]]) -> dict[str, str]:
    """Return the lines as fields, with empty ones below them, and how many that are."""
    values: dict[str, str] = {}
    shown = [*lines, *[("", NormUnit.WORKING_DAYS.value, "", "")] * _EMPTY_LINES]
    for number, (amount, unit, asset_kind, answer) in enumerate(shown, start=1):
        values |= {
            f"stricter_{number}_amount": amount,
            f"stricter_{number}_unit": unit,
            f"stricter_{number}_asset_kind": asset_kind,
            f"stricter_{number}_answer": answer,
        }
    values["stricter_lines"] = str(len(shown))
    return values


def read_name(typed: Typed) -> Name:
    """Return the names that were typed."""
    return Name(typed.text("name_nl"), typed.text("name_en"))


def read_category(typed: Typed, offered: Choices, one: KeptCategory | None) -> CategoryFacts | None:
    """Return the kind that was typed, or None with the reasons in `typed.errors`."""
    name = read_name(typed)
    norm = _term(typed, "norm", required=True)
    danger_term = _term(typed, "danger_norm", required=False)
    stricter = _stricter(typed, offered)
    danger = Name(typed.text("danger_nl"), typed.text("danger_en"))
    phone = typed.text("danger_phone", most=30)
    if phone and not (danger.nl or danger.en):
        typed.errors["danger_nl"] = gettext("Write what is said of danger, beside its phone.")
    asset_kind = _chosen(typed, "asset_kind", offered.asset_kinds)
    group = _chosen(typed, "join_group", offered.groups)
    within = typed.amount("join_within", least=1, most=rules.FARTHEST_JOIN_METRES)
    if within is None:
        typed.errors.setdefault("join_within", gettext("Write a whole number, such as 10."))
    visibility = typed.choice("visibility", [each.value for each in PublicVisibility])
    keywords = (*_keywords(typed, "nl"), *_keywords(typed, "en"))
    is_checked = typed.ticked("is_checked")
    if typed.errors or norm is None or within is None:
        return None
    own = one.facts.join_group if one and one.facts else None
    shared = {str(each["value"]) for each in offered.groups}
    return CategoryFacts(
        name=name,
        norm=Norm(norm, danger_term, stricter),
        danger_advice=DangerAdvice(danger, phone or None) if danger.nl or danger.en else None,
        asset_kind=asset_kind or None,
        # A group of its own keeps its name; one that it leaves to others does not.
        join_group=group or (own if own not in shared else None),
        join_within_metres=within,
        public_visibility=PublicVisibility(visibility),
        keywords=keywords,
        is_checked=is_checked,
    )


def _term(typed: Typed, field: str, *, required: bool) -> Term | None:
    amount = typed.amount(field, least=0, most=rules.LONGEST_NORM)
    unit = typed.choice(f"{field}_unit", [each.value for each in NormUnit])
    if amount is None:
        if required:
            typed.errors.setdefault(field, gettext("Write a whole number, such as 10."))
        if not typed.values[field]:
            typed.errors.pop(f"{field}_unit", None)
        return None
    return Term(amount, NormUnit(unit)) if unit else None


def _chosen(typed: Typed, field: str, options: Iterable[Mapping[str, object]]) -> str:
    return typed.choice(field, {"", *(str(each["value"]) for each in options)})


def _stricter(typed: Typed, offered: Choices) -> tuple[StricterNorm, ...]:
    kinds = {"", *(str(each["value"]) for each in offered.asset_kinds)}
    answers = {""}
    for group in offered.answers:
        inner = group["options"]
        assert isinstance(inner, list)  # noqa: S101  # made above
        answers |= {str(each["value"]) for each in inner}
    lines: list[tuple[str, str, str, str]] = []
    found: list[StricterNorm] = []
    errors: dict[str, str] = {}
    for number in range(1, rules.MOST_STRICTER_NORMS + 1):
        one = Typed()
        before = f"stricter_{number}_"
        amount = one.amount(f"{before}amount", least=0, most=rules.LONGEST_NORM)
        if not one.values[f"{before}amount"]:
            # A line without a number is taken away.
            continue
        unit = one.choice(f"{before}unit", [each.value for each in NormUnit])
        asset_kind = one.choice(f"{before}asset_kind", kinds)
        answer = one.choice(f"{before}answer", answers)
        lines.append(
            (one.values[f"{before}amount"], unit or NormUnit.WORKING_DAYS.value, asset_kind, answer)
        )
        shown_as = f"stricter_{len(lines)}_"
        errors |= {shown_as + name.removeprefix(before): say for name, say in one.errors.items()}
        if amount is not None and unit:
            question, _, said = answer.partition("=")
            found.append(
                StricterNorm(
                    Term(amount, NormUnit(unit)), asset_kind or None, question or None, said or None
                )
            )
    typed.values |= _lines_of_stricter(lines)
    typed.errors |= errors
    return tuple(found)


def _keywords(typed: Typed, of: str) -> list[Keyword]:
    field = f"keywords_{of}"
    weights: dict[str, float] = {}
    lines = [
        stripped
        for line in typed.text(field, most=_LONGEST_KEYWORDS).split("\n")
        if (stripped := line.strip())
    ]
    if len(lines) > rules.MOST_KEYWORDS:
        typed.errors[field] = gettext("Write %(most)s lines at most.", most=rules.MOST_KEYWORDS)
        return []
    for line in lines:
        words, _, weight = line.partition("^")
        words, weighed = words.strip(), _weight(weight.strip())
        if not words or len(words) > rules.LONGEST_KEYWORD or weighed is None:
            typed.errors[field] = gettext(
                "We cannot read “%(line)s”. Write a word or a few, such as: lamp. Or with how much"
                " it counts, from 0.1 to 100: lamp ^1.5",
                line=line[:60],
            )
            return []
        weights[words] = max(weighed, weights.get(words, 0))
    return [Keyword(of, words, weight) for words, weight in weights.items()]


def _weight(written: str) -> float | None:
    if not written:
        return 1
    if not re.fullmatch(r"\d{1,3}([.,]\d{1,4})?", written, re.ASCII):
        return None
    weighed = float(written.replace(",", "."))
    return weighed if 0 < weighed <= rules.HEAVIEST_KEYWORD else None


def say_errors(typed: Typed, errors: Sequence[FieldError]) -> None:
    """Put what an operation refused beside the fields, in the reader's language."""
    sentences: dict[str, str] = {
        "missing": gettext("Fill this in."),
        "no-line": gettext("Write one line of %(most)s characters at most.", most=100),
        "no-letters": gettext("Write a name with letters: a code is made of it."),
        "taken": gettext("Another kind is called so already. Write another name."),
        "too-long": gettext("Write fewer characters."),
        "longer": gettext("This is longer than the norm itself. Write a smaller number."),
        "without-when": gettext("Choose for which object or answer this norm is."),
        "together": gettext("Write it in both languages."),
        "no-phone": gettext("Write a phone number, such as 112 or 14 0167."),
        "out-of-range": gettext("Write a smaller number."),
    }
    for one in errors:
        typed.errors.setdefault(one.field, sentences.get(one.code, one.detail))


def questions_asked(one: KeptCategory) -> list[Question]:
    """Return what is asked and told now, in its order."""
    return [kept.question for kept in one.questions if not kept.question.is_retired]
