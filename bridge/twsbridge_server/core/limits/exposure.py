"""Positions, exposure and open orders as they would be in the worst case, were one more order taken."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import DONE, Contract, Order
from twsbridge_server.core.limits.held import Held, Holding
from twsbridge_server.core.limits.instruments import is_same, may_be_same
from twsbridge_server.core.limits.reserved import Reserve, Reserved
from twsbridge_server.core.limits.rules import Proposal, refused, unvalued
from twsbridge_server.core.limits.terms import GLOBAL, Limits, Scope
from twsbridge_server.core.order_record import OrderRecord

ZERO = Decimal(0)
COMBO = "BAG"


@dataclass(slots=True)
class _Sum:
    """One contract of one account: what is held at most, and what could be in the end. `price` is the highest."""

    account: str
    contract: Contract
    longest: Decimal = ZERO
    shortest: Decimal = ZERO
    price: float = 0.0


class Beside(NamedTuple):
    """What else is under way: `earlier` orders of the same group, or the order that is being `changed`."""

    earlier: tuple[Proposal, ...] = ()
    pending: tuple[Reserve, ...] = ()
    changed: OrderRecord | None = None


class Exposure:
    """Adds up what is held and what is reserved."""

    def __init__(self, held: Held, reserved: Reserved) -> None:
        self._held = held
        self._reserved = reserved

    def refusal(self, proposal: Proposal, of: tuple[Scope, Limits], beside: Beside, now: int) -> WireError | None:
        """Why this order would be too much beside what is held, and what open orders may still do."""
        scope, limits = of
        if limits.max_position is None and limits.max_gross is None and limits.max_net is None:
            return None
        if not self._held.is_known:
            return make_error("br.starting", "Limits on positions are set, and TWS has not told the positions yet")
        if proposal.contract.sec_type == COMBO or proposal.order.cash_qty:
            text = "What the order would do to positions cannot be told"
            return refused("position", scope, "orders by quantity of single contracts", "unknown", text)
        account = "" if scope == GLOBAL else proposal.order.account
        reserves = [*self._reserved.reserves(account, beside.changed), *beside.pending]
        return self._position(proposal, of, reserves, now) or self._money(proposal, of, reserves, now)

    def reduces(self, proposal: Proposal, beside: Beside, now: int) -> bool:
        """True when the order can only bring the position nearer to zero, whatever else is open."""
        order = proposal.order
        if not self._held.is_known or proposal.contract.sec_type == COMBO or order.cash_qty:
            return False
        same = [row for row in self._held.rows(order.account, now) if is_same(row.contract, proposal.contract)]
        reserves = [*self._reserved.reserves(order.account, beside.changed), *beside.pending]
        alike = [each.size for each in reserves if may_be_same(each.contract, proposal.contract)]
        if order.action == "SELL":
            return sum((row.low for row in same), ZERO) + sum(size for size in alike if size < 0) >= order.quantity
        return -sum((row.high for row in same), ZERO) - sum(size for size in alike if size > 0) >= order.quantity

    def _position(
        self, proposal: Proposal, of: tuple[Scope, Limits], reserves: list[Reserve], now: int
    ) -> WireError | None:
        scope, limits = of
        if limits.max_position is None:
            return None
        account = "" if scope == GLOBAL else proposal.order.account
        sign = 1 if proposal.order.action == "BUY" else -1
        size = proposal.order.quantity
        for row in self._held.rows(account, now):
            end = row.high if sign > 0 else -row.low
            if is_same(row.contract, proposal.contract):
                size += end
            elif may_be_same(row.contract, proposal.contract):
                size += max(end, ZERO)
        alike = [each.size * sign for each in reserves if may_be_same(each.contract, proposal.contract)]
        size += sum(each for each in alike if each > 0)
        if size <= limits.max_position:
            return None
        value = decimal_text(size * sign)
        text = f"With all open orders filled the position could become {value}"
        return refused("position", scope, decimal_text(limits.max_position), value, text)

    def _money(
        self, proposal: Proposal, of: tuple[Scope, Limits], reserves: list[Reserve], now: int
    ) -> WireError | None:
        scope, limits = of
        if limits.max_gross is None and limits.max_net is None:
            return None
        if proposal.unit_value is None:
            return unvalued(proposal, scope, f"gross {limits.max_gross}, net {limits.max_net}")
        holdings = list(self._held.rows("" if scope == GLOBAL else proposal.order.account, now))
        order = proposal.order
        size = order.quantity if order.action == "BUY" else -order.quantity
        own = Reserve(order.account, proposal.contract, size, proposal.unit_value)
        before, after = _values(_sums(holdings, reserves)), _values(_sums(holdings, [*reserves, own]))
        for n, (name, most) in enumerate((("gross", limits.max_gross), ("net", limits.max_net))):
            if most is not None and after[n] > most and after[n] > before[n]:
                text = f"With all open orders filled the {name} exposure could become {after[n]:.2f}"
                return refused(name, scope, decimal_text(most), f"{after[n]:.2f}", text)
        return None

    def count(self, proposal: Proposal, of: tuple[Scope, Limits], beside: Beside) -> WireError | None:
        """Why one more open order would be too much."""
        scope, limits = of
        if limits.max_open_orders is None and limits.max_orders_per_side is None:
            return None
        working = [record for record in self._reserved.open() if record.state.status not in DONE]
        if limits.max_open_orders is not None:
            count = len(beside.earlier) + sum(_belongs(record, scope, proposal.order.account) for record in working)
            if count >= limits.max_open_orders:
                text = f"It would be open order {count + 1}"
                return refused("open_orders", scope, limits.max_open_orders, count + 1, text)
        if limits.max_orders_per_side is not None:
            others = [(record.state.contract, record.state.order) for record in working]
            others += [(earlier.contract, earlier.order) for earlier in beside.earlier]
            count = sum(_is_beside(contract, order, proposal) for contract, order in others)
            if count >= limits.max_orders_per_side:
                text = f"It would be open order {count + 1} on this side of this contract in {proposal.order.account}"
                return refused("side_orders", scope, limits.max_orders_per_side, count + 1, text)
        return None


def _belongs(record: OrderRecord, scope: Scope, account: str) -> bool:
    if scope.kind == "client":
        return record.is_ours and record.state.owner == scope.name
    return record.is_ours and (scope.kind == "global" or record.state.order.account == account)


def _is_beside(contract: Contract, order: Order, proposal: Proposal) -> bool:
    wanted = proposal.order
    same_side = (order.account, order.action) == (wanted.account, wanted.action)
    return same_side and is_same(contract, proposal.contract)


def _sums(holdings: list[Holding], reserves: list[Reserve]) -> list[_Sum]:
    """Contracts are taken together only where they are certainly the same: apart they count for more."""
    sums: list[_Sum] = []
    for row in holdings:
        each = _of(sums, row.account, row.contract)
        each.longest, each.shortest = each.longest + row.high, each.shortest + row.low
        each.price = max(each.price, row.price)
    for reserve in reserves:
        each = _of(sums, reserve.account, reserve.contract)
        each.longest += max(reserve.size, ZERO)
        each.shortest += min(reserve.size, ZERO)
        each.price = max(each.price, reserve.price)
    return sums


def _of(sums: list[_Sum], account: str, contract: Contract) -> _Sum:
    found = next((each for each in sums if each.account == account and is_same(each.contract, contract)), None)
    if found is None:
        found = _Sum(account, contract)
        sums.append(found)
    return found


def _values(sums: list[_Sum]) -> tuple[float, float]:
    """(gross, net) in the worst case."""
    gross = sum(float(max(each.longest, -each.shortest, ZERO)) * each.price for each in sums)
    longest = sum(float(each.longest) * each.price for each in sums)
    shortest = sum(float(each.shortest) * each.price for each in sums)
    return gross, max(longest, -shortest, 0.0)
