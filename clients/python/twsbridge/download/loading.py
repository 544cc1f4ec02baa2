"""Reading what was downloaded: the same as the bridge would answer."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from twsbridge.bars import Bars
from twsbridge.download.calendar import ExchangeDays
from twsbridge.download.formats import format_of
from twsbridge.download.manifest import read_manifest
from twsbridge.download.table import joined, packed
from twsbridge.protocol.bar_sizes import DATED
from twsbridge.protocol.replies import Bars as BarColumns


def load(folder: str | os.PathLike[str], start: date | None = None, end: date | None = None) -> Bars:
    """All bars of one series, such as "bars/AAPL/1_min_TRADES_rth", or those of the exchange's dates [start, end).

    `.df` is the same DataFrame as that of `client.bars`. Raises ValueError when there are none, or a file is damaged.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    if manifest is None or not manifest.files:
        raise ValueError(f"{place} has no bars: it is no folder of one series that was downloaded.")
    suffix = max(Path(name).suffix for name in manifest.files)
    chosen = sorted(name for name in manifest.files if name.endswith(suffix))
    tables = [format_of(place / name).read(place / name) for name in chosen]
    days = ExchangeDays(manifest.bar_size, manifest.tz)
    whole = joined(tables, manifest.bar_size in DATED)
    table = whole.cut(
        days.place(start) if start is not None else min(whole.places, default=0),
        days.place(end) if end is not None else max(whole.places, default=0) + 1,
    )
    columns = BarColumns.model_validate(
        {
            "contract": manifest.contract,
            "bar_size": manifest.bar_size,
            "what_to_show": manifest.what_to_show,
            "tz": manifest.tz,
            "sources": [source for name in chosen for source in manifest.files[name].sources],
            "final_us": max(table.places, default=0) + 1,
            **packed(table),
        }
    )
    return Bars(columns)
