from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.client.test_dataframe import bars as columns
from twsbridge.bars import Bar, Bars, bars_command, patience, progress_heard
from twsbridge.errors import InvalidRequest
from twsbridge.protocol.models import Contract
from twsbridge.protocol.replies import BarsProgress

INTRADAY = [datetime(2026, 3, 6, 14, 30, tzinfo=UTC), datetime(2026, 3, 9, 13, 30, tzinfo=UTC)]


def test_bars_are_a_sequence_with_times_of_the_exchange() -> None:
    bars = Bars(columns(INTRADAY))
    assert len(bars) == 2
    assert bars[0] == Bar(INTRADAY[0], 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5)
    first = bars[0].time
    assert isinstance(first, datetime) and (first.hour, first.minute) == (9, 30)
    assert [bar.close for bar in bars] == [3.0, 4.0]
    assert bars[1:] == [bars[1]]


def test_daily_bars_have_dates() -> None:
    assert Bars(columns(["2026-03-06"]))[0].time == date(2026, 3, 6)


def test_what_a_kind_of_bar_does_not_have_is_none() -> None:
    bar = Bars(columns(["2026-03-06"], count=-1))[0]
    assert (bar.volume, bar.wap, bar.bar_count, bar.close) == (None, None, None, 3.0)


def test_the_text_shows_the_first_and_the_last() -> None:
    text = repr(Bars(columns([f"2026-03-{day:02d}" for day in range(1, 21)], bar_size="1 day")))
    lines = text.splitlines()
    assert lines[0] == "20 bars: AAPL, 1 day, TRADES"
    assert lines[1].split() == ["Date", "Open", "High", "Low", "Close", "Volume", "Wap", "Count"]
    assert [line.split()[0] for line in lines[2:]] == [
        *(f"2026-03-{day:02d}" for day in range(1, 6)),
        "...",
        *(f"2026-03-{day:02d}" for day in range(16, 21)),
    ]


def test_few_bars_are_all_shown_and_none_say_so() -> None:
    assert "09:30" in repr(Bars(columns(INTRADAY)))
    assert repr(Bars(columns([]))) == "(no bars: AAPL, 1 hour, TRADES)"
    assert "<table>" in Bars(columns(INTRADAY))._repr_html_()
    assert "no bars" in Bars(columns([]))._repr_html_()


def test_the_frame_and_the_chart_come_from_the_same_bars(tmp_path: Path) -> None:
    bars = Bars(columns(INTRADAY))
    assert list(bars.df["Close"]) == [bar.close for bar in bars]
    assert str(bars.frame("UTC").index[0]).endswith("+00:00")
    figure = bars.plot(path=tmp_path / "chart.png")
    assert figure.axes[0].get_title() == "AAPL, 1 hour"
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_what_they_are_of_is_known() -> None:
    bars = Bars(columns(INTRADAY))
    assert (bars.contract.symbol, bars.tz) == ("AAPL", "US/Eastern")


def test_a_command_from_its_options() -> None:
    start = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    command = bars_command(Contract(symbol="AAPL"), None, "1 min", {"start": start, "progress": print})
    assert (command.start_us, command.end_us, command.duration) == (1_700_000_000_000_000, None, None)
    assert command.progress and command.priority == "interactive"
    with pytest.raises(InvalidRequest, match="duration or start_us"):
        bars_command(Contract(symbol="AAPL"), None, "1 min", {})


def test_long_ranges_have_more_time() -> None:
    assert [patience({}, 10), patience({}, 90), patience({"timeout": 3}, 10)] == [60, 90, 3]
    assert patience({"progress": print}, 10) == 3600


def test_progress_is_heard_and_parts_of_the_bars_are_not() -> None:
    told: list[BarsProgress] = []
    hear = progress_heard({"progress": told.append})
    assert hear is not None and progress_heard({}) is None
    hear({"progress": {"done": 0.5, "requests": 3, "left_us": None}})
    hear({"count": 3})
    assert [each.done for each in told] == [0.5]


def test_lists_out_of_json_may_have_holes() -> None:
    reply = columns(["2026-03-06"], packed=False)
    reply = reply.model_copy(update={"f64": {**reply.f64, "wap": [None]}})
    assert math.isnan(Bars(reply)[0].wap or 0)
