"""Combinations (BAG): the contract made of legs, its quote, and what each leg of a fill costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.account import multiplier
from twssim.contracts import ContractQuery, Universe
from twssim.instrument import Instrument
from twssim.market import Quote
from twssim.order_terms import ComboLeg, OrderTerms
from twssim.wire import number

if TYPE_CHECKING:
    from twssim.market import Market

BAG_CON_ID = 28812380
"""TWS gives the same con id to every combination in US dollars."""

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: how many of what per combination, negative when the combination sells it."""

    instrument: Instrument
    ratio: Decimal


def bag(symbol: str, currency: str, exchange: str) -> Instrument:
    """The contract that stands for a combination."""
    return Instrument(
        BAG_CON_ID, symbol, "BAG", currency, exchange, Decimal(0), local_symbol=symbol, trading_class="COMB"
    )


def legs_of(universe: Universe, asked: Iterable[ComboLeg]) -> tuple[Leg, ...]:
    """The legs, () of what is no combination; ValueError when a leg cannot be traded."""
    found = []
    for leg in asked:
        matches = universe.find(ContractQuery(con_id=leg.con_id, exchange=leg.exchange))
        if not matches or leg.ratio <= 0 or leg.action not in ("BUY", "SELL", "SSHORT"):
            raise ValueError(f"leg {leg.con_id} of the combination cannot be traded")
        found.append(Leg(matches[0], Decimal(leg.ratio if leg.action == "BUY" else -leg.ratio)))
    return tuple(found)


def _unit(legs: Iterable[Leg]) -> Decimal:
    """A combination is quoted per unit of its largest multiplier: stock against option per share."""
    return max(multiplier(leg.instrument) for leg in legs)


def _price(legs: tuple[Leg, ...], prices: Iterable[Decimal]) -> Decimal:
    values = (leg.ratio * multiplier(leg.instrument) * price for leg, price in zip(legs, prices, strict=True))
    return sum(values, Decimal(0)) / _unit(legs)


def combo_quote(market: Market, legs: tuple[Leg, ...], now: float) -> Quote:
    """What it costs to buy or sell all legs at once; prices may be negative."""
    quotes = [market.quote(leg.instrument.con_id, now) for leg in legs]
    pairs = list(zip(legs, quotes, strict=True))
    bid = _price(legs, (each.bid if leg.ratio > 0 else each.ask for leg, each in pairs))
    ask = _price(legs, (each.ask if leg.ratio > 0 else each.bid for leg, each in pairs))
    size = min(min(each.bid_size, each.ask_size) // abs(leg.ratio) for leg, each in pairs)
    last, close = _price(legs, (each.last for each in quotes)), _price(legs, (each.close for each in quotes))
    return replace(
        quotes[0],
        bid=bid,
        ask=ask,
        last=last,
        close=close,
        bid_size=max(size, Decimal(1)),
        ask_size=max(size, Decimal(1)),
        volume=Decimal(0),
    )


def leg_prices(market: Market, legs: tuple[Leg, ...], terms: OrderTerms, price: Decimal, now: float) -> list[Decimal]:
    """The price of each leg in a fill of the combination at `price`: the client's own, or the market's.

    What the market's leave over goes into the first leg, so that the legs add up to the price.
    """
    given = own_prices(terms)
    if given is not None:
        return given
    prices = []
    for leg in legs:
        quote = market.quote(leg.instrument.con_id, now)
        prices.append(quote.ask if (leg.ratio > 0) == terms.is_buy else quote.bid)
    rest = (price - _price(legs, prices)) * _unit(legs)
    prices[0] += rest / (legs[0].ratio * multiplier(legs[0].instrument))
    return prices


def own_prices(terms: OrderTerms) -> list[Decimal] | None:
    """The prices a client gave per leg, None unless it gave one for each."""
    read = [number(written) for written in terms.combo_leg_prices]
    given = [price for price in read if price is not None]
    return given if given and len(given) == len(terms.combo_legs) else None


def own_price(legs: tuple[Leg, ...], terms: OrderTerms) -> Decimal | None:
    """The price of the combination that follows from the prices per leg."""
    given = own_prices(terms)
    return None if given is None else _price(legs, given)
