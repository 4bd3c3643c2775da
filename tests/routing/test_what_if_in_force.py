"""Putting a draft in force from a day on, and taking that back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import ChangedBy, ChangedThrough, rule_changes
from app.geography.model import AreasRefused, Spot
from app.geography.replacing import areas_in_file
from app.geography.rules import AreaFields
from app.routing.drafted import (
    Draft,
    DraftMovedOn,
    DraftRefused,
    LaterChangeRestsOnIt,
    RulesChangedSince,
)
from app.routing.model import AgreementRefused
from app.routing.operations.agreements import end_agreement
from app.routing.operations.drafting import draft_agreement, draft_areas, draft_end
from app.routing.operations.drafts import draft, rename_draft, throw_away_draft
from app.routing.operations.explaining import explain
from app.routing.operations.putting_in_force import put_in_force
from app.routing.operations.undoing import undo
from tests.makers.drafts import (
    NOW,
    TODAY,
    a_past_report,
    an_agreement_to_draft,
    an_empty_draft,
    boxes,
    rules_as_they_are,
)
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality

FRIDAY = TODAY + timedelta(days=3)
BY = ChangedBy(ChangedThrough.PAGE, uuid4())


@pytest.fixture
def places(transaction: Transaction) -> SmallMunicipality:
    return a_small_municipality(transaction)


@pytest.fixture
def everything_to_lux(transaction: Transaction, places: SmallMunicipality) -> Draft:
    """A draft that gives all work in the district to the contractor."""
    wanted = an_empty_draft(transaction, "Alles naar Lux")
    draft_agreement(
        transaction,
        wanted.id,
        an_agreement_to_draft(places.contractor_id),
        instead_of="all-in-zuid",
        expected_version=1,
        today=TODAY,
    )
    return draft(transaction, wanted.id)


def in_force(transaction: Transaction, wanted: Draft, *, days_ahead: int = 3) -> Draft:
    put_in_force(
        transaction,
        wanted.id,
        from_day=TODAY + timedelta(days=days_ahead),
        expected_version=draft(transaction, wanted.id).version,
        by=BY,
        now=NOW,
        today=TODAY,
    )
    return draft(transaction, wanted.id)


def undone(transaction: Transaction, wanted: Draft) -> None:
    version = draft(transaction, wanted.id).version
    undo(transaction, wanted.id, expected_version=version, by=BY, now=NOW)


def responsible(transaction: Transaction, *, days_ahead: int = 0) -> str | None:
    """Return who gets a loose tile in the district, so many days from now."""
    party = explain(
        transaction,
        Spot(*IN_DISTRICT),
        category_code="wegen.losse-tegel",
        at=NOW + timedelta(days=days_ahead),
        municipality_code="GM0851",
    ).decision.party
    return party.name if party else None


class TestADraftInForceFromAComingDay:
    def test_changes_nothing_before_that_day(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        in_force(transaction, everything_to_lux)

        found = [responsible(transaction, days_ahead=days) for days in (0, 2, 3, 30)]

        assert found == ["Team Zuid", "Team Zuid", "Lux Verlichting", "Lux Verlichting"]

    def test_is_in_the_history_with_who_and_when(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        in_force(transaction, everything_to_lux)

        (noted,) = rule_changes(transaction, what="draft", code=str(everything_to_lux.id))
        of_agreements = {
            one.code for one in rule_changes(transaction, what="agreement") if one.by == BY
        }

        assert (noted.by, noted.at, noted.after and noted.after["from"]) == (
            BY,
            NOW,
            FRIDAY.isoformat(),
        )
        assert of_agreements == {"all-in-zuid", "all-in-zuid-2"}

    def test_can_be_taken_back_to_exactly_what_was_there(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        draft_areas(
            transaction,
            everything_to_lux.id,
            "team-district",
            boxes(zuid=(4.3, 51.5, 4.35, 51.7), west=(4.2, 51.5, 4.3, 51.7)),
            source="boxes.geojson",
            expected_version=everything_to_lux.version,
            today=TODAY,
        )
        before = rules_as_they_are(transaction)
        in_force(transaction, everything_to_lux)
        changed = rules_as_they_are(transaction)

        undone(transaction, everything_to_lux)

        assert changed != before
        assert rules_as_they_are(transaction) == before

    def test_is_not_put_in_force_twice(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        in_force(transaction, everything_to_lux)

        with pytest.raises(DraftRefused):
            in_force(transaction, everything_to_lux)

    def test_is_not_thrown_away(self, transaction: Transaction, everything_to_lux: Draft) -> None:
        version = in_force(transaction, everything_to_lux).version

        with pytest.raises(DraftRefused):
            throw_away_draft(transaction, everything_to_lux.id, expected_version=version)


class TestADraftThatDecidedAlready:
    def test_leaves_its_agreement_as_history_when_it_is_taken_back(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        in_force(transaction, everything_to_lux, days_ahead=0)
        a_past_report(transaction, IN_DISTRICT, at=NOW)

        undone(transaction, everything_to_lux)

        assert responsible(transaction) == "Team Zuid"
        kept = transaction.connection.execute(
            text("SELECT valid_from, valid_until FROM agreement WHERE code = 'all-in-zuid-2'")
        ).one()
        assert kept.valid_until < kept.valid_from


class TestADay:
    @pytest.mark.parametrize("days_ahead", [-1, 2000])
    def test_that_is_over_or_years_away_is_refused(
        self, transaction: Transaction, everything_to_lux: Draft, days_ahead: int
    ) -> None:
        with pytest.raises(DraftRefused):
            in_force(transaction, everything_to_lux, days_ahead=days_ahead)

    def test_on_which_the_old_agreement_decided_already_is_refused(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        a_past_report(transaction, IN_DISTRICT, at=NOW)

        with pytest.raises(AgreementRefused):
            in_force(transaction, everything_to_lux, days_ahead=0)


class TestTwoAdministrators:
    def test_hear_of_each_other_when_they_change_one_draft(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        seen_by_both = everything_to_lux.version
        rename_draft(transaction, everything_to_lux.id, "Anders", expected_version=seen_by_both)

        with pytest.raises(DraftMovedOn):
            put_in_force(
                transaction,
                everything_to_lux.id,
                from_day=FRIDAY,
                expected_version=seen_by_both,
                by=BY,
                now=NOW,
                today=TODAY,
            )

    def test_hear_what_changed_under_a_draft(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        end_agreement(transaction, "all-in-zuid", last_day=FRIDAY, by=BY, now=NOW)

        with pytest.raises(RulesChangedSince) as refused:
            in_force(transaction, everything_to_lux)

        assert refused.value.changed == ("all-in-zuid",)

    def test_are_not_kept_apart_by_changes_elsewhere(
        self, transaction: Transaction, everything_to_lux: Draft
    ) -> None:
        end_agreement(transaction, "motorway", last_day=FRIDAY, by=BY, now=NOW)

        assert in_force(transaction, everything_to_lux).is_put_in_force


class TestADraftThatSomethingLaterRestsOn:
    def test_is_not_taken_back_and_names_it(
        self, transaction: Transaction, places: SmallMunicipality, everything_to_lux: Draft
    ) -> None:
        in_force(transaction, everything_to_lux)
        later = an_empty_draft(transaction, "Toch weer naar Zuid")
        draft_end(transaction, later.id, "all-in-zuid-2", expected_version=1, today=TODAY)
        in_force(transaction, later, days_ahead=10)

        with pytest.raises(LaterChangeRestsOnIt) as refused:
            undone(transaction, everything_to_lux)

        assert refused.value.later == ("Toch weer naar Zuid", "all-in-zuid-2")

    def test_is_taken_back_after_that_one(
        self, transaction: Transaction, places: SmallMunicipality, everything_to_lux: Draft
    ) -> None:
        before = rules_as_they_are(transaction)
        in_force(transaction, everything_to_lux)
        later = an_empty_draft(transaction, "Toch weer naar Zuid")
        draft_end(transaction, later.id, "all-in-zuid-2", expected_version=1, today=TODAY)
        in_force(transaction, later, days_ahead=10)

        undone(transaction, later)
        undone(transaction, everything_to_lux)

        assert rules_as_they_are(transaction) == before


class TestADraftedArea:
    def test_that_crosses_itself_is_refused(self) -> None:
        bow_tie = (
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":'
            b' {"code": "zuid"}, "geometry": {"type": "Polygon", "coordinates":'
            b" [[[4.3, 51.5], [4.4, 51.6], [4.4, 51.5], [4.3, 51.6], [4.3, 51.5]]]}}]}"
        )

        with pytest.raises(AreasRefused, match="not right"):
            areas_in_file(
                bow_tie,
                "bow.geojson",
                kind="team-district",
                fields=AreaFields(code_field="code", name_field="code"),
            )

    def test_can_be_named_by_an_agreement_of_the_same_draft(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        draft_areas(
            transaction,
            wanted.id,
            "team-district",
            boxes(west=(4.3, 51.5, 4.4, 51.7)),
            source="boxes.geojson",
            expected_version=1,
            today=TODAY,
        )
        draft_agreement(
            transaction,
            wanted.id,
            an_agreement_to_draft(
                places.contractor_id, code="west", area=("team-district", "west")
            ),
            instead_of=None,
            expected_version=2,
            today=TODAY,
        )

        in_force(transaction, wanted, days_ahead=0)

        assert responsible(transaction) == "Lux Verlichting"

    @pytest.mark.parametrize(
        ("field", "different"),
        [
            ("party", {"party_id": UUID(int=1)}),
            ("category", {"category": "wegen.bestaat-niet"}),
            ("area", {"area": ("team-district", "nergens")}),
            ("code", {"code": "motorway"}),
        ],
        ids=["party", "category", "area", "code"],
    )
    def test_an_agreement_that_names_what_is_not_there_is_refused(
        self,
        transaction: Transaction,
        places: SmallMunicipality,
        field: str,
        different: dict[str, object],
    ) -> None:
        wanted = an_empty_draft(transaction)
        asked = {"party_id": places.team_id, "code": "nieuw", **different}

        with pytest.raises(AgreementRefused) as refused:
            draft_agreement(
                transaction,
                wanted.id,
                an_agreement_to_draft(**asked),  # type: ignore[arg-type]  # told by the table
                instead_of=None,
                expected_version=1,
                today=TODAY,
            )

        assert [one.field for one in refused.value.errors] == [field]
