from __future__ import annotations

from decimal import Decimal

from tests.core.limits.rig import LMT, LimitRig
from tests.core.rig import ACCOUNT, fill
from twsbridge.protocol.models import Commission
from twsbridge_server.core.inputs import CommissionReceived
from twsbridge_server.core.limits.losses import DAY_US, Losses
from twsbridge_server.core.limits.terms import GLOBAL, Limits, Scope


def paid(exec_id: str, realized: int | None, currency: str = "USD") -> Commission:
    pnl = None if realized is None else Decimal(realized)
    return Commission(exec_id=exec_id, commission=Decimal(1), currency=currency, realized_pnl=pnl)


def test_sums_by_owner_account_and_everything_each_currency_alone() -> None:
    losses = Losses({}, {})
    for exec_id, owner, realized, currency in (
        ("1", "bob", -10, "USD"),
        ("2", "eve", -5, "USD"),
        ("3", "bob", 99, "EUR"),
    ):
        losses.filled(fill(exec_id, owner=owner, time_us=5), 5)
        losses.commissioned(paid(exec_id, realized, currency))
        losses.commissioned(paid(exec_id, realized, currency))
    assert losses.today(Scope("client", "bob"), 5) == {"USD": 10}
    assert losses.today(Scope("account", ACCOUNT), 5) == {"USD": 15}
    assert losses.today(GLOBAL, 5) == {"USD": 15}
    assert losses.today(GLOBAL, 5 + DAY_US) == {}


def test_a_restart_forgets_no_loss() -> None:
    executions = {"1": fill("1", owner="bob", time_us=5).wire()}
    assert Losses(executions, {"1": paid("1", -7).wire()}).today(GLOBAL, 6) == {"USD": 7}


def test_after_the_loss_only_what_reduces_a_position_is_taken() -> None:
    rig = LimitRig(own=Limits(max_daily_loss=Decimal(50)))
    rig.order("k1")
    rig.open_order()
    rig.fill(1, shares=5)
    rig.executions.commission(CommissionReceived(paid("0000e0d5.69dd0001.01.01", -50)), rig.now)
    rig.hold(5)
    assert rig.order("k2") == "limit.daily_loss"
    sell = LMT.model_copy(update={"action": "SELL"})
    assert [rig.order("k3", sell), rig.order("k4", sell)] == ["ok", "limit.daily_loss"]
