"""A sentence that arises far from a page: English where it stands, another language where asked."""

from __future__ import annotations

from app.foundation.sentences import Sentence, said

DUTCH = {
    "%(file)s was not taken:": "%(file)s is niet ingelezen:",
    "feature %(number)s: %(why)s": "nummer %(number)s: %(why)s",
    "has no surface": "omsluit niets",
}


def in_dutch(text: str) -> str:
    return DUTCH.get(text, text)


class TestASentence:
    def test_is_english_text(self) -> None:
        assert Sentence("%(file)s was not taken:", file="a%sb.json") == "a%sb.json was not taken:"

    def test_is_said_in_another_language_with_what_stands_in_it(self) -> None:
        inner = Sentence("has no surface")
        line = Sentence("feature %(number)s: %(why)s", number=3, why=inner)

        assert said(line, in_dutch) == "nummer 3: omsluit niets"

    def test_of_several_lines_is_said_line_by_line(self) -> None:
        lines = Sentence.of_lines([Sentence("%(file)s was not taken:", file="a"), "as it is"])

        assert lines == "a was not taken:\nas it is"
        assert said(lines, in_dutch) == "a is niet ingelezen:\nas it is"

    def test_leaves_other_words(self) -> None:
        assert said("100 % has no surface", in_dutch) == "100 % has no surface"
