"""Tokens, references and text at intake."""

from __future__ import annotations

import re
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.foundation.texts import clean_text, has_control_characters
from app.intake.rules import (
    new_reference,
    report_of_token,
    report_token,
    token_opens,
)

KEY = "a key for tests that is long enough"


class TestAToken:
    @given(st.uuids(), st.integers(1, 1000))
    def test_opens_its_report_and_is_the_same_again(self, report_id: UUID, generation: int) -> None:
        token = report_token(KEY, report_id, generation)

        assert report_of_token(token) == report_id
        assert token_opens(KEY, token, report_id, generation)
        assert token == report_token(KEY, report_id, generation)

    @given(st.uuids(), st.uuids())
    def test_opens_no_other_report_generation_or_installation(
        self, report_id: UUID, other_id: UUID
    ) -> None:
        token = report_token(KEY, report_id, 1)

        assert not token_opens(KEY, token, report_id, 2)
        assert not token_opens(KEY + "!", token, report_id, 1)
        if other_id != report_id:
            assert not token_opens(KEY, token, other_id, 1)

    @given(st.text(max_size=60))
    def test_that_is_none_opens_nothing(self, text: str) -> None:
        report_id = report_of_token(text)

        assert report_id is None or not token_opens(KEY, text, report_id, 1)


class TestAReference:
    def test_can_be_spoken(self) -> None:
        assert re.fullmatch(r"[2-9B-DF-HJKMNP-TV-XZ]{4}-[2-9B-DF-HJKMNP-TV-XZ]{4}", new_reference())

    def test_is_not_given_twice(self) -> None:
        assert len({new_reference() for _ in range(2000)}) == 2000


class TestText:
    @given(st.text())
    def test_that_was_cleaned_has_no_control_characters(self, text: str) -> None:
        assert not has_control_characters(clean_text(text))

    def test_keeps_its_lines(self) -> None:
        assert clean_text(" een\r\ntwee\rdrie ") == "een\ntwee\ndrie"
