from types import SimpleNamespace
from typing import Any, cast

from twsbridge.cli.demo.words import brief
from twsbridge.orders import LimitOrder, MarketOrder
from twsbridge.protocol.models import Contract, OrderState


def trade(**fields: Any) -> Any:
    state = OrderState(order_id=5, contract=Contract(symbol="AAPL"), **fields)
    return cast(Any, SimpleNamespace(state=state, order_id=5, status=state.status, avg_price=state.avg_fill_price))


def test_an_order_in_a_few_words() -> None:
    limit = trade(order=LimitOrder("BUY", 10, 190.5), status="Submitted")
    assert brief(limit) == "order 5: BUY 10 AAPL LMT 190.5, Submitted"
    market = trade(order=MarketOrder("SELL", 3), status="Filled", avg_fill_price=190.25)
    assert brief(market) == "order 5: SELL 3 AAPL MKT, Filled @ 190.25"
