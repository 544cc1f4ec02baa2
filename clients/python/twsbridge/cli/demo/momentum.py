"""The second strategy of the demo: follows the ticks, and sends each order twice, as after an answer that was lost."""

from __future__ import annotations

from twsbridge.cli.demo.words import brief
from twsbridge.client import Client
from twsbridge.orders import MarketOrder
from twsbridge.trade import Trade

SYMBOL = "MSFT"
ORDERS = 8
TICKS = 3


def main() -> None:
    """Buy when the price has risen since the last order, else sell."""
    with Client() as client, client.ticks(SYMBOL) as ticks:
        before = 0.0
        for number in range(1, ORDERS + 1):
            *_, now = (quote.mid or 0.0 for quote, _ in zip(ticks, range(TICKS), strict=False))
            trade = place_twice(client, "BUY" if now > before else "SELL", f"momentum-{number}")
            print("sent twice", brief(trade.wait()))
            before = now


def place_twice(client: Client, action: str, key: str) -> Trade:
    """The same key makes one order, however often it is sent."""
    order = MarketOrder(action, 5)
    first = client.place(SYMBOL, order, client_order_id=key)
    second = client.place(SYMBOL, order, client_order_id=key)
    if first.order_id != second.order_id:
        raise SystemExit(f"{key} made two orders: {first.order_id} and {second.order_id}")
    return second


if __name__ == "__main__":
    main()
