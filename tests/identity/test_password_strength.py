"""Which password will do, and why another will not."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from app.identity.model import PasswordTooWeak, WeakBecause
from app.identity.password_strength import acceptable_password
from app.identity.password_words import why_too_weak

ABOUT = ("Noor Bakker-Visser", "n.bakker@example.org", "Steenbergen")


def why_not(password: str) -> WeakBecause:
    with pytest.raises(PasswordTooWeak) as refused:
        acceptable_password(password, about=ABOUT)
    return refused.value.because


class TestAPassword:
    @pytest.mark.parametrize(
        ("password", "because"),
        [
            ("elf tekens!", WeakBecause.TOO_SHORT),
            ("", WeakBecause.TOO_SHORT),
            ("x" * 257, WeakBecause.TOO_LONG),
            ("noorbakker1985", WeakBecause.ABOUT_YOU),
            ("N.Bakker@Example.org", WeakBecause.ABOUT_YOU),
            ("Steenbergen2026!", WeakBecause.ABOUT_YOU),
            ("$t33nb3rg3n123", WeakBecause.ABOUT_YOU),
            ("Welkom01Welkom", WeakBecause.WELL_KNOWN),
            ("Wachtwoord2026", WeakBecause.WELL_KNOWN),
            ("qwertyuiop123", WeakBecause.WELL_KNOWN),
            ("Zomer2026!!!!", WeakBecause.WELL_KNOWN),
            ("aaaaaaaaaaaaaaaa", WeakBecause.PATTERN),
            ("abcdefghijklmnop", WeakBecause.PATTERN),
            ("2026-11-29-2026", WeakBecause.DATE),
        ],
    )
    def test_that_is_guessed_soon_is_refused_with_the_reason(
        self, password: str, because: WeakBecause
    ) -> None:
        assert why_not(password) is because

    @pytest.mark.parametrize(
        "password",
        [
            "tuinhek paardenbloem",
            "fiets kast lamp boom",
            "regen maakt alles nat",
            "2b4-9xk-ff3kd2-9s",
            "tuinhek paardenbloem" + "!" * 230,
            "\u0642\u0647\u0648\u0629 \u0634\u062c\u0631\u0629 \u0645\u0641\u062a\u0627\u062d",
        ],
    )
    def test_of_words_that_do_not_belong_together_will_do(self, password: str) -> None:
        assert acceptable_password(password, about=ABOUT) == password

    def test_of_a_colleague_may_have_my_name(self) -> None:
        assert acceptable_password("bakker koopt tien hekken", about=["Karim Team"])

    @given(st.text(max_size=300))
    def test_of_any_signs_is_taken_or_refused(self, password: str) -> None:
        try:
            assert acceptable_password(password, about=ABOUT) == password
        except PasswordTooWeak as refused:
            assert refused.because in WeakBecause  # noqa: PT017  # either may be

    @pytest.mark.parametrize("part", ["4@8({[</369", "1!|l", "a1", "passw0rd", "\u0301"])
    def test_made_to_take_long_takes_no_time(self, part: str) -> None:
        began = time.process_time()
        with suppress(PasswordTooWeak):
            acceptable_password((part * 256)[:256], about=ABOUT)
        assert time.process_time() - began < 5

    @pytest.mark.parametrize("because", list(WeakBecause))
    def test_that_is_refused_is_told_what_to_do(self, because: WeakBecause) -> None:
        app = Flask("words")
        Babel(app)
        with app.test_request_context():
            told = why_too_weak(PasswordTooWeak(because))

        assert "Take" in told or "Add" in told
