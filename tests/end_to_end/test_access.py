"""Keys with different rights against one real bridge: what each may do, and what happens when rights are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.errors import AuthError, BridgeError
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring


@contextmanager
def client(bridge: BridgeProcess, name: str, role: str = "trader", **attributes: Any) -> Iterator[Client]:
    with Client(keyring.add(Home(bridge.home), name, role, **attributes)) as connected:
        connected.wait_ready()
        yield connected


def refused(code: str, act: Any) -> None:
    with pytest.raises(BridgeError) as error:
        act()
    assert error.value.code == code


def test_every_role_over_real_sockets(bridge: BridgeProcess) -> None:
    with (
        client(bridge, "eve", "observer") as eve,
        client(bridge, "ann", "admin") as ann,
        client(bridge, "alice", order_types=["LMT"], symbols=["AAPL"]) as alice,
        client(bridge, "bob") as bob,
        client(bridge, "boss", "admin", grants=["trade", "cancel_any", "take_any"]) as boss,
    ):
        (account,) = eve.accounts
        for other in (eve, ann):
            refused("auth.role", lambda other=other: other.buy("AAPL", 1, limit=1))
        refused("auth.contract", lambda: alice.buy("NVDA", 1, limit=1))
        refused("auth.order_type", lambda: alice.buy("AAPL", 1))
        order = alice.buy("AAPL", 1, limit=1, account=account, wait="acknowledged")
        assert order.order_id is not None
        number = order.order_id
        assert [row.order_id for row in eve.orders()] == [number]
        refused("order.not_owned", lambda: bob.cancel(number))
        refused("order.not_owned", lambda: bob.modify(number, limit=2))
        refused("order.not_owned", lambda: bob.take(number))
        assert bob.cancel_all() == []
        assert alice.give(number, "bob").state.owner == "bob"
        refused("order.not_owned", lambda: alice.cancel(number))
        assert boss.take(number).state.owner == "boss"
        boss.cancel(number)
        eventually(lambda: boss.orders(live=True) == [], "the order to be cancelled")


def test_a_key_without_the_account_sees_nothing_of_it(bridge: BridgeProcess) -> None:
    with Client(bridge.connection_file) as own, client(bridge, "far", accounts=["DU9999999"]) as far:
        own.wait_ready()
        (account,) = own.accounts
        order = own.buy("AAPL", 1, limit=1, wait="acknowledged")
        assert (far.accounts, far.orders(), far.positions(), far.executions()) == ([], [], [], [])
        refused("order.not_found", lambda: far.trade(order.order_id))
        refused("auth.account", lambda: far.orders(account=account))
        refused("auth.account", lambda: far.buy("AAPL", 1, limit=1))
        own.cancel(order.order_id)


def test_a_revoked_and_an_expired_key_say_so_at_once(bridge: BridgeProcess) -> None:
    home = Home(bridge.home)
    with client(bridge, "gone") as gone, client(bridge, "late") as late:
        keyring.revoke(home, "gone")
        keyring.change(home, "late", expires=datetime.now(UTC) - timedelta(seconds=1))
        for cut in (gone, late):
            eventually(lambda cut=cut: cut.state == "refused", "the refusal")
            with pytest.raises(AuthError):
                cut.status()
        with pytest.raises(AuthError):
            Client(home.bundle("late"))


def test_a_file_with_a_mistake_is_shown_and_changes_nothing(bridge: BridgeProcess) -> None:
    home = Home(bridge.home)
    with Client(bridge.connection_file) as own:
        good = home.clients.read_text()
        home.clients.write_text(good + "\n[oops\n")
        eventually(lambda: "not taken over" in own.status().keys_fault, "the fault in the status")
        home.clients.write_text(good)
        eventually(lambda: own.status().keys_fault == "", "the fault to be gone")
