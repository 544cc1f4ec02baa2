"""The instruments of one simulated market, found the way TWS finds contracts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from twssim.instrument import Behaviour, Instrument
from twssim.universe import instruments

__all__ = [
    "UNIVERSE_DATE",
    "Behaviour",
    "ContractQuery",
    "Instrument",
    "Universe",
    "default_universe",
]

UNIVERSE_DATE = date(2026, 11, 23)
"""The day from which the default universe counts its expiries."""


@dataclass(frozen=True, slots=True)
class ContractQuery:
    """A contract as a client describes it; empty fields (0, "", None) match everything.

    `last_trade_date` may be a month (yyyymm). `include_expired` changes nothing here, because a
    universe holds no expired contracts.
    """

    con_id: int = 0
    symbol: str = ""
    sec_type: str = ""
    exchange: str = ""
    currency: str = ""
    primary_exchange: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    last_trade_date: str = ""
    strike: Decimal | None = None
    right: str = ""
    multiplier: str = ""
    include_expired: bool = False


class Universe:
    """All instruments of one simulated TWS, in a fixed order."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        """Keep the instruments; ValueError if two of them share a con_id."""
        self._by_con_id: dict[int, Instrument] = {}
        for instrument in instruments:
            if instrument.con_id in self._by_con_id:
                raise ValueError(f"two instruments have con_id {instrument.con_id}; give each its own")
            self._by_con_id[instrument.con_id] = instrument

    def __iter__(self) -> Iterator[Instrument]:
        """Every instrument once."""
        return iter(self._by_con_id.values())

    def by_con_id(self, con_id: int) -> Instrument | None:
        """The instrument on its main exchange, or None."""
        return self._by_con_id.get(con_id)

    def find(self, query: ContractQuery) -> list[Instrument]:
        """Every match, on the exchange that was asked for; [] if there is none.

        A query needs a con_id, a symbol or a local symbol. Texts are compared case-sensitively.
        """
        if not (query.con_id or query.symbol or query.local_symbol):
            return []
        found = (each for each in self._candidates(query) if _matches(each, query))
        return [_on_exchange(each, query.exchange) for each in found]

    def _candidates(self, query: ContractQuery) -> Iterable[Instrument]:
        if not query.con_id:
            return self
        known = self.by_con_id(query.con_id)
        return [known] if known else []


_COMPARED_AS_TEXT = (
    "symbol",
    "sec_type",
    "currency",
    "primary_exchange",
    "local_symbol",
    "trading_class",
    "multiplier",
)


def _matches(instrument: Instrument, query: ContractQuery) -> bool:
    for name in _COMPARED_AS_TEXT:
        wanted = getattr(query, name)
        if wanted and wanted != getattr(instrument, name) and not _is_cusip(name, wanted, instrument):
            return False
    return (
        (not query.exchange or query.exchange in instrument.valid_exchanges.split(","))
        and instrument.last_trade_date.startswith(query.last_trade_date)
        and (query.strike is None or query.strike == instrument.strike)
        and instrument.right == (query.right[:1] or instrument.right)
    )


def _is_cusip(name: str, wanted: str, instrument: Instrument) -> bool:
    """A bond is asked for by its CUSIP in the place of the symbol."""
    return name == "symbol" and instrument.bond is not None and instrument.bond.cusip == wanted


def _on_exchange(instrument: Instrument, exchange: str) -> Instrument:
    if exchange in ("", instrument.exchange):
        return instrument
    return replace(instrument, exchange=exchange)


def default_universe(today: date = UNIVERSE_DATE) -> Universe:
    """Stocks, currencies, an index, futures and options; expiries are the next ones after `today`."""
    return Universe(instruments(today))
