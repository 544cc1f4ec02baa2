"""The calendar of corporate events that Wall Street Horizon would tell, as JSON, invented per stock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from twssim.contracts import Instrument, Universe

KINDS = {
    "wshe_ed": "Earnings Dates",
    "wshe_div": "Dividends",
    "wshe_bod": "Board of Directors Meeting",
}
"""Code and name of the kinds of events."""

QUARTER = timedelta(days=91)
FIRST_EVENT = date(2020, 1, 6)


class FilterUnreadable(ValueError):
    """A filter that is no JSON object, or that names nothing; says why."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: of these contracts, of these kinds (all without any), from start to end (yyyymmdd)."""

    con_ids: tuple[int, ...]
    kinds: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    limit: int = 0
    portfolio: bool = False


def meta_json() -> str:
    """Every kind of event with its code, in the shape of WSH's meta data."""
    kinds = [{"name": name, "tag": code, "type": "event", "columns": ["Date", "Time"]} for code, name in KINDS.items()]
    return json.dumps({"validated": True, "data": {"meta_data": {"event_types": kinds}}})


def read_filter(written: str) -> Filter:
    """A filter as clients write it: `watchlist` of contract ids as texts, `portfolio`, `limit`, kinds as flags."""
    try:
        read = json.loads(written)
        watched = tuple(int(each) for each in read.get("watchlist", ()))
        kinds = tuple(code for code in KINDS if _is_true(read.get(code)))
        limit = int(read.get("limit", 0))
    except (ValueError, TypeError, AttributeError):
        raise FilterUnreadable("the filter is not a JSON object that can be read") from None
    return Filter(watched, kinds, limit=limit, portfolio=_is_true(read.get("portfolio")))


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def events_json(universe: Universe, wanted: Filter, now: float) -> str:
    """The events of a filter; without dates those of the next year."""
    today = datetime.fromtimestamp(now, UTC).date()
    start = wanted.start or f"{today:%Y%m%d}"
    end = wanted.end or f"{today + 4 * QUARTER:%Y%m%d}"
    stocks = [each for con_id in dict.fromkeys(wanted.con_ids) if (each := universe.by_con_id(con_id))]
    events = [
        event
        for stock in stocks
        if stock.sec_type == "STK"
        for event in _events(stock, end)
        if start <= event["index_date"] and event["event_type"] in (wanted.kinds or KINDS)
    ]
    events.sort(key=lambda event: (event["index_date"], event["conids"], event["event_type"]))
    return json.dumps(events[: wanted.limit or None])


def _events(stock: Instrument, end: str) -> Iterator[dict[str, Any]]:
    """One event of each kind per quarter, until `end`."""
    for index, code in enumerate(KINDS):
        day = FIRST_EVENT + timedelta(days=(stock.con_id * (index + 3)) % QUARTER.days)
        while (written := f"{day:%Y%m%d}") <= end:
            yield {
                "event_type": code,
                "index_date": written,
                "index_date_type": "ANNOUNCED_DATE",
                "conids": [str(stock.con_id)],
                "data": {"symbol": stock.symbol, "company_name": stock.long_name, "event": KINDS[code]},
            }
            day += QUARTER
