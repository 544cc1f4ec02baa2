"""The body of a `state` frame on `md`: where a line stands, and from when to when rows of it may be missing."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import Int, Micros, WireModel, rarely
from twsbridge.protocol.models import Reason


class LineGap(WireModel):
    """Rows of the line may be missing since `since_us`, when its last ones came; what was known may be old."""

    since_us: Micros
    reason: str


class LineResumed(WireModel):
    """The gap is over. `data_lost`: rows of the meantime are gone for good, as far as can be known."""

    since_us: Micros
    data_lost: bool


class LineState(WireModel):
    """`state` is waiting, live, delayed, frozen, stale (what is known may be old), or ended (with `error`).

    `market_data_type` is IB's 1 live, 2 frozen, 3 delayed, 4 delayed-frozen; `notice` is TWS's last one about the line.
    `gap` stands there from its beginning to its end, `resumed` in the one frame that ends it.
    """

    market_data_type: Int | None = None
    state: str
    error: WireError | None = rarely(None)
    notice: Reason | None = rarely(None)
    gap: LineGap | None = rarely(None)
    resumed: LineResumed | None = rarely(None)
