"""Kinds and questions are changed with the version that was seen, and every change is noted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.triage.answering import check_answers
from app.triage.changing import rules
from app.triage.changing.categories import (
    add_category,
    bring_back_category,
    change_category,
    move_category,
    retire_category,
)
from app.triage.changing.model import CategoryFacts, QuestionFacts
from app.triage.changing.questions import (
    add_question,
    change_question,
    move_question,
    retire_question,
)
from app.triage.changing.reading import kept_category, kept_question
from app.triage.model import (
    CategoryNotFound,
    CategoryRefused,
    ChangedMeanwhile,
    DangerAdvice,
    Keyword,
    Name,
    Norm,
    NormUnit,
    Option,
    PublicVisibility,
    QuestionKind,
    QuestionRefused,
    StricterNorm,
    Term,
)
from app.triage.operations import category, category_tree, suggest
from tests.makers.cases import NOON
from tests.makers.categories import a_category

CLOCK = "klokken.klok"
OF_A_CLOCK = CategoryFacts(Name("Kapotte klok", "Broken clock"), Norm(Term(5)))
WHERE = QuestionFacts(
    QuestionKind.CHOICE,
    Name("Waar hangt hij?", "Where does it hang?"),
    options=(Option("", Name("Toren", "Tower")), Option("", Name("Station", "Station"))),
)


@pytest.fixture
def clock(transaction: Transaction) -> str:
    a_category(transaction, "banken.bank", name="Kapotte bank")
    return a_category(transaction, CLOCK)


def changed(transaction: Transaction, facts: CategoryFacts, *, code: str = CLOCK) -> None:
    version = kept_category(transaction, code).version
    change_category(transaction, code, facts, expected_version=version, by=BY_COMMAND, now=NOON)


def asked(transaction: Transaction, facts: QuestionFacts = WHERE) -> str:
    return add_question(transaction, CLOCK, facts, by=BY_COMMAND, now=NOON)


class TestANewKind:
    def test_can_be_reported_at_once_under_a_code_of_its_name(
        self, transaction: Transaction, clock: str
    ) -> None:
        facts = replace(OF_A_CLOCK, name=Name("Klok loopt vóór!", "Clock is fast"))

        code = add_category(transaction, facts, parent_code="klokken", by=BY_COMMAND, now=NOON)

        assert code == "klokken.klok-loopt-voor"
        assert category(transaction, code).norm.term == Term(5)
        assert suggest(transaction, "de klok loopt vóór")[0].code == code

    def test_gets_a_code_that_nobody_else_has(self, transaction: Transaction, clock: str) -> None:
        codes = [
            add_category(
                transaction,
                replace(OF_A_CLOCK, name=Name(f"Wijzer {number}", f"Hand {number}")),
                parent_code="klokken",
                by=BY_COMMAND,
                now=NOON,
            )
            for number in range(3)
        ]

        assert codes == ["klokken.wijzer", "klokken.wijzer-twee", "klokken.wijzer-drie"]

    def test_comes_below_a_heading_that_there_is(self, transaction: Transaction) -> None:
        with pytest.raises(CategoryNotFound):
            add_category(transaction, OF_A_CLOCK, parent_code="niets", by=BY_COMMAND, now=NOON)

    def test_is_not_called_as_another_one(self, transaction: Transaction, clock: str) -> None:
        same = replace(OF_A_CLOCK, name=Name("kapotte KLOK", "Other"))

        with pytest.raises(CategoryRefused) as refused:
            add_category(transaction, same, parent_code="klokken", by=BY_COMMAND, now=NOON)

        assert [(one.field, one.code) for one in refused.value.errors] == [("name_nl", "taken")]

    def test_may_be_a_heading(self, transaction: Transaction, clock: str) -> None:
        code = add_category(
            transaction, Name("Speeltuin", "Playground"), parent_code=None, by=BY_COMMAND, now=NOON
        )

        assert kept_category(transaction, code).facts is None
        assert code == "speeltuin"


@given(st.text(max_size=200), st.lists(st.sampled_from(["klok", "klok-twee", "a"]), max_size=3))
def test_a_code_is_always_one_the_table_takes(name: str, taken: list[str]) -> None:
    code = rules.code_of_category(name, taken)
    option = rules.code_of_option(name, taken)

    assert code is None or (code not in taken and code.replace("-", "a").isascii())
    assert code is None or all(part.isalpha() and part.islower() for part in code.split("-"))
    assert option not in taken
    assert option.partition("-")[0].isalpha()


class TestAChangeOfAKind:
    EVERYTHING = CategoryFacts(
        name=Name("Klok", "Clock"),
        norm=Norm(
            Term(2, NormUnit.CALENDAR_DAYS),
            Term(4, NormUnit.HOURS),
            (StricterNorm(Term(1, NormUnit.CALENDAR_DAYS), asset_kind="lamp-post"),),
        ),
        danger_advice=DangerAdvice(Name("Valt hij?", "Does it fall?"), "112"),
        asset_kind="lamp-post",
        join_group="verlichting",
        join_within_metres=40,
        public_visibility=PublicVisibility.BLURRED,
        keywords=(Keyword("nl", "wijzer", 1.25), Keyword("en", "hand")),
    )

    def test_is_kept_whole_and_noted_with_before_and_after(
        self, transaction: Transaction, clock: str
    ) -> None:
        changed(transaction, self.EVERYTHING)

        kept = kept_category(transaction, CLOCK).facts
        assert kept is not None
        assert replace(kept, keywords=()) == replace(self.EVERYTHING, keywords=())
        assert {*self.EVERYTHING.keywords} < {*kept.keywords}
        (noted,) = rule_changes(transaction, what="category", code=CLOCK)
        assert noted.before is not None
        assert noted.after is not None
        assert (noted.before["nameNl"], noted.after["nameNl"]) == ("Kapotte klok", "Klok")
        assert noted.after["norm"] == {"amount": 2, "unit": "calendar-days"}

    def test_notes_only_the_keywords_that_went_and_came(
        self, transaction: Transaction, clock: str
    ) -> None:
        changed(transaction, self.EVERYTHING)

        changed(transaction, replace(self.EVERYTHING, keywords=(Keyword("nl", "slinger"),)))

        noted, _ = rule_changes(transaction, what="category", code=CLOCK)
        assert noted.before is not None
        assert noted.after is not None
        assert noted.before["keywordsNl"] == ["wijzer ^1.25"]
        assert noted.after["keywordsNl"] == ["slinger ^1"]
        assert noted.before["keywordsEn"] == ["hand ^1"]

    def test_that_changes_nothing_is_none(self, transaction: Transaction, clock: str) -> None:
        changed(transaction, self.EVERYTHING)
        version = kept_category(transaction, CLOCK).version

        changed(transaction, self.EVERYTHING)

        assert kept_category(transaction, CLOCK).version == version
        assert len(rule_changes(transaction, what="category", code=CLOCK)) == 1

    def test_does_not_overwrite_what_somebody_else_just_changed(
        self, transaction: Transaction, clock: str
    ) -> None:
        seen = kept_category(transaction, CLOCK).version
        changed(transaction, self.EVERYTHING)

        with pytest.raises(ChangedMeanwhile):
            change_category(
                transaction, CLOCK, OF_A_CLOCK, expected_version=seen, by=BY_COMMAND, now=NOON
            )

        assert kept_category(transaction, CLOCK).name.nl == "Klok"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": Name("", "x")}, "name_nl"),
            ({"name": Name("x" * 101, "x")}, "name_nl"),
            ({"name": Name("een\ntwee", "x")}, "name_nl"),
            ({"norm": Norm(Term(1001))}, "norm"),
            ({"norm": Norm(Term(2), Term(3))}, "danger_norm"),
            ({"norm": Norm(Term(2), None, (StricterNorm(Term(1)),))}, "stricter_1_amount"),
            (
                {"norm": Norm(Term(2), None, (StricterNorm(Term(3), "lamp-post"),))},
                "stricter_1_amount",
            ),
            ({"danger_advice": DangerAdvice(Name("Pas op", ""), None)}, "danger_en"),
            ({"danger_advice": DangerAdvice(Name("Pas op", "Mind"), "bel")}, "danger_phone"),
            ({"join_within_metres": 0}, "join_within"),
        ],
    )
    def test_is_refused_with_the_field(
        self, transaction: Transaction, clock: str, wrong: dict[str, object], field: str
    ) -> None:
        with pytest.raises(CategoryRefused) as refused:
            changed(transaction, replace(OF_A_CLOCK, **wrong))  # type: ignore[arg-type]  # by name

        assert [one.field for one in refused.value.errors] == [field]


class TestAKindOutOfUse:
    def test_is_offered_no_more_and_comes_back(self, transaction: Transaction, clock: str) -> None:
        version = kept_category(transaction, CLOCK).version

        retire_category(transaction, CLOCK, expected_version=version, by=BY_COMMAND, now=NOON)
        gone = [main.code for main in category_tree(transaction).main_categories]
        bring_back_category(
            transaction, CLOCK, expected_version=version + 1, by=BY_COMMAND, now=NOON
        )

        assert "klokken" not in gone
        assert category(transaction, CLOCK).code == CLOCK
        assert len(rule_changes(transaction, what="category", code=CLOCK)) == 2

    @pytest.mark.parametrize("code", ["overig", "overig.anders"])
    def test_is_never_the_one_for_everything_else(
        self, transaction: Transaction, code: str
    ) -> None:
        with pytest.raises(CategoryRefused):
            retire_category(transaction, code, expected_version=1, by=BY_COMMAND, now=NOON)


class TestThePlaceOfAKind:
    def test_moves_one_up_and_stays_at_the_end(self, transaction: Transaction, clock: str) -> None:
        add_category(
            transaction,
            replace(OF_A_CLOCK, name=Name("Wijzer", "Hand")),
            parent_code="klokken",
            by=BY_COMMAND,
            now=NOON,
        )

        for _ in range(2):
            move_category(transaction, "klokken.wijzer", earlier=True, by=BY_COMMAND, now=NOON)

        (main,) = [
            one for one in category_tree(transaction).main_categories if one.code == "klokken"
        ]
        assert [one.code for one in main.categories] == ["klokken.wijzer", CLOCK]


class TestAQuestion:
    def test_gets_codes_of_its_words_and_is_asked_at_once(
        self, transaction: Transaction, clock: str
    ) -> None:
        code = asked(transaction)

        (question,) = category(transaction, CLOCK).questions
        assert (code, question.code) == ("waar-hangt-hij", "waar-hangt-hij")
        assert [one.code for one in question.offered] == ["toren", "station"]
        assert question.offered[0].name.en == "Tower"

    def test_that_is_asked_already_is_asked_once(
        self, transaction: Transaction, clock: str
    ) -> None:
        first = asked(transaction)
        again = asked(transaction)

        assert again == first
        assert len(kept_category(transaction, CLOCK).questions) == 1
        assert asked(transaction, replace(WHERE, is_required=not WHERE.is_required)) != first

    def test_keeps_an_option_that_was_answered(self, transaction: Transaction, clock: str) -> None:
        code = asked(transaction)
        only_tower = replace(WHERE, options=(Option("toren", Name("Kerktoren", "Tower")),))

        change_question(
            transaction, CLOCK, code, only_tower, expected_version=1, by=BY_COMMAND, now=NOON
        )

        (question,) = category(transaction, CLOCK).questions
        assert [one.code for one in question.offered] == ["toren"]
        answers = check_answers([question], {code: "station"}, language="nl").answers
        assert [one.answer for one in answers] == ["Station"]

    def test_keeps_its_sort(self, transaction: Transaction, clock: str) -> None:
        code = asked(transaction)

        with pytest.raises(QuestionRefused):
            change_question(
                transaction,
                CLOCK,
                code,
                replace(WHERE, kind=QuestionKind.TEXT, options=()),
                expected_version=1,
                by=BY_COMMAND,
                now=NOON,
            )

    def test_does_not_overwrite_what_somebody_else_just_changed(
        self, transaction: Transaction, clock: str
    ) -> None:
        code = asked(transaction)
        retire_question(transaction, CLOCK, code, expected_version=1, by=BY_COMMAND, now=NOON)

        with pytest.raises(ChangedMeanwhile):
            change_question(
                transaction, CLOCK, code, WHERE, expected_version=1, by=BY_COMMAND, now=NOON
            )

    def test_that_is_asked_no_more_may_still_be_answered(
        self, transaction: Transaction, clock: str
    ) -> None:
        code = asked(transaction)

        retire_question(transaction, CLOCK, code, expected_version=1, by=BY_COMMAND, now=NOON)

        kind = category(transaction, CLOCK)
        assert kind.questions == ()
        assert check_answers(kind.all_questions, {code: "toren"}, language="nl").answers

    def test_moves_and_only_the_one_that_was_moved_is_noted(
        self, transaction: Transaction, clock: str
    ) -> None:
        first = asked(transaction)
        second = asked(transaction, replace(WHERE, text=Name("Hoe laat?", "What time?")))

        move_question(transaction, CLOCK, second, earlier=True, by=BY_COMMAND, now=NOON)

        assert [one.code for one in category(transaction, CLOCK).questions] == [second, first]
        noted = rule_changes(transaction, what="question", code=f"{CLOCK}/{second}")
        assert [one.before is None for one in noted] == [False, True]
        assert len(rule_changes(transaction, what="question", code=f"{CLOCK}/{first}")) == 1

    def test_of_which_there_is_one_by_those_words_gets_another_code(
        self, transaction: Transaction, clock: str
    ) -> None:
        asked(transaction)

        assert asked(transaction, replace(WHERE, is_private=True)) == "waar-hangt-hij-2"
        assert kept_question(kept_category(transaction, CLOCK), "waar-hangt-hij-2").position == 2

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": Name("", "x")}, "text_nl"),
            ({"text": Name("x" * 1001, "x")}, "text_nl"),
            ({"options": ()}, "option_1_nl"),
            ({"options": (Option("", Name("a", "")),)}, "option_1_en"),
            ({"options": (Option("", Name("a", "a")), Option("", Name("A", "a")))}, "option_2_nl"),
            ({"kind": QuestionKind.STOP, "options": ()}, "phone"),
            ({"kind": QuestionKind.NOTICE, "options": (), "is_required": True}, "required"),
        ],
    )
    def test_is_refused_with_the_field(
        self, transaction: Transaction, clock: str, wrong: dict[str, object], field: str
    ) -> None:
        with pytest.raises(QuestionRefused) as refused:
            asked(transaction, replace(WHERE, **wrong))  # type: ignore[arg-type]  # by name

        assert [one.field for one in refused.value.errors] == [field]
