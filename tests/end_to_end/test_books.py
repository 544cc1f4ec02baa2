"""Several clients and a manual trader in one account: the ledger of the simulator is the judge of their books."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from tests.bridge_process import BridgeProcess
from tests.end_to_end.test_access import client, refused
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.protocol.books import Book
from twssim.runner import SimulatedTws

Sizes = dict[tuple[str | None, str, str], Decimal]


def sizes(rows: list[Book]) -> Sizes:
    return {(row.owner, row.strategy, row.contract.symbol): row.position for row in rows}


def by_the_ledger(simulator: SimulatedTws, watcher: Client) -> Sizes:
    """Fills of the simulator's ledger under the owner and the strategy of their order."""
    orders = {order.perm_id: order for order in watcher.orders(live=False)}
    found: defaultdict[tuple[str | None, str, str], Decimal] = defaultdict(Decimal)
    for fill in simulator.call(lambda tws: list(tws.orders.executions)):
        order = orders[fill.perm_id]
        signed = fill.shares if fill.side == "BOT" else -fill.shares
        found[order.owner, order.strategy, order.contract.symbol] += signed
    return dict(found)


def fees(rows: list[Book]) -> Decimal:
    return sum((amount for row in rows for amount in row.commissions.values()), Decimal(0))


def test_books_are_those_of_the_ledger_and_survive_a_restart(simulator: SimulatedTws, tmp_path: Path) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{simulator.port}"
    with BridgeProcess(home, tws) as bridge, client(bridge, "eve", "observer") as eve:
        (account,) = eve.accounts
        with (
            client(bridge, "alice") as alice,
            client(bridge, "bob") as bob,
            eve.watch_books(account, timeout=20) as watched,
            alice.watch_books(account, "alice") as own,
        ):
            alice.buy("AAPL", 10, strategy="pairs").wait("filled", timeout=20)
            alice.sell("NVDA", 4).wait("filled", timeout=20)
            bob.sell("AAPL", 25).wait("filled", timeout=20)
            alice.sell("AAPL", 15, strategy="pairs").wait("filled", timeout=20)
            expected = by_the_ledger(simulator, eve)
            seen: Sizes = {}
            while {key: size for key, size in seen.items() if size or key[0]} != expected:
                seen |= sizes([next(watched)])
            assert {row.owner for row in (own.next(timeout=5), *alice.books()) if row} == {"alice"}
            refused("auth.role", lambda: alice.books(owner="bob"))
        eventually(lambda: sizes(list(eve.books())) == expected, "the books to be those of the ledger, and no rest")
        paid = simulator.call(lambda tws: sum(fill.commission for fill in tws.orders.executions))
        eventually(lambda: fees(list(eve.books())) == paid, "all commissions")
        told = [*eve.books()]
        held = {row.contract.symbol: row.position for row in eve.positions()}
        assert {symbol: sum(size for key, size in expected.items() if key[2] == symbol) for symbol in held} == held
    with BridgeProcess(home, tws) as bridge, client(bridge, "fay", "observer") as fay:
        assert [*fay.books()] == told
