"""The part of the client that asks TWS single questions: search, chains, rules, news, reports, the login."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.protocol import queries
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.order import Order
from twsbridge.protocol.order_attributes import SoftDollarTier
from twsbridge.protocol.what_if import Preview, WhatIf
from twsbridge.rows import Rows
from twsbridge.times import to_datetime, to_micros

PIECE = 256
"""The longest text that a command may contain."""


class Looking:
    """Questions about contracts. Every one takes `timeout=` in seconds."""

    _channel: Channel

    def search(self, pattern: str, timeout: float | None = None) -> Rows[r.SymbolMatch]:
        """Stocks whose symbol or name begins like this; at most 16."""
        command = build(queries.SearchContracts, pattern=pattern)
        return Rows(self._channel.ask(command, r.SymbolMatches, timeout).rows)

    def option_chains(
        self, contract: ContractLike, exchange: str = "", timeout: float | None = None
    ) -> Rows[r.OptionChain]:
        """Expirations and strikes of the options on a contract, exchange by exchange."""
        command = build(queries.GetOptionChains, contract=to_contract(contract), exchange=exchange)
        return Rows(self._channel.ask(command, r.OptionChains, timeout).rows)

    def market_rule(self, market_rule_id: int, timeout: float | None = None) -> Rows[r.PriceIncrement]:
        """Price increments; `market_rule_ids` in the details of a contract names its rules."""
        command = build(queries.GetMarketRule, market_rule_id=market_rule_id)
        return Rows(self._channel.ask(command, r.MarketRule, timeout).increments)

    def smart_components(self, bbo_exchange: str, timeout: float | None = None) -> Rows[r.SmartComponent]:
        """Exchanges behind the letters of SMART's ticks."""
        command = build(queries.GetSmartComponents, bbo_exchange=bbo_exchange)
        return Rows(self._channel.ask(command, r.SmartComponents, timeout).rows)

    def depth_exchanges(self, timeout: float | None = None) -> Rows[r.DepthExchange]:
        """Exchanges that have market depth."""
        return Rows(self._channel.ask(queries.GetDepthExchanges(), r.DepthExchanges, timeout).rows)

    def implied_volatility(
        self, contract: ContractLike, option_price: float, under_price: float, timeout: float | None = None
    ) -> r.OptionComputation:
        """What volatility an option's price implies, with the greeks."""
        command = build(
            queries.GetImpliedVolatility,
            contract=to_contract(contract),
            option_price=option_price,
            under_price=under_price,
        )
        return self._channel.ask(command, r.OptionComputation, timeout)

    def option_price(
        self, contract: ContractLike, volatility: float, under_price: float, timeout: float | None = None
    ) -> r.OptionComputation:
        """What an option is worth at a volatility (0.3 is 30 %), with the greeks."""
        command = build(
            queries.GetOptionPrice, contract=to_contract(contract), volatility=volatility, under_price=under_price
        )
        return self._channel.ask(command, r.OptionComputation, timeout)

    def what_if(self, contract: ContractLike, order: Order, timeout: float | None = None) -> Preview:
        """What an order would do to margins and what it would cost; nothing is placed."""
        command = build(WhatIf, contract=to_contract(contract), order=order)
        return self._channel.ask(command, Preview, timeout)

    def scanner_parameters(self, timeout: float | None = None) -> str:
        """TWS's XML on scanners."""
        return self._channel.ask(queries.GetScannerParameters(), r.ScannerParameters, timeout).xml

    def fundamentals(
        self, contract: ContractLike, report_type: str = "ReportSnapshot", timeout: float | None = None
    ) -> str:
        """One report on a company as XML."""
        command = build(queries.GetFundamentals, contract=to_contract(contract), report_type=report_type)
        return self._channel.ask(command, r.Fundamentals, timeout).xml


class ReadingNews:
    """News and corporate events. Every question takes `timeout=` in seconds."""

    _channel: Channel

    def news_providers(self, timeout: float | None = None) -> Rows[r.NewsProvider]:
        """Providers that the login may read."""
        return Rows(self._channel.ask(queries.ListNewsProviders(), r.NewsProviders, timeout).rows)

    def headlines(
        self,
        contract: ContractLike,
        providers: Sequence[str] = (),
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
    ) -> Rows[r.Headline]:
        """Headlines about a contract, the newest first; without `providers` of all that the login may read."""
        codes = [*providers] or [provider.code for provider in self.news_providers()]
        command = build(
            queries.ListHeadlines,
            contract=to_contract(contract),
            provider_codes="+".join(codes),
            start_us=_micros(start),
            end_us=_micros(end),
            limit=limit,
        )
        return Rows(self._channel.ask(command, r.Headlines, None).rows)

    def article(self, headline: r.Headline, timeout: float | None = None) -> r.NewsArticle:
        """The article behind a headline."""
        command = build(queries.GetNewsArticle, provider_code=headline.provider_code, article_id=headline.article_id)
        return self._channel.ask(command, r.NewsArticle, timeout)

    def wsh_metadata(self, timeout: float | None = None) -> str:
        """Wall Street Horizon's JSON on its events and filters."""
        return self._channel.ask(queries.GetWshMetadata(), r.WshDocument, timeout).json_text

    def wsh_events(self, query: queries.GetWshEvents, timeout: float | None = None) -> str:
        """Wall Street Horizon's events, as its JSON."""
        return self._channel.ask(query, r.WshDocument, timeout).json_text


class AskingTws:
    """What TWS says of itself, of the login and of advisors' documents. Every question takes `timeout=`."""

    _channel: Channel

    def tws_time(self, timeout: float | None = None) -> datetime:
        """TWS's clock, UTC."""
        return to_datetime(self._channel.ask(queries.GetTwsTime(), r.TwsTime, timeout).time_us)

    def user_info(self, timeout: float | None = None) -> str:
        """The white branding id, empty for most logins."""
        return self._channel.ask(queries.GetUserInfo(), r.UserInfo, timeout).white_branding_id

    def family_codes(self, timeout: float | None = None) -> Rows[r.FamilyCode]:
        """Which accounts belong to one family."""
        return Rows(self._channel.ask(queries.ListFamilyCodes(), r.FamilyCodes, timeout).rows)

    def soft_dollar_tiers(self, timeout: float | None = None) -> Rows[SoftDollarTier]:
        """Tiers that orders may name."""
        return Rows(self._channel.ask(queries.ListSoftDollarTiers(), r.SoftDollarTiers, timeout).rows)

    def display_groups(self, timeout: float | None = None) -> list[int]:
        """Ids of the display groups of TWS's windows."""
        return self._channel.ask(queries.ListDisplayGroups(), r.DisplayGroups, timeout).groups

    def advisor_document(self, document: Literal["groups", "aliases"], timeout: float | None = None) -> str:
        """A financial advisor's groups or aliases, as XML; needs the role admin."""
        command = build(queries.GetAdvisorDocument, document=document)
        return self._channel.ask(command, r.AdvisorDocument, timeout).xml

    def replace_advisor_document(
        self, document: Literal["groups", "aliases"], xml: str, timeout: float | None = None
    ) -> str:
        """Put another document in its place; needs the role admin. TWS's word on it."""
        written = xml.encode("ascii", "xmlcharrefreplace").decode()
        lines = " ".join(written.split())
        pieces = [lines[at : at + PIECE] for at in range(0, len(lines), PIECE)]
        command = build(queries.ReplaceAdvisorDocument, document=document, xml=pieces)
        return self._channel.ask(command, r.AdvisorReplaced, timeout).text


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)
