"""In which order a crew drives along its tasks: a short way, what cannot wait before the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from math import cos, inf, radians

import numpy as np

_METRES_IN_A_DEGREE = 111_195.0

#: Of each stop, so many of the nearest are tried as its next.
_NEIGHBOURS = 10

#: A way that still gets shorter after so many rounds is short enough.
_MOST_ROUNDS = 40

#: So many stops that follow one another are moved elsewhere together.
_MOST_MOVED = 3

#: Less than this is no gain, but how computers round.
_LEAST_METRES = 0.01


class Turn(IntEnum):
    """Which stops come before which, however far apart they are."""

    #: Somebody stands there already.
    BEGUN = 0
    DANGER = 1
    #: Past its promise, or given a high priority.
    OVERDUE = 2
    OTHER = 3
    #: Planned for, or on hold until, a day that has not come; or the case waits for somebody else.
    LATER = 4
    #: A colleague has it.
    WITH_COLLEAGUE = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to; degrees in WGS 84."""

    longitude: float
    latitude: float
    turn: Turn = Turn.OTHER


def driving_order(stops: Sequence[Stop], *, start: tuple[float, float]) -> list[int]:
    """Return the numbers of the stops in the order of a short way along all of them.

    One begins at `start` (longitude, latitude) and ends at the last stop: nobody has to come back.
    Whoever has an earlier turn is visited earlier. The way goes to the nearest each time, and is
    then made shorter within each turn, by turning stretches round (2-opt) and by visiting a few
    stops at another moment (or-opt), so it is never longer than going to the nearest alone.
    Distances are straight lines.
    """
    return _Way(stops, start).shortened()


def going_to_the_nearest(stops: Sequence[Stop], *, start: tuple[float, float]) -> list[int]:
    """Return the order in which one goes to the nearest stop each time, turn by turn."""
    return _Way(stops, start).order()


def way_metres(stops: Sequence[Stop], order: Sequence[int], *, start: tuple[float, float]) -> float:
    """Return how long the way along the stops is in this order, in straight lines."""
    way = _Way(stops, start)
    along = [0, *(number + 1 for number in order)]
    return sum(way.metres[one][then] for one, then in pairwise(along))


class _Way:
    """A way from the start, which is point 0, along every stop; `along[k]` is the k-th point."""

    def __init__(self, stops: Sequence[Stop], start: tuple[float, float]) -> None:
        longitude, latitude = start
        across = cos(radians(latitude)) * _METRES_IN_A_DEGREE
        east = np.array([0.0, *((one.longitude - longitude) * across for one in stops)])
        north = np.array([0.0, *((one.latitude - latitude) * _METRES_IN_A_DEGREE for one in stops)])
        apart = np.hypot(east[:, None] - east, north[:, None] - north)
        # What follows looks at one distance at a time, and that goes quicker in lists.
        self.metres: list[list[float]] = apart.tolist()
        self._nearest_first: list[list[int]] = np.argsort(apart, axis=1, kind="stable").tolist()
        self.turns = [-1, *(int(one.turn) for one in stops)]
        self.along = self._nearest_each_time()
        self.place = [0] * len(self.along)
        self._note(0, len(self.along) - 1)

    def order(self) -> list[int]:
        return [point - 1 for point in self.along[1:]]

    def shortened(self) -> list[int]:
        neighbours = self._neighbours()
        for _ in range(_MOST_ROUNDS):
            places = range(len(self.along) - 1)
            turned = [self._improve_after(place, neighbours) for place in places]
            moved = [self._improve_by_moving(place + 1, neighbours) for place in places]
            if not any(turned) and not any(moved):
                break
        return self.order()

    def _nearest_each_time(self) -> list[int]:
        along, here = [0], 0
        for turn in sorted(set(self.turns[1:])):
            left = {point for point, of in enumerate(self.turns) if of == turn}
            while left:
                # Of equals the lower number comes first, so that the order is the same each time.
                here = next(point for point in self._nearest_first[here] if point in left)
                left.remove(here)
                along.append(here)
        return along

    def _neighbours(self) -> list[list[int]]:
        """Return the nearest points of each point."""
        return [
            [other for other in row[: _NEIGHBOURS + 2] if other not in (0, point)][:_NEIGHBOURS]
            for point, row in enumerate(self._nearest_first)
        ]

    def _improve_after(self, place: int, neighbours: list[list[int]]) -> bool:
        """Look for a better leg than the one from here to the next; return whether there was."""
        along, metres = self.along, self.metres
        here, then = along[place], along[place + 1]
        leg, last = metres[here][then], len(along) - 1
        # Nothing comes after the last: the end of the way can be turned round for one leg.
        if self._gain_of_turning(place + 1, last) > _LEAST_METRES:
            self._turn_round(place + 1, last)
            return True
        for other in neighbours[here]:
            if metres[here][other] >= leg:
                break
            other_place = self.place[other]
            first, final = (
                (place + 1, other_place) if other_place > place else (other_place + 1, place)
            )
            if self._gain_of_turning(first, final) > _LEAST_METRES:
                self._turn_round(first, final)
                return True
        return False

    def _gain_of_turning(self, first: int, final: int) -> float:
        """Return how many metres are saved by going along a stretch the other way round."""
        along, metres = self.along, self.metres
        if first >= final or self.turns[along[first]] != self.turns[along[final]]:
            return 0.0
        before, one, end = along[first - 1], along[first], along[final]
        gain = metres[before][one] - metres[before][end]
        if final + 1 < len(along):
            after = along[final + 1]
            gain += metres[end][after] - metres[one][after]
        return gain

    def _improve_by_moving(self, first: int, neighbours: list[list[int]]) -> bool:
        """Look for a better moment for the stops from here on; return whether there was."""
        along = self.along
        for final in range(first, min(first + _MOST_MOVED, len(along))):
            if self.turns[along[final]] != self.turns[along[first]]:
                break
            saved = self._saved_without(first, final)
            if saved <= _LEAST_METRES:
                continue
            for other in neighbours[along[first]]:
                # Further away than what is saved there is hardly ever anything to gain.
                if self.metres[along[first]][other] >= saved:
                    break
                for after in (self.place[other], self.place[other] - 1):
                    if self._cost_between(first, final, after) < saved - _LEAST_METRES:
                        self._move(first, final, after)
                        return True
        return False

    def _saved_without(self, first: int, final: int) -> float:
        along, metres = self.along, self.metres
        before, one, end = along[first - 1], along[first], along[final]
        if final + 1 == len(along):
            return metres[before][one]
        after = along[final + 1]
        return metres[before][one] + metres[end][after] - metres[before][after]

    def _cost_between(self, first: int, final: int, after: int) -> float:
        """Return what going along a stretch after that place costs: no end where one cannot."""
        along, metres, turns = self.along, self.metres, self.turns
        if first - 1 <= after <= final:
            return inf
        before, one, end = along[after], along[first], along[final]
        if turns[before] > turns[one]:
            return inf
        if after + 1 == len(along):
            return metres[before][one]
        then = along[after + 1]
        if turns[then] < turns[one]:
            return inf
        return metres[before][one] + metres[end][then] - metres[before][then]

    def _move(self, first: int, final: int, after: int) -> None:
        stretch = self.along[first : final + 1]
        del self.along[first : final + 1]
        put = after + 1 if after < first else after + 1 - len(stretch)
        self.along[put:put] = stretch
        self._note(min(first, put), max(final, put + len(stretch) - 1))

    def _turn_round(self, first: int, final: int) -> None:
        self.along[first : final + 1] = reversed(self.along[first : final + 1])
        self._note(first, final)

    def _note(self, first: int, final: int) -> None:
        for place in range(first, final + 1):
            self.place[self.along[place]] = place
