"""What the tests of the simulated market share: a universe, moments, and how to compare."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from twssim.contracts import ContractQuery, Instrument, default_universe
from twssim.market import Market

UNIVERSE = default_universe()
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, ZoneInfo("US/Eastern")).timestamp()

QUICK = settings(max_examples=60)
FEW = settings(max_examples=15)

instruments = st.sampled_from(list(UNIVERSE))
moments = st.floats(1.4e9, 1.9e9)
"""From 2014 to 2030."""
seeds = st.integers(0, 2**40)
modes = st.sampled_from(["always", "regular"])


def the(symbol: str, sec_type: str = "STK", exchange: str = "", currency: str = "") -> Instrument:
    """The first match of a contract."""
    return UNIVERSE.find(ContractQuery(symbol=symbol, sec_type=sec_type, exchange=exchange, currency=currency))[0]


def at(text: str, zone: str = "US/Eastern") -> float:
    """Epoch seconds of a local time like 2026-11-23 09:30."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def market(seed: int = 1) -> Market:
    """A market with nothing asked of it yet."""
    return Market(UNIVERSE, seed)
