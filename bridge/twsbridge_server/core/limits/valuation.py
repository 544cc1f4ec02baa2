"""What one unit of an order or of a contract costs at most: prices, multipliers, legs, currencies."""

from __future__ import annotations

from decimal import Decimal

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.limits.currencies import Currencies, Missing
from twsbridge_server.core.limits.instruments import COMBO, multiplier
from twsbridge_server.core.limits.prices import Prices, worth
from twsbridge_server.core.limits.reserved import Reserve
from twsbridge_server.core.limits.rules import Proposal


class Valuation:
    """Prices are in the contract's currency throughout; `rate` is asked for when a sum is compared with a limit."""

    def __init__(self, contracts: Contracts, prices: Prices, currencies: Currencies) -> None:
        self._contracts = contracts
        self._prices = prices
        self.currencies = currencies

    def propose(self, contract: Contract, order: Order, now: int) -> Proposal:
        """The order with what is known of its contract and its price."""
        contract = self._contracts.described(contract)
        reference = self._prices.reference(contract, now)
        price, units = worth(order, reference), self.units(contract)
        if contract.sec_type == COMBO:
            price, units = self._combo(contract, now), 1.0
        return Proposal(contract, order, reference, price, units, self.currencies.rate(contract.currency))

    def rate(self, contract: Contract) -> float | Missing:
        """What one of the contract's currency is worth in that of the limits."""
        return self.currencies.rate(contract.currency)

    def units(self, contract: Contract) -> float | None:
        """By what a price is multiplied to become money: multiplier and price magnifier; None where it is not known.

        A magnifier that is not known (prices in pence or cents) counts as 1, which makes more of an order than it is.
        """
        given = multiplier(contract)
        return None if given is None else given / self._contracts.price_magnifier(contract)

    def market(self, contract: Contract, now: int) -> float:
        """What one costs at most in the market of the last minute; 0 where it cannot be told."""
        reference, units = self._prices.reference(contract, now), self.units(contract)
        return reference.high * units if reference and units else 0.0

    def own(self, reserve: Reserve, order: Order) -> Reserve:
        """A reserve of an open order at the worst of what it was reckoned at when placed and what it names now."""
        price, units = worth(order, None), self.units(self._contracts.described(reserve.contract))
        return reserve._replace(price=max(reserve.price, (price or 0.0) * (units or 0.0)))

    def parts(self, reserve: Reserve) -> list[Reserve]:
        """What becomes of positions: a combo fills as its legs, at prices that only the market knows."""
        if reserve.contract.sec_type != COMBO:
            return [reserve]
        return [
            Reserve(
                reserve.account,
                self._contracts.described(Contract(con_id=leg.con_id)),
                reserve.size * leg.ratio * Decimal(1 if leg.action == "BUY" else -1),
                0.0,
            )
            for leg in reserve.contract.combo_legs
        ]

    def _combo(self, contract: Contract, now: int) -> float | None:
        """All legs added up, bought and sold alike: the price of the whole is their difference and says little."""
        legs = [(leg.ratio, self._contracts.described(Contract(con_id=leg.con_id))) for leg in contract.combo_legs]
        costs = [abs(ratio) * self.market(leg, now) for ratio, leg in legs if leg.currency in ("", contract.currency)]
        return sum(costs) if costs and all(costs) and len(costs) == len(legs) else None
