from __future__ import annotations

from datetime import date

from twsbridge.contracts import Forex, Stock
from twsbridge.download.wish import Wish


def test_it_asks_as_bulk_and_wants_to_hear_of_progress() -> None:
    command = Wish("1 min", date(2024, 1, 1)).command(Stock("AAPL"), 1, 2)
    assert (command.priority, command.progress, command.start_us, command.end_us) == ("bulk", True, 1, 2)


def test_currencies_have_no_trades() -> None:
    wish = Wish("1 min", date(2024, 1, 1))
    assert (wish.kind(Forex("EURUSD")), wish.kind(Stock("AAPL"))) == ("MIDPOINT", "TRADES")
    assert Wish("1 min", date(2024, 1, 1), what_to_show="BID").kind(Forex("EURUSD")) == "BID"
