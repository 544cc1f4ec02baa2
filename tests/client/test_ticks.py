from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client.fake_bridge import FakeBridge
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, TwsError
from twsbridge import ticks as ticks_module
from twsbridge.protocol.commands import OpenQuote
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.replies import QuoteLine

CON_IDS = {"AAPL": 265598, "MSFT": 272093}


def topic(symbol: str) -> str:
    return f"md|{CON_IDS[symbol]}@SMART|"


@pytest.fixture(autouse=True)
def lines(fake: FakeBridge) -> None:
    def resolve(command: OpenQuote) -> QuoteLine:
        contract = command.contract.model_copy(update={"con_id": CON_IDS[command.contract.symbol]})
        return QuoteLine(topic=topic(contract.symbol), contract=contract, min_tick=0.01)

    fake.answers["quote.open"] = resolve


def ended(code: str = "tws.permission") -> dict[str, Any]:
    return {"state": "ended", "market_data_type": None, "error": make_error(code, "no subscription").wire()}


def test_quotes_come_as_the_market_moves(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL", "MSFT") as stream:
        eventually(lambda: {topic("AAPL"), topic("MSFT")} <= set(fake.subscribed))
        fake.ticks(topic("AAPL"), "ticks", 1, [[1, 190.0], [0, "3"]])
        fake.ticks(topic("MSFT"), "ticks", 1, [[4, 400.0]])
        fake.ticks(topic("AAPL"), "ticks", 2, [[2, 190.1]])
        quotes = [next(stream) for _ in range(3)]
    assert [(quote.symbol, quote.bid, quote.ask, quote.last) for quote in quotes] == [
        ("AAPL", 190.0, None, None),
        ("MSFT", None, None, 400.0),
        ("AAPL", 190.0, 190.1, None),
    ]
    assert [quote.symbol for quote in stream.quotes] == ["AAPL", "MSFT"]


def test_streams_of_one_contract_share_one_subscription(fake: FakeBridge, client: Client) -> None:
    one, two = client.ticks("AAPL"), client.ticks("AAPL", "AAPL")
    eventually(lambda: topic("AAPL") in fake.subscribed)
    fake.ticks(topic("AAPL"), "ticks", 1, [[1, 190.0]])
    assert (next(one).bid, next(two).bid) == (190.0, 190.0)
    one.close()
    fake.ticks(topic("AAPL"), "ticks", 2, [[1, 191.0]])
    assert next(two).bid == 191.0
    assert topic("AAPL") not in fake.unsubscribed
    two.close()
    eventually(lambda: topic("AAPL") in fake.unsubscribed)
    assert fake.subscribed.count(topic("AAPL")) == 1


def test_a_later_stream_begins_with_what_is_known(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL") as one:
        eventually(lambda: topic("AAPL") in fake.subscribed)
        fake.ticks(topic("AAPL"), "ticks", 1, [[1, 190.0]])
        next(one)
        with client.ticks("AAPL") as two:
            assert next(two).bid == 190.0


def test_a_stream_that_is_dropped_gives_its_lines_back(fake: FakeBridge, client: Client) -> None:
    stream = client.ticks("AAPL")
    eventually(lambda: topic("AAPL") in fake.subscribed)
    del stream
    gc.collect()
    eventually(lambda: topic("AAPL") in fake.unsubscribed)


def test_silence_is_an_error_where_a_timeout_was_asked_for(client: Client) -> None:
    with client.ticks("AAPL", timeout=0.05) as stream, pytest.raises(TimeoutError, match="No tick"):
        next(stream)


def test_a_state_alone_is_no_quote(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL") as stream:
        eventually(lambda: topic("AAPL") in fake.subscribed)
        fake.ticks(topic("AAPL"), "state", 1, {"state": "waiting", "market_data_type": None})
        fake.ticks(topic("AAPL"), "state", 2, {"state": "live", "market_data_type": 1})
        fake.ticks(topic("AAPL"), "ticks", 3, [[1, 190.0]])
        fake.ticks(topic("AAPL"), "state", 4, {"state": "stale", "market_data_type": 1})
        assert [(quote.bid, quote.state) for quote in (next(stream), next(stream))] == [
            (190.0, "live"),
            (190.0, "stale"),
        ]


def test_looking_for_a_moment_is_no_error(client: Client) -> None:
    with client.ticks("AAPL") as stream:
        assert stream.next(0.01) is None


def test_a_closed_stream_ends_its_loop(client: Client) -> None:
    stream = client.ticks("AAPL")
    with ThreadPoolExecutor(1) as pool:
        loop = pool.submit(list, stream)
        stream.close()
        assert loop.result(timeout=PATIENCE) == []
    stream.close()


def test_the_end_of_the_client_ends_loops(client: Client) -> None:
    stream = client.ticks("AAPL")
    client.close()
    assert list(stream) == []


def test_the_only_line_s_end_is_an_error_one_of_several_is_not(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL", "MSFT") as stream:
        eventually(lambda: {topic("AAPL"), topic("MSFT")} <= set(fake.subscribed))
        fake.ticks(topic("AAPL"), "state", 1, ended())
        quote = next(stream)
        assert quote.state == "ended" and isinstance(quote.error, TwsError)
        fake.ticks(topic("MSFT"), "state", 1, ended())
        with pytest.raises(TwsError, match="no subscription"):
            next(stream)


def test_lost_updates_are_counted(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL") as stream:
        eventually(lambda: topic("AAPL") in fake.subscribed)
        for n in (1, 5):
            fake.ticks(topic("AAPL"), "ticks", n, [[1, 190.0 + n]])
        assert [next(stream).missed, next(stream).missed, stream.missed] == [0, 3, 3]


def test_a_slow_stream_loses_steps_but_not_the_last_value(fake: FakeBridge, client: Client) -> None:
    with client.ticks("AAPL") as stream, client.ticks("AAPL") as quick:
        stream._inbox.limit = 10
        eventually(lambda: topic("AAPL") in fake.subscribed)
        fake.ticks(topic("AAPL"), "ticks", 1, [[1, 1.0]])
        assert next(stream).bid == 1.0
        for n in range(2, 101):
            fake.ticks(topic("AAPL"), "ticks", n, [[1, float(n)]])
        assert [next(quick).bid for _ in range(100)][-1] == 100.0
        bids = [next(stream).bid]
        while bids[-1] != 100.0:
            bids.append(next(stream).bid)
    assert len(bids) <= 11
    assert stream.missed == 99 - len(bids)


def test_a_snapshot_opens_a_line_and_closes_it(fake: FakeBridge, client: Client) -> None:
    fake.on_line = lambda name: fake.ticks(name, "image", 1, [[1, 190.0], [2, 190.1], [4, 190.05]])
    quote = client.quote("AAPL")
    assert (quote.bid, quote.ask, quote.last) == (190.0, 190.1, 190.05)
    eventually(lambda: topic("AAPL") in fake.unsubscribed)


def test_a_snapshot_without_everything_settles_for_what_there_is(
    fake: FakeBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks_module, "SETTLE_SECONDS", 0.05)
    fake.on_line = lambda name: fake.ticks(name, "ticks", 1, [[9, 189.0]])
    quote = client.quote("AAPL")
    assert (quote.close, quote.bid) == (189.0, None)


def test_a_snapshot_of_silence_is_an_error_that_says_so(client: Client) -> None:
    with pytest.raises(TimeoutError, match="AAPL.*0.1 s.*waiting"):
        client.quote("AAPL", timeout=0.1)


def test_a_snapshot_that_tws_refuses_is_its_error(fake: FakeBridge, client: Client) -> None:
    fake.on_line = lambda name: fake.ticks(name, "state", 1, ended())
    with pytest.raises(TwsError, match="no subscription"):
        client.quote("AAPL")
