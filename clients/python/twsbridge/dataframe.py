"""Results as pandas DataFrames. pandas is imported when one is asked for, not before."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from twsbridge.errors import MissingExtra
from twsbridge.protocol.replies import Bars
from twsbridge.records import Record

if TYPE_CHECKING:
    import pandas

PRICES = {"open": "Open", "high": "High", "low": "Low", "close": "Close", "volume": "Volume", "wap": "Wap"}


def import_pandas() -> Any:
    """The pandas module; raises MissingExtra with the command that installs it."""
    try:
        import pandas
    except ImportError:
        raise MissingExtra("pandas", "pandas") from None
    return pandas


def rows_frame(records: list[Record]) -> pandas.DataFrame:
    """One line per record. Decimals become floats, instants UTC timestamps; columns without any value are left out."""
    pd = import_pandas()
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: [_plain(record.get(name)) for record in records] for name in names}
    filled = {name: values for name, values in columns.items() if any(value not in (None, "") for value in values)}
    frame: pandas.DataFrame = pd.DataFrame(filled)
    return frame


def bars_frame(bars: Bars, tz: str | None = None) -> pandas.DataFrame:
    """Open High Low Close Volume Wap Count by Date: in the exchange's zone (or `tz`), without a zone for daily bars."""
    pd = import_pandas()
    columns = {title: _floats(bars.f64.get(name)) for name, title in PRICES.items()}
    counts = _ints(bars.i64.get("bar_count"))
    frame: pandas.DataFrame = pd.DataFrame(
        {name: values for name, values in columns.items() if values is not None}, index=_dates(bars, tz)
    )
    if counts is not None:
        frame["Count"] = counts
    return without_markers(frame)


def without_markers(frame: pandas.DataFrame) -> pandas.DataFrame:
    """TWS writes -1 where a kind of bar has no volume, average or count: that becomes NaN."""
    if "Count" in frame and len(frame) and (frame["Count"] < 0).all():
        missing = [name for name in ("Volume", "Wap", "Count") if name in frame]
        frame[missing] = float("nan")
    return frame


def _dates(bars: Bars, tz: str | None) -> Any:
    import numpy

    pd = import_pandas()
    if bars.dates is not None:
        return pd.DatetimeIndex(pd.to_datetime(bars.dates, format="%Y-%m-%d"), name="Date")
    micros = numpy.asarray(_ints(bars.i64.get("time_us", [])), dtype="int64")
    index = pd.DatetimeIndex(micros.astype("datetime64[us]"), name="Date")
    return index.tz_localize("UTC").tz_convert(tz or bars.tz or "UTC")


def _floats(column: Any) -> Any:
    import numpy

    return numpy.frombuffer(column, "<f8") if isinstance(column, bytes) else column


def _ints(column: Any) -> Any:
    import numpy

    return numpy.frombuffer(column, "<i8") if isinstance(column, bytes) else column


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
