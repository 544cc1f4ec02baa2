from __future__ import annotations

from tests.core.rig import OrderRig
from twsbridge_server.core.restored import Restored


def test_an_empty_journal_starts_everything_at_one() -> None:
    rig = OrderRig(Restored(epoch="a" * 16))
    assert rig.orders.next_order_id == 1
    assert rig.sequencer.head("ord|X|") == (1, 1)


def test_order_ids_and_sequence_numbers_go_on_where_they_were() -> None:
    rig = OrderRig(Restored(epoch="a" * 16, next_order_id=40, heads={"sys|": (1, 9)}))
    rig.place()
    assert rig.orders.by_order_id(40) is not None
    assert rig.sequencer.head("sys|")[1] > 9
