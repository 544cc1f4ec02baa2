"""Who may do what, over real sockets: every command and topic x role x grants x account, and bad keys of all kinds.

What is expected comes from the table that the bridge itself goes by (`access.NEEDS`), as the page of the protocol does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zmq
from zmq.utils.monitor import recv_monitor_message

import twssim
from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, LimitOrder, Stock, Trade
from twsbridge.errors import AuthError, BridgeError
from twsbridge.hub import Heads
from twsbridge.protocol import commands
from twsbridge.protocol.commands import COMMANDS, Command
from twsbridge_server.core.access import NEEDS, has_right
from twsbridge_server.core.inputs import Client as Asker
from twsbridge_server.core.rights import GRANTS, ROLES, Rights
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.keys import new_pair
from twsbridge_server.private_files import read_json

FAR = "DU9999999"
GRANT_SETS: list[list[str]] = [[], *map(lambda grant: [str(grant)], GRANTS), [*map(str, GRANTS)]]
ORDERS = {"order.place", "order.place_group", "order.resend", "order.modify", "order.cancel", "order.cancel_all"}
HANDING = {"order.give", "order.take"}
STOPPING = {"halt", "resume", "drain"}

QUICK = 0.3
"""Seconds: TWS may be asked for something that takes its time; that it is asked says enough."""


@dataclass
class Key:
    """One key, connected. `asker` is how the core sees it."""

    asker: Asker
    client: Client
    is_near: bool

    @property
    def grants(self) -> frozenset[str]:
        return self.asker.rights.grants

    def code(self, command: Command, seconds: float = 10.0) -> str:
        """How the bridge answers: ok, or the code of its error."""
        try:
            self.client._channel.ask(command, type(command).reply, seconds)
        except BridgeError as error:
            return error.code
        return "ok"


class World:
    """One bridge with a simulated TWS, and keys of all kinds. `owner` has an order that nobody else placed."""

    def __init__(self, stack: ExitStack, home: Path) -> None:
        simulator = stack.enter_context(twssim.run(port=0))
        self.bridge = stack.enter_context(BridgeProcess(home, f"127.0.0.1:{simulator.port}"))
        self.home = Home(home)
        self._stack = stack
        self.owner = stack.enter_context(Client(self.bridge.connection_file))
        self.owner.wait_ready()
        (self.account,) = self.owner.accounts
        self.keys = [
            self.key(f"{role}-{number}-{account}", role, account, grants=grants)
            for role in ROLES
            for number, grants in enumerate(GRANT_SETS)
            for account in (self.account, FAR)
        ]

    def key(self, name: str, role: str, account: str, **attributes: Any) -> Key:
        bundle = keyring.add(self.home, name, role, accounts=[account], **attributes)
        rights = Rights(accounts=(account,), grants=frozenset(attributes.get("grants", ())))
        asker = Asker(b"", name, role, rights)
        return Key(asker, self._stack.enter_context(Client(bundle)), account == self.account)

    def order(self) -> Trade:
        return self.owner.place("IBM", LimitOrder("BUY", 1, 1.0), wait="acknowledged")

    @property
    def simple(self) -> list[Key]:
        """One key of each role, with nothing granted."""
        return [key for key in self.keys if key.is_near and not key.grants]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(stack, tmp_path_factory.mktemp("matrix") / "home")


def by_role(key: Key, command: type[Command]) -> str:
    return "ok" if has_right(key.asker, NEEDS[command].right) else "auth.role"


def examples() -> dict[type[Command], Command]:
    """The first example of every command, from the vectors of the protocol."""
    rows = json.loads((ROOT / "clients" / "protocol" / "vectors" / "commands.json").read_text())
    found: dict[type[Command], Command] = {}
    for value in (row["value"] for row in rows):
        kind = COMMANDS[value["header"]["t"]]
        found.setdefault(kind, kind.model_validate(value["body"]))
    return found


def test_every_command_by_role(world: World) -> None:
    """Where the role suffices, the example may be wrong in another way, or take longer than a refusal would."""
    for kind, command in examples().items():
        if kind.name in ORDERS | HANDING | {"bye"}:
            continue
        for key in world.simple:
            if kind.name in STOPPING and by_role(key, kind) == "ok":
                continue
            expected = by_role(key, kind)
            code = key.code(command, QUICK if expected == "ok" else 10.0)
            assert code == expected or (expected == "ok" and code != "auth.role"), (kind.name, key.asker)


def about_the_account(world: World) -> list[Command]:
    """Every command that names an account or one of its streams."""
    given: list[Command] = [
        commands.GetReplay(stream=f"{kind}|{world.account}|", epoch=world.owner.welcome.heads["sys|"].epoch, from_seq=1)
        for kind in ("ord", "acct")
    ]
    kinds = [kind for kind, need in NEEDS.items() if need.about in ("account", "books")]
    return [*given, *(example.model_copy(update={"account": world.account, "tags": []}) if hasattr(example, "tags")
                      else example.model_copy(update={"account": world.account})
                      for example in map(examples().__getitem__, kinds))]  # fmt: skip


def test_whatever_names_an_account_by_account(world: World) -> None:
    world.order()
    for command in about_the_account(world):
        for key in world.keys:
            assert key.code(command) == ("ok" if key.is_near else "auth.account"), (command, key.asker)


ABOUT_ANOTHERS: dict[Callable[[int], Command], str] = {
    lambda number: commands.ModifyOrder(order_id=number, order=LimitOrder("BUY", 1, 2.0)): "",
    lambda number: commands.GiveOrder(order_id=number, to="default"): "take_any",
    lambda number: commands.TakeOrder(order_id=number): "take_any",
    lambda number: commands.CancelOrder(order_id=number): "cancel_any",
}
"""Commands about an order of another client, and the grant with which they are carried out."""


def test_another_ones_order(world: World) -> None:
    order = world.order()
    for key in world.keys:
        seen = key.code(commands.GetOrder(order_id=order.order_id))
        assert seen == ("ok" if key.is_near else "order.not_found"), key.asker
        for about, grant in ABOUT_ANOTHERS.items():
            command = about(order.order_id or 0)
            expected = by_role(key, type(command))
            if expected == "ok" and not key.is_near:
                expected = "order.not_found"
            elif expected == "ok" and grant not in key.grants:
                expected = "order.not_owned"
            assert key.code(command) == expected, (command, key.asker)
            if expected == "ok":
                order = world.order()


def test_own_orders(world: World) -> None:
    order = LimitOrder("BUY", 1, 1.0, account=world.account)
    stock = Stock("MSFT")
    for place, key in enumerate(world.keys):
        expected = by_role(key, commands.PlaceOrder)
        new = "auth.account" if expected == "ok" and not key.is_near else expected
        alone = commands.PlaceOrder(client_order_id=f"m{place}", contract=stock, order=order)
        group = commands.PlaceGroup(
            kind="oca",
            members=[
                commands.GroupMember(client_order_id=f"g{place}.{part}", contract=stock, order=order) for part in "ab"
            ],
        )
        assert (key.code(alone), key.code(group)) == (new, new), key.asker
        resent = key.code(commands.ResendOrder(client_order_id=f"m{place}"))
        known = "order.not_resendable" if key.is_near else "order.not_found"
        assert resent == (known if expected == "ok" else expected), key.asker
        assert key.code(commands.CancelAll()) == expected, key.asker
        is_granted = {"cancel_any", "control_foreign"} <= key.grants
        everything = "auth.account" if not key.is_near else "ok" if is_granted else "auth.role"
        assert key.code(commands.CancelAll(everything=True)) == (everything if expected == "ok" else expected)


def test_topics_by_account(world: World) -> None:
    for topic in ("sys|", "ord|", "acct|", f"ord|{world.account}|", f"acct|{world.account}|", f"ord|{FAR}|"):
        for key in world.keys:
            expected = "ok" if key.asker.rights.subscriptions(topic) else "auth.topic"
            inbox, _ = key.client._channel.read_events((topic,), 5.0)
            try:
                while inbox.get(0.0) is not None:
                    pass
                code = "ok"
            except AuthError as error:
                code = error.code
            assert code == expected, (topic, key.asker)


def test_a_prefix_brings_nothing_of_other_accounts(world: World) -> None:
    (near, *_), far = world.keys, next(key for key in world.keys if not key.is_near)
    inboxes = {key.is_near: key.client._channel.read_events(("ord|",), 5.0)[0] for key in (near, far)}
    order_id = world.order().order_id
    event: Any = inboxes[True].get(PATIENCE)
    while not (hasattr(event, "body") and event.body.get("order_id") == order_id):
        event = inboxes[True].get(PATIENCE)
    far.client._channel.read_events(("sys|",), 5.0)
    while (heard := inboxes[False].get(0.05)) is not None:
        assert isinstance(heard, Heads)
        assert heard.by_stream == {}


def test_the_quota_of_lines(world: World) -> None:
    key = world.key("few", "observer", world.account, lines=1)
    with key.client.ticks("AAPL"):
        with pytest.raises(BridgeError) as error:
            key.client.quote("IBM")
        assert error.value.code == "auth.lines"
    eventually(lambda: not key.client.status().lines, "the line to be closed")
    assert key.client.quote("IBM") is not None


def test_a_rotated_key_overlaps_with_the_one_before(world: World) -> None:
    old = world.key("turned", "observer", world.account)
    bundle = read_json(world.home.bundle("turned"))
    new = keyring.rotate(world.home, "turned", overlap=timedelta(seconds=1.5))
    for source in (bundle, new):
        with Client(source) as client:
            assert client.welcome.name == "turned"
    eventually(lambda: is_refused(bundle), "the old key to be refused")
    assert eventually(lambda: old.client.status(), "the client to have found its new key").state == "READY"
    with Client(new) as client:
        assert client.welcome.name == "turned"


def is_refused(source: Any) -> bool:
    try:
        with Client(source):
            return False
    except AuthError:
        return True


def curve(server_key: str, public_key: str, secret_key: str) -> dict[str, bytes]:
    return {
        "curve_serverkey": server_key.encode(),
        "curve_publickey": public_key.encode(),
        "curve_secretkey": secret_key.encode(),
    }


def intruders(world: World) -> dict[str, dict[str, Any]]:
    """Ways to come without a good key, as socket options."""
    good = world.bridge.connection
    stranger, other = new_pair(), new_pair()
    gone, late = (world.key(name, "admin", world.account) for name in ("gone", "late"))
    bundles = {name: read_json(world.home.bundle(name)) for name in ("gone", "late")}
    keyring.revoke(world.home, "gone")
    keyring.change(world.home, "late", expires=datetime.now(UTC) - timedelta(seconds=1))
    eventually(lambda: gone.client.state == "refused", "the revoked key to be refused")
    eventually(lambda: late.client.state == "refused", "the expired key to be refused")
    own = {name: (bundle["public_key"], bundle["secret_key"]) for name, bundle in bundles.items()}
    return {
        "NULL": {},
        "PLAIN": {"plain_username": b"default", "plain_password": b"default"},
        "a stranger": curve(good["server_key"], stranger.public_key, stranger.secret_key),
        "another bridge": curve(other.public_key, good["public_key"], good["secret_key"]),
        "revoked": curve(good["server_key"], *own["gone"]),
        "expired": curve(good["server_key"], *own["late"]),
    }


def test_nobody_gets_in_without_a_good_key(world: World) -> None:
    ends = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    ends |= zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_DISCONNECTED
    good = world.bridge.connection
    control = curve(good["server_key"], good["public_key"], good["secret_key"])
    succeeded = set()
    with ExitStack() as stack:
        context: zmq.Context[zmq.Socket[bytes]] = stack.enter_context(zmq.Context())
        monitors = {}
        for how, options in {"a good key": control, **intruders(world)}.items():
            for where, kind in (("cmd", zmq.DEALER), ("evt", zmq.SUB), ("md", zmq.SUB)):
                socket = stack.enter_context(context.socket(kind))
                for option, value in {"linger": 0, **options}.items():
                    setattr(socket, option, value)
                monitors[how, where] = stack.enter_context(socket.get_monitor_socket(ends))
                stack.callback(socket.disable_monitor)
                socket.connect(good[where])
        for (how, where), monitor in monitors.items():
            assert monitor.poll(PATIENCE * 1000), f"no end of the handshake: {how} at {where}"
            if recv_monitor_message(monitor)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                succeeded.add((how, where))
    assert succeeded == {("a good key", where) for where in ("cmd", "evt", "md")}
