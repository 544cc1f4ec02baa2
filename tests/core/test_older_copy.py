from __future__ import annotations

import pytest

from tests.core.rig import BUY, CONTRACT, OrderRig, of
from tests.core.test_bridge import Driver
from twsbridge.protocol.commands import PlaceOrder, Resume
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import Client, CompletedOrdersEnd, ExecutionsEnd, Input, OpenOrderEnd
from twsbridge_server.core.limits.switch import Halts, KillSwitch
from twsbridge_server.core.older_copy import RULE, OlderCopy
from twsbridge_server.core.restored import Lost, Restored

HOUR = 3_600_000_000
NOON = 20_000 * 24 * HOUR + 12 * HOUR
LOST = Lost(found_us=NOON, since_us=NOON - 5 * HOUR)


def journaled(effects: list[fx.Effect], kind: type) -> list[object]:
    return [effect.row for effect in of(fx.AppendJournal, effects) if isinstance(effect.row, kind)]


def older_copy(lost: Lost | None = LOST, zone: str = "UTC") -> tuple[OlderCopy, OrderRig, KillSwitch]:
    rig = OrderRig(Restored(epoch="e" * 16, lost=lost))
    rig.session.connection_time = f"20241004 12:00:00 {zone}"
    switch = KillSwitch(Halts({}), rig.sequencer)
    return OlderCopy(lost, rig.session, rig.placements, switch), rig, switch


def test_a_journal_that_lacks_nothing_needs_no_word_of_tws() -> None:
    copy, rig, switch = older_copy(None)
    assert (copy.is_open, copy.told(NOON), copy.waived(NOON), rig.placements.keeps_shown) == (False, [], [], False)


def test_once_tws_has_told_everything_of_its_day_orders_are_taken() -> None:
    copy, rig, switch = older_copy()
    assert copy.is_open and rig.placements.keeps_shown
    assert copy.told(NOON + 1) == [fx.AppendJournal(fx.ProvenRow(NOON + 1))]
    assert (copy.is_open, rig.placements.keeps_shown, switch.rows()) == (False, False, [])


def test_a_clock_that_went_back_proves_no_less() -> None:
    assert older_copy()[0].told(5)[0] == fx.AppendJournal(fx.ProvenRow(NOON))


@pytest.mark.parametrize(
    ("since_us", "zone"),
    [(NOON - 13 * HOUR, "UTC"), (NOON - 9 * HOUR, "America/New_York"), (NOON - HOUR, "of nobody"), (0, "UTC")],
)
def test_orders_that_tws_lists_no_more_halt_everything(since_us: int, zone: str) -> None:
    copy, rig, switch = older_copy(LOST._replace(since_us=since_us), zone)
    effects = copy.told(NOON)
    (halt,) = switch.rows()
    assert (halt.scope, halt.state, halt.by, copy.is_open) == ("global", "HALTED", RULE, False)
    assert journaled(effects, fx.HaltRow) and "client_order_id" in halt.reason


def test_what_tws_shows_is_journaled_until_then() -> None:
    copy, rig, switch = older_copy()
    reference = rig.placements.reference(("alice", "k9"))
    shown = [rig.placements.shown(reference, 7), rig.placements.shown(reference, 7)]
    assert shown == [[fx.AppendJournal(fx.ShownRow(reference, 7))], []]
    copy.told(NOON)
    assert rig.placements.shown(rig.placements.reference(("alice", "k10")), 8) == []
    again = OrderRig(Restored(epoch="e" * 16, shown={reference: 7}))
    (reply,) = of(fx.SendReply, again.place("k9"))
    assert reply.error is not None and reply.error.code == "idem.known_to_tws"


class Restart(Driver):
    """A bridge whose journal was replaced, in a session of which TWS has not ended one list."""

    def __init__(self, lost: Lost | None = LOST) -> None:
        super().__init__(restored=Restored(epoch="e" * 16, lost=lost))
        self.now = NOON
        self.listed(self.connect())

    def listed(self, effects: list[fx.Effect], *more: Input) -> None:
        """TWS's answers to the sweep among these effects, all but the end of its completed orders."""
        asked = next(effect.call for effect in of(fx.CallTws, effects) if isinstance(effect.call, calls.ReqExecutions))
        self(OpenOrderEnd(), ExecutionsEnd(asked.req_id), *more)

    @property
    def state(self) -> str:
        return of(fx.PublishEvent, [e for e in self.done if getattr(e, "type", "") == "session"])[-1].body["state"]


def test_without_the_end_of_one_list_the_session_waits_and_says_why() -> None:
    restart = Restart()
    effects = restart.wait(5.5)
    assert [e.body["state"] for e in of(fx.PublishEvent, effects) if e.type == "session"] == ["RECONCILING"]
    reply = restart.ask(PlaceOrder(client_order_id="k", contract=CONTRACT, order=BUY))
    assert reply.error is not None and (reply.error.code, reply.error.retry) == ("br.starting", "after:1000")
    assert "older copy" in reply.error.msg
    restart.listed(restart.wait(1), CompletedOrdersEnd())
    assert restart.state == "READY"


def test_an_admin_can_do_without_the_word_of_tws() -> None:
    restart = Restart()
    restart.wait(5.5)
    restart.ask(Resume(reason="I compared"), client=Client(b"a", "root", "admin"))
    assert journaled(restart.done, fx.ProvenRow) == [fx.ProvenRow(restart.now)]
    restart.listed(restart.wait(1))
    restart.wait(5.5)
    assert restart.state == "READY"


def test_a_bridge_that_lacks_nothing_does_not_wait_for_the_end_of_every_list() -> None:
    restart = Restart(None)
    restart.wait(5.5)
    assert restart.state == "READY"
