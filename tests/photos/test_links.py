"""A link shows one rendition of one photo, for some hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from app.photos.model import PhotoNotFound, Rendition
from app.photos.rules import check_link, link_expiry, photo_link

KEY = "k" * 32
NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)
PHOTO = UUID("11111111-2222-4333-8444-555555555555")


def a_query(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


class TestALink:
    def test_opens_what_it_was_made_for(self) -> None:
        expires_at = link_expiry(NOW)
        link = photo_link(KEY, PHOTO, Rendition.LARGE, expires_at)

        assert urlsplit(link).path == f"/photos/{PHOTO}/1600.webp"
        assert check_link(KEY, PHOTO, Rendition.LARGE, **a_query(link), now=NOW) == expires_at

    def test_expires(self) -> None:
        expires_at = link_expiry(NOW)
        query = a_query(photo_link(KEY, PHOTO, Rendition.LARGE, expires_at))

        last_moment = expires_at - timedelta(seconds=1)
        assert check_link(KEY, PHOTO, Rendition.LARGE, **query, now=last_moment) == expires_at
        with pytest.raises(PhotoNotFound):
            check_link(KEY, PHOTO, Rendition.LARGE, **query, now=expires_at)

    def test_opens_nothing_else(self) -> None:
        query = a_query(photo_link(KEY, PHOTO, Rendition.LARGE, link_expiry(NOW)))

        with pytest.raises(PhotoNotFound):
            check_link(KEY, PHOTO, Rendition.LARGE_JPEG, **query, now=NOW)
        with pytest.raises(PhotoNotFound):
            check_link(KEY, UUID(int=1), Rendition.LARGE, **query, now=NOW)
        with pytest.raises(PhotoNotFound):
            check_link("another key", PHOTO, Rendition.LARGE, **query, now=NOW)

    @pytest.mark.parametrize(
        "change",
        [
            {"expires": "9999999999"},
            {"expires": ""},
            {"expires": "-1"},
            {"expires": "nan"},
            {"expires": "²"},
            {"expires": "1" * 5000},
            {"signature": ""},
            {"signature": "0" * 43},
            {"signature": "\ud800é"},
        ],
        ids=str,
    )
    def test_cannot_be_forged(self, change: dict[str, str]) -> None:
        query = a_query(photo_link(KEY, PHOTO, Rendition.LARGE, link_expiry(NOW))) | change

        with pytest.raises(PhotoNotFound):
            check_link(KEY, PHOTO, Rendition.LARGE, **query, now=NOW)


class TestLinksOfTheSameHour:
    def test_are_the_same_so_that_a_cache_can_keep_the_picture(self) -> None:
        assert link_expiry(NOW) == link_expiry(NOW + timedelta(minutes=39))
        assert link_expiry(NOW) != link_expiry(NOW + timedelta(minutes=40))

    def test_live_two_to_three_hours(self) -> None:
        for minutes in range(60):
            lives_for = link_expiry(NOW + timedelta(minutes=minutes)) - NOW
            assert timedelta(hours=2) < lives_for - timedelta(minutes=minutes)
            assert lives_for - timedelta(minutes=minutes) <= timedelta(hours=3)
