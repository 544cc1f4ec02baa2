from __future__ import annotations

from decimal import Decimal

from tests.core.rig import ACCOUNT, CONTRACT, SETTINGS, OrderRig, fill, of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.baselines import Baselines
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.inputs import ExecutionReceived, PositionEnd, PositionRow
from twsbridge_server.core.recount import Recount
from twsbridge_server.core.restored import Baseline, Restored


class Desk:
    """Orders, executions and positions, with the comparison of all three."""

    def __init__(self, held: int = 0, restored: Restored | None = None) -> None:
        restored = restored or Restored(epoch="e" * 16)
        self.rig = OrderRig(restored)
        self.accounts = Accounts(SETTINGS, RequestIds(), self.rig.sequencer)
        self.breaks = Breaks(self.rig.sequencer)
        baselines = Baselines(self.rig.sequencer, restored)
        self.recount = Recount(self.rig.orders, self.accounts, self.rig.executions.tally, self.breaks, baselines)
        self.accounts.managed((ACCOUNT,))
        self.accounts.ready(0)
        self.holds(held)
        self.accounts.position_end(PositionEnd(), 0)
        self.first = self.compare()

    def holds(self, shares: int) -> None:
        self.accounts.position_row(PositionRow(ACCOUNT, CONTRACT, Decimal(shares), 1.0), self.rig.now)

    def fills(self, exec_id: str, shares: int, cum_qty: int) -> None:
        said = fill(exec_id, shares=Decimal(shares), cum_qty=Decimal(cum_qty))
        record = self.rig.orders.by_order_id(1)
        self.rig.executions.received(ExecutionReceived(-1, said, record.order_ref if record else ""), self.rig.now)

    def compare(self) -> list[tuple[str, str, str, bool]]:
        effects, _ = self.recount.compare(self.rig.now)
        found = [e.body for e in of(fx.PublishEvent, effects) if e.type == "recon.break"]
        return [(b["subject"], b["expected"], b["actual"], b["resolved"]) for b in found]

    def doubtful(self) -> bool:
        return self.recount.compare(self.rig.now)[1]


def test_a_day_on_which_all_adds_up() -> None:
    desk = Desk(held=100)
    desk.rig.place()
    desk.fills("a", 2, 2)
    desk.fills("b", 3, 5)
    desk.rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    desk.holds(105)
    assert not desk.doubtful() and desk.breaks.rows() == []


def test_a_fill_that_tws_counts_but_has_not_told_of_is_a_break_only_when_it_stays_so() -> None:
    desk = Desk()
    desk.rig.place()
    desk.fills("a", 2, 2)
    desk.rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    desk.holds(2)
    assert desk.doubtful() and desk.breaks.rows() == []
    assert desk.compare() == [("fills", "5", "2", False)]
    assert desk.compare() == []
    assert [(row.client_order_id, row.order_id) for row in desk.breaks.rows()] == [("k1", 1)]
    desk.fills("b", 3, 5)
    desk.holds(5)
    assert desk.compare() == [("fills", "5", "2", True)] and desk.breaks.rows() == []


def test_a_fill_that_is_still_on_its_way_is_no_break() -> None:
    desk = Desk()
    desk.rig.place()
    desk.rig.order_status(status="Filled", filled=Decimal(5), remaining=Decimal(0))
    assert desk.doubtful()
    desk.fills("a", 5, 5)
    desk.holds(5)
    assert desk.compare() == [] and desk.breaks.rows() == []


def test_a_manual_trade_shows_as_a_holding_from_elsewhere_and_blames_no_order() -> None:
    desk = Desk(held=100)
    desk.rig.place()
    desk.fills("a", 5, 5)
    desk.holds(135)
    desk.compare()
    assert desk.compare() == [("position", "105", "135", False)]
    assert "30 came from elsewhere" in desk.breaks.rows()[0].text


def test_what_was_held_before_needs_no_explanation() -> None:
    desk = Desk(held=-40)
    assert not desk.doubtful()


def test_a_fill_without_its_position_is_a_break_too() -> None:
    desk = Desk()
    desk.rig.place()
    desk.fills("a", 5, 5)
    desk.compare()
    assert desk.compare() == [("position", "5", "0", False)]


def test_without_a_complete_image_positions_say_nothing() -> None:
    desk = Desk(held=100)
    desk.accounts.lost("gone", desk.rig.now)
    desk.rig.place()
    desk.fills("a", 5, 5)
    assert not desk.doubtful()


def restarted(held: int, *later: str) -> Restored:
    """The journal of an account that held this at the last comparison; the executions came after it."""
    row = fx.BaselineRow(ACCOUNT, 1, ((CONTRACT.con_id or 0, str(held)),) if held else ())
    executions = {name: fill(name).wire() for name in ("a", *later)}
    return Restored(epoch="e" * 16, executions=executions, baselines=(Baseline(row, frozenset(later)),))


def test_a_holding_that_moved_while_no_bridge_was_there_is_a_break() -> None:
    desk = Desk(held=130, restored=restarted(100))
    assert desk.first == [] and desk.compare() == [("position", "100", "130", False)]


def test_executions_told_of_after_a_restart_explain_what_moved_meanwhile() -> None:
    desk = Desk(held=105, restored=restarted(100, "b"))
    assert desk.first == [] and not desk.doubtful()
    desk.fills("c", 5, 5)
    desk.holds(110)
    assert not desk.doubtful() and desk.breaks.rows() == []


def test_a_holding_that_is_new_or_gone_after_a_restart_is_a_break() -> None:
    gone = Desk(held=0, restored=restarted(100))
    assert gone.compare() == [("position", "100", "0", False)]
    new = Desk(held=7, restored=restarted(0))
    assert new.compare() == [("position", "0", "7", False)]


def test_the_baseline_moves_only_when_every_difference_is_published() -> None:
    desk = Desk(held=100)
    desk.holds(130)
    first, _ = desk.recount.compare(desk.rig.now)
    second, _ = desk.recount.compare(desk.rig.now)
    moved = [
        [e.row.positions for e in of(fx.AppendJournal, es) if isinstance(e.row, fx.BaselineRow)]
        for es in (first, second)
    ]
    assert moved == [[], [((CONTRACT.con_id, "130"),)]]
