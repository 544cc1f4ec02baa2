"""Writes answers in the text profile (server versions 157 to 200)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import answers as ans
from twssim.clock import stamp
from twssim.families import TOLD
from twssim.text_contract import (
    contract_details,
    execution_contract,
    portfolio_contract,
    position_contract,
)
from twssim.text_open_order import completed_order, open_order
from twssim.wire import UNSET_DOUBLE_TEXT, Value, double, escape, message

Writer = Callable[[Any, int], bytes]


def write_answer(answer: ans.Answer, version: int) -> bytes:
    """The framed message of one answer for a session at `version`."""
    return WRITERS[type(answer)](answer, version)


def _error(answer: ans.Error, version: int) -> bytes:
    body: list[Value] = [answer.id, answer.code, escape(answer.text)]
    if version < 194:
        body.insert(0, 2)
    if version >= 166:
        body.append(escape(answer.advanced_order_reject))
    if version >= 194:
        body.append(round(answer.time * 1000))
    return message(4, *body)


def _account_value(answer: ans.AccountValue, version: int) -> bytes:
    return message(6, 2, answer.key, escape(answer.value), answer.currency, answer.account)


def _portfolio_value(answer: ans.PortfolioValue, version: int) -> bytes:
    return message(
        7,
        8,
        *portfolio_contract(answer.instrument),
        answer.position,
        answer.market_price,
        answer.market_value,
        answer.average_cost,
        answer.unrealized_pnl,
        answer.realized_pnl,
        answer.account,
    )


def _account_summary(answer: ans.AccountSummary, version: int) -> bytes:
    return message(63, 1, answer.req_id, answer.account, answer.tag, escape(answer.value), answer.currency)


def _position(answer: ans.PositionRow, version: int) -> bytes:
    return message(
        61,
        3,
        answer.account,
        *position_contract(answer.instrument),
        answer.position,
        answer.average_cost,
    )


def _position_multi(answer: ans.PositionMulti, version: int) -> bytes:
    row = answer.row
    contract = position_contract(row.instrument)
    tail = (row.position, row.average_cost, answer.model_code)
    return message(71, 1, answer.req_id, row.account, *contract, *tail)


def _account_update_multi(answer: ans.AccountUpdateMulti, version: int) -> bytes:
    row = answer.row
    who = (answer.req_id, row.account, answer.model_code)
    return message(73, 1, *who, row.key, escape(row.value), row.currency)


def _pnl(answer: ans.Pnl, version: int) -> bytes:
    return message(94, answer.req_id, answer.daily, answer.unrealized, answer.realized)


def _pnl_single(answer: ans.PnlSingle, version: int) -> bytes:
    amounts = (answer.daily, answer.unrealized, answer.realized, answer.value)
    return message(95, answer.req_id, answer.position, *amounts)


def _tick_req_params(answer: ans.TickReqParams, version: int) -> bytes:
    return message(81, answer.req_id, answer.min_tick, answer.bbo_exchange, answer.snapshot_permissions)


def _tick_price(answer: ans.TickPrice, version: int) -> bytes:
    return message(1, 6, answer.req_id, answer.tick_type, answer.price, answer.size, answer.attributes)


def _tick_size(answer: ans.TickSize, version: int) -> bytes:
    return message(2, 6, answer.req_id, answer.tick_type, answer.size)


def _historical_bars(answer: ans.HistoricalBars, version: int) -> bytes:
    head: tuple[Value, ...] = (answer.req_id,)
    if version < 196:
        head += (answer.start, answer.end)
    body = [value for bar in answer.bars for value in _bar(bar)]
    bars = message(17, *head, len(answer.bars), *body)
    if version < 196:
        return bars
    return bars + message(108, answer.req_id, answer.start, answer.end)


def _bar(bar: ans.HistoricalBar) -> tuple[Value, ...]:
    return (bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.wap, bar.count)


def _historical_bar_update(answer: ans.HistoricalBarUpdate, version: int) -> bytes:
    bar = answer.bar
    prices = (bar.open, bar.close, bar.high, bar.low, bar.wap)
    return message(90, answer.req_id, bar.count, bar.time, *prices, bar.volume)


def _order_status(answer: ans.OrderStatus, version: int) -> bytes:
    order = answer.order
    return message(
        3,
        order.order_id,
        order.status,
        order.filled,
        order.remaining,
        round(order.avg_fill_price, 8),
        order.perm_id,
        order.terms.parent_id,
        order.last_fill_price,
        order.client_id,
        order.why_held,
        0,
    )


def _execution(answer: ans.ExecutionDetails, version: int) -> bytes:
    execution, instrument = answer.execution, answer.instrument
    return message(
        11,
        answer.req_id,
        execution.order_id,
        *execution_contract(instrument, execution.exchange),
        execution.exec_id,
        stamp(execution.time, instrument.time_zone),
        execution.account,
        execution.exchange,
        execution.side,
        execution.shares,
        execution.price,
        execution.perm_id,
        execution.client_id,
        0,
        execution.cum_qty,
        round(execution.avg_price, 8),
        execution.order_ref,
        "",
        "",
        "",
        execution.last_liquidity,
        *((0,) if version >= 178 else ()),
        *(("",) if version >= 198 else ()),
    )


def _commission(answer: ans.CommissionReport, version: int) -> bytes:
    execution = answer.execution
    realized = execution.realized_pnl
    return message(
        59,
        1,
        execution.exec_id,
        double(execution.commission),
        execution.commission_currency,
        UNSET_DOUBLE_TEXT if realized is None else round(realized, 8),
        "",
        "",
    )


def _bare(message_id: int) -> Writer:
    return lambda answer, version: message(message_id, 1)


def _req_id(message_id: int) -> Writer:
    return lambda answer, version: message(message_id, 1, answer.req_id)


def _tick_value(message_id: int) -> Writer:
    return lambda a, version: message(message_id, 6, a.req_id, a.tick_type, a.value)


WRITERS: dict[type[Any], Writer] = {
    ans.TickPrice: _tick_price,
    ans.TickSize: _tick_size,
    ans.OrderStatus: _order_status,
    ans.Error: _error,
    ans.OpenOrder: open_order,
    ans.AccountValue: _account_value,
    ans.PortfolioValue: _portfolio_value,
    ans.AccountTime: lambda a, version: message(8, 1, a.time),
    ans.NextValidId: lambda a, version: message(9, 1, a.order_id),
    ans.ContractDetails: contract_details,
    ans.ExecutionDetails: _execution,
    ans.ManagedAccounts: lambda a, version: message(15, 1, ",".join(a.accounts)),
    ans.HistoricalBars: _historical_bars,
    ans.TickGeneric: _tick_value(45),
    ans.TickString: _tick_value(46),
    ans.CurrentTime: lambda a, version: message(49, 1, int(a.time)),
    ans.ContractDetailsEnd: _req_id(52),
    ans.OpenOrderEnd: _bare(53),
    ans.AccountDownloadEnd: lambda a, version: message(54, 1, a.account),
    ans.ExecutionDetailsEnd: _req_id(55),
    ans.TickSnapshotEnd: _req_id(57),
    ans.MarketDataType: lambda a, version: message(58, 1, a.req_id, a.kind),
    ans.CommissionReport: _commission,
    ans.PositionRow: _position,
    ans.PositionEnd: _bare(62),
    ans.AccountSummary: _account_summary,
    ans.AccountSummaryEnd: _req_id(64),
    ans.PositionMulti: _position_multi,
    ans.PositionMultiEnd: _req_id(72),
    ans.AccountUpdateMulti: _account_update_multi,
    ans.AccountUpdateMultiEnd: _req_id(74),
    ans.TickReqParams: _tick_req_params,
    ans.HistoricalBarUpdate: _historical_bar_update,
    ans.Pnl: _pnl,
    ans.PnlSingle: _pnl_single,
    ans.CompletedOrder: completed_order,
    ans.CompletedOrdersEnd: lambda a, version: message(102),
    ans.CurrentTimeInMillis: lambda a, version: message(109, round(a.time * 1000)),
    **{kind: told.text for kind, told in TOLD.items() if told.text},
}
