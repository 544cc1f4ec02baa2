"""The part of the client that downloads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Unpack

from twsbridge.channel import Channel
from twsbridge.contracts import ContractLike
from twsbridge.download.result import Downloaded
from twsbridge.download.run import Download
from twsbridge.download.wish import DownloadOptions, Wish
from twsbridge.orders import check_names


class Downloading:
    """Bars of many contracts and years, into files."""

    _channel: Channel

    def download(
        self,
        contracts: Sequence[ContractLike],
        bar_size: str,
        folder: str | os.PathLike[str],
        start: date,
        **options: Unpack[DownloadOptions],
    ) -> list[Downloaded]:
        """Bring the files in `folder` up to date, and say what became of each contract; read them with `load`.

        Options: end=None (a date, left out; the exchange's today), what_to_show=None (TRADES, for currencies MIDPOINT),
        use_rth=True, file_format="parquet" (or "csv"), progress=None (called with a DownloadProgress). Only bars that
        will not change any more are written. A file is there whole or not at all: end this however you like, and call
        it again to go on. Everybody else goes first at TWS.
        """
        check_names("download()", options, DownloadOptions.__optional_keys__)
        wish = Wish(
            bar_size,
            start,
            options.get("end"),
            options.get("what_to_show"),
            options.get("use_rth", True),
            options.get("file_format", "parquet"),
        )
        return Download(self._channel, wish, Path(folder), options.get("progress")).run(contracts)
