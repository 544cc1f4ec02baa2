"""Every command that is one question to TWS: how it is asked, and what its answer is made of.

A new one is a row here, its question in questions.py, its call in tws/query_encoder.py and its callback in
tws/query_callbacks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twsbridge.protocol import queries as c
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.command import Command
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import ContractDetails
from twsbridge_server.core import tws_errors
from twsbridge_server.core.queries import questions as q
from twsbridge_server.core.queries.finishing import chains, headlines, only, rows_of, ticks
from twsbridge_server.core.rights import Rights

SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DOCUMENTS = {"groups": 1, "aliases": 3}
"""A financial advisor's documents, by IB's numbers; 2 were profiles, which are gone."""

NOTHING = frozenset({162, 10187})
"""Errors that, with a text of "no data", only say that there is nothing."""

Ask = Callable[[Any, Any], q.AnyQuestion]
"""From the command, and the details of its contract where it has one, to the question."""

Finish = Callable[[Any, list[Any]], WireModel]
"""From the question and the parts of the answer to the reply; ValueError for what cannot be read."""


def refusal(code: int, text: str) -> WireError | None:
    """TWS's error, or None when it only says that there is nothing."""
    return None if code in NOTHING and "no data" in text.lower() else tws_errors.refusal(code, text)


@dataclass(frozen=True, slots=True)
class Query:
    """One row. `is_kept`: one answer holds for the session, at most for the day.

    `is_slow`: TWS may need as long as for bars.

    `spaced_us`: not more often; `is_paced`: under TWS's limits on history; `first` is asked before, once a session;
    `is_single`: one at a time;
    `shown`: what of the reply a client may see.
    """

    ask: Ask
    finish: Finish
    is_kept: bool = False
    is_slow: bool = False
    is_paced: bool = False
    has_cancel: bool = False
    spaced_us: int = 0
    first: q.NumberedQuestion | None = None
    is_single: bool = False
    shown: Callable[[Any, Rights], WireModel] = lambda reply, rights: reply


def text_of(instant_us: int | None) -> str:
    """TWS's notation of an instant in requests for ticks and schedules: UTC, "20261123-16:00:00"; "" for none."""
    return "" if instant_us is None else f"{EPOCH + timedelta(microseconds=instant_us):%Y%m%d-%H:%M:%S}"


def news_time(instant_us: int | None) -> str:
    """TWS's notation of an instant in requests for news."""
    return "" if instant_us is None else f"{EPOCH + timedelta(microseconds=instant_us):%Y-%m-%d %H:%M:%S}.0"


def _chains(command: c.GetOptionChains, match: ContractDetails) -> q.OptionParameters:
    contract = match.contract
    exchange = command.exchange or (contract.exchange if contract.sec_type == "FUT" else "")
    return q.OptionParameters(0, contract.symbol, exchange, contract.sec_type, contract.con_id)


def _ticks(command: c.GetHistoricalTicks, match: ContractDetails) -> q.HistoricalTicks:
    return q.HistoricalTicks(
        req_id=0,
        contract=match.contract,
        start=text_of(command.start_us),
        end=text_of(command.end_us),
        count=command.count,
        what_to_show=command.what_to_show,
        use_rth=command.use_rth,
        ignore_size=command.ignore_size,
    )


def _headlines(command: c.ListHeadlines, match: ContractDetails) -> q.HistoricalNews:
    span = (news_time(command.start_us), news_time(command.end_us))
    return q.HistoricalNews(0, match.contract.con_id, command.provider_codes, *span, command.limit)


def _schedule(command: c.GetSchedule, match: ContractDetails) -> q.HistoricalSchedule:
    return q.HistoricalSchedule(0, match.contract, text_of(command.end_us), command.duration, command.use_rth)


def _families(reply: r.FamilyCodes, rights: Rights) -> r.FamilyCodes:
    return r.FamilyCodes(rows=[row for row in reply.rows if rights.reaches(row.account)])


QUERIES: dict[type[Command], Query] = {
    c.SearchContracts: Query(
        lambda command, _: q.MatchingSymbols(0, command.pattern), rows_of(r.SymbolMatches), is_kept=True,
        spaced_us=SECOND,
    ),
    c.GetOptionChains: Query(_chains, chains, is_kept=True, is_slow=True),
    c.GetMarketRule: Query(lambda command, _: q.MarketRule(command.market_rule_id), only, is_kept=True),
    c.GetSmartComponents: Query(
        lambda command, _: q.SmartComponents(0, command.bbo_exchange), rows_of(r.SmartComponents), is_kept=True
    ),
    c.GetDepthExchanges: Query(lambda *_: q.DepthExchanges(), rows_of(r.DepthExchanges), is_kept=True),
    c.GetHeadTimestamp: Query(
        lambda command, match: q.HeadTimestamp(0, match.contract, command.what_to_show, command.use_rth),
        only, is_slow=True, has_cancel=True,
    ),
    c.GetHistogram: Query(
        lambda command, match: q.HistogramData(0, match.contract, command.use_rth, command.period),
        rows_of(r.Histogram), is_slow=True, has_cancel=True,
    ),
    c.GetHistoricalTicks: Query(
        _ticks, ticks, is_slow=True, is_paced=True, has_cancel=True
    ),
    c.GetSchedule: Query(_schedule, only, is_slow=True, has_cancel=True),
    c.GetImpliedVolatility: Query(
        lambda command, match: q.ImpliedVolatility(0, match.contract, command.option_price, command.under_price),
        only, has_cancel=True,
    ),
    c.GetOptionPrice: Query(
        lambda command, match: q.OptionPrice(0, match.contract, command.volatility, command.under_price),
        only, has_cancel=True,
    ),
    c.GetScannerParameters: Query(lambda *_: q.ScannerParameters(), only, is_kept=True, is_slow=True),
    c.ListNewsProviders: Query(lambda *_: q.NewsProviders(), rows_of(r.NewsProviders), is_kept=True),
    c.ListHeadlines: Query(_headlines, headlines, is_slow=True),
    c.GetNewsArticle: Query(
        lambda command, _: q.NewsArticle(0, command.provider_code, command.article_id), only, is_slow=True
    ),
    c.GetFundamentals: Query(
        lambda command, match: q.FundamentalData(0, match.contract, command.report_type),
        only, is_slow=True, has_cancel=True,
    ),
    c.GetWshMetadata: Query(lambda *_: q.WshMetadata(0), only, is_kept=True, has_cancel=True),
    c.GetWshEvents: Query(
        lambda command, _: q.WshEvents(0, command), only, has_cancel=True, first=q.WshMetadata(0), is_single=True
    ),
    c.GetTwsTime: Query(lambda *_: q.TwsTime(), only),
    c.GetUserInfo: Query(lambda *_: q.UserInfo(0), only, is_kept=True),
    c.ListFamilyCodes: Query(lambda *_: q.FamilyCodes(), rows_of(r.FamilyCodes), is_kept=True, shown=_families),
    c.ListSoftDollarTiers: Query(lambda *_: q.TiersOfSoftDollars(0), rows_of(r.SoftDollarTiers), is_kept=True),
    c.ListDisplayGroups: Query(lambda *_: q.DisplayGroups(0), only),
    c.GetAdvisorDocument: Query(lambda command, _: q.RequestFa(DOCUMENTS[command.document]), only),
    c.ReplaceAdvisorDocument: Query(
        lambda command, _: q.ReplaceFa(0, DOCUMENTS[command.document], "".join(command.xml)), only
    ),
}  # fmt: skip
"""Command -> its row."""
