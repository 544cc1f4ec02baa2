"""What makes an instrument's quotes: its price path, its volume, its price grid."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import exp

from twssim.contracts import Instrument, Universe
from twssim.grid import Grid
from twssim.path import FollowingPath, Path, RandomPath, ShiftedPath, Walk
from twssim.pricing import future_price, option_price
from twssim.volume import Volume

ANCHOR = (date(2026, 11, 23) - date(1970, 1, 1)).days
"""The day, counted from the epoch, at whose start (UTC) an instrument costs its `price`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One instrument with the sources of its quotes; `key` is its own seed for other noise."""

    instrument: Instrument
    key: bytes
    path: ShiftedPath
    volume: Volume
    grid: Grid


class Listings:
    """The listings of a universe, each made when it is first asked for."""

    def __init__(self, universe: Universe, seed: int) -> None:
        """All noise follows from `seed` and the con_ids."""
        self._universe = universe
        self._seed = seed
        self._made: dict[int, Listing] = {}

    def __getitem__(self, con_id: int) -> Listing:
        """The listing of this instrument; KeyError if the universe has none."""
        if con_id not in self._made:
            self._made[con_id] = self._make(self._instrument(con_id))
        return self._made[con_id]

    def _instrument(self, con_id: int) -> Instrument:
        instrument = self._universe.by_con_id(con_id)
        if instrument is None:
            raise KeyError(f"no instrument has con_id {con_id}; take one from the universe")
        return instrument

    def _make(self, instrument: Instrument) -> Listing:
        behaviour = instrument.behaviour
        return Listing(
            instrument,
            self._key("size", instrument.con_id),
            ShiftedPath(self._path(instrument)),
            Volume(self._key("volume", instrument.con_id), behaviour.daily_volume),
            Grid(instrument.min_tick, behaviour.spread_ticks),
        )

    def _key(self, subject: str, con_id: int) -> bytes:
        return f"{self._seed}/{con_id}/{subject}/".encode()

    def _path(self, instrument: Instrument) -> Path:
        behaviour = instrument.behaviour
        if behaviour.follows:
            return FollowingPath(self[behaviour.follows].path, self._rule(instrument))
        key = self._key("price", instrument.con_id)
        return RandomPath(key, behaviour.volatility, self._midnight(instrument))

    def _rule(self, instrument: Instrument) -> Callable[[int, float], float]:
        if instrument.sec_type == "FUT":
            return partial(future_price, instrument)
        if instrument.sec_type == "OPT":
            return partial(option_price, instrument)
        other = self._instrument(instrument.behaviour.follows)
        ratio = float(instrument.price / other.price)
        return lambda day, price: price * ratio

    def _midnight(self, instrument: Instrument) -> Callable[[int], float]:
        level, growth = self._level(instrument), instrument.behaviour.growth
        price, anchored = float(instrument.price), level(ANCHOR)
        return lambda day: price * exp(level(day) - anchored + growth * (day - ANCHOR) / 365)

    def _level(self, instrument: Instrument) -> Callable[[int], float]:
        """The logarithm of the price without growth, up to a constant."""
        cross = instrument.behaviour.cross_of
        if cross is None:
            key = self._key("walk", instrument.con_id)
            return Walk(key, instrument.behaviour.volatility).level
        over, under = (self._level(self._instrument(con_id)) for con_id in cross)
        return lambda day: over(day) - under(day)
