"""Positions, exposure and open orders as they would be in the worst case, were one more order taken."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import DONE, Contract, Order
from twsbridge_server.core.limits.currencies import Missing
from twsbridge_server.core.limits.held import Held, Holding
from twsbridge_server.core.limits.instruments import COMBO, is_same, may_be_same
from twsbridge_server.core.limits.reserved import Reserve, Reserved
from twsbridge_server.core.limits.rules import Proposal, refused, unvalued
from twsbridge_server.core.limits.terms import GLOBAL, Limits, Scope
from twsbridge_server.core.limits.valuation import Valuation
from twsbridge_server.core.order_record import OrderRecord

ZERO = Decimal(0)


@dataclass(slots=True)
class _Sum:
    """One contract of one account: what could be held in the end. `price` is the highest known of one, in its currency.

    `is_unpriced`: an open order of it has no price that can be told.
    """

    account: str
    contract: Contract
    longest: Decimal = ZERO
    shortest: Decimal = ZERO
    price: float = 0.0
    is_unpriced: bool = False


class Beside(NamedTuple):
    """What else is under way: `earlier` orders of the same group, or the order that is being `changed`."""

    earlier: tuple[Proposal, ...] = ()
    pending: tuple[Reserve, ...] = ()
    changed: OrderRecord | None = None


class Exposure:
    """Adds up what is held and what is reserved."""

    def __init__(self, held: Held, reserved: Reserved, valuation: Valuation) -> None:
        self._held = held
        self._reserved = reserved
        self._valuation = valuation

    def refusal(self, proposal: Proposal, of: tuple[Scope, Limits], beside: Beside, now: int) -> WireError | None:
        """Why this order would be too much beside what is held, and what open orders may still do."""
        scope, limits = of
        if limits.max_position is None and limits.max_gross is None and limits.max_net is None:
            return None
        if not self._held.is_known:
            return make_error("br.starting", "Limits on positions are set, and TWS has not told the positions yet")
        own = self._valuation.parts(reserve_of(proposal))
        if not own or proposal.order.cash_qty:
            text = "What the order would do to positions cannot be told"
            return refused("position", scope, "orders by quantity of contracts that are named", "unknown", text)
        others = self._others("" if scope == GLOBAL else proposal.order.account, beside)
        reduces = self.reduces(proposal, beside, now)
        error = self._position(own, of, others, now)
        return error or (None if reduces else self._money(proposal, of, (own, others), now))

    def reduces(self, proposal: Proposal, beside: Beside, now: int) -> bool:
        """True when the order can only bring the position nearer to zero, whatever else is open."""
        order = proposal.order
        if not self._held.is_known or proposal.contract.sec_type == COMBO or order.cash_qty:
            return False
        same = [row for row in self._held.rows(order.account, now) if is_same(row.contract, proposal.contract)]
        others = self._others(order.account, beside)
        alike = [each.size for each in others if may_be_same(each.contract, proposal.contract)]
        if order.action == "SELL":
            return sum((row.low for row in same), ZERO) + sum(size for size in alike if size < 0) >= order.quantity
        return -sum((row.high for row in same), ZERO) - sum(size for size in alike if size > 0) >= order.quantity

    def freed(self, record: OrderRecord, order: Order) -> list[tuple[OrderRecord, Decimal]]:
        """The exit of a bracket that could open a position by itself, and how much, were its entry to become this."""
        return self._reserved.freed(record, order.quantity)

    def _others(self, account: str, beside: Beside) -> list[Reserve]:
        """What open orders, and those before it in its group, may still do to positions."""
        opened = self._reserved.reserves(account, beside.changed)
        reserves = [*(self._valuation.own(reserve, order) for reserve, order in opened), *beside.pending]
        return [part for reserve in reserves for part in self._valuation.parts(reserve)]

    def _position(
        self, own: list[Reserve], of: tuple[Scope, Limits], others: list[Reserve], now: int
    ) -> WireError | None:
        """Every leg is judged as if those that work against it did not fill."""
        scope, limits = of
        for n, each in enumerate(own):
            beside = [*others, *own[:n], *own[n + 1 :]]
            value = self._farthest(each, "" if scope == GLOBAL else each.account, beside, now)
            if limits.max_position is not None and abs(value) > limits.max_position:
                text = f"With all open orders filled the position could become {decimal_text(value)}"
                return refused("position", scope, decimal_text(limits.max_position), decimal_text(value), text)
        return None

    def _farthest(self, own: Reserve, account: str, beside: list[Reserve], now: int) -> Decimal:
        """The position that could be, on the side of this order."""
        sign = 1 if own.size > 0 else -1
        size = abs(own.size)
        for row in self._held.rows(account, now):
            end = row.high if sign > 0 else -row.low
            if is_same(row.contract, own.contract):
                size += end
            elif may_be_same(row.contract, own.contract):
                size += max(end, ZERO)
        alike = [each.size * sign for each in beside if may_be_same(each.contract, own.contract)]
        return sign * (size + sum(each for each in alike if each > 0))

    def _money(
        self, proposal: Proposal, of: tuple[Scope, Limits], reserves: tuple[list[Reserve], list[Reserve]], now: int
    ) -> WireError | None:
        scope, limits = of
        if limits.max_gross is None and limits.max_net is None:
            return None
        wanted = f"gross {limits.max_gross}, net {limits.max_net}"
        if proposal.unit_value is None:
            return unvalued(proposal, scope, wanted)
        own, others = reserves
        holdings = list(self._held.rows("" if scope == GLOBAL else proposal.order.account, now))
        after = self._values(_sums(holdings, [*others, *own]), now)
        if isinstance(after, Missing):
            return after.refusal(scope, wanted)
        if isinstance(after, Contract):
            text = f"What an open order of {after!r} is worth cannot be told: the bridge knows no price of it"
            return refused("no_price", scope, wanted, "unknown", text)
        before = self._values(_sums(holdings, others), now)
        for n, (name, most) in enumerate((("gross", limits.max_gross), ("net", limits.max_net))):
            rose = not isinstance(before, tuple) or after[n] > before[n]
            if most is not None and after[n] > most and rose:
                text = f"With all open orders filled the {name} exposure could become {after[n]:.2f}"
                return refused(name, scope, decimal_text(most), f"{after[n]:.2f}", text)
        return None

    def _values(self, sums: list[_Sum], now: int) -> tuple[float, float] | Missing | Contract:
        """(gross, net) in the worst case, in the currency of the limits; else the rate or the price that is missing."""
        gross = longest = shortest = 0.0
        for each in sums:
            price = max(each.price, self._valuation.market(each.contract, now))
            if each.is_unpriced and not price:
                return each.contract
            rate = self._valuation.rate(each.contract)
            if isinstance(rate, Missing):
                if price and (each.longest or each.shortest):
                    return rate
                continue
            gross += float(max(each.longest, -each.shortest, ZERO)) * price * rate
            longest += float(each.longest) * price * rate
            shortest += float(each.shortest) * price * rate
        return gross, max(longest, -shortest, 0.0)

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


def reserve_of(proposal: Proposal) -> Reserve:
    """What the proposal would do, were it taken."""
    order = proposal.order
    size = order.quantity if order.action == "BUY" else -order.quantity
    return Reserve(order.account, proposal.contract, size, proposal.unit_value or 0.0)


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
        each.is_unpriced = each.is_unpriced or bool(reserve.size and not reserve.price)
    return sums


def _of(sums: list[_Sum], account: str, contract: Contract) -> _Sum:
    found = next((each for each in sums if each.account == account and is_same(each.contract, contract)), None)
    if found is None:
        found = _Sum(account, contract)
        sums.append(found)
    elif not found.contract.currency:
        found.contract = contract
    return found
