from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.limits.rig import LMT, LimitRig, code
from tests.core.rig import CONTRACT, asked, of
from twsbridge.protocol import commands
from twsbridge_server.core import calls, halting
from twsbridge_server.core import effects as fx
from twsbridge_server.core.flattening import Flattening, Market, Reach
from twsbridge_server.core.inputs import Client, CommandReceived, HaltAsked
from twsbridge_server.core.older_copy import OlderCopy
from twsbridge_server.core.pacing import Pacing

SELL = LMT.model_copy(update={"action": "SELL"})


class HaltRig(LimitRig):
    def __init__(self) -> None:
        super().__init__()
        self.pacing = Pacing(45)
        reach = Reach(self.orders, self.session, self.placements, self.pacing, self.reconcile)
        self.flattening = Flattening(self.switch, reach, Market(self.accounts, self.contracts, self.limits.held))
        older_copy = OlderCopy(None, self.session, self.placements, self.switch)
        self.halting = halting.Halting(self.switch, reach, self.flattening, older_copy)

    def halt(self, role: str = "trader", **terms: Any) -> list[fx.Effect]:
        command = commands.Halt(**terms)
        return self.halting.halt(CommandReceived(Client(b"r", "alice", role), "h", command, "run1"), command, self.now)

    def resume(self) -> str:
        command = commands.Resume(reason="mended")
        return code(self.halting.resume(asked(command), command, self.now))


def reply(effects: list[fx.Effect]) -> Any:
    (found,) = [effect.body for effect in of(fx.SendReply, effects)]
    return found


def test_while_halted_nothing_is_sent_and_cancels_pass() -> None:
    rig = HaltRig()
    rig.order("k1")
    rig.open_order()
    assert [order.order_id for order in reply(rig.halt()).left] == [1]
    assert [rig.order("k2"), rig.change(1, quantity=Decimal(1)), rig.cancel(1)] == [
        "limit.halted",
        "limit.halted",
        "ok",
    ]
    assert [rig.resume(), rig.order("k2")] == ["ok", "ok"]


def test_reducing_lets_pass_what_brings_a_position_nearer_to_zero() -> None:
    rig = HaltRig()
    rig.hold(7)
    rig.halt(state="REDUCING")
    assert [rig.order("k1"), rig.order("k2", SELL), rig.order("k3", SELL)] == ["limit.reducing", "ok", "limit.reducing"]
    rig.open_order(1)
    assert rig.change(1, quantity=Decimal(8)) == "limit.reducing"
    assert rig.change(1, quantity=Decimal(7)) == "ok"


def test_who_may_stop_what() -> None:
    rig = HaltRig()
    assert code(rig.halt(scope="client", of="bob")) == "auth.role"
    assert code(rig.halt(scope="account", of="U1234567")) == "auth.account"
    assert code(rig.halt("admin", scope="client", of="bob")) == "ok"
    assert [rig.order("k1", name="bob"), rig.order("k2")] == ["limit.halted", "ok"]


def test_what_waits_for_its_turn_is_taken_back() -> None:
    rig = HaltRig()
    command = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=LMT)
    effects = rig.commands.place(rig.client(command), command, rig.now)
    rig.pacing.admit([fx.CallTws(calls.ReqPositions())] * 36, rig.now)
    rig.pacing._sent.extend([rig.now] * 45)
    assert not rig.pacing.admit(of(fx.CallTws, effects), rig.now)
    rig.halt()
    assert rig.status(1) == "NOT_FOUND" and not rig.pacing.withdraw()


def test_a_cancel_is_answered_when_a_sweep_shows_nothing_of_it() -> None:
    rig = HaltRig()
    rig.order("k1")
    rig.order("k2", name="bob")
    for number in (1, 2):
        rig.open_order(number)
    sent = rig.halt("admin", cancel=True)
    assert [call.call.order_id for call in of(fx.CallTws, sent)] == [1, 2] and not of(fx.SendReply, sent)
    for number in (1, 2):
        rig.order_status(number, "Cancelled")
    assert not rig.halting.due(rig.now)
    rig.reconcile.complete_since_us = rig.now + 1
    done = reply(rig.halting.due(rig.now + 2))
    assert (done.cancelled, done.left, done.verified) == ([1, 2], [], True)
    assert rig.halting.next_due() is None


def test_what_is_left_is_told_after_a_while() -> None:
    rig = HaltRig()
    rig.order("k1")
    rig.order("k2", name="bob")
    sent = rig.halt(cancel=True)
    assert [call.call.order_id for call in of(fx.CallTws, sent)] == [1]
    late = reply(rig.halting.due(rig.now + halting.VERIFY_US))
    assert ([order.order_id for order in late.left], late.verified) == ([1, 2], False)


def test_without_tws_the_halt_stands_and_nothing_is_verified() -> None:
    rig = HaltRig()
    rig.order("k1")
    rig.session.lost("gone", rig.now)
    said = reply(rig.halt(cancel=True))
    assert (len(said.halts), said.cancelled, len(said.left), said.verified) == (1, [], 1, False)


def test_a_connection_that_breaks_answers_who_waits() -> None:
    rig = HaltRig()
    rig.order("k1")
    rig.halt(cancel=True)
    assert not reply(rig.halting.lost("gone", rig.now)).verified


def test_while_the_file_is_there_nobody_resumes() -> None:
    rig = HaltRig()
    rig.halting.asked(HaltAsked("file", "fire drill"), rig.now)
    assert [rig.order("k1"), rig.resume()] == ["limit.halted", "halt.file"]
    rig.halting.asked(HaltAsked("file", ""), rig.now)
    assert [rig.order("k1"), rig.resume(), rig.order("k1")] == ["limit.halted", "ok", "ok"]
