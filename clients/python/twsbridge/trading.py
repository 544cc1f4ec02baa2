"""The part of the client that acts: place, modify, cancel, and look after orders."""

from __future__ import annotations

from datetime import datetime
from typing import SupportsFloat, Unpack, cast
from uuid import uuid4

from twsbridge.channel import Channel, build
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.orders import OrderOptions, OrderTerms, PlaceMore, Size, Wait, check_names, make_order
from twsbridge.protocol import commands, replies
from twsbridge.protocol.models import Execution, Order, OrderState
from twsbridge.rows import Rows
from twsbridge.times import to_micros
from twsbridge.trade import Trade
from twsbridge.trades import Trades


class Trading:
    """Orders. Nothing here is ever sent a second time by itself.

    When the answer to a command is lost, OutcomeUnknown carries the client_order_id, and `find` tells what happened.
    """

    _channel: Channel
    _trades: Trades

    def buy(
        self,
        contract: ContractLike,
        quantity: Size,
        limit: SupportsFloat | None = None,
        stop: SupportsFloat | None = None,
        **options: Unpack[OrderOptions],
    ) -> Trade:
        """Buy at the market, or at a limit, from a stop, or both: `buy("NVDA", 1)`, `buy("AAPL", 10, limit=190)`.

        Options: tif="DAY", account, outside_rth, good_till_date, client_order_id, strategy, wait="durable", timeout.
        """
        return self._order(contract, ("BUY", quantity, limit, stop), options)

    def sell(
        self,
        contract: ContractLike,
        quantity: Size,
        limit: SupportsFloat | None = None,
        stop: SupportsFloat | None = None,
        **options: Unpack[OrderOptions],
    ) -> Trade:
        """Sell; everything else as with `buy`."""
        return self._order(contract, ("SELL", quantity, limit, stop), options)

    def place(
        self,
        contract: ContractLike,
        order: Order,
        client_order_id: str | None = None,
        wait: Wait = "durable",
        **more: Unpack[PlaceMore],
    ) -> Trade:
        """Place an order under the caller's own key, or under one made for it. The same key never makes two orders.

        Returns when the order is in the bridge's journal, or as `wait` says: "acknowledged" by TWS, or "filled".
        More: timeout; strategy, the name under which its fills are booked, see `books`.
        """
        check_names("place()", more, PlaceMore.__optional_keys__)
        timeout, strategy = more.get("timeout"), more.get("strategy", "")
        key, where = client_order_id or uuid4().hex, to_contract(contract)
        command = build(
            commands.PlaceOrder, client_order_id=key, contract=where, order=order, wait=wait, strategy=strategy
        )
        progress = self._trades.expect(key, timeout)
        reply = self._channel.ask(command, replies.OrderReply, timeout)
        progress.update(reply.order)
        return self._trades.of(reply.order, timeout) if reply.duplicate else Trade(self._channel, progress)

    def modify(
        self,
        order_id: int,
        quantity: Size | None = None,
        limit: SupportsFloat | None = None,
        stop: SupportsFloat | None = None,
        timeout: float | None = None,
    ) -> Trade:
        """Change size or price of a working order; the order id stays."""
        return self.trade(order_id, timeout).modify(quantity, limit, stop, timeout)

    def cancel(self, order_id: int, timeout: float | None = None) -> Trade:
        """Ask TWS to cancel an order; `.wait()` on the result tells how it ended."""
        command = build(commands.CancelOrder, order_id=order_id)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def cancel_foreign(self, perm_id: int, timeout: float | None = None) -> OrderState:
        """Cancel a manual or foreign order by IB's perm id, as `orders()` shows it; the key needs control_foreign.

        Raises OrderError (order.foreign) where TWS lets only the one who placed it.
        """
        command = build(commands.CancelOrder, perm_id=perm_id)
        return self._channel.ask(command, replies.OrderReply, timeout).order

    def cancel_all(self, everything: bool = False, timeout: float | None = None) -> list[int]:
        """Cancel the bridge's working orders and return their order ids.

        `everything` cancels whatever works in this login, also what was entered by hand or by other programs.
        """
        return self._channel.ask(
            build(commands.CancelAll, everything=everything), replies.CancelAllReply, timeout
        ).order_ids

    def give(self, order_id: int, to: str, timeout: float | None = None) -> Trade:
        """Hand an order over to the client of this name, which owns it from now on."""
        command = build(commands.GiveOrder, order_id=order_id, to=to)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def take(self, order_id: int, timeout: float | None = None) -> Trade:
        """Take an order over from its owner; the key needs the grant take_any."""
        command = build(commands.TakeOrder, order_id=order_id)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def find(self, client_order_id: str, timeout: float | None = None) -> Trade:
        """The order under this key of this client; raises OrderError (order.not_found) when the bridge has none."""
        command = build(commands.GetOrder, client_order_id=client_order_id)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def trade(self, order_id: int, timeout: float | None = None) -> Trade:
        """The live handle of the order with this order id, whoever placed it."""
        command = build(commands.GetOrder, order_id=order_id)
        return self._trades.of(self._channel.ask(command, replies.OrderReply, timeout).order, timeout)

    def orders(self, live: bool = True, account: str = "", timeout: float | None = None) -> Rows[OrderState]:
        """Orders of everybody, oldest first; with live=False also those that are done."""
        command = build(commands.ListOrders, live=live, account=account)
        return Rows(self._channel.ask(command, replies.OrderRows, timeout).rows)

    def executions(
        self, since: datetime | None = None, account: str = "", timeout: float | None = None
    ) -> Rows[Execution]:
        """Executions from the bridge's journal, oldest first; since None: all that it has kept."""
        since_us = None if since is None else to_micros(since)
        command = build(commands.ListExecutions, account=account, since_us=since_us)
        return Rows(self._channel.ask(command, replies.ExecutionRows, timeout).rows)

    def _order(
        self,
        contract: ContractLike,
        what: tuple[str, Size, SupportsFloat | None, SupportsFloat | None],
        options: OrderOptions,
    ) -> Trade:
        check_names("an order", options, OrderOptions.__optional_keys__)
        known = OrderTerms.__optional_keys__
        terms = cast(OrderTerms, {name: value for name, value in options.items() if name in known})
        return self.place(
            contract,
            make_order(*what, **terms),
            options.get("client_order_id"),
            options.get("wait", "durable"),
            timeout=options.get("timeout"),
            strategy=options.get("strategy", ""),
        )
