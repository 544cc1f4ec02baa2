from __future__ import annotations

import builtins
import math
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from twsbridge.contracts import Stock
from twsbridge.dataframe import bars_frame, import_pandas, rows_frame
from twsbridge.errors import MissingExtra
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.replies import Bars
from twsbridge.times import to_micros

PRICES = ("open", "high", "low", "close", "volume", "wap")


def bars(times: list[datetime] | list[str], *, packed: bool = True, count: int = 5, **fields: Any) -> Bars:
    floats = pack_floats if packed else list
    ints = pack_ints if packed else list
    size = len(times)
    i64: dict[str, Any] = {"bar_count": ints([count] * size)}
    dates = [each for each in times if isinstance(each, str)] or None
    if dates is None:
        i64["time_us"] = ints([to_micros(each) for each in times if isinstance(each, datetime)])
    f64: dict[str, Any] = {
        name: floats([float(place + row) for row in range(size)]) for place, name in enumerate(PRICES)
    }
    defaults = {"bar_size": "1 hour", "what_to_show": "TRADES", "tz": "US/Eastern", "count": size}
    return Bars(contract=Stock("AAPL"), dates=dates, i64=i64, f64=f64, **{**defaults, **fields})


@pytest.mark.parametrize("packed", [True, False])
def test_intraday_bars_stand_in_the_exchanges_time(packed: bool) -> None:
    frame = bars_frame(
        bars([datetime(2026, 3, 6, 14, 30, tzinfo=UTC), datetime(2026, 3, 9, 13, 30, tzinfo=UTC)], packed=packed)
    )
    assert list(frame.columns) == ["Open", "High", "Low", "Close", "Volume", "Wap", "Count"]
    assert frame.index.name == "Date"
    assert [str(at) for at in frame.index] == ["2026-03-06 09:30:00-05:00", "2026-03-09 09:30:00-04:00"]
    assert list(frame["Close"]) == [3.0, 4.0]
    assert list(frame["Count"]) == [5, 5]


def test_another_zone_can_be_asked_for() -> None:
    frame = bars_frame(bars([datetime(2026, 3, 6, 14, 30, tzinfo=UTC)]), "UTC")
    assert str(frame.index[0]) == "2026-03-06 14:30:00+00:00"


def test_daily_bars_have_dates_without_a_zone() -> None:
    frame = bars_frame(bars(["2026-03-06", "2026-03-09"]))
    index = frame.index
    assert isinstance(index, pd.DatetimeIndex) and index.tz is None
    assert [str(day.date()) for day in index] == ["2026-03-06", "2026-03-09"]


def test_a_bridge_that_names_no_zone_gives_utc() -> None:
    assert str(bars_frame(bars([datetime(2026, 3, 6, 14, 30, tzinfo=UTC)], tz="")).index[0]).endswith("+00:00")


@pytest.mark.parametrize("times", [[], ["2026-03-06"]])
def test_a_frame_can_be_empty_or_short(times: list[str]) -> None:
    assert len(bars_frame(bars(times))) == len(times)


def test_markers_for_nothing_become_nan() -> None:
    frame = bars_frame(bars(["2026-03-06"], count=-1))
    assert all(math.isnan(frame[name].iloc[0]) for name in ("Volume", "Wap", "Count"))
    assert frame["Close"].iloc[0] == 3.0


def test_the_frame_can_be_changed() -> None:
    frame = bars_frame(bars(["2026-03-06", "2026-03-09"]))
    frame.loc[frame.index[0], "Open"] = 99.0
    assert frame["Open"].iloc[0] == 99.0


def test_records_become_a_frame_without_empty_columns() -> None:
    frame = rows_frame([{"a": 1, "b": None, "c": ""}, {"a": 2, "b": None, "c": ""}])
    assert list(frame.columns) == ["a"]
    assert rows_frame([]).empty


def test_a_missing_pandas_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"twsbridge\[pandas\]"):
        import_pandas()
