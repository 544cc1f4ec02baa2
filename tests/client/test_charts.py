from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.waiting import PATIENCE
from twsbridge.charts import MAX_CANDLES, display, plot
from twsbridge.errors import MissingExtra


def frame(rows: int, freq: str = "D") -> pd.DataFrame:
    index = pd.date_range("2026-01-05", periods=rows, freq=freq, name="Date")
    close = [100.0 + row % 7 for row in range(rows)]
    return pd.DataFrame({"Open": 101.0, "High": 110.0, "Low": 95.0, "Close": close}, index=index)


def test_a_chart_has_a_title_and_a_candle_for_every_bar(tmp_path: Path) -> None:
    figure = plot(frame(20), "CSH2, 1 day", tmp_path / "chart.png")
    axes = figure.axes[0]
    assert axes.get_title() == "CSH2, 1 day"
    assert len(axes.patches) == 20
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_too_many_bars_become_a_line() -> None:
    axes = plot(frame(MAX_CANDLES + 1)).axes[0]
    assert len(axes.patches) == 0 and len(axes.lines) == 1


def test_closes_alone_become_a_line() -> None:
    assert len(plot(frame(5)[["Close"]]).axes[0].lines) == 1


@pytest.mark.parametrize(("freq", "label"), [("D", "2026-01-05"), ("h", "2026-01-05 00:00")])
def test_times_stand_below(freq: str, label: str) -> None:
    axes = plot(frame(10, freq)).axes[0]
    formatter = axes.xaxis.get_major_formatter()
    assert [formatter(place, None) for place in (0, 0.5, -1, 10)] == [label, "", "", ""]


def test_an_empty_frame_makes_an_empty_chart() -> None:
    assert plot(frame(0)).axes


def test_a_notebook_gets_a_picture() -> None:
    figure: Any = plot(frame(3))
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_nothing_global_in_matplotlib_changes() -> None:
    code = (
        "import sys, pandas as pd\nfrom twsbridge import plot\n"
        "plot(pd.DataFrame({'Close': [1.0, 2.0]}, index=pd.date_range('2026-01-05', periods=2)))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


def test_on_a_terminal_a_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    display(frame(2))
    assert "Close" in capsys.readouterr().out


def test_a_missing_matplotlib_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"twsbridge\[plot\]"):
        plot(frame(2))
