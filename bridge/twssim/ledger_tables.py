"""A ledger as people read it, and as JSON: orders, fills, positions and cash by independent arithmetic."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from twssim.recompute import Books, recompute_file

Row = dict[str, Any]


def as_json(path: str) -> str:
    """All tables as one JSON object; `differences` is empty unless the ledger contradicts itself."""
    books = recompute_file(path)
    return json.dumps(_tables(books) | {"differences": books.differences}, indent=2)


def as_text(path: str) -> str:
    """All tables in columns, one under the other."""
    books = recompute_file(path)
    lines = [line for name, rows in _tables(books).items() for line in _table(name, rows)]
    return "\n".join([*lines, *(f"DIFFERENCE: {each}" for each in books.differences)]).rstrip()


def _tables(books: Books) -> dict[str, list[Row]]:
    return {
        "orders": list(_orders(books)),
        "fills": list(_fills(books)),
        "positions": list(_positions(books)),
        "cash": [
            {"account": account, "currency": currency, "amount": _number(amount)}
            for (account, currency), amount in sorted(books.cash.items())
        ],
    }


def _orders(books: Books) -> Iterator[Row]:
    for order in books.orders.values():
        terms = order.terms
        yield {
            "perm_id": order.perm_id,
            "client": order.client_id,
            "order": order.order_id,
            "account": order.account,
            "con_id": order.con_id,
            **{name: terms.get(name) for name in ("action", "total_quantity", "order_type", "limit_price")},
            "status": order.status,
            "filled": _number(order.filled),
            "avg_price": _number(order.value / order.filled) if order.filled else None,
        }


def _fills(books: Books) -> Iterator[Row]:
    for line in books.fills.values():
        time = datetime.fromtimestamp(line["time"], UTC).isoformat(timespec="milliseconds")
        names = ("exec_id", "perm_id", "account", "con_id", "side", "shares", "price", "commission")
        yield {"time": time, **{name: line[name] for name in names}, "symbol": line["contract"]["symbol"]}


def _positions(books: Books) -> Iterator[Row]:
    for (account, con_id), holding in sorted(books.holdings.items()):
        yield {
            "account": account,
            "con_id": con_id,
            "quantity": _number(holding.quantity),
            "average_cost": _number(holding.average_cost),
            "realized_pnl": _number(holding.realized),
        }


def _number(amount: Decimal) -> str:
    """Up to eight decimals, no more zeros than needed."""
    digits = f"{amount:.8f}".rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def _table(name: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{name}: {len(rows)}"
    if rows:
        cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
        for row in cells:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""


def _cell(value: object) -> str:
    return "-" if value is None else str(value)
