"""Every command x role x grants x account x owner, against the rules written down a second time."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from twsbridge.protocol import commands
from twsbridge.protocol.commands import COMMANDS, Command
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core import access
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.rights import GRANTS, ROLES, Rights

OWN, OTHER, LIVE = "DU1111111", "DU2222222", "U1234567"
ORDER = Order(action="BUY", quantity=Decimal(1), order_type="LMT", limit_price=1.0)
STOCK = Contract(symbol="AAPL", sec_type="STK")
GRANT_SETS = [frozenset(), *(frozenset({grant}) for grant in GRANTS), frozenset(GRANTS)]


def client(role: str = "trader", **rights: object) -> Client:
    return Client(b"r", "alice", role, Rights(**{"accounts": (OWN,), **rights}))  # type: ignore[arg-type]


def record(owner: str | None = "alice", account: str = OWN) -> OrderRecord:
    origin = "bridge" if owner else "external"
    order = ORDER.model_copy(update={"account": account})
    state = OrderChanged(order_id=7, perm_id=9, owner=owner, origin=origin, contract=STOCK, order=order)
    return OrderRecord("b:7", state)


def named(account: str) -> list[Command]:
    """Every command that names an account or a stream."""
    return [
        commands.GetSnapshot(account=account),
        commands.GetAccountSummary(account=account),
        commands.ListPositions(account=account),
        commands.ListBooks(account=account),
        commands.ListOrders(account=account),
        commands.ListExecutions(account=account),
        commands.GetReplay(stream=f"ord|{account}|", epoch="e", from_seq=1),
        commands.GetReplay(stream=f"acct|{account}|", epoch="e", from_seq=1),
    ]


def code(error: WireError | None) -> str:
    return error.code if error else "ok"


def trades(role: str, grants: frozenset[str]) -> bool:
    return role == "trader" or (role == "admin" and "trade" in grants)


def test_every_command_is_in_the_table() -> None:
    assert set(access.NEEDS) == set(COMMANDS.values())
    assert {need.about for need in access.NEEDS.values()} <= set(access.ABOUT)


ADMINS = {"advisor.get", "advisor.replace", "drain", "resume"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("grants", GRANT_SETS)
def test_the_roles_of_every_command(role: str, grants: frozenset[str]) -> None:
    acting = {name for name in COMMANDS if name.startswith("order.")} - {"order.get"}
    for name, command in COMMANDS.items():
        given = {"stream": "sys|"} if name == "replay" else {"account": OWN} if name == "snapshot" else {}
        error = access.refusal(client(role, grants=grants), command.model_construct(**given))
        others = {"halt": role != "observer", **{name: role == "admin" for name in ADMINS}}
        allowed = others.get(name, name not in acting or trades(role, grants))
        assert code(error) in (("ok",) if allowed else ("auth.role",)), name


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("account", "expected"), [(OWN, "ok"), (OTHER, "auth.account"), (LIVE, "auth.account")])
def test_reading_by_account(role: str, account: str, expected: str) -> None:
    for command in named(account):
        assert code(access.refusal(client(role), command)) == expected, command


def test_paper_is_every_paper_account_and_no_live_one() -> None:
    paper = client(accounts=("paper",))
    for account, expected in ((OWN, "ok"), (OTHER, "ok"), (LIVE, "auth.account")):
        assert {code(access.refusal(paper, command)) for command in named(account)} == {expected}


def test_no_role_and_no_grant_reaches_another_account() -> None:
    for role, grants, owner in product(ROLES, GRANT_SETS, ("alice", "bob", None)):
        asking = client(role, grants=grants)
        foreign = record(owner, OTHER)
        assert code(access.refusal_of_cancel(asking, foreign)) == "auth.account"
        assert code(access.refusal_of_change(asking, foreign, ORDER)) == "auth.account"
        order = ORDER.model_copy(update={"account": OTHER})
        assert code(access.refusal_of_new_order(asking, STOCK, order)) == "auth.account"


@pytest.mark.parametrize("grants", GRANT_SETS)
@pytest.mark.parametrize("owner", ["alice", "bob", None])
def test_whose_orders_may_be_changed_and_cancelled(grants: frozenset[str], owner: str | None) -> None:
    asking = client(grants=grants)
    order = record(owner)
    needed = {"alice": set(), "bob": {"cancel_any"}, None: {"control_foreign"}}[owner]
    assert code(access.refusal_of_cancel(asking, order)) == ("ok" if needed <= grants else "order.not_owned")
    assert code(access.refusal_of_change(asking, order, ORDER)) == ("ok" if owner == "alice" else "order.not_owned")


@pytest.mark.parametrize(
    ("rights", "contract", "order_type", "expected"),
    [
        ({"symbols": frozenset({"AAPL"})}, STOCK, "LMT", "ok"),
        ({"symbols": frozenset({"AAPL"})}, Contract(symbol="aapl", sec_type="STK"), "LMT", "ok"),
        ({"symbols": frozenset({"MSFT"})}, STOCK, "LMT", "auth.contract"),
        ({"symbols": frozenset({"AAPL"})}, Contract(con_id=5, symbol="AAPL", sec_type="STK"), "LMT", "auth.contract"),
        ({"symbols": frozenset({"AAPL"})}, Contract(symbol="AAPL", local_symbol="X"), "LMT", "auth.contract"),
        ({"sec_types": frozenset({"STK"})}, STOCK, "LMT", "ok"),
        ({"sec_types": frozenset({"OPT"})}, STOCK, "LMT", "auth.contract"),
        ({"sec_types": frozenset({"STK"})}, Contract(con_id=5), "LMT", "auth.contract"),
        ({}, Contract(con_id=5), "LMT", "ok"),
        ({"order_types": frozenset({"LMT"})}, STOCK, "LMT", "ok"),
        ({"order_types": frozenset({"LMT"})}, STOCK, "MKT", "auth.order_type"),
    ],
)
def test_what_may_be_traded(rights: dict[str, object], contract: Contract, order_type: str, expected: str) -> None:
    order = ORDER.model_copy(update={"account": OWN, "order_type": order_type})
    assert code(access.refusal_of_new_order(client(**rights), contract, order)) == expected
    if expected in ("ok", "auth.order_type"):
        assert code(access.refusal_of_change(client(**rights), record(), order)) == expected


@pytest.mark.parametrize("grants", GRANT_SETS)
@pytest.mark.parametrize("owner", ["alice", "bob", None])
def test_who_may_hand_an_order_over(grants: frozenset[str], owner: str | None) -> None:
    may = owner == "alice" or (owner == "bob" and "take_any" in grants)
    error = access.refusal_of_hand_over(client(grants=grants), record(owner))
    assert code(error) == ("ok" if may else "order.not_owned")


@pytest.mark.parametrize(
    ("heir", "expected"),
    [
        (client(), "ok"),
        (client("admin", grants=frozenset({"trade"})), "ok"),
        (client("admin"), "auth.role"),
        (client("observer"), "auth.role"),
        (client(accounts=(OTHER,)), "auth.account"),
        (None, "req.invalid"),
    ],
)
def test_to_whom_an_order_may_go(heir: Client | None, expected: str) -> None:
    assert code(access.refusal_of_heir(heir, "bob", record())) == expected


def test_everything_is_cancelled_only_with_both_grants_and_all_accounts() -> None:
    for grants in GRANT_SETS:
        asking = client(grants=grants)
        expected = "ok" if grants == frozenset(GRANTS) else "auth.role"
        assert code(access.refusal_of_global_cancel(asking, [OWN])) == expected
        assert code(access.refusal_of_global_cancel(asking, [OWN, OTHER])) == "auth.account"
