"""Full-day holidays of the simulated exchanges; half days are traded as whole ones."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


@lru_cache(maxsize=256)
def holidays(region: str, year: int) -> frozenset[date]:
    """The holidays of "US", "UK", "XETRA", "CME" or "FX" in one year; KeyError for another region."""
    return frozenset(_REGIONS[region](year))


def _us(year: int) -> Iterable[date]:
    new_year = date(year, 1, 1)
    return [
        *([] if new_year.weekday() == _SATURDAY else [_nearest_weekday(new_year)]),
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        easter(year) - timedelta(days=2),
        _nth(year, 5, _MONDAY, -1),
        *([_nearest_weekday(date(year, 6, 19))] if year >= 2022 else []),
        _nearest_weekday(date(year, 7, 4)),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 11, _THURSDAY, 4),
        _nearest_weekday(date(year, 12, 25)),
    ]


def _uk(year: int) -> Iterable[date]:
    good_friday = easter(year) - timedelta(days=2)
    found = [
        good_friday,
        good_friday + timedelta(days=3),
        _nth(year, 5, _MONDAY, 1),
        _nth(year, 5, _MONDAY, -1),
        _nth(year, 8, _MONDAY, -1),
    ]
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.weekday() >= _SATURDAY or fixed in found:
            fixed += timedelta(days=1)
        found.append(fixed)
    return found


def _xetra(year: int) -> Iterable[date]:
    good_friday = easter(year) - timedelta(days=2)
    fixed = [date(year, 1, 1), date(year, 5, 1)]
    return [*fixed, good_friday, good_friday + timedelta(days=3), *_december(year, 24, 25, 26, 31)]


def _cme(year: int) -> Iterable[date]:
    return [date(year, 1, 1), easter(year) - timedelta(days=2), *_december(year, 25)]


def _fx(year: int) -> Iterable[date]:
    return [date(year, 1, 1), *_december(year, 25)]


_REGIONS: dict[str, Callable[[int], Iterable[date]]] = {
    "US": _us,
    "UK": _uk,
    "XETRA": _xetra,
    "CME": _cme,
    "FX": _fx,
}


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher."""
    golden = year % 19
    century, rest = divmod(year, 100)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - shift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    """The n-th weekday of a month; -1 is the last one."""
    if number > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _nearest_weekday(day: date) -> date:
    shift = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _december(year: int, *days: int) -> list[date]:
    return [date(year, 12, day) for day in days]
