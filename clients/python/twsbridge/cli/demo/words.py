"""An order in a few words, as the strategies of the demo tell it."""

from __future__ import annotations

from twsbridge.protocol.fields import decimal_text
from twsbridge.trade import Trade


def brief(trade: Trade) -> str:
    """order 5: BUY 250 AAPL LMT 272.5, Filled @ 272.05."""
    state = trade.state
    order = state.order
    limit = f" {order.limit_price:g}" if order.limit_price is not None else ""
    average = f" @ {trade.avg_price:g}" if trade.avg_price is not None else ""
    what = f"{order.action} {decimal_text(order.quantity)} {state.contract.symbol} {order.order_type}{limit}"
    return f"order {trade.order_id}: {what}, {trade.status}{average}"
