"""The small parts everything stands on: services, clock, addresses of files, refusals, texts."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.assets import STATIC_FOLDER, UnknownAsset, asset_url
from app.foundation.clock import LOCAL_ZONE, Clock, StoppedClock, SystemClock
from app.foundation.errors import DomainError, FieldError
from app.foundation.provided import NotProvided, Provided, attach, provided
from app.foundation.texts import clean_text, has_control_characters

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class TestAService:
    def test_is_found_by_its_kind(self) -> None:
        services = Provided()
        clock = StoppedClock(NOON)
        services.put(Clock, SystemClock())
        services.put(Clock, clock)

        assert services.get(Clock) is clock

    def test_that_nobody_provides_is_named(self) -> None:
        with pytest.raises(NotProvided, match="StoppedClock"):
            Provided().get(StoppedClock)

    def test_is_that_of_the_application_that_answers(self) -> None:
        apps = [Flask("one"), Flask("other")]
        for hour, app in enumerate(apps):
            services = Provided()
            services.put(Clock, StoppedClock(NOON + timedelta(hours=hour)))
            attach(app.extensions, services)

        with apps[1].app_context():
            assert provided().get(Clock).now() == NOON + timedelta(hours=1)


class TestTheClock:
    def test_of_the_machine_tells_an_instant_with_its_zone(self) -> None:
        assert SystemClock().now().utcoffset() == timedelta(0)

    def test_that_is_stopped_tells_what_it_was_set_to(self) -> None:
        clock = StoppedClock(NOON)
        told = clock.now()
        clock.instant += timedelta(days=1)

        assert [told, clock.now()] == [NOON, NOON + timedelta(days=1)]

    @pytest.mark.parametrize(
        ("month", "local_hour"), [(1, 13), (7, 14)], ids=["in winter", "in summer"]
    )
    def test_is_that_of_the_municipality_on_paper(self, month: int, local_hour: int) -> None:
        assert NOON.replace(month=month).astimezone(LOCAL_ZONE).hour == local_hour


class TestTheAddressOfAFile:
    def test_of_our_own_changes_with_its_content(self) -> None:
        name, _, version = asset_url("css/page.css").partition("?v=")

        assert name == "/static/css/page.css"
        assert len(version) == 10

    def test_that_was_built_is_the_name_in_the_manifest(self) -> None:
        manifest = json.loads((STATIC_FOLDER / "vendor" / "manifest.json").read_text())
        name, built = next(iter(manifest.items()))

        assert asset_url(f"vendor/{name}") == f"/static/vendor/{built}"

    @pytest.mark.parametrize("name", ["css/none.css", "vendor/none.js", "css", ""])
    def test_that_is_not_there_is_a_fault_that_names_it(self, name: str) -> None:
        with pytest.raises(UnknownAsset) as missing:
            asset_url(name)

        assert name in str(missing.value)


class Refused(DomainError):
    """This is not possible.

    More that only a programmer reads.
    """


class TestARefusal:
    def test_says_the_first_line_of_what_it_is(self) -> None:
        assert Refused().detail == str(Refused()) == "This is not possible."

    def test_says_what_is_more_precise(self) -> None:
        wrong = FieldError("location", "outside", "Outside.")

        refusal = Refused("Not here.", errors=(wrong,))

        assert (refusal.detail, refusal.errors, dict(refusal.more)) == ("Not here.", (wrong,), {})


class TestATextThatShowsNothing:
    @pytest.mark.parametrize(
        "sign",
        [
            *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u180e", "\u200b", "\u200d"),
            *("\u2028", "\u202e", "\u2060", "\u2066", "\u2800", "\u3000", "\u3164", "\ufe0f"),
            *("\ufeff", "\uffa0", "\U000e0041", "\U000e0100"),
        ],
    )
    def test_counts_as_empty(self, sign: str) -> None:
        assert clean_text(sign * 3 + " \n" + sign) == ""
        assert clean_text(f"{sign}gat{sign}").strip(sign) == "gat"

    @pytest.mark.parametrize("seen", ["\U0001f468\u200d\U0001f469", "\u2764\ufe0f", "سلام", "?"])
    def test_is_not_one_of_which_something_is_seen(self, seen: str) -> None:
        assert clean_text(seen) == seen


class TestSignsThatTurnTheReadingDirection:
    @given(st.text())
    def test_are_in_no_text_that_is_kept(self, text: str) -> None:
        turned = "\u202e".join(text) + "\u2066"

        kept = clean_text(turned)

        assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        assert clean_text(kept) == kept


class TestMarksOnOneSign:
    def test_are_kept_as_far_as_any_writing_has_them(self) -> None:
        # Were they all put in order, this would take minutes.
        kept = clean_text("a" + "\u0301\u0316" * 100_000 + "b")

        assert len(unicodedata.normalize("NFD", kept)) == 1 + 30 + 1
        assert kept.endswith("b")

    @pytest.mark.parametrize("written", ["Việt", "ก็", "é" * 100, "a\u0316\u0301b\u0301"])
    def test_of_any_writing_stay(self, written: str) -> None:
        assert clean_text(written) == unicodedata.normalize("NFC", written)


class TestATextOfPeople:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("  a\r\nb\rc\n", "a\nb\nc"),
            ("cafe\u0301", "café"),
            ("a\x00b\x1b[2Jc", "ab[2Jc"),
            ("a\ud800b", "ab"),
            ("a\tb", "a\tb"),
            ("🌳", "🌳"),
            ("", ""),
        ],
    )
    def test_is_kept_in_one_form(self, typed: str, kept: str) -> None:
        assert clean_text(typed) == kept

    @pytest.mark.parametrize("typed", ["\x00", "a\x7f", "\x1b", "\ud800", "a\x85"])
    def test_that_no_keyboard_writes_is_seen(self, typed: str) -> None:
        assert has_control_characters(typed)

    @pytest.mark.parametrize("typed", ["a\r\n\tb", "é🌳", ""])
    def test_of_a_keyboard_is_let_alone(self, typed: str) -> None:
        assert not has_control_characters(typed)
