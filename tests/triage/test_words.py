"""What people write in their own words goes to the category they mean, or to a person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.foundation.database import Transaction
from app.triage.model import ANYTHING_ELSE, ChosenBy, RetiredCategory, UnknownCategory
from app.triage.operations import choose_category, suggest
from app.triage.rules import certainties
from tests.makers.categories import a_category
from tests.triage.everyday import DUTCH, ENGLISH, NONSENSE
from tests.triage.sentences import HELD_OUT, LATER, SENTENCES, UNKNOWN, UNSEEN


def told(transaction: Transaction, words: str) -> str:
    return choose_category(transaction, code=None, words=words).category.code


def share_rightly_told(transaction: Transaction, sentences: Sequence[tuple[str, str]]) -> float:
    right = [words for words, meant in sentences if told(transaction, words) == meant]
    return len(right) / len(sentences)


@pytest.mark.usefixtures("categories")
class TestTheWordsOfAReport:
    def test_like_those_the_keywords_were_made_for_are_all_understood(
        self, transaction: Transaction
    ) -> None:
        # Measured: 135 of 135.
        assert share_rightly_told(transaction, [*SENTENCES, *LATER]) >= 0.98

    def test_that_nobody_had_seen_are_understood_nine_times_in_ten(
        self, transaction: Transaction
    ) -> None:
        # Measured: 37 of 40 and 38 of 40; of the five others two went to a person.
        assert share_rightly_told(transaction, UNSEEN) >= 0.9
        assert share_rightly_told(transaction, HELD_OUT) >= 0.9

    def test_point_to_what_is_meant_with_one_of_three(self, transaction: Transaction) -> None:
        found = [
            meant in [one.code for one in suggest(transaction, words)]
            for words, meant in (*UNSEEN, *HELD_OUT)
        ]

        # Measured: 79 of 80.
        assert sum(found) / len(found) >= 0.97

    @pytest.mark.parametrize("words", UNKNOWN)
    def test_about_nothing_we_know_go_to_a_person(
        self, transaction: Transaction, words: str
    ) -> None:
        decided = choose_category(transaction, code=None, words=words)

        assert decided.category.code == ANYTHING_ELSE
        assert decided.is_unsure

    def test_that_point_two_ways_at_once_go_to_a_person(self, transaction: Transaction) -> None:
        a_category(transaction, "een.klok", words=("torenklok",))
        a_category(transaction, "twee.klok", words=("torenklok",))

        decided = choose_category(transaction, code=None, words="De torenklok")

        assert decided.is_unsure

    def test_count_for_less_where_they_only_say_the_place(self, transaction: Transaction) -> None:
        assert told(transaction, "Rommel bij het bankje") == "afval.zwerfafval"
        assert told(transaction, "Het bankje is kapot") == "meubilair.bank"


# Measured, first / among three: 62 and 64 of the 64 that were looked at (55 and 62 before that),
# 51 and 58 of the 64 that were kept apart, 20 and 20 of the 20 in English.
LOOKED_AT = [(words, code) for code, (seen, _) in DUTCH.items() for words in seen]
KEPT_APART = [(words, code) for code, (_, unseen) in DUTCH.items() for words in unseen]
IN_ENGLISH = [(words, code) for code, pair in ENGLISH.items() for words in pair]


@pytest.mark.usefixtures("categories")
class TestSentencesOfEveryDay:
    @pytest.mark.parametrize(
        ("sentences", "first", "among_three"),
        [(LOOKED_AT, 0.9, 0.96), (KEPT_APART, 0.78, 0.9), (IN_ENGLISH, 0.9, 0.95)],
        ids=["looked at", "kept apart", "English"],
    )
    def test_point_to_what_is_meant(
        self,
        transaction: Transaction,
        sentences: Sequence[tuple[str, str]],
        first: float,
        among_three: float,
    ) -> None:
        proposed = [
            (meant, [one.code for one in suggest(transaction, words)]) for words, meant in sentences
        ]

        assert sum(codes[:1] == [meant] for meant, codes in proposed) / len(proposed) >= first
        assert sum(meant in codes for meant, codes in proposed) / len(proposed) >= among_three

    @pytest.mark.parametrize("words", NONSENSE)
    def test_that_say_nothing_stay_unsure(self, transaction: Transaction, words: str) -> None:
        assert choose_category(transaction, code=None, words=words).is_unsure

    @pytest.mark.parametrize(
        "words",
        [
            "Eng als ik mijn hond uitlaat, de lamp is kapot",
            "Bij het uitlaten van de hond zag ik dat de lantaarn stuk is",
            "The lamp does not work, scary when walking the dog",
        ],
    )
    def test_are_about_the_thing_that_is_broken_not_about_the_walk(
        self, transaction: Transaction, words: str
    ) -> None:
        assert told(transaction, words) == "verlichting.lamp-brandt-niet"


@pytest.mark.usefixtures("categories")
class TestWhatTheReporterChose:
    def test_is_taken_whatever_the_words_say(self, transaction: Transaction) -> None:
        decided = choose_category(transaction, code="dieren.wespen", words="lantaarnpaal kapot")

        assert (decided.category.code, decided.chosen_by) == ("dieren.wespen", ChosenBy.REPORTER)
        assert not decided.is_unsure

    def test_may_be_the_category_for_anything_else(self, transaction: Transaction) -> None:
        assert not choose_category(transaction, code=ANYTHING_ELSE, words="x").is_unsure

    @pytest.mark.parametrize("code", ["dieren", "dieren.draken"])
    def test_must_be_an_inner_category(self, transaction: Transaction, code: str) -> None:
        with pytest.raises(UnknownCategory):
            choose_category(transaction, code=code, words="wespennest")

    def test_must_still_be_in_use(self, transaction: Transaction) -> None:
        transaction.connection.execute(
            text("UPDATE category SET retired_at = now() WHERE code = 'dieren.wespen'")
        )

        with pytest.raises(RetiredCategory):
            choose_category(transaction, code="dieren.wespen", words="wespennest")


@pytest.mark.usefixtures("categories")
class TestAKeyword:
    def test_of_an_administrator_counts_at_once(self, transaction: Transaction) -> None:
        before = told(transaction, "De flapdrol is stuk")

        transaction.connection.execute(
            text(
                "INSERT INTO category_keyword (category_code, language, words, weight)"
                " VALUES ('meubilair.paal-of-hek', 'nl', 'flapdrol', 2.5)"
            )
        )

        assert before != "meubilair.paal-of-hek"
        assert told(transaction, "Een flapdrol ligt op straat") == "meubilair.paal-of-hek"

    def test_of_several_words_is_found_only_as_they_stand(self, transaction: Transaction) -> None:
        a_category(transaction, "een.kunst", words=("blauwe vis",))

        found = [one.code for one in suggest(transaction, "De blauwe vis in het park is weg")]
        not_found = [one.code for one in suggest(transaction, "De vis is blauwe geworden")]

        assert found[0] == "een.kunst"
        assert "een.kunst" not in not_found

    def test_of_a_retired_category_says_nothing(self, transaction: Transaction) -> None:
        a_category(transaction, "een.klok", words=("torenklok",))
        a_category(transaction, "twee.klok", words=("torenklok",))
        alone = suggest(transaction, "torenklok")

        transaction.connection.execute(
            text("UPDATE category SET retired_at = now() WHERE code IN ('een.klok', 'twee')")
        )

        assert len(alone) == 2
        assert suggest(transaction, "torenklok") == []

    @pytest.mark.parametrize("words", ["!!!", "& | ! <-> (", "", "  "])
    def test_that_is_no_word_is_never_found(self, transaction: Transaction, words: str) -> None:
        a_category(transaction, "een.klok", words=(words,))

        assert "een.klok" not in [one.code for one in suggest(transaction, f"klok {words}")]

    @pytest.mark.parametrize("weight", ["0", "-1", "'NaN'", "'Infinity'", "101"])
    def test_weighs_between_nought_and_a_hundred(
        self, transaction: Transaction, weight: str
    ) -> None:
        with pytest.raises(IntegrityError), transaction.session.begin_nested():
            transaction.connection.execute(
                text(
                    "INSERT INTO category_keyword (category_code, language, words, weight)"
                    f" VALUES ('dieren.wespen', 'nl', 'zoem', {weight})"
                )
            )


class TestTheCategoryForAnythingElse:
    @pytest.mark.parametrize("code", ["overig", ANYTHING_ELSE])
    def test_is_never_retired(self, transaction: Transaction, code: str) -> None:
        with pytest.raises(IntegrityError), transaction.session.begin_nested():
            transaction.connection.execute(
                text("UPDATE category SET retired_at = now() WHERE code = :code"), {"code": code}
            )

    def test_is_there_before_any_category_is_loaded(self, transaction: Transaction) -> None:
        assert told(transaction, "lantaarnpaal") == ANYTHING_ELSE


scored = st.dictionaries(
    st.sampled_from("abcdefgh"), st.floats(min_value=0.01, max_value=200), min_size=1
)


class TestCertainties:
    @given(scored)
    def test_lie_between_nought_and_one(self, scored: dict[str, float]) -> None:
        assert all(0 <= certainty <= 1 for certainty in certainties(scored).values())

    @given(scored)
    def test_are_in_the_order_of_the_scores(self, scored: dict[str, float]) -> None:
        certain = certainties(scored)

        assert all(
            certain[one] >= certain[other]
            for one in scored
            for other in scored
            if scored[one] > scored[other]
        )

    @given(st.floats(min_value=0.01, max_value=200), st.integers(min_value=1, max_value=4))
    def test_of_those_behind_are_measured_at_the_best_also_when_they_are_equal(
        self, behind: float, how_many: int
    ) -> None:
        scored = {"best": behind * 10} | dict.fromkeys("abcd"[:how_many], behind)

        assert certainties(scored)["a"] == certainties({"best": behind * 10, "a": behind})["a"]
