"""What a client may ask for in historical bars, and how TWS words its refusals."""

from dataclasses import dataclass
from math import inf

from twssim.contracts import Instrument

BAR_SECONDS = {
    "1 secs": 1,
    "5 secs": 5,
    "10 secs": 10,
    "15 secs": 15,
    "30 secs": 30,
    "1 min": 60,
    "2 mins": 120,
    "3 mins": 180,
    "5 mins": 300,
    "10 mins": 600,
    "15 mins": 900,
    "20 mins": 1200,
    "30 mins": 1800,
    "1 hour": 3600,
    "2 hours": 7200,
    "3 hours": 10_800,
    "4 hours": 14_400,
    "8 hours": 28_800,
}
"""Bar sizes within a day."""
CALENDAR_BARS = {
    "1 day": "1d",
    "1 week": "1w",
    "1W": "1w",
    "1 month": "1m",
    "1M": "1m",
}
"""Longer bar sizes and what TWS calls them in its texts."""

_LONGEST = {
    "S": (86_400, "Historical data request for greater than 86400 seconds rejected."),
    "D": (365, "Historical data requests for durations longer than 365 days must be made in years."),
    "W": (52, "Historical data requests for durations longer than 52 weeks must be made in years."),
    "M": (12, "Historical data requests for durations longer than 12 months must be made in years."),
    "Y": (99, "Historical data requested duration is invalid."),
}
_KINDS = {
    "TRADES": ("Last", "Trades"),
    "MIDPOINT": ("MidPoint", "Midpoint"),
    "BID": ("Bid", "Bid"),
    "ASK": ("Ask", "Ask"),
    "BID_ASK": ("BidAsk", "BidAsk"),
    "ADJUSTED_LAST": ("AdjustedLast", "AdjustedLast"),
}
"""What TWS calls each kind of data when there is none of the kind, or none in the period."""
TRADES = ("TRADES", "ADJUSTED_LAST")
"""The kinds of data that are made of trades."""

_SMALL_BARS_KEPT = 183 * 86_400
_MOST_SECONDS = {1: 2_000, 5: 86_400, 10: 86_400, 15: 86_400, 30: 86_400}
"""How much trading one request for small bars may cover."""
_MOST_BARS = 50_000


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """The arguments of reqHistoricalData; `end` and `now` are epoch seconds.

    An `end` after `now` means now. Without `now` every `end` is taken as it is.
    """

    end: float
    duration: str
    bar_size: str
    what_to_show: str = "TRADES"
    use_rth: bool = True
    now: float = inf


class HistoryError(Exception):
    """A refusal with the code and the text that TWS sends instead of bars."""

    def __init__(self, code: int, text: str) -> None:
        """`text` is complete, as on the wire."""
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Duration:
    """How far to go back: a count of S, D, W, M or Y."""

    count: int
    unit: str


def check(instrument: Instrument, request: HistoryRequest) -> Duration:
    """The duration of a request that can be answered; HistoryError 321 or 162 otherwise."""
    if request.bar_size not in BAR_SECONDS | CALENDAR_BARS:
        sizes = ", ".join([*BAR_SECONDS, "1 day", "1W", "1M"])
        raise invalid(f"Historical data bar size setting is invalid. Legal ones are: {sizes}")
    if request.what_to_show not in _KINDS:
        raise invalid("What to show field is missing or incorrect.")
    trades = request.what_to_show in TRADES
    if (instrument.sec_type == "CASH" and trades) or (instrument.sec_type == "IND" and not trades):
        raise _no_such_kind(instrument, request)
    return duration_of(request.duration)


def check_span(instrument: Instrument, request: HistoryRequest, seconds: float) -> None:
    """HistoryError 162 if there are no bars that small so long ago, or too many of them."""
    size = BAR_SECONDS[request.bar_size]
    if size in _MOST_SECONDS:
        if request.now < inf and request.end < request.now - _SMALL_BARS_KEPT:
            raise no_bars(instrument, request)
        if seconds > _MOST_SECONDS[size]:
            raise refused(f"invalid step: {size}")
    if seconds / size > _MOST_BARS:
        raise refused("Time length exceed max.")


def duration_of(text: str) -> Duration:
    """A duration as clients write it, such as `3 M`; HistoryError 321 when there is none like it."""
    count, _, unit = text.partition(" ")
    if not (count.isdecimal() and int(count) and unit in _LONGEST):
        raise invalid("Historical data requested duration is invalid.")
    longest, refusal = _LONGEST[unit]
    if int(count) > longest:
        raise invalid(refusal)
    return Duration(int(count), unit)


def invalid(cause: str) -> HistoryError:
    """321: the request cannot be understood."""
    return HistoryError(321, f"Error validating request.-'bK' : cause - {cause}")


def refused(reason: str) -> HistoryError:
    """162: the request is understood and has no answer."""
    return HistoryError(162, f"Historical Market Data Service error message:{reason}")


def no_bars(instrument: Instrument, request: HistoryRequest) -> HistoryError:
    """162: there is data of this kind, but none in the period."""
    kind = _KINDS[request.what_to_show][1]
    where = f"{instrument.local_symbol}@{instrument.exchange}"
    return refused(f"HMDS query returned no data: {where} {kind}")


def _no_such_kind(instrument: Instrument, request: HistoryRequest) -> HistoryError:
    kind = _KINDS[request.what_to_show][0]
    step = CALENDAR_BARS.get(request.bar_size) or BAR_SECONDS[request.bar_size]
    exchange = "FXSUBPIP" if instrument.sec_type == "CASH" else instrument.exchange
    what = f"{instrument.symbol}/{instrument.sec_type}@{exchange}"
    return refused(f"No historical market data for {what} {kind} {step}")
