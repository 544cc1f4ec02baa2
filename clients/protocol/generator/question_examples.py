"""Examples of one-shot questions and of their answers."""

from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol import queries as c
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.command import Command
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.order_attributes import SoftDollarTier
from twsbridge.protocol.what_if import Preview, WhatIf

NOW = 1_795_600_000_000_000
AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
OPTION = Contract(
    symbol="SPY", sec_type="OPT", last_trade_date="20261218", strike=612.5, right="C", multiplier="100",
    exchange="SMART", currency="USD",
)  # fmt: skip

BUY = Order(action="BUY", quantity=Decimal(10), order_type="MKT")

COMMANDS: list[Command] = [
    c.SearchContracts(pattern="apple inc"),
    c.GetOptionChains(contract=AAPL),
    WhatIf(contract=AAPL, order=BUY),
    c.GetMarketRule(market_rule_id=26),
    c.GetSmartComponents(bbo_exchange="a60001"),
    c.GetDepthExchanges(),
    c.GetHeadTimestamp(contract=AAPL, what_to_show="BID"),
    c.GetHistogram(contract=AAPL, period="1 week", use_rth=False),
    c.GetHistoricalTicks(contract=AAPL, start_us=NOW),
    c.GetHistoricalTicks(contract=AAPL, end_us=NOW, count=5, what_to_show="BID_ASK", ignore_size=True),
    c.GetSchedule(contract=AAPL, duration="2 W", end_us=NOW),
    c.GetImpliedVolatility(contract=OPTION, option_price=4.2, under_price=610.0),
    c.GetOptionPrice(contract=OPTION, volatility=0.3, under_price=610.0),
    c.GetScannerParameters(),
    c.ListNewsProviders(),
    c.ListHeadlines(contract=AAPL, provider_codes="BRFG+DJNL", start_us=NOW, limit=3),
    c.GetNewsArticle(provider_code="BRFG", article_id="BRFG$04fb9da2"),
    c.GetFundamentals(contract=AAPL, report_type="RESC"),
    c.GetWshMetadata(),
    c.GetWshEvents(con_id=265598, start_date="20261101", limit=5),
    c.GetWshEvents(filter='{"country": "US"}', fill_portfolio=True),
    c.GetTwsTime(),
    c.GetUserInfo(),
    c.ListFamilyCodes(),
    c.ListSoftDollarTiers(),
    c.ListDisplayGroups(),
    c.GetAdvisorDocument(document="aliases"),
    c.ReplaceAdvisorDocument(document="groups", xml=["<ListOfGroups>", "</ListOfGroups>"]),
]

COMPUTED = r.OptionComputation(implied_volatility=0.3, option_price=4.2, under_price=610.0, delta=0.4, theta=-0.1)
TRADES = r.HistoricalTicks(
    contract=AAPL, what_to_show="TRADES", tz="US/Eastern", count=1,
    i64={"time_us": pack_ints([NOW]), "past_limit": pack_ints([0]), "unreported": pack_ints([1])},
    f64={"price": pack_floats([190.05]), "size": pack_floats([100.0])},
    texts={"exchange": ["IEX"], "special_conditions": ["I"]},
)  # fmt: skip
MIDPOINTS = r.HistoricalTicks(
    contract=AAPL, what_to_show="MIDPOINT", tz="US/Eastern", count=2,
    i64={"time_us": pack_ints([NOW, NOW])}, f64={"price": pack_floats([190.05, 190.055])},
)  # fmt: skip

REPLIES: list[tuple[type[Command], WireModel]] = [
    (c.SearchContracts, r.SymbolMatches(rows=[r.SymbolMatch(contract=AAPL, derivative_sec_types=["OPT", "WAR"])])),
    (c.GetOptionChains, r.OptionChains(rows=[r.OptionChain(
        exchange="CBOE", underlying_con_id=265598, trading_class="AAPL", multiplier="100",
        expirations=["20261127", "20261218"], strikes=[185.0, 187.5, 190.0])])),
    (c.GetMarketRule, r.MarketRule(market_rule_id=26, increments=[r.PriceIncrement(low_edge=0.0, increment=0.01)])),
    (c.GetSmartComponents, r.SmartComponents(
        rows=[r.SmartComponent(bit_number=0, exchange="NASDAQ", exchange_letter="Q")])),
    (c.GetDepthExchanges, r.DepthExchanges(rows=[
        r.DepthExchange(exchange="ISLAND", sec_type="STK", service_data_type="Deep2", agg_group=1),
        r.DepthExchange(exchange="GLOBEX", sec_type="FUT")])),
    (c.GetHeadTimestamp, r.HeadTimestamp(time_us=345_479_400_000_000)),
    (c.GetHistogram, r.Histogram(rows=[r.HistogramEntry(price=190.05, size=Decimal("120.5"))])),
    (c.GetHistoricalTicks, TRADES),
    (c.GetHistoricalTicks, MIDPOINTS),
    (c.GetSchedule, r.Schedule(contract=AAPL, tz="US/Eastern", sessions=[
        r.TradingSession(start_us=NOW, end_us=NOW + 23_400_000_000, ref_date="20261123")])),
    (c.GetImpliedVolatility, COMPUTED),
    (c.GetOptionPrice, COMPUTED),
    (c.GetScannerParameters, r.ScannerParameters(xml="<ScanParameterResponse/>")),
    (c.ListNewsProviders, r.NewsProviders(rows=[r.NewsProvider(code="BRFG", name="Briefing.com")])),
    (c.ListHeadlines, r.Headlines(has_more=True, rows=[
        r.Headline(time_us=NOW, provider_code="BRFG", article_id="BRFG$04fb9da2", headline="Apple reports"),
        r.Headline(time_us=None, provider_code="DJNL", article_id="DJNL$1", headline="{K:n/a}Apple")])),
    (c.GetNewsArticle, r.NewsArticle(article_type="text", text="<p>Apple</p>")),
    (c.GetFundamentals, r.Fundamentals(contract=AAPL, xml="<ReportSnapshot/>")),
    (c.GetWshMetadata, r.WshDocument(json_text='{"meta_data": {}}')),
    (c.GetWshEvents, r.WshDocument(json_text="[]")),
    (c.GetTwsTime, r.TwsTime(time_us=NOW)),
    (WhatIf, Preview(
        status="PreSubmitted", margin_currency="USD", init_margin_change=Decimal("475.13"),
        init_margin_after=Decimal("475.13"), commission=Decimal(1), commission_currency="USD")),
    (c.GetUserInfo, r.UserInfo(white_branding_id="")),
    (c.ListFamilyCodes, r.FamilyCodes(rows=[r.FamilyCode(account="DU1234567", family_code="F1A")])),
    (c.ListSoftDollarTiers, r.SoftDollarTiers(
        rows=[SoftDollarTier(name="Research", value="1", display_name="Research 1")])),
    (c.ListDisplayGroups, r.DisplayGroups(groups=[4, 1, 2])),
    (c.GetAdvisorDocument, r.AdvisorDocument(xml="<ListOfAccountAliases/>")),
    (c.ReplaceAdvisorDocument, r.AdvisorReplaced(text="success")),
]  # fmt: skip
