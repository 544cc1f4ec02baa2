"""What market scanners look for: every scan ranks the stocks of the simulated market at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from twssim.contracts import Instrument
from twssim.market import Market, Quote

MOST_ROWS = 50
SHARES_PER_TRADED = 250
"""Market capitalisations are those of companies of which every share changes hands once a year."""

Score = Callable[[Instrument, Quote], Decimal]


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan code: its name on the screen, and what it ranks by, the highest first."""

    name: str
    score: Score


def _change(instrument: Instrument, quote: Quote) -> Decimal:
    return (quote.last - quote.close) / quote.close


def _range(instrument: Instrument, quote: Quote) -> Decimal:
    return (quote.high - quote.low) / quote.last


def _gap(instrument: Instrument, quote: Quote) -> Decimal:
    return (quote.open - quote.close) / quote.close


SCANS: dict[str, Scan] = {
    "TOP_PERC_GAIN": Scan("Top % Gainers", _change),
    "TOP_PERC_LOSE": Scan("Top % Losers", lambda i, q: -_change(i, q)),
    "MOST_ACTIVE": Scan("Most Active", lambda i, q: q.volume),
    "MOST_ACTIVE_USD": Scan("Most Active ($)", lambda i, q: q.volume * q.last),
    "HOT_BY_VOLUME": Scan("Hot Contracts by Volume", lambda i, q: q.volume / max(i.behaviour.daily_volume, 1)),
    "HOT_BY_PRICE": Scan("Hot Contracts by Price", lambda i, q: abs(_change(i, q))),
    "HOT_BY_PRICE_RANGE": Scan("Hot by Price Range", _range),
    "HIGH_OPEN_GAP": Scan("Top Close-to-Open % Gainers", _gap),
    "LOW_OPEN_GAP": Scan("Top Close-to-Open % Losers", lambda i, q: -_gap(i, q)),
    "TOP_OPEN_PERC_GAIN": Scan("Top % Gainers Since Open", lambda i, q: (q.last - q.open) / q.open),
    "TOP_OPEN_PERC_LOSE": Scan("Top % Losers Since Open", lambda i, q: (q.open - q.last) / q.open),
}
"""By scan code."""

LOCATIONS: dict[str, tuple[str, str, Callable[[Instrument], bool]]] = {
    "STK.US": ("STK", "US Stocks", lambda i: i.time_zone == "US/Eastern"),
    "STK.US.MAJOR": ("STK", "Listed/NASDAQ", lambda i: i.time_zone == "US/Eastern"),
    "STK.NASDAQ": ("STK", "NASDAQ", lambda i: i.primary_exchange == "NASDAQ"),
    "STK.NYSE": ("STK", "NYSE", lambda i: i.primary_exchange == "NYSE"),
    "STK.ARCA": ("STK", "NYSE Arca", lambda i: i.primary_exchange == "ARCA"),
    "STK.EU": ("STOCK.EU", "European Stocks", lambda i: i.time_zone != "US/Eastern"),
    "STK.EU.LSE": ("STOCK.EU", "London", lambda i: i.primary_exchange in ("LSE", "LSEETF")),
    "STK.EU.IBIS": ("STOCK.EU", "Frankfurt", lambda i: i.primary_exchange == "IBIS"),
}
"""Location code -> the instrument code it belongs to, its name, and which stocks it holds."""

INSTRUMENTS = {"STK": "US Stocks", "STOCK.EU": "Europe Stocks"}
STOCK_TYPES = {"": "", "ALL": "", "STOCK": "COMMON", "CORP": "COMMON", "ADR": "ADR", "ETF": "ETF"}
"""Filter of stock types -> the stock type of contract details, nothing for every type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a client scans for; a bound that is None does not matter. Volume is in shares."""

    instrument: str
    location: str
    scan_code: str
    rows: int = MOST_ROWS
    above_price: Decimal | None = None
    below_price: Decimal | None = None
    above_volume: Decimal | None = None
    market_cap_above: Decimal | None = None
    market_cap_below: Decimal | None = None
    stock_type: str = ""


def found(market: Market, wanted: Subscription, now: float) -> list[Instrument]:
    """The stocks of a known scan at a moment, the best first."""
    _, _, inside = LOCATIONS[wanted.location]
    score = SCANS[wanted.scan_code].score
    stocks = [each for each in market.universe if each.sec_type == "STK" and inside(each)]
    quoted = [(each, market.quote(each.con_id, now)) for each in stocks]
    ranked = sorted((row for row in quoted if _passes(wanted, *row)), key=lambda row: score(*row), reverse=True)
    return [instrument for instrument, _ in ranked][: wanted.rows]


def capitalisation(instrument: Instrument, quote: Quote) -> Decimal:
    """What all shares of a company are worth, in its currency."""
    return quote.last * instrument.behaviour.daily_volume * SHARES_PER_TRADED


def _passes(wanted: Subscription, instrument: Instrument, quote: Quote) -> bool:
    kind = STOCK_TYPES[wanted.stock_type]
    capital = capitalisation(instrument, quote)
    return (
        _between(quote.last, wanted.above_price, wanted.below_price)
        and _between(quote.volume, wanted.above_volume, None)
        and _between(capital, wanted.market_cap_above, wanted.market_cap_below)
        and kind in ("", instrument.stock_type)
    )


def _between(value: Decimal, lowest: Decimal | None, highest: Decimal | None) -> bool:
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def parameters_xml() -> str:
    """The scanner parameters: every instrument, location and scan code there is."""
    instruments = "".join(
        f"<Instrument><name>{name}</name><type>{code}</type><secType>STK</secType></Instrument>"
        for code, name in INSTRUMENTS.items()
    )
    locations = "".join(
        f"<Location><displayName>{name}</displayName><locationCode>{code}</locationCode>"
        f"<instruments>{instrument}</instruments></Location>"
        for code, (instrument, name, _) in LOCATIONS.items()
    )
    types = "".join(
        f"<ScanType><displayName>{scan.name}</displayName><scanCode>{code}</scanCode>"
        f"<instruments>{','.join(INSTRUMENTS)}</instruments></ScanType>"
        for code, scan in SCANS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ScanParameterResponse>\n'
        f'<InstrumentList varName="instrumentList">{instruments}</InstrumentList>\n'
        f'<LocationTree varName="locationTree">{locations}</LocationTree>\n'
        f'<ScanTypeList varName="scanTypeList">{types}</ScanTypeList>\n'
        "</ScanParameterResponse>\n"
    )
