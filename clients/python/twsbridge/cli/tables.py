"""Tables for people: as many columns as the terminal has room for, the less important ones to the right."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from rich.console import Console
from rich.table import Table

from twsbridge.records import cell

Record = dict[str, Any]

VIEWS: dict[str, tuple[str, ...]] = {
    "OrderState": (
        "order_id", "contract", "action", "quantity", "order_type", "limit_price", "stop_price", "status", "filled",
        "avg_fill_price", "owner", "reason", "account", "client_order_id",
    ),
    "Fill": (
        "time", "action", "shares", "contract", "price", "order_id", "owner", "commission", "account", "exec_id",
    ),
}  # fmt: skip
"""The columns for people where they are others than those for programs."""

TITLES = {
    "order_id": "order", "quantity": "qty", "order_type": "type", "limit_price": "limit", "stop_price": "stop",
    "avg_fill_price": "avg price", "tws_code": "code", "exec_id": "execution", "bar_count": "count",
    "client_order_id": "key",
}  # fmt: skip

GAP = 2
NARROWEST = 12
"""A last column that has to be cut is shown when at least this much of it has room."""


def print_table(records: Sequence[Record], columns: Sequence[str]) -> None:
    """Print without the columns that are empty in every row; numbers stand to the right."""
    console = Console(highlight=False, markup=False)
    console.print(table_of(records, columns, console.width))


def table_of(records: Sequence[Record], columns: Sequence[str], width: int) -> Table:
    """The table that has room in so many characters."""
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    texts = {name: [cell(record.get(name)) for record in records] for name in columns}
    shown = fitting({title(name): cells for name, cells in texts.items() if any(cells)}, width)
    for heading, cells in shown.items():
        table.add_column(heading, justify="right" if all(map(_is_number, cells)) else "left", no_wrap=True)
    for row in zip(*shown.values(), strict=True):
        table.add_row(*row)
    return table


def fitting(columns: dict[str, list[str]], width: int) -> dict[str, list[str]]:
    """The first columns that have room side by side; the last one may be cut."""
    shown: dict[str, list[str]] = {}
    left = width
    for heading, cells in columns.items():
        needed = max(map(len, [heading, *cells]))
        if shown and left < min(needed, NARROWEST):
            break
        shown[heading] = [_cut(text, left) for text in cells]
        left -= needed + GAP
    return shown


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "\N{HORIZONTAL ELLIPSIS}"


def title(name: str) -> str:
    """The heading of a column."""
    return TITLES.get(name, name.replace("_", " "))


def _is_number(text: str) -> bool:
    try:
        Decimal(text or "0")
    except InvalidOperation:
        return False
    return True
