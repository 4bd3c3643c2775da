"""How often a client may: counted together where it must hold, and said with a time to wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

from app.foundation.database import Database, Transaction
from app.identity.model import TooOften
from app.identity.rates import (
    Counts,
    OwnCounts,
    Rate,
    Rates,
    SharedCounts,
    client_network,
    is_loopback,
)
from tests.identity.web import small_settings

THREE_A_MINUTE = Rate("trying", 3, 60)


@pytest.fixture(params=["shared", "own"])
def counts(request: pytest.FixtureRequest, transaction: Transaction) -> Counts:
    if request.param == "own":
        return OwnCounts()
    return SharedCounts(Database(transaction.connection))


class TestCounts:
    def test_go_up_per_key(self, counts: Counts) -> None:
        counts.count("lamp", in_seconds=60)
        counts.count("lamp", in_seconds=60)

        assert counts.count("lamp", in_seconds=60).times == 3
        assert counts.count("tegel", in_seconds=60).times == 1

    def test_tell_how_long_the_window_still_is(self, counts: Counts) -> None:
        counts.count("lamp", in_seconds=60)

        assert 55 < counts.count("lamp", in_seconds=60).seconds_left <= 60

    def test_begin_again_when_the_window_is_over(self, counts: Counts) -> None:
        counts.count("lamp", in_seconds=0)

        assert counts.count("lamp", in_seconds=60).times == 1

    def test_give_one_time_back_and_no_more(self, counts: Counts) -> None:
        counts.count("lamp", in_seconds=60)
        counts.count("lamp", in_seconds=60)
        counts.count("tegel", in_seconds=60)

        counts.give_back("lamp")

        assert counts.count("lamp", in_seconds=60).times == 2
        assert counts.count("tegel", in_seconds=60).times == 2

    def test_give_nothing_back_that_was_not_counted(self, counts: Counts) -> None:
        counts.give_back("lamp")

        assert counts.count("lamp", in_seconds=60).times == 1


class TestSharedCounts:
    def test_never_let_two_at_once_both_be_the_last(self, committing_database: Database) -> None:
        counts = SharedCounts(committing_database)

        with ThreadPoolExecutor(4) as threads:
            seen = list(threads.map(lambda _: counts.count("lamp", in_seconds=60).times, range(40)))

        assert sorted(seen) == list(range(1, 41))

    def test_cost_one_statement_and_no_transaction(self, committing_database: Database) -> None:
        bind = committing_database.bind
        counts = SharedCounts(committing_database)
        counts.count("lamp", in_seconds=60)
        seen: list[str] = []
        event.listen(bind, "before_cursor_execute", lambda *told: seen.append(told[2]))

        counts.count("lamp", in_seconds=60)

        assert len(seen) == 1

    def test_leave_the_connection_as_they_found_it(self, committing_database: Database) -> None:
        SharedCounts(committing_database).count("lamp", in_seconds=60)

        with pytest.raises(ZeroDivisionError):
            clear_and_fail(committing_database)

        assert SharedCounts(committing_database).count("lamp", in_seconds=60).times == 2


def clear_and_fail(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.session.execute(text("DELETE FROM rate_count"))
        _ = 1 / 0


class TestARate:
    def test_lets_so_many_through_and_then_says_how_long_to_wait(self, counts: Counts) -> None:
        rates = Rates(small_settings(), shared=counts, own=counts)
        for _ in range(3):
            rates.hold(THREE_A_MINUTE, "192.0.2.1")

        with pytest.raises(TooOften) as refused:
            rates.hold(THREE_A_MINUTE, "192.0.2.1")

        assert 55 < refused.value.retry_after_seconds <= 60

    def test_is_each_clients_own(self, counts: Counts) -> None:
        rates = Rates(small_settings(), shared=counts, own=counts)
        for _ in range(3):
            rates.hold(THREE_A_MINUTE, "192.0.2.1")

        rates.hold(THREE_A_MINUTE, "192.0.2.2")

    def test_keeps_no_address(self, transaction: Transaction) -> None:
        shared = SharedCounts(Database(transaction.connection))
        rates = Rates(small_settings(), shared=shared, own=OwnCounts())

        rates.hold(THREE_A_MINUTE, "192.0.2.1")

        keys = transaction.session.scalars(text("SELECT key FROM rate_count")).all()
        assert len(keys) == 1
        assert "192.0.2.1" not in keys[0]


class TestOneClient:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            (None, "unknown"),
            ("no address", "unknown"),
        ],
    )
    def test_is_an_address_or_the_line_it_is_on(self, address: str | None, network: str) -> None:
        assert client_network(address) == network

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("127.0.0.1", True),
            ("::1", True),
            ("::ffff:127.0.0.1", True),
            ("192.0.2.7", False),
            ("localhost", False),
            (None, False),
        ],
    )
    def test_is_this_machine_by_its_address_alone(
        self, address: str | None, expected: bool
    ) -> None:
        assert is_loopback(address) is expected
