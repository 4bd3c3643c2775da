"""Working days in the Netherlands, what is promised for when, and a clock that stops."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.clock import LOCAL_ZONE
from app.routing.calendar import (
    Promise,
    WorkingCalendar,
    WorkingHours,
    after_stops,
    promise,
    public_holidays,
    ran_on,
)
from app.triage.model import Norm, NormUnit, StricterNorm, Term

CALENDAR = WorkingCalendar()
CLOSES = WorkingHours().ends

instants = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  # hypothesis wants them without a zone
    max_value=datetime(2032, 12, 31),  # noqa: DTZ001  # Hypothesis wants bounds without a zone
    timezones=st.just(UTC),
)
days_terms = st.builds(
    Term,
    st.integers(min_value=0, max_value=40),
    st.sampled_from([NormUnit.WORKING_DAYS, NormUnit.CALENDAR_DAYS]),
)
hours_terms = st.builds(Term, st.integers(min_value=1, max_value=60), st.just(NormUnit.HOURS))
some_terms = st.lists(days_terms | hours_terms, min_size=1, max_size=3)
calendars = st.builds(
    WorkingCalendar,
    st.frozensets(st.dates(date(2024, 1, 1), date(2033, 12, 31)), max_size=40),
    st.sampled_from(
        [
            WorkingHours(),
            WorkingHours(time(7), time(16, 30), time(12)),
            WorkingHours(time(0), time(23, 59), time(0)),
        ]
    ),
    st.booleans(),
)
pauses = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60))
short_pauses = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=LOCAL_ZONE)  # type: ignore[arg-type,misc]  # a lambda keeps its own values


def due(received_at: datetime, term: Term, calendar: WorkingCalendar = CALENDAR) -> datetime:
    return promise(received_at, [term], calendar).due_at


class TestADayOff:
    @pytest.mark.parametrize(
        "day",
        [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 4, 27),
            date(2027, 4, 27),
            date(2026, 5, 5),
            date(2026, 5, 14),
            date(2026, 5, 25),
            date(2026, 12, 25),
            date(2026, 11, 22),
        ],
    )
    def test_is_not_worked(self, day: date) -> None:
        assert not CALENDAR.is_working_day(day)

    def test_of_the_king_moves_to_saturday_when_it_is_a_sunday(self) -> None:
        assert date(2025, 4, 27).isoweekday() == 7
        assert CALENDAR.is_working_day(date(2025, 4, 28))

    def test_is_named_in_dutch(self) -> None:
        assert public_holidays(2026)[date(2026, 4, 6)] == "Tweede paasdag"

    def test_of_the_liberation_is_the_municipality_s_own_choice(self) -> None:
        works = WorkingCalendar(rests_on_liberation_day=False)

        assert works.is_working_day(date(2026, 5, 5))
        assert date(2016, 5, 5) in public_holidays(2016, with_liberation_day=False)

    def test_that_the_municipality_keeps_itself_stands_in_for_the_holidays_of_its_year(
        self,
    ) -> None:
        carnival = WorkingCalendar(frozenset({date(2026, 2, 16)}))

        assert not carnival.is_working_day(date(2026, 2, 16))
        assert carnival.is_working_day(date(2026, 12, 25))
        assert not carnival.is_working_day(date(2025, 12, 25))
        assert not carnival.is_working_day(date(2027, 1, 1))


class TestTheMomentItIsDue:
    def test_does_not_count_the_day_of_the_report(self) -> None:
        on_tuesday = local(2026, 11, 24, 9)

        assert due(on_tuesday, Term(5)) == local(2026, 12, 1, 17)

    def test_counts_as_of_the_next_day_from_the_cut_off_hour_on(self) -> None:
        calendar = WorkingCalendar(hours=WorkingHours(cut_off=time(16)))

        assert due(local(2026, 11, 24, 15, 59), Term(1), calendar) == local(2026, 11, 25, 17)
        assert due(local(2026, 11, 24, 16), Term(1), calendar) == local(2026, 11, 26, 17)

    def test_of_danger_in_the_evening_is_the_next_working_day(self) -> None:
        on_friday_evening = local(2026, 11, 27, 20)

        assert due(on_friday_evening, Term(0)) == local(2026, 11, 30, 17)

    def test_in_calendar_days_runs_through_the_weekend(self) -> None:
        on_thursday = local(2026, 11, 26, 9)

        assert due(on_thursday, Term(7, NormUnit.CALENDAR_DAYS)) == local(2026, 12, 3, 17)
        assert due(on_thursday, Term(2, NormUnit.CALENDAR_DAYS)) == local(2026, 11, 30, 17)

    def test_in_hours_goes_on_when_the_next_working_day_begins(self) -> None:
        four_hours = Term(4, NormUnit.HOURS)

        assert due(local(2026, 11, 24, 9, 30), four_hours) == local(2026, 11, 24, 13, 30)
        assert due(local(2026, 11, 27, 16), four_hours) == local(2026, 11, 30, 11)
        assert due(local(2026, 11, 29, 2), four_hours) == local(2026, 11, 30, 12)

    def test_is_five_in_the_afternoon_on_both_sides_of_the_change_to_summer_time(self) -> None:
        before = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

        assert due(before, Term(1)).astimezone(UTC).hour == 15
        assert due(before - timedelta(days=1), Term(1)).astimezone(UTC).hour == 16

    def test_is_that_of_the_term_that_ends_first(self) -> None:
        received = local(2026, 11, 24, 9)

        promised = promise(received, [Term(5), Term(1), Term(3, NormUnit.CALENDAR_DAYS)], CALENDAR)

        assert promised.due_at == local(2026, 11, 25, 17)

    def test_is_at_risk_when_three_quarters_of_the_working_time_are_over(self) -> None:
        # Of four days of nine hours and eight of the day of the report, eleven are left.
        promised = promise(local(2026, 11, 24, 9), [Term(4)], CALENDAR)

        assert promised == Promise(local(2026, 11, 30, 17), local(2026, 11, 27, 15))

    @given(instants, some_terms, calendars)
    def test_never_falls_on_a_day_off_and_always_after_the_report(
        self, received_at: datetime, terms: list[Term], calendar: WorkingCalendar
    ) -> None:
        promised = promise(received_at, terms, calendar)

        on = promised.due_at.astimezone(LOCAL_ZONE)
        assert calendar.is_working_day(on.date())
        assert received_at < promised.due_at
        assert received_at <= promised.at_risk_at <= promised.due_at

    @given(instants, days_terms)
    def test_of_a_norm_in_days_is_the_end_of_a_working_day(
        self, received_at: datetime, term: Term
    ) -> None:
        assert due(received_at, term).astimezone(LOCAL_ZONE).time() == CLOSES

    @given(instants, instants, some_terms, calendars)
    def test_is_never_earlier_for_who_reports_later(
        self, one: datetime, other: datetime, terms: list[Term], calendar: WorkingCalendar
    ) -> None:
        earlier, later = sorted((one, other))

        first, second = (promise(at, terms, calendar).due_at for at in (earlier, later))

        assert first <= second


class TestAClockThatStoodStill:
    def test_leaves_as_many_days_as_there_were(self) -> None:
        promised = promise(local(2026, 11, 24, 9), [Term(5)], CALENDAR)

        ran = ran_on(
            promised,
            stopped_at=local(2026, 11, 25, 17),
            ran_on_at=local(2026, 12, 7, 8),
            calendar=CALENDAR,
        )

        assert ran.due_at == local(2026, 12, 10, 17)

    def test_gives_the_rest_of_the_last_day(self) -> None:
        promised = Promise(local(2026, 11, 26, 17), local(2026, 11, 26, 9))

        ran = ran_on(
            promised,
            stopped_at=local(2026, 11, 25, 10),
            ran_on_at=local(2026, 11, 25, 10, 30),
            calendar=CALENDAR,
        )

        assert ran.due_at == local(2026, 11, 27, 17)

    def test_of_a_norm_in_hours_goes_on_to_the_minute(self) -> None:
        promised = promise(local(2026, 11, 24, 9), [Term(4, NormUnit.HOURS)], CALENDAR)

        ran = ran_on(
            promised,
            stopped_at=local(2026, 11, 24, 10),
            ran_on_at=local(2026, 11, 25, 9),
            calendar=CALENDAR,
        )

        assert ran.due_at == local(2026, 11, 25, 12)

    def test_makes_nothing_on_time_that_was_late_already(self) -> None:
        promised = Promise(local(2026, 11, 24, 17), local(2026, 11, 24, 9))

        ran = ran_on(
            promised,
            stopped_at=local(2026, 11, 25, 9),
            ran_on_at=local(2026, 12, 25, 9),
            calendar=CALENDAR,
        )

        assert ran == promised

    @given(instants, some_terms, calendars, pauses, pauses)
    def test_never_shortens_what_is_left_nor_moves_the_day_forward(
        self,
        received_at: datetime,
        terms: list[Term],
        calendar: WorkingCalendar,
        until_stop: timedelta,
        stopped_for: timedelta,
    ) -> None:
        before = promise(received_at, terms, calendar)
        stopped_at = received_at + until_stop
        ran_on_at = stopped_at + stopped_for

        after = ran_on(before, stopped_at=stopped_at, ran_on_at=ran_on_at, calendar=calendar)

        left = calendar.working_time(stopped_at, before.due_at)
        assert calendar.working_time(ran_on_at, after.due_at) >= left
        assert after.due_at >= before.due_at
        assert after.at_risk_at <= after.due_at
        assert calendar.is_working_day(after.due_at.astimezone(LOCAL_ZONE).date())


class TestAClockThatStoodStillOften:
    def test_gives_the_rest_of_the_last_day_once(self) -> None:
        promised = Promise(local(2026, 11, 26, 17), local(2026, 11, 26, 9))
        stops = [(local(2026, 11, 25, hour), local(2026, 11, 25, hour, 5)) for hour in range(9, 16)]

        assert after_stops(promised, stops, CALENDAR).due_at == local(2026, 11, 27, 17)

    @given(
        instants, some_terms, calendars, st.lists(st.tuples(short_pauses, short_pauses), max_size=8)
    )
    def test_gives_no_more_than_it_stood_still_and_the_rest_of_a_day(
        self,
        received_at: datetime,
        terms: list[Term],
        calendar: WorkingCalendar,
        pauses: list[tuple[timedelta, timedelta]],
    ) -> None:
        promised = promise(received_at, terms, calendar)
        stops, at, stood = [], received_at, timedelta(0)
        for until_stop, stopped_for in pauses:
            stops.append((at + until_stop, at + until_stop + stopped_for))
            at += until_stop + stopped_for
            stood += calendar.working_time(*stops[-1])

        after = after_stops(promised, stops, calendar)

        given_to_it = calendar.working_time(promised.due_at, after.due_at)
        day = calendar.closes(at.date()) - calendar.opens(at.date())
        assert timedelta(0) <= given_to_it <= stood + day
        assert after.at_risk_at <= after.due_at


class TestWorkingTime:
    @given(instants, calendars, st.timedeltas(timedelta(minutes=1), timedelta(hours=400)))
    def test_that_is_added_is_the_working_time_between(
        self, start: datetime, calendar: WorkingCalendar, wanted: timedelta
    ) -> None:
        assert calendar.working_time(start, calendar.after(start, wanted)) == wanted


class TestANorm:
    NORM = Norm(
        Term(10),
        Term(0),
        (
            StricterNorm(Term(3), question="waar", answer="fietspad"),
            StricterNorm(Term(2), asset_kind="lamp-post"),
        ),
    )

    def test_is_stricter_for_an_answer_and_for_a_kind_of_asset(self) -> None:
        cycle_path = {"waar": frozenset({"fietspad"})}

        assert self.NORM.terms(danger=False) == (Term(10),)
        assert Term(3) in self.NORM.terms(danger=False, answers=cycle_path)
        assert Term(2) in self.NORM.terms(danger=False, asset_kind="lamp-post")
        assert Term(0) in self.NORM.terms(danger=True)

    def test_without_one_for_danger_has_a_working_day_for_it(self) -> None:
        assert Norm(Term(10)).terms(danger=True) == (Term(10), Term(1))
