"""Compares two sets of rules over past reports: which would have gone to another party."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.many_places import FoundPlace, PlaceToFind, find_places, in_portions
from app.geography.model import VILLAGE, Spot
from app.intake.looking_back import PastReport, count_past_reports, past_reports
from app.routing.calendar import WorkingCalendar
from app.routing.drafted import AnotherComparison, Draft, Operation, TooManyReports
from app.routing.model import (
    Agreement,
    AreaHere,
    Decision,
    Defect,
    LocalMoment,
    PartyOfAgreement,
)
from app.routing.operations.calendar_days import working_calendar
from app.routing.operations.reading import COLUMNS, FROM_AGREEMENTS, IN_FORCE, agreement_of
from app.routing.rules import cannot_wait, covers_moment, responsible_party
from app.triage.model import Norm
from app.triage.norms import norms_of_categories

#: So many are decided twice within half a minute on one core.
MOST_REPORTS = 60_000


#: Held until the transaction ends.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('comparison', 854))")


@dataclass(frozen=True, slots=True)
class Moved:
    """A past report that another party would have got; None is nobody."""

    reference: str
    category_code: str
    received_at: datetime
    spot: Spot
    #: The name of the village it lies in today; None is outside all of them.
    village: str | None
    was: PartyOfAgreement | None
    becomes: PartyOfAgreement | None

    @property
    def pair(self) -> tuple[str, str]:
        """The codes of who had it and of who would get it; an empty one is nobody."""
        return (self.was.code if self.was else "", self.becomes.code if self.becomes else "")


@dataclass(frozen=True, slots=True)
class PartyCount:
    """How many reports a party has under both sets of rules; without a code it is nobody."""

    code: str | None
    name: str | None
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How many more it would have."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a draft would have changed in a period; the first and the last day are both in it."""

    since: date
    until: date
    reports: int
    counts: tuple[PartyCount, ...]
    moved: tuple[Moved, ...]
    #: How many reports of each category came in, moved or not.
    by_category: Mapping[str, int]
    #: How many came in from each village; None is outside all of them.
    by_village: Mapping[str | None, int]
    seconds: float

    @property
    def left_to_nobody(self) -> int:
        """How many reports had a party, and would have none."""
        return sum(one.was is not None and one.becomes is None for one in self.moved)


class Rules:
    """The agreements of one day in memory: it decides as `responsible_party`, for thousands.

    What is alike to the rules is decided once. A moment counts through the windows it lies in
    alone, so two defects that lie in the same ones are alike.
    """

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        self._by_area: dict[tuple[str, str], list[Agreement]] = {}
        self._by_owner: dict[UUID, list[Agreement]] = {}
        windows = set()
        for agreement in agreements:
            windows |= {agreement.windows, agreement.party.hours}
            if agreement.area is not None:
                self._by_area.setdefault(agreement.area, []).append(agreement)
            elif agreement.asset_owner_id is not None:
                self._by_owner.setdefault(agreement.asset_owner_id, []).append(agreement)
        self._windows = sorted(windows - {()}, key=repr)
        self._decided: dict[object, Decision] = {}

    def decide(self, defect: Defect) -> Decision:
        """Return who is responsible for a defect."""
        key = (
            defect.category_code,
            defect.areas,
            defect.is_urgent,
            defect.has_asset,
            defect.asset_kind,
            defect.asset_owner_id,
            frozenset(defect.answers.items()),
            tuple(covers_moment(windows, defect.moment) for windows in self._windows),
        )
        if key not in self._decided:
            self._decided[key] = responsible_party(self._candidates(defect), defect=defect)
        return self._decided[key]

    def _candidates(self, defect: Defect) -> list[Agreement]:
        found = [one for area in defect.areas for one in self._by_area.get(area.key, ())]
        if defect.asset_owner_id is not None:
            found += self._by_owner.get(defect.asset_owner_id, ())
        kinds = {None, defect.main_category_code, defect.category_code}
        return [agreement for agreement in found if agreement.category_code in kinds]


def compare(
    transaction: Transaction,
    draft: Draft,
    *,
    since: date,
    until: date,
    municipality_code: str,
    today: date,
) -> Comparison:
    """Return what a draft would have changed for the reports of a period, by today's rules.

    Each report counts as it came in: its place, object, kind, danger, answers and moment. For a
    draft that is in force already, the rules of the day before it count in the place of today's.

    Raises:
        AnotherComparison: one is under way already.
        TooManyReports: more than `MOST_REPORTS` came in.
    """
    began = perf_counter()
    # One at a time: together they would take all there is from those who look at the map.
    if not transaction.connection.scalar(_LOCK):
        raise AnotherComparison
    # While it decides, on a busy machine for minutes, the database hears nothing.
    transaction.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '10min'"))
    on = _day_to_compare_with(draft, today)
    reports = _reports(transaction, since, until)
    places = find_places(
        transaction,
        [PlaceToFind(Spot(one.longitude, one.latitude), one.asset_id) for one in reports],
        municipality_code=municipality_code,
        on=on,
    )
    calendar = working_calendar(transaction, since=_start(since))
    norms = norms_of_categories(transaction, {one.category_code for one in reports})
    agreements = agreements_on(transaction, on)
    before, after = Rules(agreements), Rules(_as_drafted(transaction, draft, agreements, on=on))
    redrawn = _areas_as_drafted(transaction, draft, places)
    was, becomes = Counter[UUID | None](), Counter[UUID | None]()
    parties: dict[UUID | None, PartyOfAgreement] = {}
    moved: list[Moved] = []
    found_in = [_village(place) for place in places]
    for report, place, areas, village in zip(reports, places, redrawn, found_in, strict=True):
        defect = past_defect(report, place, calendar, norms[report.category_code])
        old = before.decide(defect).party
        new = after.decide(replace(defect, areas=areas)).party
        for party, counted in ((old, was), (new, becomes)):
            counted[party.id if party else None] += 1
            if party is not None:
                parties[party.id] = party
        if (old.id if old else None) != (new.id if new else None):
            moved.append(
                Moved(
                    report.reference,
                    report.category_code,
                    report.received_at,
                    Spot(report.longitude, report.latitude),
                    village,
                    old,
                    new,
                )
            )
    return Comparison(
        since=since,
        until=until,
        reports=len(reports),
        counts=_counts(was, becomes, parties),
        moved=tuple(moved),
        by_category=Counter(report.category_code for report in reports),
        by_village=Counter(found_in),
        seconds=perf_counter() - began,
    )


def past_defect(
    report: PastReport, place: FoundPlace, calendar: WorkingCalendar, norm: Norm
) -> Defect:
    """Return what routing looks at for a report that came in before, with its norm of today."""
    terms = norm.terms(danger=report.is_danger, answers=report.answers, asset_kind=place.asset_kind)
    return Defect(
        category_code=report.category_code,
        areas=areas_here(place),
        moment=local_moment(report.received_at, calendar),
        is_urgent=cannot_wait(terms, danger=report.is_danger),
        has_asset=place.has_asset,
        asset_number=place.asset_number,
        asset_kind=place.asset_kind,
        asset_owner_id=place.asset_owner_id,
        answers=report.answers,
        is_at_border=place.is_at_border,
    )


def _village(place: FoundPlace) -> str | None:
    return next((area.name for area in place.areas if area.kind == VILLAGE), None)


def areas_here(place: FoundPlace) -> tuple[AreaHere, ...]:
    """Return the areas of a place as routing has them."""
    return tuple(AreaHere(one.kind, one.code, one.name, one.square_metres) for one in place.areas)


def local_moment(instant: datetime, calendar: WorkingCalendar) -> LocalMoment:
    """Return an instant as a clock on the wall shows it, with the days off around it."""
    local = instant.astimezone(LOCAL_ZONE)
    day = local.date()
    return LocalMoment(
        local, calendar.is_day_off(day), calendar.is_day_off(day - timedelta(days=1))
    )


_IN_FORCE = text(f"SELECT {COLUMNS} FROM {FROM_AGREEMENTS} WHERE {IN_FORCE}")  # noqa: S608  # our own column lists


def agreements_on(transaction: Transaction, day: date) -> list[Agreement]:
    """Return all agreements that are in force on a day."""
    return [agreement_of(row) for row in transaction.read(_IN_FORCE, {"today": day})]


#: Drafted agreements in the shape of those that are kept, so that they are read alike.
_DRAFTED = text(
    f"""
    WITH agreement AS (
        SELECT id, content ->> 'code' AS code, CAST(content ->> 'party' AS uuid) AS party_id,
               content ->> 'category' AS category_code,
               split_part(content ->> 'area', '/', 1) AS area_kind,
               substr(content ->> 'area', strpos(content ->> 'area', '/') + 1) AS area_code,
               CAST(content ->> 'assetOwner' AS uuid) AS asset_owner_id,
               CAST(content ->> 'priority' AS integer) AS priority,
               content ->> 'assetKind' AS asset_kind,
               content -> 'answers' AS answers, content -> 'windows' AS windows
        FROM draft_agreement WHERE draft_id = :draft_id AND operation <> 'end'
    )
    SELECT {COLUMNS} FROM {FROM_AGREEMENTS}
    WHERE party.ended_on IS NULL OR party.ended_on > :today
    """  # noqa: S608  # our own column lists
)


def _as_drafted(
    transaction: Transaction, draft: Draft, agreements: Sequence[Agreement], *, on: date
) -> list[Agreement]:
    gone = {one.code for one in draft.agreements if one.operation is not Operation.MAKE}
    rows = transaction.read(_DRAFTED, {"draft_id": draft.id, "today": on})
    return [
        *(agreement for agreement in agreements if agreement.code not in gone),
        *map(agreement_of, rows),
    ]


_DRAFTED_AREAS = text(
    """
    SELECT DISTINCT given.number, draft_area.kind, draft_area.code, draft_area.name,
           draft_area.square_metres
    FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[])) WITH ORDINALITY
         AS given (longitude, latitude, number)
    JOIN draft_area_part ON ST_Covers(
        draft_area_part.shape, ST_SetSRID(ST_MakePoint(given.longitude, given.latitude), 4326))
    JOIN draft_area ON draft_area.id = draft_area_part.draft_area_id
    WHERE draft_area.draft_id = :draft_id
    ORDER BY given.number, draft_area.kind, draft_area.code
    """
)


def _areas_as_drafted(
    transaction: Transaction, draft: Draft, places: Sequence[FoundPlace]
) -> list[tuple[AreaHere, ...]]:
    """Return the areas of each place with those of the draft in the place of the kinds it has."""
    if not draft.areas:
        return [areas_here(place) for place in places]
    kinds = {one.kind for one in draft.areas}
    kept = [[area for area in areas_here(place) if area.kind not in kinds] for place in places]
    drafted: dict[Spot, list[AreaHere]] = {place.spot: [] for place in places}
    for portion in in_portions(list(drafted)):
        for row in transaction.read(
            _DRAFTED_AREAS,
            {
                "longitudes": [spot.longitude for spot in portion],
                "latitudes": [spot.latitude for spot in portion],
                "draft_id": draft.id,
            },
        ):
            drafted[portion[row.number - 1]].append(
                AreaHere(row.kind, row.code, row.name, row.square_metres)
            )
    return [
        tuple(sorted([*areas, *drafted[place.spot]], key=lambda area: area.key))
        for place, areas in zip(places, kept, strict=True)
    ]


def _day_to_compare_with(draft: Draft, today: date) -> date:
    if draft.is_put_in_force and draft.in_force_from is not None and draft.in_force_from <= today:
        return draft.in_force_from - timedelta(days=1)
    return today


def _reports(transaction: Transaction, since: date, until: date) -> Sequence[PastReport]:
    start, end = _start(since), _start(until + timedelta(days=1))
    found = past_reports(transaction, since=start, until=end, at_most=MOST_REPORTS + 1)
    if len(found) > MOST_REPORTS:
        reports = count_past_reports(transaction, since=start, until=end)
        raise TooManyReports(reports, MOST_REPORTS)
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=LOCAL_ZONE)


def _counts(
    was: Counter[UUID | None],
    becomes: Counter[UUID | None],
    parties: Mapping[UUID | None, PartyOfAgreement],
) -> tuple[PartyCount, ...]:
    """Return the counts of every party that has or would have a report, nobody last."""
    counts = [
        PartyCount(party.code, party.name, was[party_id], becomes[party_id])
        for party_id, party in parties.items()
    ]
    counts.sort(key=lambda count: (count.name or "", count.code or ""))
    if was[None] or becomes[None]:
        counts.append(PartyCount(None, None, was[None], becomes[None]))
    return tuple(counts)
