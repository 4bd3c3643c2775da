"""The database under the tests is real, and no test sees another's rows."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction


class TestATransactionOfATest:
    @pytest.mark.parametrize("run", ["first", "second"])
    def test_begins_without_the_rows_of_another(self, transaction: Transaction, run: str) -> None:
        transaction.connection.execute(text("CREATE TABLE left_behind (run text)"))
        transaction.connection.execute(text("INSERT INTO left_behind VALUES (:run)"), {"run": run})

        rows = transaction.connection.execute(text("SELECT run FROM left_behind")).all()

        assert rows == [(run,)]

    def test_knows_places_on_the_globe(self, transaction: Transaction) -> None:
        degrees = transaction.connection.scalar(
            text("SELECT ST_Distance('POINT(4.3 51.6)'::geometry, 'POINT(4.3 51.5)'::geometry)")
        )

        assert degrees == pytest.approx(0.1)
