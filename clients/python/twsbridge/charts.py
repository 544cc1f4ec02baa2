"""Charts and tables of DataFrames. matplotlib is imported when a chart is asked for; it needs no display."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twsbridge.errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CANDLES = ("Open", "High", "Low", "Close")
MAX_CANDLES = 500
RISING, FALLING = "#2a7f62", "#b3392f"


def plot(df: pandas.DataFrame, title: str = "", path: str | os.PathLike[str] | None = None) -> Figure:
    """Candles of a frame with Open High Low Close, or the line of its Close where there are too many for candles.

    Returns the matplotlib Figure; also writes a PNG when `path` is given. Nothing global in matplotlib changes.
    """
    figure = _new_figure()
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.grid(alpha=0.25)
    if len(df) <= MAX_CANDLES and set(CANDLES) <= set(df.columns):
        _draw_candles(axes, df)
    else:
        axes.plot(range(len(df)), df["Close"], linewidth=1)
    _label_times(axes, df.index)
    figure.autofmt_xdate()
    if path is not None:
        figure.savefig(path, format="png")
    return figure


def display(df: object) -> None:
    """Show a table where this runs: as HTML in a notebook, else as text on the terminal."""
    if "ipykernel" in sys.modules:
        importlib.import_module("IPython.display").display(df)
    else:
        print(df)


def _new_figure() -> Figure:
    """A figure of its own, outside of pyplot; a notebook shows it as a picture."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "plot") from None

    class Chart(Figure):
        """A figure that shows itself in a notebook."""

        def _repr_png_(self) -> bytes:
            picture = io.BytesIO()
            self.savefig(picture, format="png")
            return picture.getvalue()

    figure = Chart(figsize=(10, 5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _draw_candles(axes: Axes, df: pandas.DataFrame) -> None:
    """One candle per row at whole numbers, so that nights and weekends take no room."""
    places = range(len(df))
    bodies = df["Close"] - df["Open"]
    colours = [RISING if body >= 0 else FALLING for body in bodies]
    axes.vlines(places, df["Low"], df["High"], colors=colours, linewidth=1)
    axes.bar(places, bodies, bottom=df["Open"], color=colours, width=0.7)


def _label_times(axes: Axes, index: Sequence[Any] | Any) -> None:
    """Times under some of the places."""
    from matplotlib.ticker import MaxNLocator

    has_hours = any(getattr(moment, "hour", 0) or getattr(moment, "minute", 0) for moment in index[:50])
    form = "%Y-%m-%d %H:%M" if has_hours else "%Y-%m-%d"

    def label(place: float, _: object) -> str:
        is_bar = place == int(place) and 0 <= place < len(index)
        return index[int(place)].strftime(form) if is_bar else ""

    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.xaxis.set_major_formatter(label)
