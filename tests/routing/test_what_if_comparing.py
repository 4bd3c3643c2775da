"""What a draft would have changed: the same rules as for a report, decided twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.foundation.windows import Window, kept_windows, read_windows
from app.geography.model import Spot
from app.identity.operations import party
from app.routing.drafted import Draft, TooManyReports
from app.routing.operations import comparing
from app.routing.operations.comparing import Comparison, Moved, compare
from app.routing.operations.drafting import draft_agreement, draft_areas, draft_end
from app.routing.operations.drafts import draft
from app.routing.operations.explaining import explain
from app.triage.kept_rows import keep_stricter_norms
from app.triage.model import NormUnit, StricterNorm, Term
from tests.makers.drafts import (
    TODAY,
    a_past_report,
    an_agreement_to_draft,
    an_empty_draft,
    boxes,
)
from tests.makers.people import a_party
from tests.makers.places import IN_DISTRICT, ON_MOTORWAY, SmallMunicipality, a_small_municipality

#: In the municipality, in no district.
WITHOUT_DISTRICT = (4.25, 51.58)


@pytest.fixture
def places(transaction: Transaction) -> SmallMunicipality:
    return a_small_municipality(transaction)


def compared(
    transaction: Transaction,
    wanted: Draft,
    *,
    since: date = TODAY - timedelta(days=30),
    until: date = TODAY,
) -> Comparison:
    return compare(
        transaction,
        draft(transaction, wanted.id),
        since=since,
        until=until,
        municipality_code="GM0851",
        today=TODAY,
    )


def counts_of(found: Comparison) -> dict[str | None, tuple[int, int]]:
    return {one.name: (one.before, one.after) for one in found.counts}


def names(one: Moved) -> tuple[str | None, str | None]:
    return one.was.name if one.was else None, one.becomes.name if one.becomes else None


class TestADraftThatChangesNothing:
    def test_moves_nothing_and_counts_every_report(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        for spot in (IN_DISTRICT, ON_MOTORWAY, WITHOUT_DISTRICT):
            a_past_report(transaction, spot)

        found = compared(transaction, an_empty_draft(transaction))

        assert found.moved == ()
        assert counts_of(found) == {
            "Team Zuid": (1, 1),
            "Rijkswaterstaat": (1, 1),
            None: (1, 1),
        }


class TestWhatWasBefore:
    def test_is_what_a_report_of_that_moment_would_get(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        for code in ("all-in-zuid", "lighting", "motorway"):
            draft_end(
                transaction,
                wanted.id,
                code,
                expected_version=draft(transaction, wanted.id).version,
                today=TODAY,
            )
        at = datetime(2026, 11, 20, 9, tzinfo=UTC)
        asked = {
            a_past_report(transaction, spot, category=category, at=at, asset_id=asset): (
                spot,
                category,
                asset,
            )
            for spot in (IN_DISTRICT, ON_MOTORWAY, WITHOUT_DISTRICT)
            for category, asset in (
                ("wegen.losse-tegel", None),
                ("verlichting.lamp-brandt-niet", places.lamp_id),
                ("verlichting.lamp-brandt-niet", None),
            )
        }

        found = compared(transaction, wanted)

        told = {one.reference: one.was.name for one in found.moved if one.was}
        assert told == {
            reference: decided.name
            for reference, (spot, category, asset) in asked.items()
            if (
                decided := explain(
                    transaction,
                    Spot(*spot),
                    category_code=category,
                    at=at,
                    municipality_code="GM0851",
                    asset_id=asset,
                ).decision.party
            )
        }
        assert found.left_to_nobody == len(told) > 4


class TestAChangedAgreement:
    def test_moves_the_reports_of_its_kind_alone(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        draft_agreement(
            transaction,
            wanted.id,
            an_agreement_to_draft(places.team_id, category="verlichting"),
            instead_of="lighting",
            expected_version=1,
            today=TODAY,
        )
        lamp = a_past_report(transaction, IN_DISTRICT, category="verlichting.lamp-brandt-niet")
        a_past_report(transaction, IN_DISTRICT)

        found = compared(transaction, wanted)

        assert [(one.reference, *names(one)) for one in found.moved] == [
            (lamp, "Lux Verlichting", "Team Zuid")
        ]
        assert counts_of(found) == {"Lux Verlichting": (1, 0), "Team Zuid": (1, 2)}

    def test_leaves_out_reports_before_and_after_the_period(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        draft_end(transaction, wanted.id, "all-in-zuid", expected_version=1, today=TODAY)
        midnight = datetime(2026, 11, 10, tzinfo=LOCAL_ZONE)
        a_past_report(transaction, IN_DISTRICT, at=midnight - timedelta(seconds=1))
        first = a_past_report(transaction, IN_DISTRICT, at=midnight)
        last = a_past_report(transaction, IN_DISTRICT, at=midnight + timedelta(days=2, seconds=-1))
        a_past_report(transaction, IN_DISTRICT, at=midnight + timedelta(days=2))

        found = compared(
            transaction, wanted, since=midnight.date(), until=midnight.date() + timedelta(days=1)
        )

        assert {one.reference for one in found.moved} == {first, last}

    def test_counts_the_hour_at_which_a_report_came(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        evenings = replace(
            an_agreement_to_draft(places.contractor_id, code="evenings"),
            windows=(Window(frozenset({1, 2, 3, 4, 5}), time(17), time(8)),),
        )
        draft_agreement(
            transaction, wanted.id, evenings, instead_of=None, expected_version=1, today=TODAY
        )
        by_hour = {
            hour: a_past_report(
                transaction, IN_DISTRICT, at=datetime(2026, 11, 18, hour, tzinfo=LOCAL_ZONE)
            )
            for hour in (9, 16, 18, 23)
        }

        found = compared(transaction, wanted)

        assert {one.reference for one in found.moved} == {by_hour[18], by_hour[23]}


class TestWhatIsUrgent:
    def test_is_so_by_a_norm_of_hours_as_it_was_when_it_came_in(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        on_call = a_party(transaction, code="piket", name="Piketdienst")
        team = party(transaction, "team")
        team.hours = kept_windows(read_windows(["doordeweeks 7:30-16:00"]))
        team.stand_in_id = on_call.id
        transaction.session.flush()
        _within_hours(transaction, "wegen.losse-tegel")
        _within_hours(transaction, "verlichting.lamp-brandt-niet", asset_kind="lamp-post")
        wanted = an_empty_draft(transaction)
        draft_end(transaction, wanted.id, "all-in-zuid", expected_version=1, today=TODAY)
        draft_end(transaction, wanted.id, "lighting", expected_version=2, today=TODAY)
        draft_agreement(
            transaction,
            wanted.id,
            an_agreement_to_draft(places.team_id, code="lamps", category="verlichting"),
            instead_of=None,
            expected_version=3,
            today=TODAY,
        )
        night, day = (datetime(2026, 11, 18, hour, tzinfo=LOCAL_ZONE) for hour in (2, 11))
        lamp = "verlichting.lamp-brandt-niet"
        at_night = a_past_report(transaction, IN_DISTRICT, at=night)
        by_day = a_past_report(transaction, IN_DISTRICT, at=day)
        can_wait = a_past_report(transaction, IN_DISTRICT, at=night, category="overig.anders")
        at_a_lamp = a_past_report(
            transaction, IN_DISTRICT, at=night, category=lamp, asset_id=places.lamp_id
        )
        no_lamp_named = a_past_report(transaction, IN_DISTRICT, at=night, category=lamp)

        found = compared(transaction, wanted)

        told = {one.reference: names(one) for one in found.moved}
        assert told == {
            at_night: ("Piketdienst", None),
            by_day: ("Team Zuid", None),
            can_wait: ("Team Zuid", None),
            at_a_lamp: ("Lux Verlichting", "Piketdienst"),
            no_lamp_named: ("Lux Verlichting", "Team Zuid"),
        }


def _within_hours(
    transaction: Transaction, category: str, *, asset_kind: str | None = None
) -> None:
    """Let four hours be the norm: of all of a category, or at its objects of one kind alone."""
    if asset_kind is None:
        transaction.connection.execute(
            text("UPDATE category SET norm_amount = 4, norm_unit = 'hours' WHERE code = :code"),
            {"code": category},
        )
    else:
        four_hours = StricterNorm(Term(4, NormUnit.HOURS), asset_kind)
        keep_stricter_norms(transaction, category, [four_hours])


class TestDistrictsThatChangePlaces:
    def test_move_exactly_the_reports_in_them(
        self, transaction: Transaction, places: SmallMunicipality
    ) -> None:
        wanted = an_empty_draft(transaction)
        areas = boxes(zuid=(4.2, 51.5, 4.3, 51.7), west=(4.3, 51.5, 4.4, 51.7))
        draft_areas(
            transaction,
            wanted.id,
            "team-district",
            areas,
            source="boxes.geojson",
            expected_version=1,
            today=TODAY,
        )
        out = a_past_report(transaction, IN_DISTRICT)
        into = a_past_report(transaction, WITHOUT_DISTRICT)
        a_past_report(transaction, ON_MOTORWAY)

        found = compared(transaction, wanted)

        assert {(one.reference, *names(one)) for one in found.moved} == {
            (out, "Team Zuid", None),
            (into, None, "Team Zuid"),
        }


class TestThousandsOfReports:
    def test_are_refused_where_they_are_too_many_to_compare_at_once(
        self,
        transaction: Transaction,
        places: SmallMunicipality,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(comparing, "MOST_REPORTS", 1)
        for _ in range(2):
            a_past_report(transaction, IN_DISTRICT)

        with pytest.raises(TooManyReports, match="2 reports"):
            compared(transaction, an_empty_draft(transaction))
