from decimal import Decimal

from tests.core.rig import ACCOUNT, BUY, CONTRACT
from twsbridge.protocol import commands
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.replies import HaltReply
from twsbridge_server.core import audit_words as words
from twsbridge_server.core import calls
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import Client, CommandReceived, Source

LIMIT = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=BUY.model_copy(update={"account": ACCOUNT}))


def asked(command: commands.Command) -> CommandReceived:
    return CommandReceived(Client(b"r", "alice"), "q", command, source=Source("f" * 16, "127.0.0.1", "ab"))


def test_the_meaning_of_a_command_stands_beside_the_hash_of_its_body() -> None:
    told = words.what(asked(LIMIT))
    assert (told["command"], told["request_id"], told["body_hash"]) == ("order.place", "q", "ab")
    assert told["means"]["order"]["quantity"] == str(Decimal(5))
    assert words.named_account(LIMIT) == ACCOUNT


def test_long_texts_are_told_by_their_length() -> None:
    command = commands.Halt(reason="x" * 150)
    assert words.what(asked(command))["means"]["reason"] == "x" * 150
    assert words._without_long_texts({"a": ["y" * 501]}) == {"a": ["501 characters"]}


def test_the_account_of_a_halt_and_of_a_group() -> None:
    assert words.named_account(commands.Halt(scope="account", of=ACCOUNT)) == ACCOUNT
    assert words.named_account(commands.Halt()) == ""
    members = [{"client_order_id": key, "contract": CONTRACT, "order": LIMIT.order} for key in ("a", "b")]
    group = commands.PlaceGroup.model_validate({"kind": "oca", "members": members})
    assert words.named_account(group) == ACCOUNT


def test_deeds_are_what_is_sent_and_written_and_nothing_else() -> None:
    effects: list[fx.Effect] = [
        fx.AppendJournal(fx.IntentRow("alice", "k1", b"", 7, "B1", 0)),
        fx.AppendJournal(fx.OrderRow("b:7", {})),
        fx.AppendJournal(fx.OrderRow("b:7", {})),
        fx.AppendJournal(fx.HaltRow("global:", {"state": "HALTED"})),
        fx.CallTws(calls.CancelOrder(6)),
        fx.CallTws(calls.ReqOpenOrders()),
        fx.AppendJournal(fx.FloorRow(8)),
    ]
    found = {"intents": [7], "orders": ["b:7"], "halts": [{"state": "HALTED"}], "CancelOrder": [6]}
    assert words.deeds(effects) == found
    assert words.deeds([]) == {}


def test_the_outcome_is_what_the_client_was_told() -> None:
    error = make_error("limit.quantity", "too much", details={"limit": "5"})
    told = words.outcome(fx.SendReply(b"r", "q", "order.place", error=error))
    assert told == {"rule": "limit.quantity", "outcome": "rejected", "text": "too much", "details": {"limit": "5"}}
    halted = fx.SendReply(b"r", "q", "halt", HaltReply(halts=[], verified=True))
    assert words.outcome(halted) == {"outcome": "done", "verified": True, "left": []}
    assert words.outcome(fx.SendReply(b"r", "q", "ping")) == {"outcome": "done"}


def test_only_the_last_part_of_the_own_answer_counts() -> None:
    one = asked(LIMIT)
    parts = [fx.SendReply(b"r", "q", "x", more=True), fx.SendReply(b"other", "q", "x"), fx.SendReply(b"r", "p", "x")]
    assert words.reply_to(one, parts) is None
    last = fx.SendReply(b"r", "q", "x", part=1)
    assert words.reply_to(one, [*parts, last]) is last
