"""What decided between two agreements that clash, the size of an area or the name, is said."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.identity.operations import party
from app.identity.permissions import Role
from app.routing.model import BetweenRivals
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.routing.rules import responsible_party
from tests.makers.drafts import NOW
from tests.makers.people import an_account
from tests.makers.places import IN_DISTRICT, LONG_AGO, a_small_municipality
from tests.makers.sign_ins import signed_in
from tests.routing.test_rules import DISTRICT, a_defect, a_party, an_agreement

SMALL, LARGE = ("park", "small"), ("park", "large")


class TestWhatDecidedBetweenRivals:
    def test_is_the_name_in_one_and_the_same_area(self) -> None:
        decision = responsible_party([an_agreement("b"), an_agreement("a")], defect=a_defect())

        assert decision.agreement is not None
        assert (decision.agreement.code, decision.clashes_with) == ("a", ("b",))
        assert decision.between_rivals is BetweenRivals.CODE

    def test_is_the_size_where_the_areas_of_all_others_are_larger(self) -> None:
        agreements = [an_agreement("a", area=LARGE), an_agreement("z", area=SMALL)]

        decision = responsible_party(agreements, defect=a_defect(SMALL, LARGE))

        assert decision.between_rivals is BetweenRivals.SMALLEST_AREA

    def test_is_the_name_where_one_of_several_is_just_as_small(self) -> None:
        agreements = [
            an_agreement("a", area=LARGE),
            an_agreement("y", area=SMALL),
            an_agreement("z", area=SMALL),
        ]

        decision = responsible_party(agreements, defect=a_defect(SMALL, LARGE))

        assert decision.clashes_with == ("z", "a")
        assert decision.between_rivals is BetweenRivals.CODE

    @pytest.mark.parametrize("different", [{"party": a_party("party-of-a")}, {"priority": -1}])
    def test_is_nothing_without_a_clash(self, different: dict[str, Any]) -> None:
        agreements = [
            an_agreement("a", **({"party": different["party"]} if "party" in different else {})),
            an_agreement("b", **different),
        ]

        decision = responsible_party(agreements, defect=a_defect(DISTRICT))

        assert (decision.clashes_with, decision.between_rivals) == ((), None)


class TestThePageThatTriesAPlace:
    def test_says_that_the_name_decided_between_agreements_of_one_area(
        self, web: FlaskClient, transaction: Transaction
    ) -> None:
        a_small_municipality(transaction)
        for code, who in (("aa-lux", "lux"), ("zz-team", "team")):
            make_agreement(
                transaction,
                AgreementToMake(
                    code,
                    party(transaction, who).id,
                    "wegen.losse-tegel",
                    ("team-district", "zuid"),
                    None,
                    LONG_AGO,
                    priority=3,
                ),
                by=BY_COMMAND,
                now=NOW,
            )
        administrator = signed_in(web, an_account(transaction, role=Role.ADMINISTRATOR))

        page = administrator.get(
            "/beheer/routering",
            longitude=str(IN_DISTRICT[0]),
            latitude=str(IN_DISTRICT[1]),
            category="wegen.losse-tegel",
            at="2026-11-24T10:00",
        ).text

        assert "zz-team. Hun gebieden zijn even groot, dus de naam die vooraan" in page
        assert "Het kleinste gebied ging voor" not in page
