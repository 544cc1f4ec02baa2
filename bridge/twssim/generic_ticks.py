"""The generic ticks of reqMktData: which there are, and what each of them says about a quote.

Everything follows from seed and time; what has no source in the simulated market, such as who is short
of a stock, is drawn once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import floor

from twssim.answers import TickGeneric, TickPrice, TickSize, TickString
from twssim.contracts import Instrument
from twssim.listing import Listing
from twssim.market import Market, Quote
from twssim.noise import randoms
from twssim.path import DAY

GenericTick = TickPrice | TickSize | TickGeneric | TickString

_DRAWN = 301
TRADE_REPORTS = (48, 77)
"""Tick types of `price;size;time in ms;volume;average price;single trade`."""

_WEEKS = ((15, 13), (17, 26), (19, 52))
"""Tick type of the low (the high is the next one) and how many weeks it covers."""
NAMES = {
    "100": "Option Volume",
    "101": "Option Open Interest",
    "104": "Historical Volatility",
    "105": "Average Opt Volume",
    "106": "impvolat",
    "162": "Index Future Premium",
    "165": "Misc. Stats",
    "221": "Creditman, Mark Price",
    "225": "Auction",
    "232": "Pl Price",
    "233": "RTVolume",
    "236": "inventory",
    "256": "Inventory",
    "258": "Fundamentals",
    "292": "Wide_news",
    "293": "TradeCount",
    "294": "TradeRate",
    "295": "VolumeRate",
    "318": "LastRTHTrade",
    "375": "RTTrdVolume",
    "411": "rthistvol",
    "456": "IBDividends",
    "460": "Bond Factor Multiplier",
    "576": "EtfNavBidAsk",
    "577": "EtfNavLast",
    "578": "EtfNavClose",
    "586": "IPOHLMPRC",
    "587": "Pl Price Delayed",
    "588": "Futures Open Interest",
    "595": "Short-Term Volume X Mins",
    "614": "EtfNavHighLow",
    "619": "Creditman Slow Mark Price",
}
"""Every generic tick by its number, with the name TWS gives it in its refusals."""

_ALSO = {"220": "221", "47": "258", "mdoff": "mdoff"}
"""Other names of the same, and the one that turns the usual ticks off."""


def parse(written: str, sec_type: str) -> tuple[str, ...]:
    """The generic ticks of a list such as `233,236,292:BRFG`; ValueError with TWS's text for others."""
    wanted = [entry.strip().partition(":")[0] for entry in written.split(",") if entry.strip()]
    for entry in wanted:
        if entry not in NAMES and entry not in _ALSO:
            legal = ",".join(f"{number}({name})" for number, name in NAMES.items())
            raise ValueError(f"Incorrect generic tick list of {written}.  Legal ones for ({sec_type}) are: {legal}")
    return tuple(dict.fromkeys(_ALSO.get(entry, entry) for entry in wanted))


@dataclass(frozen=True)
class Scene:
    """One quote of one instrument, for one request."""

    req_id: int
    market: Market
    instrument: Instrument
    quote: Quote

    @cached_property
    def listing(self) -> Listing:
        """The sources of the quote."""
        return self.market.listing(self.instrument.con_id)

    @cached_property
    def trades(self) -> Decimal:
        """How many trades the session's volume was."""
        return self.quote.volume // max(1, self.instrument.behaviour.typical_size)

    def drawn(self, subject: int) -> float:
        """A number from 0 to 1 that stays for a UTC day."""
        (number,) = randoms(self.listing.key, _DRAWN + subject, floor(self.quote.time // DAY), 1)
        return number / 65536

    def price(self, tick_type: int, price: Decimal) -> GenericTick:
        """A price tick without a size."""
        return TickPrice(self.req_id, tick_type, price, Decimal(0))

    def size(self, tick_type: int, size: float | Decimal) -> GenericTick:
        """A size tick in whole units."""
        return TickSize(self.req_id, tick_type, Decimal(floor(size)))

    def number(self, tick_type: int, value: float | Decimal) -> GenericTick:
        """A generic tick."""
        return TickGeneric(self.req_id, tick_type, round(Decimal(str(value)), 6))

    def text(self, tick_type: int, value: str) -> GenericTick:
        """A string tick."""
        return TickString(self.req_id, tick_type, value)


def generic_ticks(scene: Scene, wanted: tuple[str, ...]) -> Iterator[GenericTick]:
    """All that the wanted generic ticks say now; what an instrument does not have stays silent."""
    for number in wanted:
        maker = _MAKERS.get(number)
        if maker is not None:
            yield from maker(scene)


def same(before: object, now: object) -> bool:
    """Whether the client knows this already; a trade report is new when more has been traded."""
    if isinstance(before, TickString) and isinstance(now, TickString) and now.tick_type in TRADE_REPORTS:
        return _volume(before) == _volume(now)
    return before == now


def _volume(report: TickString) -> str:
    return report.value.split(";")[3]


def _option_volume(scene: Scene) -> Iterator[GenericTick]:
    calls = scene.quote.volume * Decimal(str(round(0.004 + 0.004 * scene.drawn(0), 6)))
    yield scene.size(29, calls)
    yield scene.size(30, calls * Decimal("0.8"))


def _open_interest(scene: Scene) -> Iterator[GenericTick]:
    interest = scene.instrument.behaviour.daily_volume * (0.02 + 0.01 * scene.drawn(1))
    yield scene.size(27, interest)
    yield scene.size(28, interest * 0.9)


def _weeks(scene: Scene) -> Iterator[GenericTick]:
    grid, end = scene.listing.grid, floor(scene.quote.time // DAY) * DAY
    for tick_type, weeks in _WEEKS:
        cell = scene.listing.path.span(end - weeks * 7 * DAY, end)
        yield scene.price(tick_type, min(grid.price(grid.last(cell.low)), scene.quote.low))
        yield scene.price(tick_type + 1, max(grid.price(grid.last(cell.high)), scene.quote.high))
    yield scene.size(21, scene.instrument.behaviour.daily_volume)


def _mark(scene: Scene) -> Iterator[GenericTick]:
    quote = scene.quote
    yield scene.price(37, min(max(quote.last, quote.bid), quote.ask))


def _auction(scene: Scene) -> Iterator[GenericTick]:
    yield scene.size(34, 0)
    yield scene.price(35, scene.quote.close)
    yield scene.size(36, 0)
    yield scene.size(61, 0)


def _trade_report(tick_type: int) -> Callable[[Scene], Iterator[GenericTick]]:
    def report(scene: Scene) -> Iterator[GenericTick]:
        quote = scene.quote
        if quote.volume:
            average = (quote.open + quote.high + quote.low + quote.last) / 4
            time = floor(quote.time * 1000)
            trade, day = f"{quote.last:f};{quote.last_size:f}", f"{quote.volume:f};{average:f}"
            yield scene.text(tick_type, f"{trade};{time};{day};true")

    return report


def _shortable(scene: Scene) -> Iterator[GenericTick]:
    yield scene.number(46, 3)
    yield scene.size(89, scene.instrument.behaviour.daily_volume * (0.1 + 0.1 * scene.drawn(2)))


def _ratios(scene: Scene) -> Iterator[GenericTick]:
    earnings, dividend = round(15 + 20 * scene.drawn(3), 2), round(4 * scene.drawn(4), 2)
    yield scene.text(47, f"CURRENCY={scene.instrument.currency};PEEXCLXOR={earnings};YIELD={dividend};")


def _dividends(scene: Scene) -> Iterator[GenericTick]:
    paid = scene.instrument.stock_type in ("COMMON", "ADR")
    yearly = round(scene.quote.close * Decimal("0.01"), 2)
    yield scene.text(59, f"{yearly},{yearly},," if paid else ",,,")


def _trade_rate(scene: Scene) -> Iterator[GenericTick]:
    minute = scene.listing.volume.traded(scene.quote.time - 60, scene.quote.time)
    yield scene.number(55, minute // max(1, scene.instrument.behaviour.typical_size))


def _volume_rate(scene: Scene) -> Iterator[GenericTick]:
    yield scene.number(56, scene.listing.volume.traded(scene.quote.time - 60, scene.quote.time))


def _short_term_volume(scene: Scene) -> Iterator[GenericTick]:
    for tick_type, minutes in ((63, 3), (64, 5), (65, 10)):
        yield scene.size(tick_type, scene.listing.volume.traded(scene.quote.time - 60 * minutes, scene.quote.time))


def _net_asset_value(*made: tuple[int, str]) -> Callable[[Scene], Iterator[GenericTick]]:
    def values(scene: Scene) -> Iterator[GenericTick]:
        return (scene.price(tick_type, getattr(scene.quote, name)) for tick_type, name in made)

    return values


def _only(sec_types: str, maker: Callable[[Scene], Iterator[GenericTick]]) -> Callable[[Scene], Iterator[GenericTick]]:
    def only(scene: Scene) -> Iterator[GenericTick]:
        kinds = {scene.instrument.sec_type, scene.instrument.stock_type}
        return maker(scene) if kinds & set(sec_types.split()) else iter(())

    return only


def _one(make: Callable[[Scene], GenericTick]) -> Callable[[Scene], Iterator[GenericTick]]:
    return lambda scene: iter((make(scene),))


def _volatility(scene: Scene, subject: int) -> float:
    return scene.instrument.behaviour.volatility * (0.9 + 0.2 * scene.drawn(subject))


_MAKERS: dict[str, Callable[[Scene], Iterator[GenericTick]]] = {
    "100": _only("STK IND", _option_volume),
    "101": _only("STK IND", _open_interest),
    "104": _only("STK IND", _one(lambda scene: scene.number(23, _volatility(scene, 5)))),
    "105": _only("STK IND", _one(lambda scene: scene.size(87, scene.instrument.behaviour.daily_volume * 0.01))),
    "106": _only("STK IND", _one(lambda scene: scene.number(24, scene.instrument.behaviour.volatility))),
    "162": _only("IND", _one(lambda scene: scene.number(31, round(2 + scene.drawn(6), 2)))),
    "165": _only("STK IND", _weeks),
    "221": _mark,
    "225": _only("STK", _auction),
    "232": _mark,
    "233": _only("STK FUT OPT", _trade_report(48)),
    "236": _only("STK", _shortable),
    "258": _only("STK", _ratios),
    "293": _only("STK FUT OPT", _one(lambda scene: scene.number(54, scene.trades))),
    "294": _only("STK FUT OPT", _trade_rate),
    "295": _only("STK FUT OPT", _volume_rate),
    "318": _only("STK FUT OPT", _one(lambda scene: scene.price(57, scene.quote.last))),
    "375": _only("STK FUT OPT", _trade_report(77)),
    "411": _only("STK IND", _one(lambda scene: scene.number(58, _volatility(scene, 7)))),
    "456": _only("STK", _dividends),
    "576": _only("ETF", _net_asset_value((94, "bid"), (95, "ask"))),
    "577": _only("ETF", _net_asset_value((96, "last"))),
    "578": _only("ETF", _net_asset_value((92, "close"), (93, "close"))),
    "588": _only("FUT", _one(lambda scene: scene.size(86, scene.instrument.behaviour.daily_volume * 1.4))),
    "595": _only("STK", _short_term_volume),
    "614": _only("ETF", _net_asset_value((98, "high"), (99, "low"))),
    "619": _one(lambda scene: scene.price(79, scene.quote.close)),
}
