from __future__ import annotations

import pickle

import pytest

from twsbridge import errors


def test_a_lost_answer_to_an_order_says_which_order_and_where_to_look() -> None:
    error = errors.outcome_unknown("order.place", "silence", client_order_id="key-1")
    assert error.client_order_id == "key-1"
    assert error.outcome == "unknown"
    assert "find('key-1')" in str(error)


def test_a_lost_answer_by_order_id_points_to_the_list_of_orders() -> None:
    error = errors.outcome_unknown("order.cancel", "silence", order_id=17)
    assert (error.order_id, error.client_order_id) == (17, None)
    assert "order 17" in str(error) and "orders(live=False)" in str(error)


def test_what_never_left_is_known_not_to_be_done() -> None:
    error = errors.not_sent("tcp://127.0.0.1:7600", 2.0, "nothing listens there")
    assert error.outcome == "rejected"
    assert "tcp://127.0.0.1:7600" in str(error) and "Nothing was sent" in str(error)


def test_no_answer_to_a_read_is_a_timeout_that_changed_nothing() -> None:
    error = errors.no_answer("positions.list", "tcp://127.0.0.1:7600", "silence")
    assert isinstance(error, TimeoutError) and isinstance(error, errors.Unreachable)
    assert "nothing has changed" in str(error)


def test_a_refused_key_names_the_way_out() -> None:
    assert "twsbridge keys add" in str(errors.refused("tcp://127.0.0.1:7600"))


def test_being_closed_is_told_apart_from_being_broken() -> None:
    assert isinstance(errors.closed(), errors.Closed)
    assert not isinstance(errors.broken("a defect"), errors.Closed)
    assert errors.broken("a defect").code == errors.closed().code == "client.closed"


def test_a_missing_extra_names_its_command() -> None:
    with pytest.raises(ImportError, match=r"pip install 'twsbridge\[plot\]'"):
        raise errors.MissingExtra("matplotlib", "plot")


def test_errors_cross_process_pools() -> None:
    error = errors.outcome_unknown("order.place", "silence", client_order_id="key-1")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.OutcomeUnknown
    assert again.client_order_id == "key-1"


def test_the_families_of_the_wire_keep_their_classes() -> None:
    assert type(errors.exception_for(errors.make_error("client.unreachable", "x"))) is errors.Unreachable
