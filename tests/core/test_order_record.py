from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import BUY, CONTRACT, OrderRig
from twsbridge_server.core.order_record import OrderRecord, meaning, order_ref


def test_the_journal_gives_back_the_same_record() -> None:
    rig = OrderRig()
    rig.place()
    record = rig.orders.by_order_id(1)
    assert record is not None
    record.change = BUY
    assert OrderRecord.from_body(record.row_key, record.body()).body() == record.body()


@given(st.lists(st.tuples(st.text("ab|", max_size=3), st.text("xyz|", max_size=3)), unique=True))
def test_references_are_stable_short_and_distinct(keys: list[tuple[str, str]]) -> None:
    unambiguous = [key for key in keys if "|" not in "".join(key)]
    refs = {order_ref(1, *key) for key in unambiguous}
    assert len(refs) == len(unambiguous)
    assert all(len(ref) == 22 and ref.isascii() for ref in refs)


def test_the_meaning_changes_with_every_field() -> None:
    changes = [{"limit_price": 191.0}, {"tif": "GTC"}, {"outside_rth": True}]
    variants = [BUY, *(BUY.model_copy(update=change) for change in changes)]
    assert len({meaning(CONTRACT, order) for order in variants}) == len(variants)
