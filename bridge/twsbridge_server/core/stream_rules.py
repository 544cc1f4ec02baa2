"""How each kind of stream is opened and closed at TWS, and of which allowances it takes a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.protocol.models import Contract
from twsbridge_server.core import calls
from twsbridge_server.core import stream_calls as streams


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line is to carry: the named parts of its topic, its contract, and all generic ticks that are wanted."""

    given: dict[str, str]
    contract: Contract
    generic_ticks: str = ""

    def number(self, name: str) -> int:
        """A part that is a number."""
        return int(self.given[name])

    def words(self, name: str) -> str:
        """A part in which `_` stands for a blank."""
        return self.given[name].replace("_", " ")

    @property
    def model(self) -> str:
        """The model of an account; empty for the account itself."""
        return self.given.get("model", "")


class StreamRule(NamedTuple):
    """`takes` names the allowances of the login of which a line of this kind takes a place.

    `has_pace`: while the market is open rows come again and again, so that silence means something.
    """

    open: Callable[[int, Wanted], calls.TwsCall]
    cancel: Callable[[int, Wanted], calls.TwsCall]
    takes: tuple[str, ...] = ()
    has_pace: bool = False


def _live_bars(req_id: int, wanted: Wanted) -> calls.TwsCall:
    return streams.ReqLiveBars(
        req_id,
        wanted.contract,
        wanted.words("duration"),
        _bar_size(wanted.words("bar_size")),
        wanted.given["what"],
        "rth" in wanted.given,
    )


def _bar_size(text: str) -> str:
    """IB writes several as a plural."""
    count, _, unit = text.partition(" ")
    single = unit.removesuffix("s")
    return f"{count} {single}" if count == "1" and single != "sec" else f"{count} {single}s"


def _scanner(req_id: int, wanted: Wanted) -> calls.TwsCall:
    given = wanted.given
    pairs = (pair.partition("=") for pair in given.get("filters", "").split(",") if pair)
    filters = tuple((name, value) for name, _, value in pairs)
    return streams.ReqScanner(
        req_id, given["instrument"], given["location"], given["code"], wanted.number("rows"), filters
    )


def _news_of(req_id: int, wanted: Wanted) -> calls.TwsCall:
    providers = wanted.given.get("providers", "")
    return calls.ReqMarketData(req_id, wanted.contract, "mdoff,292" + (f":{providers}" if providers else ""))


def _tape(req_id: int, wanted: Wanted) -> calls.TwsCall:
    provider = wanted.given["provider"]
    tape = Contract(symbol=f"{provider}:{provider}_ALL", sec_type="NEWS", exchange=provider)
    return calls.ReqMarketData(req_id, tape, "mdoff,292")


def _cancel_quote(req_id: int, wanted: Wanted) -> calls.TwsCall:
    return calls.CancelMarketData(req_id)


RULES: dict[str, StreamRule] = {
    "md": StreamRule(
        lambda req_id, wanted: calls.ReqMarketData(req_id, wanted.contract, wanted.generic_ticks),
        _cancel_quote,
        ("lines",),
        has_pace=True,
    ),
    "depth": StreamRule(
        lambda req_id, wanted: streams.ReqMarketDepth(
            req_id, wanted.contract, wanted.number("rows"), "smart" in wanted.given
        ),
        lambda req_id, wanted: streams.CancelMarketDepth(req_id, "smart" in wanted.given),
        ("depth",),
        has_pace=True,
    ),
    "tbt": StreamRule(
        lambda req_id, wanted: streams.ReqTickByTick(req_id, wanted.contract, wanted.given["what"]),
        lambda req_id, wanted: streams.CancelTickByTick(req_id),
        ("lines", "tbt"),
        has_pace=True,
    ),
    "bars5": StreamRule(
        lambda req_id, wanted: streams.ReqRealTimeBars(
            req_id, wanted.contract, wanted.given["what"], "rth" in wanted.given
        ),
        lambda req_id, wanted: streams.CancelRealTimeBars(req_id),
        ("lines", "bars5"),
        has_pace=True,
    ),
    "live": StreamRule(_live_bars, lambda req_id, wanted: calls.CancelHistoricalData(req_id), ("live",), has_pace=True),
    "scan": StreamRule(_scanner, lambda req_id, wanted: streams.CancelScanner(req_id), ("scan",)),
    "pnl": StreamRule(
        lambda req_id, wanted: streams.ReqPnl(req_id, wanted.given["account"], wanted.model),
        lambda req_id, wanted: streams.CancelPnl(req_id),
    ),
    "pnl_single": StreamRule(
        lambda req_id, wanted: streams.ReqPnlSingle(
            req_id, wanted.given["account"], wanted.model, wanted.number("con_id")
        ),
        lambda req_id, wanted: streams.CancelPnlSingle(req_id),
    ),
    "values": StreamRule(
        lambda req_id, wanted: streams.ReqAccountUpdatesMulti(req_id, wanted.given["account"], wanted.model),
        lambda req_id, wanted: streams.CancelAccountUpdatesMulti(req_id),
    ),
    "holdings": StreamRule(
        lambda req_id, wanted: streams.ReqPositionsMulti(req_id, wanted.given["account"], wanted.model),
        lambda req_id, wanted: streams.CancelPositionsMulti(req_id),
    ),
    "news": StreamRule(_news_of, _cancel_quote, ("lines",)),
    "tape": StreamRule(_tape, _cancel_quote),
    "bulletins": StreamRule(
        lambda req_id, wanted: streams.ReqNewsBulletins(),
        lambda req_id, wanted: streams.CancelNewsBulletins(),
    ),
    "group": StreamRule(
        lambda req_id, wanted: streams.SubscribeToGroup(req_id, wanted.number("group")),
        lambda req_id, wanted: streams.UnsubscribeFromGroup(req_id),
    ),
}
"""Kind -> rule, for every kind of the protocol's table."""

WITHOUT_ID = frozenset({"bulletins"})
"""What TWS sends without the id of a request."""
