from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.limits.rig import LMT, MKT, LimitRig
from tests.core.rig import CONTRACT
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.inputs import PositionRow
from twsbridge_server.core.limits.terms import Limits, LimitTable

SELL = LMT.model_copy(update={"action": "SELL"})
OTHER = Contract(con_id=7, symbol="MSFT", sec_type="STK", exchange="SMART", currency="USD")


def sized(order: Order, size: int) -> Order:
    return order.model_copy(update={"quantity": Decimal(size)})


def test_open_orders_count_as_filled() -> None:
    rig = LimitRig(Limits(max_position=Decimal(12)))
    assert [rig.order("k1"), rig.order("k2"), rig.order("k3")] == ["ok", "ok", "limit.position"]
    assert rig.order("k4", sized(LMT, 2)) == "ok"
    assert rig.order("k5", sized(SELL, 12)) == "ok"
    assert rig.order("k6", sized(SELL, 1)) == "limit.position"
    assert rig.order("k7", sized(LMT, 12), OTHER) == "ok"


def test_what_is_held_counts_and_what_reduces_it_passes() -> None:
    rig = LimitRig(Limits(max_position=Decimal(10)))
    rig.hold(30)
    assert [rig.order("k1"), rig.order("k2", sized(SELL, 40)), rig.order("k3", SELL)] == [
        "limit.position",
        "ok",
        "limit.position",
    ]


def test_a_contract_named_in_another_way_is_not_another_contract() -> None:
    rig = LimitRig(Limits(max_position=Decimal(8)))
    rig.hold(5)
    assert rig.order("k1", LMT, Contract(symbol="AAPL", sec_type="STK", currency="USD")) == "limit.position"
    assert rig.order("k2", LMT, Contract(local_symbol="AAPL", sec_type="STK")) == "limit.position"


def test_gross_and_net() -> None:
    rig = LimitRig(Limits(max_gross=Decimal(1500), max_net=Decimal(1000)))
    rig.hold(5)
    assert rig.order("k1", LMT, OTHER) == "ok"
    assert rig.order("k2", LMT, OTHER) == "limit.net"
    assert rig.order("k3", SELL, OTHER) == "ok"
    assert rig.order("k4", sized(SELL, 6), OTHER) == "limit.gross"
    assert rig.order("k5", SELL) == "ok"
    assert rig.order("k6", MKT) == "limit.no_price"


def test_global_limits_add_accounts_up() -> None:
    rig = LimitRig(Limits(max_position=Decimal(8)))
    rig.accounts.position_row(PositionRow("DU7654321", CONTRACT, Decimal(5), 100.0), rig.now)
    assert rig.order("k1") == "limit.position"
    rig.table(LimitTable(Limits(), {"DU1234567": Limits(max_position=Decimal(8))}))
    assert rig.order("k2") == "ok"


@pytest.mark.parametrize("terms", [{"cash_qty": 100.0}, {}])
def test_what_would_become_of_positions_must_be_known(terms: dict[str, Any]) -> None:
    rig = LimitRig(Limits(max_position=Decimal(100)))
    contract = CONTRACT if terms else Contract(symbol="X", sec_type="BAG")
    assert rig.order("k1", LMT.model_copy(update=terms), contract) == "limit.position"
    rig.accounts.lost("gone", rig.now)
    assert rig.order("k2") == "br.starting"


def test_open_orders_are_counted_by_client_account_and_side() -> None:
    rig = LimitRig(Limits(max_orders_per_side=2), Limits(max_open_orders=3))
    assert [rig.order("k1"), rig.order("k2"), rig.order("k3")] == ["ok", "ok", "limit.side_orders"]
    assert [rig.order("k4", SELL), rig.order("k5", SELL)] == ["ok", "limit.open_orders"]
    assert rig.order("k6", SELL, name="bob") == "ok"
    rig.open_order(1)
    rig.order_status(1, "Cancelled")
    assert rig.order("k7") == "ok"
