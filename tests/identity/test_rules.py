"""Which sign-in lives, and which address is a page of ours."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.model import EmailNotValid
from app.identity.permissions import Role
from app.identity.rules import is_alive, is_own_page, normal_email
from tests.makers.people import MONDAY_MORNING


class TestASignIn:
    def test_dies_of_being_unused(self) -> None:
        seen = MONDAY_MORNING
        later = seen + timedelta(hours=2)

        assert is_alive(
            Role.DESK, started_at=seen, last_seen_at=seen, now=later - timedelta(seconds=1)
        )
        assert not is_alive(Role.DESK, started_at=seen, last_seen_at=seen, now=later)

    def test_dies_of_age_however_much_it_is_used(self) -> None:
        now = MONDAY_MORNING + timedelta(hours=12)

        assert not is_alive(Role.DESK, started_at=MONDAY_MORNING, last_seen_at=now, now=now)

    def test_of_a_crew_lasts_the_working_week(self) -> None:
        now = MONDAY_MORNING + timedelta(days=4)

        assert is_alive(
            Role.CREW, started_at=MONDAY_MORNING, last_seen_at=now - timedelta(hours=11), now=now
        )


class TestAnEmailAddress:
    def test_is_kept_in_small_letters(self) -> None:
        assert normal_email("  Noor@Example.ORG ") == "noor@example.org"

    @pytest.mark.parametrize("wrong", ["", "noor", "@example.org", "a b@example.org", "a@b@c"])
    def test_that_is_none_is_refused(self, wrong: str) -> None:
        with pytest.raises(EmailNotValid):
            normal_email(wrong)


class TestWhereToGoNext:
    @pytest.mark.parametrize("page", ["/", "/werk", "/balie?soort=weg&pagina=2", "/volg/abc#foto"])
    def test_is_a_page_of_ours(self, page: str) -> None:
        assert is_own_page(page)

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "///evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            " //evil.example",
            "evil.example",
            "",
        ],
    )
    def test_is_never_elsewhere(self, elsewhere: str) -> None:
        assert not is_own_page(elsewhere)

    @given(st.text(alphabet="/\\:?#@.ex\t\n a[]", max_size=12))
    def test_stays_on_our_host_whatever_is_asked(self, address: str) -> None:
        if is_own_page(address):
            assert urlsplit(urljoin("https://ours.example/x", address)).netloc == "ours.example"
