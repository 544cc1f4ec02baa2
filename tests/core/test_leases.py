from __future__ import annotations

from twsbridge.protocol.commands import Hello
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.leases import MOST, NO_LEASE, PAUSE_US, Lease, Leases

SECOND = 1_000_000


def hello(lease: str = "L", **more: object) -> Hello:
    return Hello(**{"protocol": [1, 1], "on_death": "cancel", "lease": lease, "grace_ms": 2000, **more})


def test_an_order_is_held_by_the_lease_of_the_session_that_places_it() -> None:
    leases = Leases()
    leases.opened(Client(b"1", "alice"), hello(), 0)
    leases.opened(Client(b"2", "alice"), Hello(protocol=[1, 1]), 0)
    assert leases.of(Client(b"1", "alice")) == Lease("alice", "L", "cancel", 2 * SECOND)
    assert leases.of(Client(b"2", "alice")) == leases.of(Client(b"3", "alice")) == NO_LEASE
    assert leases.of(Client(b"1", "bob")) == NO_LEASE
    assert leases.next_due() == 2 * SECOND


def test_a_lease_follows_its_process_to_a_new_route() -> None:
    leases = Leases()
    leases.opened(Client(b"1", "alice"), hello(), 0)
    leases.opened(Client(b"2", "alice"), hello(), SECOND)
    assert leases.of(Client(b"1", "alice")) == NO_LEASE
    assert leases.of(Client(b"2", "alice")).name == "L"
    assert leases.next_due() == 3 * SECOND


def test_the_same_name_at_another_client_is_another_lease() -> None:
    leases = Leases()
    for number, name in enumerate(("alice", "bob")):
        leases.opened(Client(bytes([number]), name), hello(), number)
    assert [life.holder for life in leases] == [("alice", "L"), ("bob", "L")]
    assert leases.next_due() == 2 * SECOND


def test_another_hello_on_the_route_leaves_the_lease_before_to_run_out() -> None:
    leases = Leases()
    leases.opened(Client(b"1", "alice"), hello("A"), 0)
    leases.opened(Client(b"1", "alice"), hello("B"), SECOND)
    assert leases.of(Client(b"1", "alice")).name == "B"
    assert leases.next_due() == 2 * SECOND
    (first, _) = leases
    leases.ended(first)
    assert leases.next_due() == 3 * SECOND


def test_a_pause_of_the_bridge_is_nobodys_silence() -> None:
    leases = Leases()
    leases.opened(Client(b"1", "alice"), hello(), 0)
    leases.look(SECOND)
    leases.look(SECOND + PAUSE_US)
    assert leases.next_due() == 2 * SECOND
    leases.look(2 * SECOND + 2 * PAUSE_US + 1)
    assert leases.next_due() == 4 * SECOND + 2 * PAUSE_US + 1


def test_of_too_many_leases_the_longest_silent_are_named() -> None:
    leases = Leases()
    for number in range(MOST + 2):
        leases.opened(Client(number.to_bytes(2), "alice"), hello(f"L{number}"), number)
    leases.opened(Client(b"bob", "bob"), hello(), 0)
    assert [life.lease.name for life in leases.too_many("alice")] == ["L0", "L1"]
    assert leases.too_many("bob") == []
