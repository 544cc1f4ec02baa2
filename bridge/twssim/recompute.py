"""Orders, fills, positions and cash from the lines of a ledger alone, by arithmetic of its own.

It shares no code with the simulator that wrote the file, so that one can be judged by the other. Amounts are
`Decimal`; positions are kept at average cost, commissions included, as TWS reports them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

TINY = Decimal("0.00000001")
"""What roundings of a division may add up to before two amounts count as different."""

Line = dict[str, Any]


@dataclass(slots=True)
class Holding:
    """One position: `cost` holds the commissions of what is open, `paid` does not; both signed like `quantity`."""

    quantity: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    realized: Decimal = Decimal(0)

    @property
    def average_cost(self) -> Decimal:
        """Cost of one unit, 0 when flat."""
        return self.cost / self.quantity if self.quantity else Decimal(0)

    def take(self, signed: Decimal, unit_value: Decimal, fee: Decimal) -> Decimal:
        """Add a fill of a signed size; returns the profit on what it closed, before commissions."""
        gross = Decimal(0)
        opposite = self.quantity * signed < 0
        closing = min(abs(signed), abs(self.quantity)) if opposite else Decimal(0)
        opening = abs(signed) - closing
        if closing:
            share = closing / abs(self.quantity)
            received = closing * unit_value * (1 if self.quantity > 0 else -1)
            gross = received - self.paid * share
            self.realized += received - self.cost * share - fee * closing / abs(signed)
            self.paid -= self.paid * share
            self.cost -= self.cost * share
        added = opening * unit_value * (1 if signed > 0 else -1)
        self.paid += added
        self.cost += added + fee * opening / abs(signed)
        self.quantity += signed
        return gross


@dataclass(slots=True)
class OrderState:
    """What became of one order."""

    perm_id: int
    client_id: int
    order_id: int
    account: str
    con_id: int
    terms: Line
    status: str = "PendingSubmit"
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)


@dataclass(slots=True)
class Books:
    """Everything that follows from a ledger.

    `orders` by perm id, `fills` by exec id without its last group (a correction takes its place),
    `holdings` by account and con_id, `cash` by account and currency. `differences` has a sentence for
    everything the simulator wrote of its holdings that does not follow from its fills until then.
    """

    orders: dict[int, OrderState] = field(default_factory=dict)
    fills: dict[str, Line] = field(default_factory=dict)
    holdings: dict[tuple[str, int], Holding] = field(default_factory=dict)
    cash: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def compare(self, line: Line, what: str, theirs: str, ours: Decimal) -> None:
        """Note a difference between an amount the simulator wrote and the one that follows from the fills."""
        if abs(Decimal(theirs) - ours) > TINY:
            self.differences.append(f"record {line['seq']}: {what} is {theirs} there, {ours} by the fills")


def recompute(lines: Iterable[str]) -> Books:
    """Replay a ledger's lines; raises ValueError when one of them is no record."""
    books = Books()
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
            replay = _REPLAY.get(line["record"])
            if replay is not None:
                replay(books, line)
        except (ValueError, KeyError, TypeError, ArithmeticError):
            raise ValueError(f"line {number} is no record of a ledger") from None
    return books


def recompute_file(path: str | Path) -> Books:
    """The same for a file; raises OSError when it cannot be read, ValueError when it is no ledger."""
    text = Path(path).read_text(encoding="utf-8")
    return recompute(text[: text.rfind("\n") + 1].splitlines())


def _started(books: Books, line: Line) -> None:
    if not books.cash:
        books.cash = {(account, line["currency"]): Decimal(line["cash"]) for account in line["accounts"]}


def _order(books: Books, line: Line) -> None:
    known = books.orders.get(line["perm_id"])
    if known is not None:
        known.terms = line["terms"]
        return
    names = ("perm_id", "client_id", "order_id", "account", "con_id", "terms")
    books.orders[line["perm_id"]] = OrderState(**{name: line[name] for name in names})


def _status(books: Books, line: Line) -> None:
    order = books.orders[line["perm_id"]]
    order.status = line["status"]
    books.compare(line, f"filled of order {line['perm_id']}", line["filled"], order.filled)


def _execution(books: Books, line: Line) -> None:
    books.fills[_stem(line["exec_id"])] = line
    _fill(books, line, 1, Decimal(line["commission"]))


def _correction(books: Books, line: Line) -> None:
    """The old fill is taken back and the new one booked; the commission was paid once and stays."""
    _fill(books, books.fills[_stem(line["replaces"])], -1, Decimal(0))
    books.fills[_stem(line["exec_id"])] = line
    _fill(books, line, 1, Decimal(0))


def _fill(books: Books, line: Line, sign: int, fee: Decimal) -> None:
    shares, price, contract = Decimal(line["shares"]), Decimal(line["price"]), line["contract"]
    order = books.orders[line["perm_id"]]
    if line["con_id"] == order.con_id:  # else a leg of a combination
        order.filled += sign * shares
        order.value += sign * shares * price
    if contract["sec_type"] == "BAG" or not shares:
        return
    signed = shares * sign * (1 if line["side"] == "BOT" else -1)
    unit = price * Decimal(contract["multiplier"] or 1)
    holding = books.holdings.setdefault((line["account"], line["con_id"]), Holding())
    gross = holding.take(signed, unit, fee)
    _pay(books, line["account"], line["commission_currency"], fee)
    if contract["sec_type"] == "FUT":
        _pay(books, line["account"], contract["currency"], -gross)
        return
    _pay(books, line["account"], contract["currency"], signed * unit)
    if contract["sec_type"] == "CASH":
        _pay(books, line["account"], contract["symbol"], -signed)


def _pay(books: Books, account: str, currency: str, amount: Decimal) -> None:
    key = account, currency
    books.cash[key] = books.cash.get(key, Decimal(0)) - amount


def _stem(exec_id: str) -> str:
    return exec_id.rpartition(".")[0]


def _cash(books: Books, line: Line) -> None:
    account = line["account"]
    for currency, amount in line["amounts"].items():
        books.compare(line, f"{currency} of {account}", amount, books.cash.get((account, currency), Decimal(0)))


def _position(books: Books, line: Line) -> None:
    account, con_id = line["account"], line["con_id"]
    holding = books.holdings.get((account, con_id), Holding())
    books.compare(line, f"{con_id} in {account}", line["quantity"], holding.quantity)
    books.compare(line, f"average cost of {con_id} in {account}", line["average_cost"], holding.average_cost)
    books.compare(line, f"realized P&L of {con_id} in {account}", line["realized_pnl"], holding.realized)


_REPLAY: dict[str, Callable[[Books, Line], None]] = {
    "started": _started,
    "order": _order,
    "status": _status,
    "execution": _execution,
    "correction": _correction,
    "cash": _cash,
    "position": _position,
}
