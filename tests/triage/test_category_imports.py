"""Categories from a file: all of it or nothing, and the same file again changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.entrypoints.demo.categories import CATEGORIES_FILE
from app.foundation.database import Database
from app.foundation.import_files import FileRefused
from app.foundation.provided import Provided
from app.foundation.rule_changes import BY_COMMAND, rule_changes
from app.triage.commands import import_categories_command
from app.triage.model import Term
from app.triage.operations import category, category_tree

SMALL = """
[[main]]
code = "overig"
nl = "Overig"
en = "Other"

[[main.category]]
code = "anders"
nl = "Anders"
en = "Something else"
norm = 5
join_group = "other"

[[main.category]]
code = "klok"
nl = "Kapotte klok"
en = "Broken clock"
norm = 10
join_group = "clock"
keywords_nl = ["klok^1.6", "staat stil"]
"""

QUESTION = """
[[main.category.question]]
code = "waar"
kind = "choice"
nl = "Waar?"
en = "Where?"
"""
TOWER = """
[[main.category.question.options]]
code = "toren"
nl = "Toren"
en = "Tower"
"""
STATION = TOWER.replace("toren", "station").replace("Toren", "Station")


def imported(provided: Provided, file: Path, *words: str) -> Result:
    return CliRunner().invoke(import_categories_command, [str(file), *words], obj=provided)


def written(folder: Path, content: str) -> Path:
    file = folder / "categories.toml"
    file.write_text(content, encoding="utf-8")
    return file


class TestCategoriesFromAFile:
    def test_of_the_demo_come_in_once(self, provided: Provided) -> None:
        first = imported(provided, CATEGORIES_FILE)
        again = imported(provided, CATEGORIES_FILE)

        assert "39 added, 2 changed" in first.output, first.exception
        assert "0 added, 0 changed, 41 as they were" in again.output

    def test_are_renewed_where_the_file_changed(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, written(tmp_path, SMALL))

        result = imported(provided, written(tmp_path, SMALL.replace("norm = 10", "norm = 3")))

        assert "0 added, 1 changed, 2 as they were" in result.output
        with provided.get(Database).transaction() as transaction:
            assert category(transaction, "overig.klok").norm.term == Term(3)

    def test_are_noted_where_the_file_changes_something(
        self, provided: Provided, tmp_path: Path
    ) -> None:
        imported(provided, written(tmp_path, SMALL))
        imported(provided, written(tmp_path, SMALL))

        imported(provided, written(tmp_path, SMALL.replace("norm = 10", "norm = 3")))

        with provided.get(Database).transaction() as transaction:
            changed, added = rule_changes(transaction, what="category", code="overig.klok")
        assert added.before is None
        assert changed.by == BY_COMMAND
        assert changed.before is not None
        assert changed.after is not None
        assert (changed.before["norm"]["amount"], changed.after["norm"]["amount"]) == (10, 3)

    def test_keep_an_option_that_the_file_has_no_more(
        self, provided: Provided, tmp_path: Path
    ) -> None:
        imported(provided, written(tmp_path, SMALL + QUESTION + TOWER + STATION))

        less = imported(provided, written(tmp_path, SMALL + QUESTION + TOWER))
        again = imported(provided, written(tmp_path, SMALL + QUESTION + TOWER))

        with provided.get(Database).transaction() as transaction:
            (question,) = category(transaction, "overig.klok").questions
        assert [one.code for one in question.offered] == ["toren"]
        assert [one.code for one in question.options] == ["toren", "station"]
        assert "1 changed" in less.output
        assert "0 changed" in again.output

    def test_are_renewed_where_a_keyword_changed(self, provided: Provided, tmp_path: Path) -> None:
        imported(provided, written(tmp_path, SMALL))

        result = imported(provided, written(tmp_path, SMALL.replace("klok^1.6", "klok^1.7")))

        assert "1 changed" in result.output

    def test_that_are_missing_stay_unless_they_are_to_go(
        self, provided: Provided, tmp_path: Path
    ) -> None:
        imported(provided, CATEGORIES_FILE)
        small = written(tmp_path, SMALL)

        stay = imported(provided, small)
        go = imported(provided, small, "--retire-others")

        assert "left as they are: afval" in stay.output
        assert "Offered no more: afval" in go.output
        with provided.get(Database).transaction() as transaction:
            codes = [one.code for one in category_tree(transaction).main_categories]
        assert codes == ["overig"]

    @pytest.mark.parametrize(
        ("good", "wrong", "said"),
        [
            ("norm = 10", "norm = -1", "main 1, category 2, norm"),
            ("norm = 10", "norm = 10\ndanger_norm = 11", "danger_norm is longer"),
            ("norm = 10", "norm = 10\ndanger_nl = 'Pas op'", "go together"),
            ("norm = 10", "norm = 10\nnrom = 10", "main 1, category 2, nrom"),
            ("klok^1.6", "klok^veel", "is no keyword"),
            ("klok^1.6", "klok^1000", "is no keyword"),
            ("klok^1.6", "klok^nan", "is no keyword"),
            ("klok^1.6", "klok\\u0000", "keywords_nl"),
            ('code = "klok"', 'code = "anders"', "stands there twice"),
            ('code = "anders"', 'code = "iets"', "overig.anders"),
            ('code = "klok"', 'code = "Klok 1"', "main 1, category 2, code"),
            ("[[main.category]]", "[[main.category", "no TOML"),
        ],
    )
    def test_are_refused_as_a_whole(
        self, provided: Provided, tmp_path: Path, good: str, wrong: str, said: str
    ) -> None:
        assert good in SMALL

        result = imported(provided, written(tmp_path, SMALL.replace(good, wrong)))

        assert isinstance(result.exception, FileRefused)
        assert said in result.exception.detail
        with provided.get(Database).transaction() as transaction:
            kept = transaction.connection.scalars(text("SELECT code FROM category"))
            # Every database has these from the beginning.
            assert set(kept) == {"overig", "overig.anders"}
