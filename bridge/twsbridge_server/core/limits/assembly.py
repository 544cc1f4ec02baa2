"""How the checks are put together from the objects whose figures they need."""

from __future__ import annotations

from typing import NamedTuple

from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.limits.currencies import Currencies
from twsbridge_server.core.limits.exposure import Exposure
from twsbridge_server.core.limits.held import Held
from twsbridge_server.core.limits.losses import Losses
from twsbridge_server.core.limits.pretrade import PreTrade, Sources
from twsbridge_server.core.limits.prices import Prices
from twsbridge_server.core.limits.rates import Rates
from twsbridge_server.core.limits.reserved import Reserved
from twsbridge_server.core.limits.switch import KillSwitch
from twsbridge_server.core.limits.valuation import Valuation
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.restored import Restored


class Feeds(NamedTuple):
    """What the limits hear of."""

    orders: Orders
    executions: Executions
    accounts: Accounts
    contracts: Contracts
    lines: Lines


def assemble(feeds: Feeds, restored: Restored, switch: KillSwitch) -> PreTrade:
    """The checks, listening to orders, fills and commissions."""
    held, reserved = Held(feeds.accounts), Reserved(feeds.orders, feeds.executions.tally)
    rates = Rates(feeds.orders)
    losses = Losses(restored.executions, restored.realized)

    def count(record: OrderRecord, now: int) -> list[Effect]:
        if record.placed_us == now and record.is_queued:
            rates.placed(record)
        return reserved.changed(record, now)

    feeds.orders.listeners.append(count)
    feeds.executions.on_fill += [held.filled, losses.filled]
    feeds.executions.on_commission.append(losses.commissioned)
    currencies = Currencies(feeds.accounts.exchange_rates)
    valuation = Valuation(feeds.contracts, Prices(feeds.lines), currencies)
    sources = Sources(valuation, Exposure(held, reserved, valuation), rates, losses, held)
    return PreTrade(sources, switch)
