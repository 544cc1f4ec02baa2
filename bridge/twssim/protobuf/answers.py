"""Writes answers in protobuf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import answers as ans
from twssim.clock import stamp
from twssim.families import TOLD
from twssim.family import Body
from twssim.protobuf.contract import contract_details, contract_of, portfolio_contract, position_contract
from twssim.protobuf.messages import build, framed, sent
from twssim.protobuf.open_order import completed_order, open_order

Writer = Callable[[Any], bytes]


def write_answer(answer: ans.Answer) -> bytes:
    """The framed message (for historical bars two of them) of one answer."""
    return WRITERS[type(answer)](answer)


def _error(a: ans.Error) -> bytes:
    return sent(
        4,
        "ErrorMessage",
        id=a.id,
        errorTime=round(a.time * 1000),
        errorCode=a.code,
        errorMsg=a.text,
        advancedOrderRejectJson=a.advanced_order_reject,
    )


def _account_value(a: ans.AccountValue) -> bytes:
    return sent(6, "AccountValue", key=a.key, value=a.value, currency=a.currency, accountName=a.account)


def _portfolio_value(a: ans.PortfolioValue) -> bytes:
    return sent(
        7,
        "PortfolioValue",
        contract=portfolio_contract(a.instrument),
        position=a.position,
        marketPrice=a.market_price,
        marketValue=a.market_value,
        averageCost=a.average_cost,
        unrealizedPNL=a.unrealized_pnl,
        realizedPNL=a.realized_pnl,
        accountName=a.account,
    )


def _account_summary(a: ans.AccountSummary) -> bytes:
    row = {"account": a.account, "tag": a.tag, "value": a.value, "currency": a.currency}
    return sent(63, "AccountSummary", reqId=a.req_id, **row)


def _position_fields(row: ans.PositionRow) -> dict[str, Any]:
    return {
        "account": row.account,
        "contract": position_contract(row.instrument),
        "position": row.position,
        "avgCost": row.average_cost,
    }


def _position_multi(a: ans.PositionMulti) -> bytes:
    return sent(71, "PositionMulti", reqId=a.req_id, modelCode=a.model_code, **_position_fields(a.row))


def _account_update_multi(a: ans.AccountUpdateMulti) -> bytes:
    row = {"account": a.row.account, "key": a.row.key, "value": a.row.value, "currency": a.row.currency}
    return sent(73, "AccountUpdateMulti", reqId=a.req_id, modelCode=a.model_code, **row)


def _pnl(a: ans.Pnl) -> bytes:
    return sent(94, "PnL", reqId=a.req_id, dailyPnL=a.daily, unrealizedPnL=a.unrealized, realizedPnL=a.realized)


def _pnl_single(a: ans.PnlSingle) -> bytes:
    return sent(
        95,
        "PnLSingle",
        reqId=a.req_id,
        position=a.position,
        dailyPnL=a.daily,
        unrealizedPnL=a.unrealized,
        realizedPnL=a.realized,
        value=a.value,
    )


def _tick_req_params(a: ans.TickReqParams) -> bytes:
    told: dict[str, Any] = {"bboExchange": a.bbo_exchange, "snapshotPermissions": a.snapshot_permissions}
    if a.size_increment is not None:
        told |= {"lastPricePrecision": a.min_tick, "lastSizePrecision": a.size_increment}
    return sent(81, "TickReqParams", reqId=a.req_id, minTick=a.min_tick, **told)


def _tick_price(a: ans.TickPrice) -> bytes:
    what = {"tickType": a.tick_type, "price": a.price, "size": a.size, "attrMask": a.attributes}
    return sent(1, "TickPrice", reqId=a.req_id, **what)


def _historical_bars(a: ans.HistoricalBars) -> bytes:
    bars = build("HistoricalData", reqId=a.req_id)
    bars.historicalDataBars.extend(_bar(bar) for bar in a.bars)
    end = sent(108, "HistoricalDataEnd", reqId=a.req_id, startDateStr=a.start, endDateStr=a.end)
    return framed(17, bars) + end


def _bar(bar: ans.HistoricalBar) -> Any:
    return build(
        "HistoricalDataBar",
        date=bar.time,
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume=bar.volume,
        WAP=bar.wap,
        barCount=bar.count,
    )


def _order_status(a: ans.OrderStatus) -> bytes:
    order = a.order
    return sent(
        3,
        "OrderStatus",
        orderId=order.order_id,
        status=order.status,
        filled=order.filled,
        remaining=order.remaining,
        avgFillPrice=round(order.avg_fill_price, 8),
        permId=order.perm_id,
        parentId=order.terms.parent_id,
        lastFillPrice=order.last_fill_price,
        clientId=order.client_id,
        whyHeld=order.why_held,
        mktCapPrice=0,
    )


def _execution_details(a: ans.ExecutionDetails) -> bytes:
    contract = contract_of(a.instrument, a.execution.exchange)
    return sent(11, "ExecutionDetails", reqId=a.req_id, contract=contract, execution=_execution(a))


def _execution(a: ans.ExecutionDetails) -> Any:
    execution = a.execution
    return build(
        "Execution",
        orderId=execution.order_id,
        execId=execution.exec_id,
        time=stamp(execution.time, a.instrument.time_zone),
        acctNumber=execution.account,
        exchange=execution.exchange,
        side=execution.side,
        shares=execution.shares,
        price=execution.price,
        permId=execution.perm_id,
        clientId=execution.client_id,
        isLiquidation=False,
        cumQty=execution.cum_qty,
        avgPrice=round(execution.avg_price, 8),
        orderRef=execution.order_ref,
        lastLiquidity=execution.last_liquidity,
        isPriceRevisionPending=False,
    )


def _commission(a: ans.CommissionReport) -> bytes:
    """Without realised P&L when the fill opened a position; clients read that as 0.0."""
    execution = a.execution
    return sent(
        59,
        "CommissionAndFeesReport",
        execId=execution.exec_id,
        commissionAndFees=execution.commission,
        currency=execution.commission_currency,
        realizedPNL=None if execution.realized_pnl is None else round(execution.realized_pnl, 8),
    )


def _bare(message_id: int, kind: str) -> Writer:
    return lambda a: sent(message_id, kind)


def _req_id(message_id: int, kind: str) -> Writer:
    return lambda a: sent(message_id, kind, reqId=a.req_id)


def _tick_value(message_id: int, kind: str) -> Writer:
    return lambda a: sent(message_id, kind, reqId=a.req_id, tickType=a.tick_type, value=a.value)


def _described(describe: Callable[[Any], Body]) -> Writer:
    def write(answer: ans.Answer) -> bytes:
        body = describe(answer)
        return sent(body.message_id, body.kind, **body.fields)

    return write


WRITERS: dict[type[Any], Writer] = {
    ans.TickPrice: _tick_price,
    ans.TickSize: lambda a: sent(2, "TickSize", reqId=a.req_id, tickType=a.tick_type, size=a.size),
    ans.OrderStatus: _order_status,
    ans.Error: _error,
    ans.OpenOrder: open_order,
    ans.AccountValue: _account_value,
    ans.PortfolioValue: _portfolio_value,
    ans.AccountTime: lambda a: sent(8, "AccountUpdateTime", timeStamp=a.time),
    ans.NextValidId: lambda a: sent(9, "NextValidId", orderId=a.order_id),
    ans.ContractDetails: contract_details,
    ans.ExecutionDetails: _execution_details,
    ans.ManagedAccounts: lambda a: sent(15, "ManagedAccounts", accountsList=",".join(a.accounts)),
    ans.HistoricalBars: _historical_bars,
    ans.TickGeneric: _tick_value(45, "TickGeneric"),
    ans.TickString: _tick_value(46, "TickString"),
    ans.CurrentTime: lambda a: sent(49, "CurrentTime", currentTime=int(a.time)),
    ans.ContractDetailsEnd: _req_id(52, "ContractDataEnd"),
    ans.OpenOrderEnd: _bare(53, "OpenOrdersEnd"),
    ans.AccountDownloadEnd: lambda a: sent(54, "AccountDataEnd", accountName=a.account),
    ans.ExecutionDetailsEnd: _req_id(55, "ExecutionDetailsEnd"),
    ans.TickSnapshotEnd: _req_id(57, "TickSnapshotEnd"),
    ans.MarketDataType: lambda a: sent(58, "MarketDataType", reqId=a.req_id, marketDataType=a.kind),
    ans.CommissionReport: _commission,
    ans.PositionRow: lambda a: sent(61, "Position", **_position_fields(a)),
    ans.PositionEnd: _bare(62, "PositionEnd"),
    ans.AccountSummary: _account_summary,
    ans.AccountSummaryEnd: _req_id(64, "AccountSummaryEnd"),
    ans.PositionMulti: _position_multi,
    ans.PositionMultiEnd: _req_id(72, "PositionMultiEnd"),
    ans.AccountUpdateMulti: _account_update_multi,
    ans.AccountUpdateMultiEnd: _req_id(74, "AccountUpdateMultiEnd"),
    ans.TickReqParams: _tick_req_params,
    ans.HistoricalBarUpdate: lambda a: sent(90, "HistoricalDataUpdate", reqId=a.req_id, historicalDataBar=_bar(a.bar)),
    ans.Pnl: _pnl,
    ans.PnlSingle: _pnl_single,
    ans.CompletedOrder: completed_order,
    ans.CompletedOrdersEnd: _bare(102, "CompletedOrdersEnd"),
    ans.CurrentTimeInMillis: lambda a: sent(109, "CurrentTimeInMillis", currentTimeInMillis=round(a.time * 1000)),
    **{kind: _described(told.protobuf) for kind, told in TOLD.items() if told.protobuf},
}
