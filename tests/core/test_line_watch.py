from __future__ import annotations

from typing import Any

import pytest

from tests.core.test_bridge import SECOND, Driver, tws_calls
from tests.core.test_trading_hours import LIQUID, TRADING, at
from twsbridge.protocol.commands import GetStatus
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import LineStatus, Status
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core import calls, inputs, stream_inputs
from twsbridge_server.core import effects as fx

TOPIC = "md|1@SMART|"
OPEN, CLOSED = at("20261123 10:00"), at("20261123 21:00")


class Watched(Driver):
    """A bridge with one line, in a market with hours."""

    def __init__(self, now: int = OPEN, zone: str = "US/Eastern", topic: str = TOPIC, **settings: Any) -> None:
        super().__init__(**settings)
        self.now, self.zone, self.topic = now, zone, topic
        self.ready()
        self(inputs.SubscriptionOpened(topic, "alice"))

    def __call__(self, *happened: Any) -> list[fx.Effect]:
        """TWS answers what it is asked about time and hours."""
        effects = super().__call__(*happened)
        for call in tws_calls(effects):
            match call:
                case calls.ReqContractDetails(req_id):
                    details = ContractDetails(
                        contract=Contract(con_id=1, exchange="SMART"),
                        trading_hours=TRADING,
                        liquid_hours=LIQUID,
                        time_zone_id=self.zone,
                    )
                    row = inputs.ContractDetailsRow(req_id, details)
                    effects += self(row, inputs.ContractDetailsEnd(req_id))
                case calls.ReqCurrentTime():
                    effects += self(inputs.CurrentTime(0))
                case calls.ReqExecutions(req_id):
                    effects += self(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(req_id))
        return effects

    @property
    def req_id(self) -> int:
        return [c.req_id for c in tws_calls(self.done) if isinstance(c, calls.ReqMarketData)][-1]

    def tick(self) -> list[fx.Effect]:
        return self(stream_inputs.Ticks(self.req_id, (Tick(4, 190.0),)))

    def status(self) -> LineStatus:
        reply = self.ask(GetStatus()).body
        assert isinstance(reply, Status)
        return reply.lines[0]

    def asked(self, effects: list[fx.Effect]) -> list[type]:
        kinds = (calls.ReqMarketData, calls.CancelMarketData, calls.ReqContractDetails)
        return [type(call) for call in tws_calls(effects) if isinstance(call, kinds)]


def test_a_line_that_falls_silent_in_an_open_market_is_stale_until_the_next_tick() -> None:
    one = Watched()
    one.tick()
    quiet_since = one.now
    assert one.asked(one.wait(59)) == [] and one.status().state == "live"
    one.wait(3)
    row = one.status()
    assert (row.state, row.market) == ("stale", "open")
    assert row.gap is not None and row.gap.since_us == quiet_since and "longer than usual" in row.gap.reason
    said = [e.body for e in one.tick() if isinstance(e, fx.PublishTicks) and isinstance(e.body, dict)]
    assert said[0]["resumed"] == {"since_us": quiet_since, "data_lost": False}
    assert one.status().state == "live"


def test_it_is_asked_for_again_once_and_then_more_and_more_patiently() -> None:
    one = Watched()
    one.tick()
    effects = one.wait(119)
    assert one.asked(effects) == [calls.ReqContractDetails]
    again = one.wait(3)
    assert one.asked(again) == [calls.CancelMarketData, calls.ReqMarketData]
    assert one.status().gap is not None and one.status().state == "waiting"
    one.tick()
    assert one.status().state == "live"
    assert one.asked(one.wait(115)) == [] and one.status().state == "live"
    assert one.asked(one.wait(7)) == [] and one.status().state == "stale"


@pytest.mark.parametrize(("now", "zone", "market"), [(CLOSED, "US/Eastern", "closed"), (OPEN, "Nowhere", "unknown")])
def test_a_closed_market_and_unknown_hours_are_only_told(now: int, zone: str, market: str) -> None:
    one = Watched(now, zone)
    one.tick()
    assert one.asked(one.wait(300)) == [calls.ReqContractDetails]
    assert (one.status().state, one.status().market) == ("live", market)


def test_silence_before_the_opening_does_not_count() -> None:
    one = Watched(at("20261124 03:30"))
    one.tick()
    one.wait(30 * 60 + 200)
    assert (one.status().state, one.status().market) == ("live", "extended")
    one.wait(120)
    assert one.status().state == "stale"


def test_a_farm_that_tws_has_lost_explains_a_silence_at_once_and_nothing_is_asked_meanwhile() -> None:
    one = Watched()
    for _ in range(5):
        one.tick()
        one.wait(1)
    one(inputs.TwsErrorReceived(-1, 2103, "Market data farm connection is broken:usfarm"))
    one.wait(8)
    gap = one.status().gap
    assert gap is not None and "usfarm" in gap.reason
    assert calls.ReqMarketData not in one.asked(one.wait(600))
    one(inputs.TwsErrorReceived(-1, 2104, "Market data farm connection is OK:usfarm"))
    assert calls.ReqMarketData not in one.asked(one.wait(100)), "it gets the time to come back by itself"
    assert calls.ReqMarketData in one.asked(one.wait(30))


def test_a_line_that_was_stale_for_silence_is_explained_by_the_farm_that_breaks_then() -> None:
    one = Watched()
    one.tick()
    one.wait(65)
    one(inputs.TwsErrorReceived(-1, 2103, "Market data farm connection is broken:usfarm"))
    said = [e for e in one.wait(10) if isinstance(e, fx.PublishTicks)]
    assert len(said) == 1 and one.status().gap is not None and "usfarm" in str(one.status().gap)


def test_frozen_halted_and_unwatched_lines_may_be_silent() -> None:
    halted = Watched()
    halted(stream_inputs.Ticks(halted.req_id, (Tick(49, 1.0),)))
    frozen = Watched()
    frozen(stream_inputs.MarketDataType(frozen.req_id, 2))
    frozen.tick()
    off = Watched(stale_us=0)
    off.tick()
    for one in (halted, frozen, off):
        assert one.asked(one.wait(600)) == [] and one.status().gap is None


def test_delayed_data_are_those_of_a_quarter_of_an_hour_ago() -> None:
    one = Watched(at("20261123 09:31"))
    one(stream_inputs.MarketDataType(one.req_id, 3))
    one.tick()
    one.wait(4 * 60)
    assert one.status().state == "delayed", "regular hours have just begun, and delayed data are still from before"
    late = Watched(at("20261123 19:58"))
    late(stream_inputs.MarketDataType(late.req_id, 3))
    late.tick()
    late.wait(4 * 60)
    assert late.status().state == "delayed"


def test_while_ib_is_gone_nothing_is_watched_and_afterwards_there_is_time() -> None:
    one = Watched()
    one.tick()
    one(inputs.TwsErrorReceived(-1, 1100, "Connectivity has been lost"))
    assert one.asked(one.wait(300)) == []
    one(inputs.TwsErrorReceived(-1, 1102, "restored"))
    assert one.status().state == "stale" and one.asked(one.wait(100)) == [calls.ReqContractDetails]
    assert one.asked(one.wait(30)) == [calls.CancelMarketData, calls.ReqMarketData]


def test_many_lines_at_once_are_asked_for_a_few_at_a_time() -> None:
    one = Watched()
    for con_id in range(2, 22):
        one(inputs.SubscriptionOpened(f"md|{con_id}@SMART|", "alice"))
    one.wait(110)
    counts = [one.asked(one.wait(1)).count(calls.ReqMarketData) for _ in range(20)]
    assert sum(counts) == 21 and max(counts) <= 6


@pytest.mark.parametrize("seconds", [0.0, SECOND])
def test_a_competing_session_is_not_fought(seconds: float) -> None:
    one = Watched()
    one.tick()
    one(inputs.TwsErrorReceived(one.req_id, 10197, "No market data during competing live session"))
    assert calls.ReqMarketData not in one.asked(one.wait(600))
