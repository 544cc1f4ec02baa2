"""reqHistoricalTicks as the official client sees it."""

from __future__ import annotations

from typing import Any

import pytest
from ibapi.contract import Contract

from tests.twssim.families.rig import currency_pair, ready
from tests.twssim.official import Event, OfficialClient, errors, of, stock
from twssim.clock import moment

pytestmark = pytest.mark.usefixtures("every_profile")

END = "20261124 06:00:00 US/Eastern"
CALLBACKS = {"TRADES": "historicalTicksLast", "BID_ASK": "historicalTicksBidAsk", "MIDPOINT": "historicalTicks"}


def ask(client: OfficialClient, contract: Contract, what: str, **changed: Any) -> list[Event]:
    wanted = {"start": "", "end": END, "count": 40, "ignore": False, **changed}
    client.reqHistoricalTicks(
        9, contract, wanted["start"], wanted["end"], wanted["count"], what, 0, wanted["ignore"], []
    )
    return client.after(1.0)


@pytest.mark.parametrize("what", CALLBACKS)
def test_the_last_ticks_before_a_moment_come_in_one_callback(what: str) -> None:
    events = ask(ready(), stock(), what)
    ((req_id, ticks, done),) = of(events, CALLBACKS[what])
    assert len(events) == 1 and (req_id, done) == (9, True)
    assert 40 <= len(ticks) < 48 and ticks[-1].time < moment(END, "UTC")
    assert [tick.time for tick in ticks] == sorted(tick.time for tick in ticks)


def test_the_first_ticks_after_a_moment() -> None:
    ((_, ticks, _),) = of(ask(ready(), stock(), "TRADES", start=END, end=""), "historicalTicksLast")
    assert moment(END, "UTC") <= ticks[0].time < moment(END, "UTC") + 3
    assert all(tick.exchange and tick.size > 0 and not tick.tickAttribLast.pastLimit for tick in ticks)


def test_spreads_are_those_of_the_market() -> None:
    client = ready()
    ((_, ticks, _),) = of(ask(client, currency_pair(), "BID_ASK", ignore=True), "historicalTicksBidAsk")
    for tick in ticks[::5]:
        quotes = [client.tws.market.quote(12087792, tick.time + part / 4) for part in range(4)]
        assert (tick.priceBid, tick.priceAsk) in [(float(quote.bid), float(quote.ask)) for quote in quotes]
        assert tick.sizeBid > 0 and tick.sizeAsk > 0


@pytest.mark.parametrize(
    ("contract", "what", "changed", "code"),
    [
        (stock(), "TRADES", {"end": ""}, 321),
        (stock(), "TRADES", {"start": END}, 321),
        (stock(), "TRADES", {"count": 0}, 321),
        (stock(), "TRADES", {"count": 1001}, 321),
        (stock(), "OPTION_IMPLIED_VOLATILITY", {}, 321),
        (stock(), "TRADES", {"end": "yesterday"}, 321),
        (stock("NOSUCH"), "TRADES", {}, 200),
        (currency_pair(), "TRADES", {}, 10187),
    ],
)
def test_what_cannot_be_answered_is_refused(contract: Contract, what: str, changed: dict[str, Any], code: int) -> None:
    assert errors(ask(ready(), contract, what, **changed)) == [(9, code)]


def test_a_query_can_be_cancelled_from_server_version_215_on() -> None:
    client = OfficialClient(ready().tws, client_id=2, version=225)
    client.after(1.0)
    client.reqHistoricalTicks(9, stock(), "", END, 10, "TRADES", 0, False, [])
    client.reqHistoricalTicks(9, stock(), "", END, 10, "TRADES", 0, False, [])
    client.cancelHistoricalTicks(9)
    assert errors(client.after(1.0)) == [(9, 322)]
    client.cancelHistoricalTicks(9)
    assert errors(client.after(1.0)) == [(9, 366)]
