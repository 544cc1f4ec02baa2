"""Callbacks that answer one-shot questions, as models of the protocol."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from twsbridge.protocol import query_replies as r
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core.queries import questions as q
from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart
from twsbridge_server.core.queries.finishing import BidAskTick, MidpointTick, TradeTick
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.collector import Collector
from twsbridge_server.tws.contracts import contract_from_tws
from twsbridge_server.tws.query_rows import depth_exchange, idless, session, smart_components, ticks_told, tier, whole
from twsbridge_server.tws.unset import integer, number, size, text

CALCULATED = 53
"""The tick type of an option computation that answers a question; all others are ticks of a line."""

COMPUTED = (
    "implied_volatility", "delta", "option_price", "pv_dividend", "gamma", "vega", "theta", "under_price",
)  # fmt: skip
"""The numbers of an option computation, in ibapi's order."""

ARTICLE_TYPES = {0: "text", 1: "binary"}
_NEWS_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?")


class QueryCallbacks(Collector):
    """Each notes parts of an answer, and that it is complete where TWS gives it whole."""

    def symbolSamples(self, reqId: int, contractDescriptions: Any) -> None:
        """What a search found."""
        self.said += whole(reqId, *(
            r.SymbolMatch(
                contract=contract_from_tws(each.contract),
                derivative_sec_types=[text(kind) for kind in each.derivativeSecTypes or ()],
            )
            for each in contractDescriptions
        ))  # fmt: skip

    def securityDefinitionOptionParameter(self, *args: Any) -> None:
        """The chain of one exchange and trading class."""
        req_id, exchange, con_id, trading_class, multiplier, expirations, strikes = args
        chain = r.OptionChain(
            exchange=text(exchange),
            underlying_con_id=con_id,
            trading_class=text(trading_class),
            multiplier=text(multiplier),
            expirations=sorted(map(text, expirations)),
            strikes=sorted(strikes),
        )
        self.said.append(AnswerPart(req_id, (chain,)))

    def securityDefinitionOptionParameterEnd(self, reqId: int) -> None:
        """All chains were given."""
        self.said.append(AnswerEnd(reqId))

    def marketRule(self, marketRuleId: int, priceIncrements: Any) -> None:
        """The increments of one rule."""
        rows = [r.PriceIncrement(low_edge=each.lowEdge, increment=each.increment) for each in priceIncrements]
        self.said += idless(q.MarketRule(marketRuleId), r.MarketRule(market_rule_id=marketRuleId, increments=rows))

    def smartComponents(self, reqId: int, smartComponentMap: Any) -> None:
        """Exchanges and their letters."""
        self.said += whole(reqId, *smart_components(smartComponentMap))

    def mktDepthExchanges(self, depthMktDataDescriptions: Any) -> None:
        """Exchanges with market depth."""
        self.said += idless(q.DepthExchanges(), *map(depth_exchange, depthMktDataDescriptions))

    def headTimestamp(self, reqId: int, headTimestamp: str) -> None:
        """Where history begins, in seconds."""
        self.said += whole(reqId, r.HeadTimestamp(time_us=int(headTimestamp) * 1_000_000))

    def histogramData(self, reqId: int, items: Any) -> None:
        """Sizes by price."""
        self.said += whole(
            reqId, *(r.HistogramEntry(price=each.price, size=size(each.size) or Decimal(0)) for each in items)
        )

    def historicalTicks(self, reqId: int, ticks: Any, done: bool) -> None:
        """Midpoints."""
        self.said += ticks_told(reqId, done, [MidpointTick(each.time, each.price) for each in ticks])

    def historicalTicksBidAsk(self, reqId: int, ticks: Any, done: bool) -> None:
        """Bids and asks."""
        self.said += ticks_told(reqId, done, [
            BidAskTick(
                each.time, each.priceBid, each.priceAsk, float(each.sizeBid), float(each.sizeAsk),
                each.tickAttribBidAsk.bidPastLow, each.tickAttribBidAsk.askPastHigh,
            )
            for each in ticks
        ])  # fmt: skip

    def historicalTicksLast(self, reqId: int, ticks: Any, done: bool) -> None:
        """Trades."""
        self.said += ticks_told(reqId, done, [
            TradeTick(
                each.time, each.price, float(each.size), each.tickAttribLast.pastLimit,
                each.tickAttribLast.unreported, text(each.exchange), text(each.specialConditions),
            )
            for each in ticks
        ])  # fmt: skip

    def historicalSchedule(self, *args: Any) -> None:
        """Trading sessions."""
        req_id, _start, _end, zone_name, sessions = args
        rows = [session(each, zone_name) for each in sessions]
        self.said += whole(req_id, r.Schedule(tz=text(zone_name), sessions=rows))

    def tickOptionComputation(self, *args: Any) -> None:
        """The answer to a calculation, or a tick of the line of an option."""
        req_id, tick_type, attribute, *numbers = args
        known = dict(zip(COMPUTED, map(number, numbers), strict=True))
        if tick_type == CALCULATED:
            self.said += whole(req_id, r.OptionComputation(**known))
        else:
            value = {"tick_attrib": integer(attribute), **known}
            self.said.append(Ticks(req_id, (Tick(tick_type, value),)))


class DocumentCallbacks(QueryCallbacks):
    """News, reports, and what TWS tells of the login and of itself."""

    def scannerParameters(self, xml: str) -> None:
        """All about scanners."""
        self.said += idless(q.ScannerParameters(), r.ScannerParameters(xml=text(xml)))

    def newsProviders(self, newsProviders: Any) -> None:
        """Who gives news."""
        rows = [r.NewsProvider(code=text(each.code), name=text(each.name)) for each in newsProviders]
        self.said += idless(q.NewsProviders(), *rows)

    def newsArticle(self, requestId: int, articleType: int, articleText: str) -> None:
        """One article."""
        kind = ARTICLE_TYPES.get(articleType, str(articleType))
        self.said += whole(requestId, r.NewsArticle(article_type=kind, text=text(articleText)))

    def historicalNews(self, *args: Any) -> None:
        """One headline."""
        req_id, time, provider_code, article_id, headline = args
        told = [text(each) for each in (provider_code, article_id, headline)]
        names = ("provider_code", "article_id", "headline")
        row = r.Headline(time_us=news_time(time), **dict(zip(names, told, strict=True)))
        self.said.append(AnswerPart(req_id, (row,)))

    def historicalNewsEnd(self, requestId: int, hasMore: bool) -> None:
        """All headlines were given."""
        self.said += whole(requestId, bool(hasMore))

    def fundamentalData(self, reqId: int, data: str) -> None:
        """One report."""
        self.said += whole(reqId, r.Fundamentals(xml=text(data)))

    def wshMetaData(self, reqId: int, dataJson: str) -> None:
        """What events there are."""
        self.said += whole(reqId, r.WshDocument(json_text=text(dataJson)))

    def wshEventData(self, reqId: int, dataJson: str) -> None:
        """Events."""
        self.said += whole(reqId, r.WshDocument(json_text=text(dataJson)))

    def userInfo(self, reqId: int, whiteBrandingId: str) -> None:
        """The login's white branding id."""
        self.said += whole(reqId, r.UserInfo(white_branding_id=text(whiteBrandingId)))

    def currentTimeInMillis(self, timeInMillis: int) -> None:
        """TWS's clock, in milliseconds."""
        self.said += idless(q.TwsTime(), r.TwsTime(time_us=timeInMillis * 1000))

    def familyCodes(self, familyCodes: Any) -> None:
        """Accounts and families."""
        rows = [
            r.FamilyCode(account=text(each.accountID), family_code=text(each.familyCodeStr)) for each in familyCodes
        ]
        self.said += idless(q.FamilyCodes(), *rows)

    def softDollarTiers(self, reqId: int, tiers: Any) -> None:
        """Tiers that orders may name."""
        self.said += whole(reqId, *map(tier, tiers))

    def displayGroupList(self, reqId: int, groups: str) -> None:
        """Ids with | between them."""
        self.said += whole(reqId, r.DisplayGroups(groups=[int(each) for each in groups.split("|") if each.isdigit()]))

    def receiveFA(self, faData: int, cxml: str) -> None:
        """A financial advisor's document."""
        self.said += idless(q.RequestFa(faData), r.AdvisorDocument(xml=text(cxml)))

    def replaceFAEnd(self, reqId: int, words: str) -> None:
        """A document was replaced."""
        self.said += whole(reqId, r.AdvisorReplaced(text=text(words)))


def news_time(written: str) -> int | None:
    """ "2026-11-23 16:00:00.0" UTC as microseconds; None for anything else."""
    found = _NEWS_TIME.fullmatch(written.strip())
    if found is None:
        return None
    moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000
