"""Every one-shot question, asked by a client of a whole bridge, in text and in protobuf."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import twssim
from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE
from twsbridge import Client, LimitOrder, MarketOrder, Stock
from twsbridge.errors import AuthError, BridgeError, InvalidRequest
from twsbridge.protocol.models import Contract
from twsbridge.protocol.queries import GetWshEvents
from twsbridge.quote import Quote
from twssim.runner import SimulatedTws

AAPL = Stock("AAPL")


@pytest.fixture(scope="module", params=[176, 225])
def tws(request: pytest.FixtureRequest) -> Iterator[SimulatedTws]:
    with twssim.run(port=0, server_version=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def client(tws: SimulatedTws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    home = tmp_path_factory.mktemp("questions") / "bridge"
    with BridgeProcess(home, f"127.0.0.1:{tws.port}") as running, Client(running.connection_file) as client:
        client.wait_ready()
        yield client


def now(tws: SimulatedTws) -> datetime:
    return datetime.fromtimestamp(tws.call(lambda gateway: gateway.now), UTC)


def test_search_and_chains(client: Client) -> None:
    found = client.search("AA")
    assert "AAPL" in [row.contract.symbol for row in found]
    chains = client.option_chains(AAPL)
    assert all(chain.expirations == sorted(chain.expirations) and chain.strikes for chain in chains)
    assert client.option_chains(AAPL) == chains
    chain = chains[0]
    assert chain.underlying_con_id == client.contract(AAPL)[0].contract.con_id


def test_rules_and_exchanges(client: Client) -> None:
    rule = int(client.contract(AAPL)[0].market_rule_ids.split(",")[0])
    assert [step.increment for step in client.market_rule(rule)]
    assert {row.exchange for row in client.smart_components("a60001")}
    assert {row.sec_type for row in client.depth_exchanges()} >= {"STK"}


def test_the_past(tws: SimulatedTws, client: Client) -> None:
    assert client.head_timestamp(AAPL).year < 2026
    assert sum(row.size for row in client.histogram(AAPL, "3 days")) > 0
    sessions = client.schedule(AAPL, "2 W")
    assert 8 <= len(sessions) <= 11
    assert all(session.start_us < session.end_us for session in sessions)
    opening = datetime.fromtimestamp(sessions[-1].start_us / 1e6, UTC)
    assert opening.astimezone(ZoneInfo("America/New_York")).strftime("%Y%m%d %H:%M") == f"{sessions[-1].ref_date} 00:00"


@pytest.mark.parametrize(
    ("what", "columns"),
    [
        ("TRADES", {"time", "price", "size", "past_limit", "unreported", "exchange", "special_conditions"}),
        ("BID_ASK", {"time", "bid", "ask", "bid_size", "ask_size", "bid_past_low", "ask_past_high"}),
        ("MIDPOINT", {"time", "price"}),
    ],
)
def test_ticks_of_the_past(tws: SimulatedTws, client: Client, what: str, columns: set[str]) -> None:
    end = now(tws) - timedelta(days=3)
    ticks = client.historical_ticks(AAPL, end=end, count=20, what_to_show=what)
    assert len(ticks) >= 1
    assert set(ticks[0]) == columns
    assert ticks[-1]["time"] <= end
    assert len(ticks.df) == len(ticks)


def greeks_of(client: Client, option: Contract) -> Quote:
    """A quote of the line of an option, once the four greeks are there."""
    with client.ticks(option, timeout=PATIENCE) as ticks:
        for quote in ticks:
            greeks = (quote.bid_greeks, quote.ask_greeks, quote.last_greeks, quote.model_greeks)
            if all(each is not None and 0 < (each.delta or 0) < 1 for each in greeks):
                return quote
    raise AssertionError("the line ended")


def test_options(client: Client) -> None:
    chain = client.option_chains(AAPL)[0]
    under = client.bars(AAPL, "2 D", "1 day")[-1].close
    strike = min(chain.strikes, key=lambda strike: abs(strike - under))
    details = client.contract(
        AAPL.model_copy(
            update={"sec_type": "OPT", "last_trade_date": chain.expirations[-1], "strike": strike, "right": "C"}
        )
    )
    option = details[0].contract
    at_thirty = client.option_price(option, 0.3, under)
    assert at_thirty.option_price is not None and 0 < (at_thirty.delta or 0) < 1
    implied = client.implied_volatility(option, at_thirty.option_price, under).implied_volatility
    assert implied == pytest.approx(0.3, abs=0.01)
    first, joined = (greeks_of(client, option) for _ in range(2))
    assert first.parameters == joined.parameters is not None


def test_news(client: Client) -> None:
    providers = client.news_providers()
    assert [provider.code for provider in providers]
    headlines = client.headlines(AAPL, limit=3)
    assert 1 <= len(headlines) <= 3 and headlines[0].time_us
    article = client.article(headlines[0])
    assert article.article_type in ("text", "binary") and article.text


def test_documents(client: Client) -> None:
    assert client.scanner_parameters().startswith("<")
    assert "<" in client.fundamentals(AAPL)
    con_id = client.contract(AAPL)[0].contract.con_id
    assert client.wsh_events(GetWshEvents(con_id=con_id)).startswith(("{", "["))
    assert client.wsh_metadata().startswith("{")


def test_the_login(tws: SimulatedTws, client: Client) -> None:
    assert abs(client.tws_time() - now(tws)) < timedelta(minutes=5)
    assert client.user_info() == ""
    assert {row.account for row in client.family_codes()} == set(client.accounts)
    assert client.soft_dollar_tiers() is not None
    assert client.display_groups()


def test_a_what_if_tells_margins_and_places_nothing(tws: SimulatedTws, client: Client) -> None:
    preview = client.what_if(AAPL, LimitOrder("BUY", 10, 5.0))
    assert preview.init_margin_change is not None and preview.init_margin_change > 0
    assert preview.commission is not None or preview.min_commission is not None
    with pytest.raises(BridgeError, match="201|rejected|margin|No security"):
        client.what_if(Stock("NOSUCH"), MarketOrder("BUY", 1))
    assert tws.ledger.of("order") == [] and list(client.orders()) == []
    placed = client.place(AAPL, LimitOrder("BUY", 1, 5.0))
    placed.cancel()
    assert [record["order_id"] for record in tws.ledger.of("order")] == [placed.order_id]


def test_what_cannot_be_is_refused_before_tws_is_asked(client: Client) -> None:
    with pytest.raises(InvalidRequest, match="start_us or end_us"):
        client.historical_ticks(AAPL)
    with pytest.raises(InvalidRequest, match="3 days"):
        client.histogram(AAPL, "3 D")
    with pytest.raises(BridgeError, match="needs admin"):
        client.advisor_document("groups")


def test_a_stream_that_the_key_may_not_have_is_refused_at_once(client: Client) -> None:
    with client.pnl("U1234567") as stream, pytest.raises(AuthError, match="U1234567"):
        stream.next(PATIENCE)
