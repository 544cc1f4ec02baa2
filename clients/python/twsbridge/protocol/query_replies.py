"""The answers to questions that are asked of TWS once (queries.py), and the rows of which they are made."""

from __future__ import annotations

from twsbridge.protocol.contract import Contract
from twsbridge.protocol.fields import Int, Micros, Price, Quantity, WireModel
from twsbridge.protocol.order_attributes import SoftDollarTier


class SymbolMatch(WireModel):
    """One contract found by a search, and the security types of what is derived from it."""

    contract: Contract
    derivative_sec_types: list[str] = []


class SymbolMatches(WireModel):
    """What a search found, the best match first."""

    rows: list[SymbolMatch]


class OptionChain(WireModel):
    """Options on one underlying at one exchange under one trading class: every strike exists for some expiration."""

    exchange: str
    underlying_con_id: Int
    trading_class: str
    multiplier: str
    expirations: list[str]
    strikes: list[Price]


class OptionChains(WireModel):
    """Chains exchange by exchange; expirations (yyyymmdd) and strikes are sorted."""

    rows: list[OptionChain]


class PriceIncrement(WireModel):
    """From a price of `low_edge` on prices are multiples of `increment`."""

    low_edge: Price
    increment: Price


class MarketRule(WireModel):
    """The increments of one rule, by rising price."""

    market_rule_id: Int
    increments: list[PriceIncrement]


class SmartComponent(WireModel):
    """The letter, and the bit, that stands for an exchange in SMART's ticks."""

    bit_number: Int
    exchange: str
    exchange_letter: str


class SmartComponents(WireModel):
    """All exchanges behind one `bbo_exchange`."""

    rows: list[SmartComponent]


class DepthExchange(WireModel):
    """An exchange that has market depth for one security type. `service_data_type` is Deep or Deep2."""

    exchange: str
    sec_type: str
    listing_exch: str = ""
    service_data_type: str = ""
    agg_group: Int | None = None


class DepthExchanges(WireModel):
    """Exchanges with market depth."""

    rows: list[DepthExchange]


class HeadTimestamp(WireModel):
    """Where history begins."""

    time_us: Micros


class HistogramEntry(WireModel):
    """So much was traded at this price."""

    price: Price
    size: Quantity


class Histogram(WireModel):
    """Sizes by price, as TWS orders them."""

    rows: list[HistogramEntry]


class HistoricalTicks(WireModel):
    """Ticks as columns, packed as those of bars. `i64.time_us` has whole seconds.

    TRADES: `f64` price, size; `i64` past_limit, unreported; `texts` exchange, special_conditions.
    BID_ASK: `f64` bid, ask, bid_size, ask_size; `i64` bid_past_low, ask_past_high. MIDPOINT: `f64` price.
    """

    contract: Contract = Contract()
    what_to_show: str = ""
    tz: str = ""
    count: Int
    i64: dict[str, bytes | list[int]]
    f64: dict[str, bytes | list[float | None]]
    texts: dict[str, list[str]] = {}


class TradingSession(WireModel):
    """One session; `ref_date` (yyyymmdd) is the trading day that it belongs to."""

    start_us: Micros
    end_us: Micros
    ref_date: str


class Schedule(WireModel):
    """Trading sessions, oldest first; `tz` is the exchange's zone."""

    contract: Contract = Contract()
    tz: str
    sessions: list[TradingSession]


class OptionComputation(WireModel):
    """Price, volatility and greeks of an option; None for what TWS could not compute."""

    implied_volatility: Price | None = None
    option_price: Price | None = None
    under_price: Price | None = None
    pv_dividend: Price | None = None
    delta: Price | None = None
    gamma: Price | None = None
    vega: Price | None = None
    theta: Price | None = None


class ScannerParameters(WireModel):
    """TWS's XML."""

    xml: str


class NewsProvider(WireModel):
    """A provider of news and its code."""

    code: str
    name: str


class NewsProviders(WireModel):
    """Providers that the login may read."""

    rows: list[NewsProvider]


class Headline(WireModel):
    """One headline; `time_us` is None when TWS's time cannot be read. The text may begin with {metadata}."""

    time_us: Micros | None
    provider_code: str
    article_id: str
    headline: str


class Headlines(WireModel):
    """Headlines, the newest first; `has_more` when TWS has more than were asked for."""

    rows: list[Headline]
    has_more: bool = False


class NewsArticle(WireModel):
    """An article: `article_type` is text (also HTML) or binary (a PDF in base64)."""

    article_type: str
    text: str


class Fundamentals(WireModel):
    """The provider's XML."""

    contract: Contract = Contract()
    xml: str


class WshDocument(WireModel):
    """Wall Street Horizon's JSON, as text."""

    json_text: str


class TwsTime(WireModel):
    """TWS's clock; whole seconds before server version 197."""

    time_us: Micros


class UserInfo(WireModel):
    """Empty for a login that is not white-branded."""

    white_branding_id: str


class FamilyCode(WireModel):
    """An account, and the code of its family, perhaps empty."""

    account: str
    family_code: str


class FamilyCodes(WireModel):
    """Of the accounts that the key reaches."""

    rows: list[FamilyCode]


class SoftDollarTiers(WireModel):
    """Tiers that orders may name."""

    rows: list[SoftDollarTier]


class DisplayGroups(WireModel):
    """Group ids, the one used most first."""

    groups: list[Int]


class AdvisorDocument(WireModel):
    """A financial advisor's document."""

    xml: str


class AdvisorReplaced(WireModel):
    """The document was replaced; `text` is TWS's word on it."""

    text: str
