import json
import sys
from types import SimpleNamespace

import pytest

from tests.cli.running import CommandLine
from twsbridge.client import Client
from twsbridge.status import BridgeStatus
from twssim.runner import SimulatedTws


def test_the_life_of_an_order(cli: CommandLine) -> None:
    assert cli("orders", "-o", "table")[2] == "No working orders; --all shows the rest.\n"
    (placed,) = cli.rows("order", "place", "buy", "10", "AAPL", "--limit", "1", "--key", "mine-1", "--tif", "GTC")
    assert (placed["action"], placed["quantity"], placed["limit_price"], placed["tif"]) == ("BUY", "10", "1.0", "GTC")
    assert placed["client_order_id"] == "mine-1" and placed["status"] in ("PreSubmitted", "Submitted")
    (again,) = cli.rows("order", "place", "BUY", "10", "AAPL", "--limit", "1", "--key", "mine-1", "--tif", "GTC")
    assert again["order_id"] == placed["order_id"]
    cli.eventually_rows(lambda rows: rows[0]["status"] == "Submitted", "orders")
    (modified,) = cli.rows("order", "modify", placed["order_id"], "--quantity", "5", "--limit", "2")
    assert (modified["order_id"], modified["quantity"], modified["limit_price"]) == (placed["order_id"], "5", "2.0")
    assert [row["order_id"] for row in cli.rows("orders")] == [placed["order_id"]]
    (cancelled,) = cli.rows("order", "cancel", placed["order_id"])
    assert cancelled["status"] == "Cancelled"
    assert cli.rows("orders") == [] and len(cli.rows("orders", "--all")) == 1
    code, _, err = cli("order", "cancel", placed["order_id"])
    assert code == 1 and "order.done" in err


def test_waiting_for_a_fill(cli: CommandLine) -> None:
    (filled,) = cli.rows("order", "place", "BUY", "1", "NVDA", "--wait", "filled")
    assert (filled["status"], filled["filled"]) == ("Filled", "1")
    code, _, err = cli("order", "place", "BUY", "1", "AAPL", "--limit", "1", "--wait", "filled", "--timeout", "0.3")
    assert code == 5 and "not yet filled" in err
    code, _, err = cli("order", "cancel", "--all")
    assert code == 0 and "cancel 1 orders" in err


def test_what_is_refused(cli: CommandLine, simulator: SimulatedTws) -> None:
    for words in (
        ("place", "BUY", "many", "AAPL"),
        ("place", "HOLD", "1", "AAPL"),
        ("place", "BUY", "1", "@"),
        ("place", "BUY", "1", "AAPL", "--tif", "FOREVER"),
        ("modify", "1"),
        ("cancel",),
        ("cancel", "1", "--all"),
    ):
        assert cli("order", *words)[0] in (1, 2), words
    assert not simulator.ledger.of("order")
    code, _, err = cli("order", "place", "BUY", "1", "AAPL", "--limit", "-5")
    assert code == 1 and "tws.rejected" in err
    code, _, err = cli("order", "place", "BUY", "1000000", "AAPL")
    assert code == 1 and "MARGIN" in err
    assert cli("order", "modify", "99", "--quantity", "1")[0] == 1


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bridge that says that its account is a live one."""
    asked = Client.status

    def status(client: Client) -> BridgeStatus:
        told = asked(client)
        return told.model_copy(update={"tws": told.tws.model_copy(update={"mode": "live"})})

    monkeypatch.setattr(Client, "status", status)


@pytest.mark.usefixtures("live")
def test_a_live_account_needs_a_yes(cli: CommandLine, simulator: SimulatedTws, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("order", "place", "BUY", "1", "AAPL", "--limit", "1")
    code, _, err = cli(*words)
    assert code == 2 and "--yes" in err and "BUY 1 AAPL at limit 1" in err
    for answer, expected in (("n\n", 1), ("", 1), ("y\n", 0)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True, readline=lambda answer=answer: answer))
        code, out, err = cli(*words)
        assert code == expected and "is a live account" in err
    assert len(simulator.ledger.of("order")) == 1
    assert cli(*words, "--yes")[0] == 0
    assert cli("order", "modify", "1", "--quantity", "2", "--yes")[0] == 0
    assert cli("order", "cancel", "--all")[0] == 0


def test_json_has_what_programs_want(cli: CommandLine) -> None:
    (order,) = json.loads(cli("order", "place", "BUY", "1", "AAPL", "--stop", "900", "-o", "json")[1])
    assert (order["order_type"], order["stop_price"], order["quantity"]) == ("STP", 900.0, "1")


def test_a_bracket_is_three_orders_or_none(cli: CommandLine, simulator: SimulatedTws) -> None:
    prices = ("--limit", "1", "--target", "500", "--stop", "0.5")
    rows = cli.rows("order", "bracket", "BUY", "10", "AAPL", *prices, "--key", "b1")
    assert [row["client_order_id"] for row in rows] == ["b1.entry", "b1.target", "b1.stop"]
    again = cli.rows("order", "bracket", "BUY", "10", "AAPL", *prices, "--key", "b1")
    assert [row["order_id"] for row in again] == [row["order_id"] for row in rows]
    assert {str(record["order_id"]) for record in simulator.ledger.of("order")} == {row["order_id"] for row in rows}
    code, _, err = cli("order", "resend", "b1.stop")
    assert code == 1 and "order.not_resendable" in err
    assert cli("order", "resend", "nobody")[0] == 1
