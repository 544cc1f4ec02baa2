"""An order book, kept from the steps by which TWS changes it, so that whoever joins late starts whole."""

from __future__ import annotations

from twsbridge.protocol.stream_rows import DepthChange, StreamRow

INSERT, UPDATE, DELETE = 0, 1, 2


class BookState:
    """Both sides by position. A step that fits no position changes what can be changed and harms nothing else."""

    def __init__(self) -> None:
        self._sides: dict[int, list[DepthChange]] = {}

    def take(self, rows: tuple[StreamRow, ...], whole: bool) -> tuple[StreamRow, ...]:
        """Apply these steps; every one of them is news."""
        for row in rows:
            if isinstance(row, DepthChange):
                self._step(row)
        return rows

    def image(self) -> tuple[StreamRow, ...]:
        """The book as inserts, asks before bids, best first."""
        return tuple(
            row._replace(position=position, operation=INSERT)
            for side in sorted(self._sides)
            for position, row in enumerate(self._sides[side])
        )

    def clear(self) -> None:
        """Nothing is known any more."""
        self._sides.clear()

    def newest(self, rows: tuple[StreamRow, ...]) -> None:
        """Steps build on one another: only the whole book stands for several of them."""
        return None

    def _step(self, row: DepthChange) -> None:
        side = self._sides.setdefault(row.side, [])
        if row.operation == INSERT:
            side.insert(row.position, row)
        elif row.operation == DELETE:
            del side[row.position : row.position + 1]
        else:
            side[row.position : row.position + 1] = [row]
