"""The cache of bars for its operator: what is in it, and deleting it. The bridge may be running or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from twsbridge_server.bar_room import shrink

BLOBS = ("time_us", "bar_count", "open", "high", "low", "close", "volume", "wap")
_LIST = f"""
SELECT con_id, exchange, bar_size, what_to_show, use_rth, COUNT(*), SUM(LENGTH(time_us)) / 8, MIN(start_us),
       MAX(end_us), MIN(fetched_us), MAX(fetched_us), MAX(used_us),
       SUM({" + ".join(f"LENGTH({name})" for name in BLOBS)})
FROM blocks LEFT JOIN uses USING (con_id, exchange, bar_size, what_to_show, use_rth)
GROUP BY con_id, exchange, bar_size, what_to_show, use_rth ORDER BY MAX(used_us) DESC
"""


class CachedSeries(NamedTuple):
    """One series of the cache; instants are microseconds UTC. It may have holes between `start_us` and `end_us`."""

    con_id: int
    exchange: str
    bar_size: str
    what_to_show: str
    use_rth: bool
    blocks: int
    bars: int
    start_us: int
    end_us: int
    first_fetched_us: int
    last_fetched_us: int
    used_us: int | None
    bytes: int


def series(path: Path) -> list[CachedSeries]:
    """All series, the one used last first; none when there is no file. May raise sqlite3.Error."""
    if not path.exists():
        return []
    with _opened(path) as connection:
        return [CachedSeries(*row)._replace(use_rth=bool(row[4])) for row in connection.execute(_LIST)]


def delete(path: Path, con_id: int | None = None) -> int:
    """Forget the bars of one contract, or all; how many blocks. The bridge asks TWS again. May raise sqlite3.Error."""
    if not path.exists():
        return 0
    which, values = ("", ()) if con_id is None else (" WHERE con_id = ?", (con_id,))
    with _opened(path) as connection:
        with connection:
            gone = connection.execute(f"DELETE FROM blocks{which}", values).rowcount
            connection.execute(f"DELETE FROM uses{which}", values)
        shrink(connection)
    return gone


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
        yield connection
