from __future__ import annotations

from typing import Any

from tests.core.rig import ACCOUNT, BUY, CONTRACT, of
from tests.core.test_bridge import Driver, place
from tests.core.test_degraded import Degrading, command
from twsbridge.protocol import commands
from twsbridge.protocol.replies import OrderReply
from twsbridge_server.core import effects as fx
from twsbridge_server.core import inputs
from twsbridge_server.core.audit_floods import BURST, COUNTED_US
from twsbridge_server.core.degraded import JournalWorks
from twsbridge_server.core.limits.terms import LimitTable
from twsbridge_server.core.restored import Restored

SOURCE = inputs.Source("0123456789abcdef", "127.0.0.1", "ab" * 32)
ADMIN = inputs.Client(b"a", "root", "admin")


def rows(effects: list[fx.Effect]) -> list[dict[str, Any]]:
    appended = [effect.row for effect in of(fx.AppendJournal, effects)]
    return [row.body for row in appended if isinstance(row, fx.AuditRow)]


def ready() -> Driver:
    driver = Driver()
    driver.ready()
    return driver


def ask(driver: Driver, body: commands.Command, **more: Any) -> list[dict[str, Any]]:
    asked = {"client": inputs.Client(b"r", "alice"), "request_id": "q", "sid": "run1", "source": SOURCE, **more}
    return rows(driver(inputs.CommandReceived(command=body, **asked)))


def test_an_order_has_one_row_with_its_intent_that_says_who_what_and_what_was_done() -> None:
    driver = ready()
    (row,) = ask(driver, place())
    assert (row["decision"], row["client"], row["role"], row["key"]) == ("accepted", "alice", "trader", SOURCE.key)
    assert (row["command"], row["body_hash"], row["address"]) == ("order.place", SOURCE.body_hash, "127.0.0.1")
    assert row["means"]["contract"]["con_id"] == CONTRACT.con_id
    assert row["account"] == ACCOUNT
    assert row["done"]["intents"] == row["done"]["PlaceOrder"] == [7]
    kinds = [type(each.row) for each in of(fx.AppendJournal, driver.done)]
    assert fx.AuditRow in kinds and fx.IntentRow in kinds


def test_the_same_key_again_is_a_repeat_and_reads_leave_nothing() -> None:
    driver = ready()
    ask(driver, place())
    (row,) = ask(driver, place())
    assert row["decision"] == "repeated"
    assert ask(driver, commands.ListOrders()) == ask(driver, commands.GetStatus()) == []


def test_a_refusal_names_its_rule_with_limit_and_value() -> None:
    driver = ready()
    driver(inputs.HaltAsked("signal", "SIGUSR2"))
    (row,) = ask(driver, place())
    assert (row["decision"], row["rule"], row["outcome"]) == ("refused", "limit.halted", "rejected")
    assert row["details"]["limit"] == "HALTED"
    (row,) = ask(driver, place(), client=inputs.Client(b"r", "eve", "observer"))
    assert row["rule"] == "auth.role"
    (row,) = ask(driver, place(), sid="of another run")
    assert row["rule"] == "auth.session"


def test_a_flood_of_refusals_is_counted_and_told_of_later() -> None:
    driver = ready()
    eve = inputs.Client(b"r", "eve", "observer")
    found = [row for _ in range(500) for row in ask(driver, place(), client=eve)]
    assert len(found) == BURST
    counted = [row for row in rows(driver.wait(COUNTED_US / 1e6 + 1)) if row.get("rule") == "audit.counted"]
    (row,) = counted
    assert (row["client"], row["count"]) == ("eve", 500 - BURST)
    assert row["refused"] == {"order.place auth.role": 500 - BURST}


def test_what_was_refused_before_the_core_saw_it_is_told_too() -> None:
    driver = ready()
    refused = inputs.CommandRefused(inputs.Client(b"", "alice"), "order.place", "req.invalid", SOURCE)
    (row,) = rows(driver(refused))
    assert (row["decision"], row["client"], row["command"], row["rule"]) == (
        "refused", "alice", "order.place", "req.invalid",
    )  # fmt: skip


def test_a_command_that_is_answered_later_has_a_row_for_its_outcome() -> None:
    driver = ready()
    ask(driver, place())
    (row,) = ask(driver, commands.CancelOrder(client_order_id="k1"), request_id="c")
    assert (row["decision"], row["done"]) == ("accepted", {"CancelOrder": [7]})
    effects = driver(inputs.OrderStatus(7, "Cancelled", *[BUY.quantity * 0] * 2, 0.0, 900, None, None, 1, ""))
    (reply,) = [each for each in of(fx.SendReply, effects) if each.request_id == "c"]
    assert isinstance(reply.body, OrderReply)
    (row,) = rows(effects)
    assert (row["decision"], row["command"], row["status"]) == ("answered", "order.cancel", "Cancelled")
    assert "means" not in row


def test_halts_of_every_kind_are_there_with_who_said_them() -> None:
    driver = ready()
    (row,) = rows(driver(inputs.HaltAsked("file", "enough")))
    assert (row["client"], row["decision"], row["cause"]) == ("bridge", "done", "HaltAsked")
    assert (row["done"]["halts"][0]["by"], row["done"]["halts"][0]["reason"]) == ("file", "enough")
    driver(inputs.HaltAsked("file", ""))
    (row,) = ask(driver, commands.Resume(reason="all is well"), client=ADMIN)
    assert (row["decision"], row["command"], row["means"]["reason"]) == ("accepted", "resume", "all is well")
    (row,) = ask(driver, commands.Halt(reason="stop", scope="account", of=ACCOUNT), client=ADMIN)
    assert row["account"] == ACCOUNT


def test_the_keys_the_limits_bans_and_the_start_are_noted() -> None:
    driver = Driver()
    (row,) = rows(driver.connect())
    assert (row["rule"], row["live_accounts"]) == ("bridge.started", [])
    alice, bob = (inputs.Client(b"", name) for name in ("alice", "bob"))
    driver(inputs.ClientsChanged((alice, bob), version="1"))
    changed = inputs.Client(b"", "alice", "observer")
    (row,) = rows(driver(inputs.ClientsChanged((changed,), version="2")))
    assert (row["rule"], row["revoked"], row["changed"], row["keys"]) == ("keys.read", ["bob"], ["alice"], "2")
    (row,) = rows(driver(inputs.LimitsChanged(None, "not TOML", "x")))
    assert (row["rule"], row["text"], row["limits"]) == ("limits.refused", "not TOML", "")
    (row,) = rows(driver(inputs.LimitsChanged(LimitTable(), version="v")))
    assert (row["rule"], row["limits"]) == ("limits.read", "v")
    (row,) = rows(driver(inputs.ClientsBanned(("'eve' sent junk",))))
    assert row["banned"] == ["'eve' sent junk"]


def test_what_was_only_counted_is_told_at_the_end() -> None:
    driver = ready()
    eve = inputs.Client(b"r", "eve", "observer")
    for _ in range(BURST + 3):
        ask(driver, place(), client=eve)
    driver(inputs.DrainAsked())
    told = rows([*driver(inputs.DrainAsked()), *driver.wait(10)] if not _stopped(driver) else driver.done)
    assert [row["count"] for row in told if row.get("rule") == "audit.counted"] == [3]
    assert told[-1]["rule"] == "bridge.stopped"


def _stopped(driver: Driver) -> bool:
    return any(isinstance(effect, fx.Stop) for effect in driver.done)


def test_what_happens_while_the_journal_fails_is_written_once_it_works() -> None:
    driver = Degrading()
    driver.ready()
    driver.fail()
    assert rows(driver(command(commands.Halt(reason="now")))) == []
    told = rows(driver(JournalWorks(Restored(epoch="e" * 16))))  # type: ignore[arg-type]
    assert "halt" in [row.get("command") for row in told]
    assert [row for row in told if row.get("rule") == "journal.works"][0]["lost"] == 0
