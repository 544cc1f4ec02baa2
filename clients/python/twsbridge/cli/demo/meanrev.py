"""The first strategy of the demo: bids below the market, raises its limit, cancels what is too far away."""

from __future__ import annotations

from twsbridge.cli.demo.words import brief
from twsbridge.client import Client

SYMBOL = "AAPL"
ROUNDS = 4


def main() -> None:
    """Trade for some rounds and end without a position."""
    with Client() as client:
        for _ in range(ROUNDS):
            trade_once(client)


def trade_once(client: Client) -> None:
    """Place, modify, fill; place, cancel; and sell again what was bought."""
    quote = client.quote(SYMBOL)
    bid, ask = quote.bid or 0.0, quote.ask or 0.0
    trade = client.buy(SYMBOL, 50, limit=round(bid * 0.97, 2)).wait("submitted")
    print("placed   ", brief(trade))
    print("modified ", brief(trade.modify(quantity=250, limit=round(ask * 1.002, 2))))
    print("done     ", brief(trade.wait()))
    far = client.buy(SYMBOL, 10, limit=round(bid * 0.9, 2)).wait("submitted")
    print("placed   ", brief(far))
    print("cancelled", brief(far.cancel().wait()))
    print("sold     ", brief(client.sell(SYMBOL, 250).wait()))


if __name__ == "__main__":
    main()
