"""How requests for bars go: what is made of the answer, and which errors are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twsbridge.protocol.errors import WireError
from twsbridge_server.core import tws_errors
from twsbridge_server.core.calls import CancelHistoricalData
from twsbridge_server.core.history.blocks import to_columns
from twsbridge_server.core.history.scale import Scale
from twsbridge_server.core.requests import RequestKind

SERVICE_ERROR = 162
TOO_LONG = ("exceed max", "invalid step", "duration")

Farms = dict[str, str]
OUTAGES = frozenset({"broken", "connecting"})


def bars_kind(scale: Scale, timeout_us: int, farms: Callable[[], Farms]) -> RequestKind:
    """Requests whose answer becomes columns; no bars is an answer, unless TWS's own connections are broken."""
    finish = partial(to_columns, time_of=scale.read)
    return RequestKind(timeout_us, CancelHistoricalData, finish, partial(_refusal, farms))


def is_too_long(error: WireError) -> bool:
    """Whether TWS would answer for less at once."""
    return error.tws_code in (SERVICE_ERROR, 321) and any(words in error.msg.lower() for words in TOO_LONG)


def has_outage(farms: Farms) -> bool:
    """Whether a historical data farm is broken: what TWS does not find now may well exist."""
    return any(state in OUTAGES and "hmds" in farm.lower() for farm, state in farms.items())


def _refusal(farms: Callable[[], Farms], code: int, text: str) -> WireError | None:
    if code == SERVICE_ERROR and "no data" in text.lower() and not has_outage(farms()):
        return None
    return tws_errors.refusal(code, text)
