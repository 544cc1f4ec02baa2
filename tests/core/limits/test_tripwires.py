from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.limits.rig import LimitRig
from tests.core.rig import ACCOUNT, of
from tests.core.test_halting import HaltRig
from twsbridge.protocol.models import Break, Commission, Halt
from twsbridge_server.core import effects as fx
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.inputs import Client, ClientsChanged, CommissionReceived, TwsErrorReceived
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.limits.currencies import Missing
from twsbridge_server.core.limits.terms import Limits, LimitTable, Stated, check
from twsbridge_server.core.limits.tripwires import Tripwires
from twsbridge_server.core.order_errors import OrderErrors
from twsbridge_server.core.rights import Rights


class TripRig(HaltRig):
    """Alice's order 1 is there. The limits of everything, of the account and of alice can be set."""

    def __init__(self, everything: Limits | None = None, account: Limits | None = None, own: Limits | None = None):
        super().__init__()
        accounts = {ACCOUNT: account} if account else {}
        self.table(LimitTable(everything or Limits(), accounts, Stated("USD")))
        clients, self.breaks = KnownClients(), Breaks(self.sequencer)
        clients.changed(ClientsChanged((Client(b"", "alice", "trader", Rights(limits=own or Limits())),)), self.now)
        wires = Tripwires(self.limits, clients, self.halting)
        self.wires = wires.listen(self.orders, self.executions, self.breaks)
        self.order("k1")
        self.open_order()

    def realise(self, n: int, pnl: int) -> list[str]:
        """Fill `n` realises so much; who was halted by whom."""
        self.fill(n, shares=1)
        exec_id = f"0000e0d5.69dd{n:04x}.01.01"
        paid = Commission(exec_id=exec_id, commission=Decimal(1), currency="USD", realized_pnl=Decimal(pnl))
        self.executions.commission(CommissionReceived(paid), self.now)
        return self.halted()

    def halted(self) -> list[str]:
        due = self.wires.next_due()
        effects = self.wires.due(self.now) if due is not None and due <= self.now else []
        rows = [effect.row for effect in of(fx.AppendJournal, effects) if isinstance(effect.row, fx.HaltRow)]
        assert all(row.body["state"] == "HALTED" and row.body["reason"] for row in rows)
        return [f"{row.scope} {row.body['by']}" for row in rows]

    def resumed(self, scope: str, of_: str = "") -> None:
        self.switch.set(Halt(scope=scope, of=of_, state="ACTIVE", by="root"), self.now)


LOSS = Limits(halt_daily_loss=Decimal(100))


@pytest.mark.parametrize(
    ("limits", "halted"),
    [
        ({"everything": LOSS}, "global:"),
        ({"account": LOSS}, f"account:{ACCOUNT}"),
        ({"own": LOSS}, "client:alice"),
    ],
)
def test_the_loss_of_a_day_halts_whom_the_limit_is_of(limits: dict[str, Any], halted: str) -> None:
    rig = TripRig(**limits)
    assert rig.realise(1, -99) == []
    assert rig.realise(2, -1) == [f"{halted} rule:daily_loss"]
    assert rig.order("k2") == "limit.halted"


def test_a_further_loss_halts_again_after_an_admin_has_resumed_and_a_gain_does_not() -> None:
    rig = TripRig(LOSS)
    rig.realise(1, -150)
    rig.resumed("global")
    assert rig.realise(2, 10) == []
    assert rig.realise(3, -1) == ["global: rule:daily_loss"]


def test_without_a_limit_losses_halt_nobody() -> None:
    assert TripRig().realise(1, -1_000_000) == []


def test_too_many_rejected_orders_in_a_minute_halt() -> None:
    rig = TripRig(own=Limits(halt_rejects_per_minute=2))
    errors, found = OrderErrors(rig.orders, rig.placements.waiters, rig.reconcile), []
    for number in range(2, 7):
        rig.order(f"k{number}")
        for _ in range(2):
            errors.received(TwsErrorReceived(number, 201, "no"), rig.now)
        found.append(rig.halted())
        rig.now += 35_000_000 if number < 4 else 1
    assert found == [[], [], [], ["client:alice rule:rejects"], []]


def difference(subject: str) -> Break:
    terms = {"account": ACCOUNT, "owner": "alice", "expected": Decimal(1), "actual": Decimal(2)}
    return Break(subject=subject, text="one too many", **terms)


@pytest.mark.parametrize("subject", ["position", "fills"])
def test_differences_halt_where_the_limits_say_so(subject: str) -> None:
    rig, calm = TripRig(account=Limits(halt_on=(subject,))), TripRig()
    for each in (rig, calm):
        each.breaks.found("b:1", difference(subject), each.now)
    assert (rig.halted(), calm.halted()) == ([f"account:{ACCOUNT} rule:{subject}"], [])


def test_a_duplicate_halts_its_client_whatever_the_limits_say() -> None:
    rig = TripRig()
    rig.breaks.found("b:1", difference("duplicate"), rig.now)
    assert rig.halted() == ["client:alice rule:duplicate"]
    assert [rig.order("k2"), rig.order("k3", name="bob"), rig.cancel(1)] == ["limit.halted", "ok", "ok"]


def test_losses_in_a_currency_without_a_rate_halt_as_they_may_be_too_large() -> None:
    rig = TripRig(LOSS)
    rig.table(LimitTable(LOSS, {}, Stated("CHF")))
    assert rig.realise(1, -1) == ["global: rule:daily_loss"]


def test_before_tws_has_told_its_values_the_loss_is_looked_at_later(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = TripRig(LOSS)
    monkeypatch.setattr(rig.limits, "loss", lambda scope, now: Missing("USD", "", ()))
    assert rig.realise(1, -1000) == [] and rig.wires.next_due() is not None
    monkeypatch.undo()
    rig.now = rig.wires.next_due() or 0
    assert rig.halted() == ["global: rule:daily_loss"]


def test_what_cannot_be_halted_on_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="halt_on: 'weather' is none of duplicate, fills, position"):
        check(Limits(halt_on=("weather",)))
    assert LimitRig().switch.rows() == []
