"""Ticks -> quotes: the last value of every tick type of one contract. No input or output."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, overload

from twsbridge.errors import BridgeError, exception_for
from twsbridge.notation import contract_text
from twsbridge.protocol.envelope import TicksFrame
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.line_state import LineGap, LineResumed, Rerouted, TickParameters
from twsbridge.protocol.models import Contract
from twsbridge.protocol.stream_rows import TickValue
from twsbridge.protocol.tick_values import OptionTick
from twsbridge.times import clock, to_datetime

Value = TickValue

TICK_NAMES: dict[int, str] = {
    0: "bid_size", 1: "bid", 2: "ask", 3: "ask_size", 4: "last", 5: "last_size", 6: "high", 7: "low", 8: "volume",
    9: "close", 10: "bid_greeks", 11: "ask_greeks", 12: "last_greeks", 13: "model_greeks", 14: "open",
    21: "average_volume", 37: "mark_price", 45: "last_timestamp", 46: "shortable", 48: "rt_volume", 49: "halted",
    62: "headline", 66: "delayed_bid", 67: "delayed_ask", 68: "delayed_last", 69: "delayed_bid_size",
    70: "delayed_ask_size", 71: "delayed_last_size", 72: "delayed_high", 73: "delayed_low", 74: "delayed_volume",
    75: "delayed_close", 76: "delayed_open", 80: "delayed_bid_greeks", 81: "delayed_ask_greeks",
    82: "delayed_last_greeks", 83: "delayed_model_greeks", 88: "delayed_last_timestamp",
}  # fmt: skip


class Tick(NamedTuple):
    """One change: IB's tick type and its value; None means that there is no such value any more."""

    tick_type: int
    value: Value

    @property
    def name(self) -> str:
        """The word for the tick type: bid, ask_size, delayed_last ..."""
        return TICK_NAMES.get(self.tick_type, f"tick_{self.tick_type}")

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class _PriceField:
    """A price of a quote, live or else delayed."""

    def __init__(self, live: int, delayed: int) -> None:
        self._types = (live, delayed)

    @overload
    def __get__(self, quote: None, owner: type[Quote]) -> _PriceField: ...
    @overload
    def __get__(self, quote: Quote, owner: type[Quote]) -> float | None: ...
    def __get__(self, quote: Quote | None, owner: type[Quote]) -> _PriceField | float | None:
        if quote is None:
            return self
        value = _first(quote.values, self._types)
        return None if value is None else float(str(value))


class _SizeField:
    """A size of a quote, exact, live or else delayed."""

    def __init__(self, live: int, delayed: int) -> None:
        self._types = (live, delayed)

    @overload
    def __get__(self, quote: None, owner: type[Quote]) -> _SizeField: ...
    @overload
    def __get__(self, quote: Quote, owner: type[Quote]) -> Decimal | None: ...
    def __get__(self, quote: Quote | None, owner: type[Quote]) -> _SizeField | Decimal | None:
        if quote is None:
            return self
        value = _first(quote.values, self._types)
        return None if value is None else Decimal(str(value))


class _GreeksField:
    """Volatility and greeks of an option, of live prices or else of delayed ones."""

    def __init__(self, live: int, delayed: int) -> None:
        self._types = (live, delayed)

    @overload
    def __get__(self, quote: None, owner: type[Quote]) -> _GreeksField: ...
    @overload
    def __get__(self, quote: Quote, owner: type[Quote]) -> OptionTick | None: ...
    def __get__(self, quote: Quote | None, owner: type[Quote]) -> _GreeksField | OptionTick | None:
        if quote is None:
            return self
        value = _first(quote.values, self._types)
        return None if value is None else OptionTick.model_validate(value)


def _first(values: Mapping[int, Value], types: tuple[int, int]) -> Value:
    value = values.get(types[0])
    return values.get(types[1]) if value is None else value


class Quote:
    """What is known of one contract's market at one moment; prices are floats, sizes Decimals, unknown is None.

    `values` maps every IB tick type to its last value, `ticks` are the changes since the quote before,
    `missed` counts updates that were lost on the way (later values replace them).
    """

    __slots__ = ("contract", "values", "status", "changes", "time_us", "missed")

    def __init__(self, contract: Contract, values: Mapping[int, Value], status: Mapping[str, Any]) -> None:
        self.contract = contract
        self.values = values
        self.status = status
        self.changes: Any = ()
        self.time_us = 0
        self.missed = 0

    bid = _PriceField(1, 66)
    ask = _PriceField(2, 67)
    last = _PriceField(4, 68)
    high = _PriceField(6, 72)
    low = _PriceField(7, 73)
    close = _PriceField(9, 75)
    open = _PriceField(14, 76)
    bid_size = _SizeField(0, 69)
    ask_size = _SizeField(3, 70)
    last_size = _SizeField(5, 71)
    volume = _SizeField(8, 74)
    bid_greeks = _GreeksField(10, 80)
    ask_greeks = _GreeksField(11, 81)
    last_greeks = _GreeksField(12, 82)
    model_greeks = _GreeksField(13, 83)

    @property
    def ticks(self) -> list[Tick]:
        """What changed with this update, in the order in which it came."""
        return [Tick(int(tick_type), value) for tick_type, value in self.changes]

    @property
    def symbol(self) -> str:
        """The contract's symbol."""
        return self.contract.symbol

    @property
    def time(self) -> datetime:
        """When the bridge received it (UTC)."""
        return to_datetime(self.time_us)

    @property
    def mid(self) -> float | None:
        """The middle between bid and ask, where both are known."""
        return (self.bid + self.ask) / 2 if self.bid is not None and self.ask is not None else None

    @property
    def state(self) -> str:
        """waiting, live, delayed, frozen, stale or ended; stale and ended values are no longer the market's."""
        return str(self.status.get("state", "waiting"))

    @property
    def gap(self) -> LineGap | None:
        """Since when ticks may be missing, and why; None while none are. What is known then may be old."""
        gap = self.status.get("gap")
        return LineGap.model_validate(gap) if gap else None

    @property
    def resumed(self) -> LineResumed | None:
        """The gap that ended when the line came to this state; None if that was another reason."""
        resumed = self.status.get("resumed")
        return LineResumed.model_validate(resumed) if resumed else None

    @property
    def parameters(self) -> TickParameters | None:
        """The smallest price step, and the exchange of `market.smart_components`; None until TWS has told them."""
        parameters = self.status.get("parameters")
        return TickParameters.model_validate(parameters) if parameters else None

    @property
    def rerouted(self) -> Rerouted | None:
        """The contract that has the quotes of this contract for difference, where TWS names one."""
        rerouted = self.status.get("rerouted")
        return Rerouted.model_validate(rerouted) if rerouted else None

    @property
    def error(self) -> BridgeError | None:
        """What TWS said when it ended the line, such as a missing permission."""
        error = self.status.get("error")
        return exception_for(WireError.model_validate(error)) if error else None

    @property
    def is_complete(self) -> bool:
        """True when bid, ask and last are all known."""
        return None not in (self.bid, self.ask, self.last)

    def __repr__(self) -> str:
        shown = {"bid": self.bid, "ask": self.ask, "last": self.last, "volume": self.volume}
        values = [f"{name} {value:g}" for name, value in shown.items() if value is not None]
        sizes = "x".join("-" if size is None else f"{size:f}" for size in (self.bid_size, self.ask_size))
        parts = [contract_text(self.contract), *values, f"size {sizes}" if sizes != "-x-" else "", self.state]
        if self.time_us:
            parts.append(clock(self.time_us))
        return f"Quote({' '.join(filter(None, parts))})"


class Market:
    """One contract's market as told by the frames of its line: each frame makes a quote."""

    def __init__(self, contract: Contract) -> None:
        self._quote = Quote(contract, {}, {})
        self._n: int | None = None

    @property
    def quote(self) -> Quote:
        """The quote after the last frame."""
        return self._quote

    def take(self, frame: TicksFrame) -> Quote:
        """The quote after this frame; quotes made before stay as they are."""
        before = self._quote
        if frame.kind == "state":
            quote = Quote(before.contract, before.values, frame.body)
        else:
            kept = {} if frame.kind == "image" else before.values
            quote = Quote(before.contract, {**kept, **dict(frame.body)}, before.status)
            quote.changes = frame.body
        quote.time_us = frame.ts_us
        quote.missed = 0 if self._n is None else max(0, frame.n - self._n - 1)
        self._n = frame.n
        self._quote = quote
        return quote
