"""Who may do what: one table from commands to what they need, and the checks that follow from it. Pure.

The same table makes the matrix in bridge/README.md and the tests that go through all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from twsbridge.protocol import commands, queries
from twsbridge.protocol.commands import Command
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.order_record import OrderRecord

Right = Literal["read", "trade", "stop", "admin"]
About = Literal[
    "nothing",
    "rows",
    "account",
    "stream",
    "new order",
    "seen order",
    "own order",
    "cancel",
    "hand-over",
    "halt",
    "books",
]


class Need(NamedTuple):
    """What a command needs: a right by the role, and one over what the command is about."""

    right: Right
    about: About


NEEDS: dict[type[Command], Need] = {
    commands.Hello: Need("read", "nothing"),
    commands.Ping: Need("read", "nothing"),
    commands.Bye: Need("read", "nothing"),
    commands.GetStatus: Need("read", "nothing"),
    commands.GetContractDetails: Need("read", "nothing"),
    commands.OpenQuote: Need("read", "nothing"),
    commands.GetBars: Need("read", "nothing"),
    queries.SearchContracts: Need("read", "nothing"),
    queries.GetOptionChains: Need("read", "nothing"),
    queries.GetMarketRule: Need("read", "nothing"),
    queries.GetSmartComponents: Need("read", "nothing"),
    queries.GetDepthExchanges: Need("read", "nothing"),
    queries.GetHeadTimestamp: Need("read", "nothing"),
    queries.GetHistogram: Need("read", "nothing"),
    queries.GetHistoricalTicks: Need("read", "nothing"),
    queries.GetSchedule: Need("read", "nothing"),
    queries.GetImpliedVolatility: Need("read", "nothing"),
    queries.GetOptionPrice: Need("read", "nothing"),
    queries.GetScannerParameters: Need("read", "nothing"),
    queries.ListNewsProviders: Need("read", "nothing"),
    queries.ListHeadlines: Need("read", "nothing"),
    queries.GetNewsArticle: Need("read", "nothing"),
    queries.GetFundamentals: Need("read", "nothing"),
    queries.GetWshMetadata: Need("read", "nothing"),
    queries.GetWshEvents: Need("read", "nothing"),
    queries.GetTwsTime: Need("read", "nothing"),
    queries.GetUserInfo: Need("read", "nothing"),
    queries.ListFamilyCodes: Need("read", "rows"),
    queries.ListSoftDollarTiers: Need("read", "nothing"),
    queries.ListDisplayGroups: Need("read", "nothing"),
    queries.GetAdvisorDocument: Need("admin", "nothing"),
    queries.ReplaceAdvisorDocument: Need("admin", "nothing"),
    commands.CancelBars: Need("read", "nothing"),
    commands.GetReplay: Need("read", "stream"),
    commands.GetSnapshot: Need("read", "account"),
    commands.GetAccountSummary: Need("read", "account"),
    commands.ListPositions: Need("read", "account"),
    commands.ListBooks: Need("read", "books"),
    commands.ListOrders: Need("read", "account"),
    commands.ListExecutions: Need("read", "account"),
    commands.GetOrder: Need("read", "seen order"),
    commands.PlaceOrder: Need("trade", "new order"),
    commands.PlaceGroup: Need("trade", "new order"),
    commands.WhatIf: Need("trade", "new order"),
    commands.ResendOrder: Need("trade", "own order"),
    commands.ModifyOrder: Need("trade", "own order"),
    commands.CancelOrder: Need("trade", "cancel"),
    commands.CancelAll: Need("trade", "cancel"),
    commands.GiveOrder: Need("trade", "hand-over"),
    commands.TakeOrder: Need("trade", "hand-over"),
    commands.Halt: Need("stop", "halt"),
    commands.Resume: Need("admin", "nothing"),
    commands.Drain: Need("admin", "nothing"),
}
"""Every command there is."""

ABOUT: dict[About, str] = {
    "nothing": "nothing more",
    "rows": "the answer has the key's accounts only",
    "account": "the account is one of the key's; where none is named, the answer has the key's accounts only",
    "stream": "the stream belongs to no account, or to one of the key's",
    "new order": "account, symbol, security type and order type are among the key's",
    "seen order": "the order is in one of the key's accounts",
    "own order": "the client owns the order; it stays within the key's accounts and order types",
    "cancel": "the client owns the order, or `cancel_any` in its account; `everything` needs `control_foreign` too",
    "hand-over": "the client owns the order, or `take_any` in its account; the new owner may trade there",
    "books": "the key's accounts only; a trader sees its own books, and not what is nobody's",
    "halt": "an account is one of the key's; an admin alone stops another client, cancels its orders, and flattens",
}
"""What is asked for besides the role, in words."""


def may_trade(client: Client) -> bool:
    """Traders may, and admins to whom it was granted."""
    return client.role == "trader" or (client.role == "admin" and "trade" in client.rights.grants)


def has_right(client: Client, right: Right) -> bool:
    """What the role allows: all read, traders trade, admins administer, and both of these may stop."""
    is_admin = client.role == "admin"
    return {"read": True, "trade": may_trade(client), "stop": is_admin or may_trade(client), "admin": is_admin}[right]


def refusal_of_halt(client: Client, command: commands.Halt) -> WireError | None:
    """Why this client may not stop this, or None."""
    if command.flatten and client.role != "admin":
        return make_error("auth.role", f"{client.name} may not close positions with a halt; an admin may")
    if command.scope == "account":
        return refusal_of_account(client, command.of)
    if command.scope == "client" and command.of != client.name and client.role != "admin":
        return make_error("auth.role", f"{client.name} may not stop {command.of!r} alone; an admin may")
    return None


def refusal_of_halt_cancel(client: Client, record: OrderRecord) -> WireError | None:
    """Why a halt of this client may not cancel this order, or None: an admin's cancels all in the key's accounts."""
    if client.role == "admin":
        return refusal_of_account(client, record.state.order.account)
    return refusal_of_cancel(client, record)


def refusal(client: Client, command: Command) -> WireError | None:
    """What can be judged by the command alone: the role, and the account or the stream that it names."""
    need = NEEDS[type(command)]
    if not has_right(client, need.right):
        return _needs_trader(client) if need.right == "trade" else _needs(client, need.right, command)
    if need.about in ("account", "books") and (account := getattr(command, "account", "")):
        return refusal_of_account(client, account)
    if isinstance(command, commands.GetReplay) and not client.rights.reads(command.stream):
        return make_error("auth.account", f"{client.name} may not read {command.stream!r}")
    return None


def refusal_of_account(client: Client, account: str) -> WireError | None:
    """Why this account is not for this client, or None."""
    if client.rights.reaches(account):
        return None
    listed = ", ".join(client.rights.accounts)
    return make_error("auth.account", f"{client.name} may not use account {account!r}, only: {listed}")


def refusal_of_new_order(client: Client, contract: Contract, order: Order) -> WireError | None:
    """Why this client may not place this order, whose account is settled, or None."""
    return (
        refusal_of_account(client, order.account)
        or _refusal_of_contract(client, contract)
        or _refusal_of_type(client, order)
    )


def refusal_of_change(client: Client, record: OrderRecord, order: Order) -> WireError | None:
    """Why this client may not make this of the order, or None."""
    return (
        refusal_of_account(client, record.state.order.account)
        or (None if owns(client, record) else not_owned(client, record))
        or _refusal_of_type(client, order)
    )


def refusal_of_cancel(client: Client, record: OrderRecord) -> WireError | None:
    """Why this client may not cancel this order, or None."""
    if error := refusal_of_account(client, record.state.order.account):
        return error
    grant: str = "cancel_any" if record.is_ours else "control_foreign"
    return None if owns(client, record) or grant in client.rights.grants else not_owned(client, record, grant)


def refusal_of_hand_over(client: Client, record: OrderRecord) -> WireError | None:
    """Why this client may not decide who owns this order, or None."""
    if error := refusal_of_account(client, record.state.order.account):
        return error
    may = owns(client, record) or (record.is_ours and "take_any" in client.rights.grants)
    return None if may else not_owned(client, record, "take_any")


def refusal_of_heir(heir: Client | None, name: str, record: OrderRecord) -> WireError | None:
    """Why nobody of this name can own this order, or None."""
    if heir is None:
        return make_error("req.invalid", f"There is no client {name!r}", field="to")
    if not may_trade(heir):
        return _needs_trader(heir)
    return refusal_of_account(heir, record.state.order.account)


def refusal_of_global_cancel(client: Client, accounts: Iterable[str]) -> WireError | None:
    """Why this client may not cancel everything in the login, whoever placed it, or None."""
    for account in accounts:
        if error := refusal_of_account(client, account):
            return error
    if missing := {"cancel_any", "control_foreign"} - client.rights.grants:
        text = f"{client.name} may not cancel everything; it has no grant {' and '.join(sorted(missing))}"
        return make_error("auth.role", text)
    return None


def owner_in_sight(client: Client, owner: str) -> str | WireError:
    """Whose books this client is shown when it asks for those of `owner` (empty: of all): a trader has its own."""
    if sees_books(client.role, client.name, owner):
        return owner
    if not owner:
        return client.name
    return make_error("auth.role", f"{client.name} may see its own books, not those of {owner!r}", field="owner")


def sees_books(role: str, name: str, owner: str) -> bool:
    """True when a client of this role and name sees the books of `owner`, or of all when it is empty."""
    return role != "trader" or owner == name


def owns(client: Client, record: OrderRecord) -> bool:
    """True for the owner of an order that was placed through the bridge."""
    return record.is_ours and record.state.owner == client.name


def _needs_trader(client: Client) -> WireError:
    if client.role == "admin":
        return make_error("auth.role", f"{client.name} is an admin without the grant `trade`")
    return make_error("auth.role", f"{client.name} has the role {client.role}; orders need trader")


def _needs(client: Client, right: Right, command: Command) -> WireError:
    wanted = "trader or admin" if right == "stop" else right
    return make_error("auth.role", f"{client.name} has the role {client.role}; {command.name} needs {wanted}")


def not_owned(client: Client, record: OrderRecord, grant: str = "") -> WireError:
    """The order is somebody else's; `grant` is what would help."""
    owner = f"belongs to {record.state.owner}" if record.is_ours else "was not placed through this bridge"
    needs = f"; {client.name} would need the grant `{grant}`" if grant else f", not to {client.name}"
    return make_error("order.not_owned", f"Order {record.name} {owner}{needs}")


def _refusal_of_contract(client: Client, contract: Contract) -> WireError | None:
    """TWS goes by con_id and local_symbol alone where they are given: they could stand for something else."""
    symbols, sec_types = client.rights.symbols, client.rights.sec_types
    if (symbols or sec_types) and (contract.con_id or contract.local_symbol):
        text = f"{client.name} may trade certain contracts only, so it has to name them by symbol and sec_type"
        do = "Leave con_id and local_symbol out."
        return make_error("auth.contract", text, field="contract", do=do)
    if symbols and contract.symbol.upper() not in symbols:
        text = f"{client.name} may not trade {contract.symbol!r}, only: {_listed(symbols)}"
        return make_error("auth.contract", text, field="contract.symbol")
    if sec_types and contract.sec_type.upper() not in sec_types:
        text = f"{client.name} may not trade {contract.sec_type!r}, only: {_listed(sec_types)}"
        return make_error("auth.contract", text, field="contract.sec_type")
    return None


def _refusal_of_type(client: Client, order: Order) -> WireError | None:
    types = client.rights.order_types
    if not types or order.order_type in types:
        return None
    text = f"{client.name} may not send {order.order_type} orders, only: {_listed(types)}"
    return make_error("auth.order_type", text, field="order.order_type")


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
