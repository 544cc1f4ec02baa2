"""The body of a `state` frame on `md`: where a line stands, and from when to when rows of it may be missing."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import Int, Micros, Price, WireModel, rarely
from twsbridge.protocol.models import Reason


class LineGap(WireModel):
    """Rows of the line may be missing since `since_us`, when its last ones came; what was known may be old."""

    since_us: Micros
    reason: str


class LineResumed(WireModel):
    """The gap is over. `data_lost`: rows of the meantime are gone for good, as far as can be known."""

    since_us: Micros
    data_lost: bool


class TickParameters(WireModel):
    """What TWS says of a line as it begins: `bbo_exchange` is what `market.smart_components` is asked for by.

    `snapshot_permissions` are IB's bits: which kinds of paid snapshots the login may have.
    """

    min_tick: Price | None = None
    bbo_exchange: str = ""
    snapshot_permissions: Int | None = None


class Rerouted(WireModel):
    """TWS has no quotes of this contract for difference: those of this contract are to be asked for instead."""

    con_id: Int
    exchange: str


class Refused(WireModel):
    """The owner of the key `to` may not have what it subscribed to; nothing of it will come."""

    to: str
    error: WireError


class LineHeld(WireModel):
    """TWS's pacing forbids to ask for the line before `until_us`; it is asked for by itself as soon as it may be."""

    until_us: Micros
    reason: str


class LineState(WireModel):
    """`state` is waiting, live, delayed, frozen, stale (what is known may be old), or ended (with `error`).

    `market_data_type` is IB's 1 live, 2 frozen, 3 delayed, 4 delayed-frozen; `notice` is TWS's last one about the line.
    `held` stands there while TWS's pacing lets the line wait, `gap` from its beginning to its end, `resumed` in the one
    frame that ends it; `parameters` and `rerouted` as soon as TWS has told them.
    """

    market_data_type: Int | None = None
    state: str
    error: WireError | None = rarely(None)
    notice: Reason | None = rarely(None)
    held: LineHeld | None = rarely(None)
    gap: LineGap | None = rarely(None)
    resumed: LineResumed | None = rarely(None)
    parameters: TickParameters | None = rarely(None)
    rerouted: Rerouted | None = rarely(None)
