"""What is asked of TWS again after each kind of interruption, row by row of what TWS is known to forget."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import of
from tests.core.test_bridge import Driver, tws_calls
from twsbridge.protocol.stream_rows import DepthChange, StreamBar, Tick
from twsbridge_server.core import calls, inputs, stream_inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core import stream_calls as streams

TOPICS = {
    "md|1@SMART|": (calls.ReqMarketData, calls.CancelMarketData),
    "depth|1@ISLAND:5|": (streams.ReqMarketDepth, streams.CancelMarketDepth),
    "tbt|1@SMART:AllLast|": (streams.ReqTickByTick, streams.CancelTickByTick),
    "bars5|1@SMART:TRADES|": (streams.ReqRealTimeBars, streams.CancelRealTimeBars),
    "live|1@SMART:1_min:1_D:TRADES|": (streams.ReqLiveBars, calls.CancelHistoricalData),
    "scan|STK:STK.US.MAJOR:TOP_PERC_GAIN:10|": (streams.ReqScanner, streams.CancelScanner),
    "pnl|DU1234567|": (streams.ReqPnl, streams.CancelPnl),
    "pnl_single|DU1234567:1|": (streams.ReqPnlSingle, streams.CancelPnlSingle),
    "values|DU1234567|": (streams.ReqAccountUpdatesMulti, streams.CancelAccountUpdatesMulti),
    "holdings|DU1234567|": (streams.ReqPositionsMulti, streams.CancelPositionsMulti),
    "news|2@SMART|": (calls.ReqMarketData, calls.CancelMarketData),
    "tape|BRFG|": (calls.ReqMarketData, calls.CancelMarketData),
    "bulletins|all|": (streams.ReqNewsBulletins, streams.CancelNewsBulletins),
    "group|1|": (streams.SubscribeToGroup, streams.UnsubscribeFromGroup),
}
OPENS = sorted(opens.__name__ for opens, _ in TOPICS.values())
CANCELS = sorted(cancels.__name__ for _, cancels in TOPICS.values())
SWEEP = ["ReqCompletedOrders", "ReqExecutions", "ReqOpenOrders"]


class Subscribed(Driver):
    """A bridge that has every kind of stream open."""

    def __init__(self) -> None:
        super().__init__()
        self.ready()
        for topic in TOPICS:
            self(inputs.SubscriptionOpened(topic, "alice"))
        self.wait(16)  # Sooner TWS would not take another request for the ticks of the same instrument.

    def asks(self, *happened: inputs.Input) -> list[str]:
        """What TWS is asked for because of this, but for its time and the hours of quiet contracts."""
        effects = [*self(*happened), *self.wait(3)]
        besides = (calls.ReqCurrentTime, calls.ReqContractDetails)
        return sorted(type(c).__name__ for c in tws_calls(effects) if not isinstance(c, besides))

    def ids(self) -> list[int]:
        """Of every request that opens a stream, in order."""
        opens = tuple({opens for opens, _ in TOPICS.values()})
        return [c.req_id for c in tws_calls(self.done) if isinstance(c, opens) and hasattr(c, "req_id")]

    def req_id(self, kind: type) -> int:
        return [c.req_id for c in tws_calls(self.done) if isinstance(c, kind)][-1]

    def bodies(self, topic: str, effects: list[fx.Effect]) -> list[Any]:
        return [e.body for e in of(fx.PublishTicks, effects) if e.topic == topic]


def said(code: int, req_id: int = -1, text: str = "TWS's words") -> inputs.TwsErrorReceived:
    return inputs.TwsErrorReceived(req_id, code, text)


def test_a_new_socket_everything() -> None:
    one = Subscribed()
    assert one.asks(inputs.TwsLost("closed")) == []
    account = ["ReqAccountSummary", "ReqAccountSummary", "ReqMarketDataType", "ReqPositions", "StartApi"]
    met = (inputs.TwsConnected(200, ""), inputs.ManagedAccounts(("DU1234567",)), inputs.NextValidId(7))
    assert one.asks(*met) == sorted([*OPENS, *SWEEP, *account])


def test_nothing_before_both_accounts_and_order_id_are_there() -> None:
    one = Subscribed()
    one.asks(inputs.TwsLost("closed"))
    assert one.asks(inputs.TwsConnected(200, ""), inputs.NextValidId(7)) == ["StartApi"]


def test_1100_nothing() -> None:
    assert Subscribed().asks(said(1100)) == []


def test_1101_every_line_under_a_new_id_after_a_cancel_and_orders_and_positions() -> None:
    one = Subscribed()
    one.asks(said(1100))
    assert one.asks(said(1101)) == sorted([*OPENS, *CANCELS, *SWEEP, "ReqPositions"])
    assert len(one.ids()) == len(set(one.ids()))


def test_1102_no_line_but_orders_and_positions() -> None:
    one = Subscribed()
    one.asks(said(1100))
    assert one.asks(said(1102)) == sorted([*SWEEP, "ReqPositions"])


@pytest.mark.parametrize(("broken", "back"), [(2103, 2104), (2105, 2106), (2157, 2158)])
def test_a_farm_nothing_when_it_breaks_and_nothing_when_it_is_back(broken: int, back: int) -> None:
    one = Subscribed()
    assert one.asks(said(broken, text="is broken:somefarm")) == []
    assert one.asks(said(back, text="is OK:somefarm")) == []


@pytest.mark.parametrize("code", [10182, 10225])
def test_bars_that_are_lost_or_busted_that_one_stream(code: int) -> None:
    one = Subscribed()
    assert one.asks(said(code, one.req_id(streams.ReqLiveBars))) == ["ReqLiveBars"]
    assert one.asks(said(code, one.req_id(streams.ReqRealTimeBars))) == ["ReqRealTimeBars"]
    bar = StreamBar(1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1)
    effects = one(stream_inputs.StreamRows(one.req_id(streams.ReqRealTimeBars), (bar,)))
    assert one.bodies("bars5|1@SMART:TRADES|", effects)[0]["resumed"]["data_lost"]


def test_317_an_empty_book_and_no_request() -> None:
    one = Subscribed()
    req_id = one.req_id(streams.ReqMarketDepth)
    one(stream_inputs.StreamRows(req_id, (DepthChange(0, 0, 0, 10.0, "5"),)))
    effects = one(said(317, req_id))
    assert tws_calls(effects) == [] and one.bodies("depth|1@ISLAND:5|", effects)[0] == ()


def test_316_that_book() -> None:
    one = Subscribed()
    assert one.asks(said(316, one.req_id(streams.ReqMarketDepth))) == ["ReqMarketDepth"]


def test_10197_nothing_and_the_data_come_back_by_themselves() -> None:
    one = Subscribed()
    req_id = next(c.req_id for c in tws_calls(one.done) if isinstance(c, calls.ReqMarketData))
    stale = one(said(10197, req_id))
    assert tws_calls(stale) == [] and one.bodies("md|1@SMART|", stale)[0]["gap"]["reason"] == "TWS's words"
    back = one(stream_inputs.Ticks(req_id, (Tick(4, 190.0),)))
    assert tws_calls(back) == [] and one.bodies("md|1@SMART|", back)[-1]["resumed"]["data_lost"]
