"""Commands that ask TWS one question and get one answer, shared by all who ask the same at the same time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from twsbridge.protocol import query_replies as replies
from twsbridge.protocol.command import IN_WORDS, Command, Duration
from twsbridge.protocol.fields import Int, Price
from twsbridge.protocol.models import Contract

MAX_TICKS = 1000
MAX_HEADLINES = 300
MAX_EVENTS = 100

_PERIOD = r"^[1-9][0-9]{0,3} (second|minute|hour|day|week|month|year)s?$"
_DAY = r"^([0-9]{8})?$"
_PROVIDERS = r"^[A-Z0-9]+(\+[A-Z0-9]+)*$"

IN_WORDS[_PERIOD] = "must be a number, a blank and second, minute, hour, day, week, month or year, such as '3 days'"
IN_WORDS[_DAY] = "must be a day as yyyymmdd, or empty"
IN_WORDS[_PROVIDERS] = "must be codes of news providers with + between them, such as BRFG+DJNL"

Day = Annotated[str, StringConstraints(pattern=_DAY)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Positive = Annotated[Price, Field(gt=0)]
WhatWasShown = Literal["TRADES", "MIDPOINT", "BID", "ASK"]


class SearchContracts(Command):
    """Stocks whose symbol or name begins like `pattern`, at most 16; TWS allows about one such question per second."""

    name = "contract.search"
    reply = replies.SymbolMatches
    pattern: Word


class GetOptionChains(Command):
    """Expirations and strikes of the options on a contract, exchange by exchange; `exchange` for those on a future."""

    name = "contract.option_chains"
    reply = replies.OptionChains
    contract: Contract
    exchange: Annotated[str, StringConstraints(max_length=32)] = ""


class GetMarketRule(Command):
    """Price increments under one of the `market_rule_ids` of a contract's details."""

    name = "contract.market_rule"
    reply = replies.MarketRule
    market_rule_id: Annotated[Int, Field(ge=1)]


class GetSmartComponents(Command):
    """Which exchanges the letters in SMART's ticks stand for; `bbo_exchange` is TWS's code of the set: "a60001"."""

    name = "market.smart_components"
    reply = replies.SmartComponents
    bbo_exchange: Word


class GetDepthExchanges(Command):
    """Exchanges that have market depth."""

    name = "market.depth_exchanges"
    reply = replies.DepthExchanges


class GetHeadTimestamp(Command):
    """The instant from which TWS has history of a contract."""

    name = "history.head"
    reply = replies.HeadTimestamp
    contract: Contract
    what_to_show: WhatWasShown = "TRADES"
    use_rth: bool = True


class GetHistogram(Command):
    """How much was traded at which price in the last `period`, such as "3 days"."""

    name = "history.histogram"
    reply = replies.Histogram
    contract: Contract
    period: Annotated[str, StringConstraints(pattern=_PERIOD)] = "3 days"
    use_rth: bool = True


class GetHistoricalTicks(Command):
    """Ticks from `start_us` on, or up to `end_us`: give one of them. TWS completes the last second beyond `count`."""

    name = "history.ticks"
    reply = replies.HistoricalTicks
    contract: Contract
    start_us: Int | None = None
    end_us: Int | None = None
    count: Annotated[Int, Field(ge=1, le=MAX_TICKS)] = MAX_TICKS
    what_to_show: Literal["TRADES", "BID_ASK", "MIDPOINT"] = "TRADES"
    use_rth: bool = True
    ignore_size: bool = False

    @model_validator(mode="after")
    def _check(self) -> GetHistoricalTicks:
        if (self.start_us is None) == (self.end_us is None):
            raise PydanticCustomError("which_end", "give start_us or end_us, one of them")
        return self


class GetSchedule(Command):
    """Trading sessions of a contract in the `duration` before `end_us`, None for now."""

    name = "history.schedule"
    reply = replies.Schedule
    contract: Contract
    duration: Duration = "1 M"
    use_rth: bool = True
    end_us: Int | None = None


class GetImpliedVolatility(Command):
    """The volatility that an option's price implies when the underlying is at `under_price`."""

    name = "option.implied_volatility"
    reply = replies.OptionComputation
    contract: Contract
    option_price: Positive
    under_price: Positive


class GetOptionPrice(Command):
    """An option's price and greeks at a volatility (0.3 is 30 %) when the underlying is at `under_price`."""

    name = "option.price"
    reply = replies.OptionComputation
    contract: Contract
    volatility: Positive
    under_price: Positive


class GetScannerParameters(Command):
    """TWS's own XML on scanners: codes, locations, instruments, filters. Large."""

    name = "scanner.parameters"
    reply = replies.ScannerParameters


class ListNewsProviders(Command):
    """News providers that the login may read."""

    name = "news.providers"
    reply = replies.NewsProviders


class ListHeadlines(Command):
    """Headlines about a contract, the newest first, between two instants; None leaves an end open."""

    name = "news.headlines"
    reply = replies.Headlines
    contract: Contract
    provider_codes: Annotated[str, StringConstraints(max_length=128, pattern=_PROVIDERS)]
    start_us: Int | None = None
    end_us: Int | None = None
    limit: Annotated[Int, Field(ge=1, le=MAX_HEADLINES)] = 100


class GetNewsArticle(Command):
    """The article behind a headline."""

    name = "news.article"
    reply = replies.NewsArticle
    provider_code: Word
    article_id: Word


class GetFundamentals(Command):
    """One of the provider's reports on a company, as its XML; it needs a subscription."""

    name = "fundamentals.report"
    reply = replies.Fundamentals
    contract: Contract
    report_type: Literal[
        "ReportSnapshot", "ReportsFinSummary", "ReportRatios", "ReportsFinStatements", "RESC", "CalendarReport"
    ] = "ReportSnapshot"


class GetWshMetadata(Command):
    """Wall Street Horizon's description of its events and filters, as its JSON; it needs a subscription."""

    name = "wsh.metadata"
    reply = replies.WshDocument


class GetWshEvents(Command):
    """Wall Street Horizon's events of one contract by its `con_id`, or of what `filter` (its JSON) says."""

    name = "wsh.events"
    reply = replies.WshDocument
    con_id: Annotated[Int, Field(ge=1)] | None = None
    filter: Annotated[str, StringConstraints(max_length=256)] = ""
    fill_watchlist: bool = False
    fill_portfolio: bool = False
    fill_competitors: bool = False
    start_date: Day = ""
    end_date: Day = ""
    limit: Annotated[Int, Field(ge=1, le=MAX_EVENTS)] = MAX_EVENTS

    @model_validator(mode="after")
    def _check(self) -> GetWshEvents:
        if (self.con_id is None) == (not self.filter):
            raise PydanticCustomError("which_events", "give con_id or filter, one of them")
        return self


class GetTwsTime(Command):
    """TWS's clock."""

    name = "tws.time"
    reply = replies.TwsTime


class GetUserInfo(Command):
    """The white branding id of the login, empty for most."""

    name = "tws.user"
    reply = replies.UserInfo


class ListFamilyCodes(Command):
    """Which accounts belong to one family."""

    name = "account.family_codes"
    reply = replies.FamilyCodes


class ListSoftDollarTiers(Command):
    """Soft dollar tiers that orders may name."""

    name = "account.soft_dollar_tiers"
    reply = replies.SoftDollarTiers


class ListDisplayGroups(Command):
    """Ids of the display groups of TWS's windows."""

    name = "display_group.list"
    reply = replies.DisplayGroups


class GetAdvisorDocument(Command):
    """A financial advisor's groups of accounts, or their aliases, as XML."""

    name = "advisor.get"
    reply = replies.AdvisorDocument
    document: Literal["groups", "aliases"]


class ReplaceAdvisorDocument(Command):
    """Put another document in its place. `xml` comes in pieces of at most 256 ASCII characters, to be joined."""

    name = "advisor.replace"
    acts = True
    reply = replies.AdvisorReplaced
    document: Literal["groups", "aliases"]
    xml: Annotated[list[str], Field(min_length=1, max_length=2000)]
