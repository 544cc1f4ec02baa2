"""The computations that come with the quote of an option: its volatility and greeks at bid, ask, last and model."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import floor

from twssim.contracts import Instrument
from twssim.families.option_calculations import OptionComputation, computation
from twssim.market import Market, Quote
from twssim.path import DAY
from twssim.pricing import terms_of

BID, ASK, LAST, MODEL = 10, 11, 12, 13


def option_ticks(req_id: int, market: Market, option: Instrument, quote: Quote) -> Iterator[OptionComputation]:
    """Bid, ask, last and model at the underlying's price of the same moment; nothing for other instruments."""
    if option.sec_type != "OPT":
        return
    under = market.quote(option.under_con_id, quote.time)
    spot, terms = float((under.bid + under.ask) / 2), terms_of(option, floor(quote.time // DAY))
    prices: dict[int, Decimal] = {BID: quote.bid, ASK: quote.ask, LAST: quote.last}
    for tick_type, price in prices.items():
        volatility = terms.implied_volatility(spot, float(price))
        yield computation((req_id, tick_type), terms, spot, float(price), volatility)
    yield computation((req_id, MODEL), terms, spot, None, option.behaviour.volatility)
