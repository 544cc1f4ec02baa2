"""The register of orders and the numbers it gives out."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.twssim.test_matching import an_order
from twssim.order import Order
from twssim.orders import Orders


def registered(orders: Orders, client_id: int, order_id: int, parent_id: int = 0, transmit: bool = True) -> Order:
    order = an_order("MKT", "BUY")
    order.client_id, order.order_id, order.perm_id = client_id, order_id, orders.new_perm_id()
    order.terms = replace(order.terms, parent_id=parent_id, transmit=transmit)
    orders.add(order)
    return order


def test_order_ids_are_counted_per_client() -> None:
    orders = Orders(1)
    registered(orders, 1, 5)
    registered(orders, 1, 3)
    assert (orders.next_valid_id(1), orders.next_valid_id(2)) == (6, 1)


def test_perm_ids_follow_from_the_seed_and_fit_into_32_bits() -> None:
    first, same, other = Orders(1), Orders(1), Orders(2)
    numbers = [first.new_perm_id() for _ in range(3)]
    assert numbers == [same.new_perm_id() for _ in range(3)] == sorted(set(numbers))
    assert numbers[0] != other.new_perm_id()
    assert 0 < numbers[0] < 2**31


def test_exec_ids_have_the_shape_of_real_ones() -> None:
    assert re.fullmatch(r"0000[0-9a-f]{4}\.6[0-9a-f]{7}\.01\.01", Orders(1).new_exec_id())


def test_orders_are_found_by_client_and_by_anybody() -> None:
    orders = Orders(1)
    first, second = registered(orders, 1, 5), registered(orders, 2, 5)
    assert (orders.find(1, 5), orders.find(2, 5), orders.find(3, 5)) == (first, second, None)
    assert orders.find_of_any_client(5) is second and orders.find_of_any_client(9) is None
    assert orders.by_perm_id(first.perm_id) is first


def test_working_orders_are_transmitted_and_unfinished() -> None:
    orders = Orders(1)
    first, held = registered(orders, 1, 1), registered(orders, 1, 2, transmit=False)
    other, done = registered(orders, 2, 1), registered(orders, 1, 3)
    done.status = "Filled"
    assert orders.working() == [first, other]
    assert orders.working(1) == [first]
    assert list(orders) == [first, held, other, done]


def test_children_belong_to_the_parent_of_the_same_client() -> None:
    orders = Orders(1)
    parent, child = registered(orders, 1, 1), registered(orders, 1, 2, parent_id=1)
    registered(orders, 2, 2, parent_id=1)
    assert orders.children(parent) == [child]
    child.status = "Cancelled"
    assert orders.children(parent) == []


def test_what_was_not_transmitted_can_be_forgotten_but_its_id_stays_used() -> None:
    orders = Orders(1)
    registered(orders, 1, 4, transmit=False)
    orders.forget_untransmitted()
    assert list(orders) == [] and orders.find(1, 4) is None and orders.next_valid_id(1) == 5
