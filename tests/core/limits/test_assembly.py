from __future__ import annotations

from decimal import Decimal

from tests.core.limits.rig import LMT, LimitRig
from tests.core.rig import CONTRACT, of
from tests.core.simulated_world import Disk
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.limits.terms import Limits, LimitTable


def test_what_is_reserved_and_counted_survives_a_restart() -> None:
    disk, before = Disk(), LimitRig()
    command = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=LMT)
    for effect in of(fx.AppendJournal, before.commands.place(before.client(command), command, before.now)):
        disk.write(effect.row)
    after = LimitRig(Limits(max_position=Decimal(9)), Limits(orders_per_minute=1), disk.restored())
    assert after.order("k2") == "limit.rate"
    assert after.order("k3", name="bob") == "limit.position"
    after.own = Limits()
    assert after.order("k4") == "limit.position"
    after.table(LimitTable(Limits(max_gross=Decimal(999))))
    assert after.order("k5") == "limit.gross"
