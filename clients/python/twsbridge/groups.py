"""The part of the client that places several orders as one, and sends one again that TWS never had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, SupportsFloat, TypedDict, Unpack, cast
from uuid import uuid4

from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.orders import OrderTerms, Size, Wait, check_names, make_order
from twsbridge.protocol import commands, replies
from twsbridge.protocol.models import Contract, Order
from twsbridge.trade import Trade
from twsbridge.trades import Trades

GroupWait = Literal["durable", "acknowledged"]


class Bracket(NamedTuple):
    """The three orders of a bracket. `stop` and `target` wait for `entry`; the fill of one ends the other."""

    entry: Trade
    target: Trade
    stop: Trade


class BracketPrices(NamedTuple):
    """The limit that takes the profit and the stop that ends the loss."""

    target: SupportsFloat
    stop: SupportsFloat


class BracketOptions(TypedDict, total=False):
    """What a bracket may be told besides: terms of all three orders, the caller's own key, when and how long to wait.

    `client_order_id` becomes KEY.entry, KEY.target and KEY.stop. `limit` is the entry's; without it, at the market.
    """

    limit: SupportsFloat | None
    tif: str
    account: str
    outside_rth: bool
    client_order_id: str | None
    strategy: str
    wait: GroupWait
    timeout: float | None


class OcaOptions(TypedDict, total=False):
    """How an OCA group is placed: the name under which its fills are booked, and how long to wait."""

    strategy: str
    timeout: float | None


class Groups:
    """Brackets, OCA groups, further attempts."""

    _channel: Channel
    _trades: Trades

    def bracket(
        self,
        contract: ContractLike,
        action: str,
        quantity: Size,
        prices: BracketPrices,
        **options: Unpack[BracketOptions],
    ) -> Bracket:
        """An entry, its target and its stop as one: `bracket("AAPL", "BUY", 10, BracketPrices(target=200, stop=180))`.

        Options: limit (of the entry), tif="DAY", account, outside_rth, client_order_id, strategy, wait="durable",
        timeout. With wait="acknowledged", raises OrderError (order.group_broken) when TWS refused a part.
        """
        check_names("a bracket", options, BracketOptions.__optional_keys__)
        known = OrderTerms.__optional_keys__
        terms = cast(OrderTerms, {name: value for name, value in options.items() if name in known})
        target, stop = prices
        away = "SELL" if action.upper() == "BUY" else "BUY"
        orders = {
            "entry": make_order(action, quantity, options.get("limit"), None, **terms),
            "target": make_order(away, quantity, target, None, **terms),
            "stop": make_order(away, quantity, None, stop, **terms),
        }
        key, where = options.get("client_order_id") or uuid4().hex, to_contract(contract)
        strategy = options.get("strategy", "")
        members = [_member(f"{key}.{part}", where, order, strategy) for part, order in orders.items()]
        command = build(commands.PlaceGroup, kind="bracket", members=members, wait=options.get("wait", "durable"))
        return Bracket(*self._place(command, options.get("timeout")))

    def oca(
        self,
        members: Iterable[tuple[ContractLike, Order]],
        client_order_id: str | None = None,
        oca_type: Literal[1, 2, 3] = 1,
        wait: GroupWait = "durable",
        **more: Unpack[OcaOptions],
    ) -> list[Trade]:
        """Orders of which one fill ends the others: `oca([("AAPL", LimitOrder("BUY", 1, 180)), ...])`.

        `oca_type` 1 cancels the others, 2 and 3 reduce them; 1 and 2 never fill two at once. Keys: KEY.1, KEY.2 ...
        More: timeout; strategy, the name under which the fills are booked.
        """
        check_names("oca()", more, OcaOptions.__optional_keys__)
        key = client_order_id or uuid4().hex
        strategy = more.get("strategy", "")
        listed = [
            _member(f"{key}.{n}", to_contract(contract), order, strategy)
            for n, (contract, order) in enumerate(members, 1)
        ]
        command = build(commands.PlaceGroup, kind="oca", members=listed, oca_type=oca_type, wait=wait)
        return self._place(command, more.get("timeout"))

    def resend(self, client_order_id: str, wait: Wait = "durable", timeout: float | None = None) -> Trade:
        """Place an order again that is proven NOT_FOUND at TWS, under its own key and with a new order id.

        Raises OrderError (order.not_resendable) in any other state: only what is known not to exist is sent again.
        """
        known = self._channel.ask(
            build(commands.GetOrder, client_order_id=client_order_id), replies.OrderReply, timeout
        ).order
        command = build(commands.ResendOrder, client_order_id=client_order_id, attempt=known.attempt, wait=wait)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def _place(self, command: commands.PlaceGroup, timeout: float | None) -> list[Trade]:
        expected = [self._trades.expect(member.client_order_id, timeout) for member in command.members]
        reply = self._channel.ask(command, replies.OrderGroup, timeout)
        if reply.duplicate:
            return [self._trades.of(order, timeout) for order in reply.orders]
        for progress, order in zip(expected, reply.orders, strict=True):
            progress.update(order)
        return [Trade(self._channel, progress) for progress in expected]


def _member(key: str, contract: Contract, order: Order, strategy: str) -> commands.GroupMember:
    return build(commands.GroupMember, client_order_id=key, contract=contract, order=order, strategy=strategy)
