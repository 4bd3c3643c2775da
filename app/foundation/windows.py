"""Parts of the week, as rules hold them, as tables keep them and as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

_WEEKDAYS = frozenset(range(1, 6))
_WEEKEND = frozenset({6, 7})
_WHOLE_WEEK = _WEEKDAYS | _WEEKEND

#: More than this is no plan of a week.
_AT_MOST = 20

_LONGEST_LINE = 200

_SHORT = {
    "nl": ("", "ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WORDS = {
    "nl": ("elke dag", "doordeweeks", "weekend", "feestdagen", "en"),
    "en": ("every day", "weekdays", "weekend", "holidays", "and"),
}

_DAYS: dict[str, int] = {
    written: number
    for number, names in enumerate(
        (
            "ma maandag mo mon monday",
            "di dinsdag tu tue tuesday",
            "wo woensdag we wed wednesday",
            "do donderdag th thu thursday",
            "vr vrijdag fr fri friday",
            "za zaterdag sa sat saturday",
            "zo zondag su sun sunday",
        ),
        start=1,
    )
    for written in names.split()
}
_SETS: dict[str, frozenset[int]] = {
    "doordeweeks": _WEEKDAYS,
    "werkdagen": _WEEKDAYS,
    "weekdays": _WEEKDAYS,
    "weekend": _WEEKEND,
}
_HOLIDAYS = frozenset({"feestdag", "feestdagen", "holiday", "holidays"})
_EVERY_DAY = re.compile(r"\b(?:elke|iedere|alle|every)\s+(?:dag|dagen|day)\b|\bdagelijks\b")
_WHOLE_DAY = re.compile(r"\b(?:de\s+)?(?:hele|heel|whole|all)\s+(?:dag|day)\b")
_TIMES = re.compile(
    r"(?:van\s+|from\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(?:uur)?\s*(?:-|tot|until|to)\s*"
    r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:uur)?$"
)
_UNTIL = re.compile(r"\b(?:t/m|tm|tot en met|through)\b")


class WindowNotUnderstood(ValueError):
    """A line that is no part of a week; `line` is what was written."""

    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(
            f"{line!r} is no part of a week; write such as 'ma-vr 17:00-08:00' or"
            " 'weekend en feestdagen'"
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the week, in the local time of the municipality.

    `days` are those it begins on, 1 for Monday to 7 for Sunday. It lasts from `begins` until, not
    including, `ends`; an end that is not later than the begin lies on the next day, so from nought
    to nought is a whole day. On a public holiday only windows `on_days_off` begin, on whatever day
    of the week that falls.
    """

    days: frozenset[int]
    begins: time = time(0)
    ends: time = time(0)
    on_days_off: bool = False


def windows_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Return windows as the tables keep them: days, from, until, daysOff."""
    return tuple(
        Window(
            days=frozenset(one["days"]),
            begins=time.fromisoformat(one["from"]),
            ends=time.fromisoformat(one["until"]),
            on_days_off=one["daysOff"],
        )
        for one in kept
    )


def kept_windows(windows: Iterable[Window]) -> list[dict[str, Any]]:
    """Return windows as the tables keep them."""
    return [
        {
            "days": sorted(window.days),
            "from": window.begins.strftime("%H:%M"),
            "until": window.ends.strftime("%H:%M"),
            "daysOff": window.on_days_off,
        }
        for window in windows
    ]


def read_windows(written: Iterable[str]) -> tuple[Window, ...]:
    """Return the parts of the week that people wrote, one in each line; empty lines count not.

    A line names days, in Dutch or English, and may name times: `doordeweeks 17:00-8:00`,
    `za, zo en feestdagen`, `ma t/m do 7:30-16:00`, `elke dag 22-6 uur`. Without times it is the
    whole day. An end that is not later than the begin lies on the next day.

    Raises:
        WindowNotUnderstood: a line is none of this, or there are too many.
    """
    lines = [line.strip() for line in written if line.strip()]
    if len(lines) > _AT_MOST:
        raise WindowNotUnderstood(lines[_AT_MOST])
    return tuple(dict.fromkeys(_read(line) for line in lines))


def windows_written(windows: Iterable[Window], *, language: str = "nl") -> list[str]:
    """Return windows as `read_windows` reads them again, one line each, in Dutch or English."""
    return [_written(window, "en" if language.startswith("en") else "nl") for window in windows]


def _read(line: str) -> Window:
    if len(line) > _LONGEST_LINE:
        raise WindowNotUnderstood(line[:40] + "…")
    rest = re.sub(r"\s+", " ", line.lower().replace("–", "-").replace("—", "-"))
    # A range of days in words would be read as one of times.
    rest = _UNTIL.sub("-", rest)
    begins = ends = time(0)
    if times := _TIMES.search(rest):
        begins, ends = _clock(times[1], times[2], line), _clock(times[3], times[4], line)
        rest = rest[: times.start()]
    elif _WHOLE_DAY.search(rest):
        rest = _WHOLE_DAY.sub("", rest)
    days, on_days_off = _days(rest, line)
    return Window(days, begins, ends, on_days_off)


def _clock(hour: str, minute: str | None, line: str) -> time:
    hours, minutes = int(hour), int(minute or 0)
    # The end of a day is the beginning of the next.
    if (hours, minutes) == (24, 0):
        return time(0)
    try:
        return time(hours, minutes)
    except ValueError:
        raise WindowNotUnderstood(line) from None


def _days(rest: str, line: str) -> tuple[frozenset[int], bool]:
    days: set[int] = set()
    on_days_off = False
    if _EVERY_DAY.search(rest):
        days, on_days_off = set(_WHOLE_WEEK), True
        rest = _EVERY_DAY.sub("", rest)
    for word in re.sub(r"\s*-\s*", "-", rest).replace(",", " ").split():
        first, dash, last = word.partition("-")
        if word in _HOLIDAYS:
            on_days_off = True
        elif word in _SETS:
            days |= _SETS[word]
        elif first in _DAYS and last in _DAYS:
            begin, end = _DAYS[first], _DAYS[last]
            days |= {(begin - 1 + step) % 7 + 1 for step in range((end - begin) % 7 + 1)}
        elif word in _DAYS and not dash:
            days.add(_DAYS[word])
        elif word not in {"en", "and", "&", "op", "on"}:
            raise WindowNotUnderstood(line)
    if not days and not on_days_off:
        raise WindowNotUnderstood(line)
    return frozenset(days), on_days_off


def _written(window: Window, language: str) -> str:
    every_day, weekdays, weekend, holidays, joined = _WORDS[language]
    if window.days == _WHOLE_WEEK and window.on_days_off:
        days = every_day
    else:
        parts = []
        if window.days >= _WEEKDAYS:
            parts.append(weekdays)
        else:
            parts += _runs(sorted(window.days & _WEEKDAYS), language)
        if window.days >= _WEEKEND:
            parts.append(weekend)
        else:
            parts += [_SHORT[language][day] for day in sorted(window.days & _WEEKEND)]
        if window.on_days_off:
            parts.append(holidays)
        days = f" {joined} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    if window.begins == window.ends == time(0):
        return days
    until = "24:00" if window.ends == time(0) else window.ends.strftime("%H:%M")
    return f"{days} {window.begins.strftime('%H:%M')}-{until}"


def _runs(days: list[int], language: str) -> list[str]:
    """Return days as `ma-wo` where three or more follow one another."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return [f"{_SHORT[language][days[0]]}-{_SHORT[language][days[-1]]}"]
    return [_SHORT[language][day] for day in days]
