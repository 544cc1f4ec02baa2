from __future__ import annotations

from decimal import Decimal
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import calls
from twsbridge_server.core.effects import CallTws
from twsbridge_server.core.pacing import LANES, WINDOW_US, Lane, Pacing

CONTRACT = Contract(con_id=1)
ORDER = Order(action="BUY", quantity=Decimal(1), order_type="MKT")


def place(order_id: int) -> CallTws:
    return CallTws(calls.PlaceOrder(order_id, CONTRACT, ORDER, ""))


def cancel(order_id: int) -> CallTws:
    return CallTws(calls.CancelOrder(order_id))


def market_data(req_id: int) -> CallTws:
    return CallTws(calls.ReqMarketData(req_id, CONTRACT))


def bars(req_id: int) -> CallTws:
    return CallTws(calls.ReqHistoricalData(req_id, CONTRACT, "", "1 D", "1 min", "TRADES", True))


def details(req_id: int) -> CallTws:
    return CallTws(calls.ReqContractDetails(req_id, CONTRACT))


MAKERS = (place, cancel, market_data, bars, details)


def lane(call: CallTws) -> Lane:
    return LANES[type(call.call)]


def test_every_call_has_a_lane() -> None:
    assert set(get_args(calls.TwsCall)) == LANES.keys()


def test_a_burst_of_one_second_goes_out_at_once_and_the_rest_follows() -> None:
    pacing = Pacing(10)
    wanted = [market_data(n) for n in range(20)]
    assert pacing.admit(wanted, 0) == wanted[:8]
    assert pacing.next_due() == WINDOW_US
    assert pacing.due(WINDOW_US - 1) == []
    assert pacing.due(WINDOW_US) == wanted[8:16]
    assert pacing.due(2 * WINDOW_US) == wanted[16:]
    assert pacing.next_due() is None


def test_orders_have_room_when_everything_else_waits() -> None:
    pacing = Pacing(10)
    pacing.admit([market_data(n) for n in range(20)], 0)
    assert pacing.admit([place(1), cancel(2), place(3)], 1) == [cancel(2), place(1)]
    assert pacing.due(WINDOW_US) == [place(3), *(market_data(n) for n in range(8, 13))]


def test_the_most_urgent_goes_first() -> None:
    mixed = [bars(1), market_data(2), details(3), CallTws(calls.ReqCurrentTime()), place(4), cancel(5)]
    assert Pacing(45).admit(mixed, 0) == mixed[::-1]


def test_a_cancel_does_not_overtake_the_order_it_is_about() -> None:
    pacing = Pacing(5)
    pacing.admit([place(n) for n in range(5)], 0)
    assert pacing.admit([place(7), place(8), cancel(8), cancel(1)], 1) == []
    assert pacing.due(WINDOW_US) == [cancel(1), place(7), place(8), cancel(8)]


def test_a_global_cancel_overtakes_no_order() -> None:
    pacing = Pacing(5)
    pacing.admit([place(n) for n in range(5)], 0)
    everything = CallTws(calls.GlobalCancel())
    assert pacing.admit([place(7), everything], 1) == []
    assert pacing.due(WINDOW_US) == [place(7), everything]


def test_what_was_never_sent_is_returned_when_the_connection_is_lost() -> None:
    pacing = Pacing(5)
    wanted = [market_data(n) for n in range(6)]
    pacing.admit(wanted, 0)
    assert pacing.lost() == wanted[4:]
    assert (pacing.next_due(), pacing.due(2 * WINDOW_US)) == (None, [])


def test_a_clock_that_goes_back_stops_nothing() -> None:
    pacing = Pacing(5)
    pacing.admit([market_data(n) for n in range(6)], 3600 * WINDOW_US)
    assert pacing.due(10 * WINDOW_US) == [market_data(4), market_data(5)]


@given(
    st.integers(2, 12),
    st.lists(
        st.tuples(st.integers(0, WINDOW_US), st.lists(st.sampled_from(range(len(MAKERS))), max_size=30)),
        min_size=1,
        max_size=25,
    ),
)
def test_never_over_the_limit_and_in_order(rate: int, turns: list[tuple[int, list[int]]]) -> None:
    pacing, now = Pacing(rate), 0
    wanted: list[CallTws] = []
    sent: list[tuple[int, CallTws]] = []
    for pause, makers in turns:
        now += pause
        new = [MAKERS[maker](len(wanted) + index) for index, maker in enumerate(makers)]
        wanted += new
        sent += [(now, call) for call in pacing.admit(new, now)]
    while (at := pacing.next_due()) is not None:
        assert at > now
        assert pacing.due(at - 1) == []
        taken = pacing.due(at)
        assert taken
        sent += [(at, call) for call in taken]
        now = at
    assert_all_sent_in_order(wanted, [call for _, call in sent])
    assert_within_limit([at for at, _ in sent], rate)
    assert_within_limit([at for at, call in sent if lane(call) > Lane.PLACE], rate - max(1, rate // 5))


def assert_all_sent_in_order(wanted: list[CallTws], sent: list[CallTws]) -> None:
    for each in Lane:
        assert [call for call in sent if lane(call) is each] == [call for call in wanted if lane(call) is each]


def assert_within_limit(times: list[int], limit: int) -> None:
    assert all(later - earlier >= WINDOW_US for earlier, later in zip(times, times[limit:], strict=False))


def group(*order_ids: int) -> CallTws:
    return CallTws(calls.PlaceGroup(tuple(calls.PlaceOrder(n, CONTRACT, ORDER, "") for n in order_ids)))


def test_a_group_goes_whole_and_counts_as_all_its_messages() -> None:
    pacing = Pacing(5)
    assert pacing.admit([place(1), place(2), place(3)], 0) == [place(1), place(2), place(3)]
    assert pacing.admit([group(4, 5, 6)], 1) == []
    assert pacing.due(WINDOW_US) == [group(4, 5, 6)]
    assert pacing.admit([place(7), place(8), place(9)], WINDOW_US + 1) == [place(7), place(8)]


def test_a_group_larger_than_the_limit_goes_alone() -> None:
    pacing = Pacing(2)
    pacing.admit([place(1)], 0)
    assert pacing.admit([group(2, 3, 4)], 1) == [] and pacing.next_due() == WINDOW_US
    assert pacing.due(WINDOW_US) == [group(2, 3, 4)]


def test_a_cancel_does_not_overtake_the_group_it_is_about() -> None:
    pacing = Pacing(3)
    pacing.admit([place(1), place(2)], 0)
    assert pacing.admit([group(4, 5), cancel(5)], 1) == []
    assert pacing.due(WINDOW_US) == [group(4, 5), cancel(5)]


def test_what_waits_past_its_deadline_is_never_sent() -> None:
    pacing = Pacing(2)
    late = CallTws(calls.PlaceOrder(3, CONTRACT, ORDER, ""), expires_us=WINDOW_US)
    pacing.admit([place(1), place(2), late, place(4)], 0)
    assert pacing.expired(WINDOW_US - 1) == []
    assert pacing.expired(WINDOW_US) == [late]
    assert pacing.due(WINDOW_US) == [place(4)]


def test_orders_and_changes_can_be_taken_back_while_cancels_go_on() -> None:
    pacing = Pacing(2)
    pacing.admit([place(1), place(2)], 0)
    pacing.admit([cancel(1), place(3), group(4, 5)], 1)
    assert pacing.withdraw() == [place(3), group(4, 5)]
    assert pacing.due(WINDOW_US) == [cancel(1)]
