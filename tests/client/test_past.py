from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.client.fake_bridge import FakeBridge
from twsbridge import Client, Stock
from twsbridge.past import PastTicks
from twsbridge.protocol import queries as c
from twsbridge.protocol import query_replies as r
from twsbridge.protocol.columns import pack_floats, pack_ints

END = datetime(2026, 11, 23, 15, tzinfo=UTC)
END_US = int(END.timestamp()) * 1_000_000
COLUMNS = r.HistoricalTicks(
    contract=Stock("AAPL"),
    what_to_show="TRADES",
    count=1,
    i64={"time_us": pack_ints([END_US]), "unreported": pack_ints([1])},
    f64={"price": pack_floats([190.5])},
    texts={"exchange": ["IEX"]},
)


def test_ticks_are_maps_and_a_frame(fake: FakeBridge, client: Client) -> None:
    fake.answers["history.ticks"] = lambda command: COLUMNS
    ticks = client.historical_ticks("AAPL", end=END, count=5)
    assert fake.received[-1] == c.GetHistoricalTicks(contract=Stock("AAPL"), end_us=END_US, count=5)
    assert ticks[0] == {"time": END, "price": 190.5, "unreported": True, "exchange": "IEX"}
    assert list(ticks.df.columns) == ["price", "unreported", "exchange"]
    assert repr(ticks) == "1 ticks: AAPL, TRADES"


def test_no_ticks_are_an_empty_frame() -> None:
    nothing = r.HistoricalTicks(count=0, i64={"time_us": b""}, f64={"price": b""})
    assert len(PastTicks(nothing).df) == 0


def test_a_misspelt_option_is_refused(client: Client) -> None:
    with pytest.raises(TypeError, match="historical_ticks"):
        client.historical_ticks("AAPL", until=END)  # type: ignore[call-arg]
