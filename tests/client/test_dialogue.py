from __future__ import annotations

from queue import SimpleQueue
from typing import Any

import pytest

from twsbridge.dialogue import Dialogue
from twsbridge.errors import AuthError, BridgeError, OutcomeUnknown, Unreachable, closed, refused
from twsbridge.pending import Request
from twsbridge.protocol.commands import CancelAll, Command, GetStatus, PlaceOrder
from twsbridge.protocol.envelope import Reply, decode_command
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.replies import Welcome

WALL_US = 1_700_000_000_000_000
AHEAD_US = 5_000_000
PLACE = PlaceOrder(
    client_order_id="key-1",
    contract=Contract(con_id=1),
    order=Order(action="BUY", quantity="1", order_type="MKT"),
)
ENDPOINT = "tcp://127.0.0.1:7600"


def dialogue() -> Dialogue:
    return Dialogue(0.0, lambda: WALL_US)


def sent(dialogue: Dialogue) -> list[Any]:
    return [decode_command(frames) for frames in dialogue.courier.take()]


def welcome(sid: str = "s1") -> dict[str, Any]:
    return Welcome(
        sid=sid, server_ts_us=WALL_US + AHEAD_US, protocol=(1, 1), version="0.1.0", name="tester", role="trader",
        accounts=[], heads={}, state="READY", beat_ms=1000, caps=[],
    ).wire()  # fmt: skip


def greeted(now: float = 0.0, sid: str = "s1") -> Dialogue:
    one = dialogue()
    greet(one, now, sid)
    return one


def greet(one: Dialogue, now: float = 0.0, sid: str = "s1") -> None:
    one.connected(now)
    hello = sent(one)[-1]
    one.replied(Reply("hello.r", hello.header.id, True, welcome(sid)), now)


def request(command: Command, name: str = "r1", deadline: float = 10.0) -> Request:
    return Request(name, command, deadline)


def error_reply(request_id: str, code: str) -> Reply:
    return Reply("x.r", request_id, False, make_error(code, "no").wire())


def test_hello_comes_first_and_requests_wait_for_the_welcome() -> None:
    one = dialogue()
    waiting = request(GetStatus())
    one.submit(waiting, 0.0)
    assert sent(one) == []
    one.connected(1.0)
    hello = sent(one)[0]
    assert (hello.command.name, hello.header.sid) == ("hello", "")
    one.replied(Reply("hello.r", hello.header.id, True, welcome()), 1.0)
    assert one.state == "up"
    status = sent(one)[0]
    assert (status.command.name, status.header.sid, waiting.sent) == ("status", "s1", True)


def test_the_deadline_travels_in_the_bridges_own_time() -> None:
    one = greeted()
    one.submit(request(GetStatus(), deadline=7.0), 4.0)
    assert sent(one)[0].header.exp == WALL_US + AHEAD_US + 3_000_000


def test_what_is_late_already_is_not_sent() -> None:
    one = greeted()
    late = request(PLACE, deadline=3.0)
    one.submit(late, 4.0)
    assert sent(one) == [] and not late.sent


def test_replies_and_errors_reach_who_asked() -> None:
    one = greeted()
    good, bad = request(GetStatus(), "good"), request(GetStatus(), "bad")
    for each in (good, bad):
        one.submit(each, 0.0)
    one.replied(Reply("status.r", "good", True, {"state": "READY"}), 0.1)
    one.replied(error_reply("bad", "br.starting"), 0.1)
    assert good.answer.get_nowait() == {"state": "READY"}
    error = bad.answer.get_nowait()
    assert isinstance(error, BridgeError) and error.code == "br.starting"


def test_an_error_that_cannot_be_read_is_still_an_error() -> None:
    one = greeted()
    asked = request(GetStatus())
    one.submit(asked, 0.0)
    one.replied(Reply("status.r", "r1", False, {"strange": 1}), 0.1)
    error = asked.answer.get_nowait()
    assert isinstance(error, BridgeError) and error.outcome == "unknown"


def test_a_break_repeats_reads_and_reports_orders_as_unknown() -> None:
    one = greeted()
    read, place = request(GetStatus(), "read"), request(PLACE, "place")
    for each in (read, place):
        one.submit(each, 0.0)
    sent(one)
    one.disconnected("the connection was closed")
    error = place.answer.get_nowait()
    assert isinstance(error, OutcomeUnknown) and error.client_order_id == "key-1"
    assert one.state == "connecting" and sent(one) == []
    greet(one, 1.0, "s2")
    again = sent(one)
    assert [(each.command.name, each.header.sid) for each in again] == [("status", "s2")]


def test_an_unknown_fate_is_told_for_a_sweeping_command_too() -> None:
    one = greeted()
    sweep = request(CancelAll())
    one.submit(sweep, 0.0)
    one.disconnected("gone")
    assert isinstance(sweep.answer.get_nowait(), OutcomeUnknown)


def test_an_order_submitted_while_away_is_sent_after_the_welcome() -> None:
    one = greeted()
    one.disconnected("gone")
    one.submit(request(PLACE, deadline=20.0), 1.0)
    assert sent(one) == []
    greet(one, 2.0, "s2")
    assert [each.command.name for each in sent(one)] == ["order.place"]


def test_a_refused_key_fails_all_who_wait_and_all_who_come_until_it_is_accepted() -> None:
    one = dialogue()
    before, after = request(GetStatus(), "a"), request(GetStatus(), "b")
    greeter: SimpleQueue[Welcome | BridgeError] = SimpleQueue()
    one.greet(greeter)
    one.submit(before, 0.0)
    one.refused(refused(ENDPOINT))
    one.submit(after, 0.0)
    assert one.state == "refused"
    for waiting in (before.answer, after.answer, greeter):
        assert isinstance(waiting.get_nowait(), AuthError)
    greet(one)
    assert one.state == "up"


def test_an_unacceptable_version_fails_like_a_refused_key() -> None:
    one = dialogue()
    one.connected(0.0)
    asked = request(GetStatus())
    one.submit(asked, 0.0)
    one.replied(error_reply(sent(one)[0].header.id, "req.version"), 0.0)
    error = asked.answer.get_nowait()
    assert isinstance(error, BridgeError) and error.code == "req.version"


def test_who_waits_for_the_first_welcome_learns_after_a_second_that_nobody_is_there() -> None:
    one = dialogue()
    greeter: SimpleQueue[Welcome | BridgeError] = SimpleQueue()
    one.greet(greeter)
    one.unreached("nothing listens there", ENDPOINT, 0.1)
    one.unreached("nothing listens there", ENDPOINT, 0.3)
    one.unreached("nothing listens there", ENDPOINT, 0.9)
    assert greeter.empty()
    one.unreached("nothing listens there", ENDPOINT, 1.1)
    error = greeter.get_nowait()
    assert isinstance(error, Unreachable) and ENDPOINT in str(error)


def test_who_comes_later_gets_the_welcome_at_once() -> None:
    greeter: SimpleQueue[Welcome | BridgeError] = SimpleQueue()
    greeted().greet(greeter)
    assert isinstance(greeter.get_nowait(), Welcome)


def test_another_sid_in_a_beat_means_a_restart_and_a_new_greeting() -> None:
    one = greeted(sid="s1")
    place = request(PLACE)
    one.submit(place, 0.0)
    sent(one)
    one.beat("s1", 1.0)
    assert one.state == "up" and sent(one) == []
    one.beat("s2", 2.0)
    assert isinstance(place.answer.get_nowait(), OutcomeUnknown)
    assert [each.command.name for each in sent(one)] == ["hello"]


def test_a_read_of_a_session_that_ended_is_asked_again_in_the_new_one() -> None:
    one = greeted(sid="s1")
    read, place = request(GetStatus(), "read"), request(PLACE, "place")
    for each in (read, place):
        one.submit(each, 0.0)
    sent(one)
    one.replied(error_reply("read", "auth.session"), 1.0)
    one.replied(error_reply("place", "auth.session"), 1.0)
    hello = sent(one)[-1]
    one.replied(Reply("hello.r", hello.header.id, True, welcome("s2")), 1.0)
    assert [(each.command.name, each.header.sid) for each in sent(one)] == [("status", "s2")]
    error = place.answer.get_nowait()
    assert isinstance(error, AuthError) and error.code == "auth.session"


def test_missed_beats_make_it_suspected_then_dead() -> None:
    one = greeted(now=0.0)
    one.due(2.9)
    assert one.state == "up"
    one.due(3.1)
    assert one.state == "suspected" and [each.command.name for each in sent(one)] == ["ping"]
    one.due(3.2)
    assert sent(one) == [], "one ping for each beat that is missing"
    one.due(6.1)
    assert one.is_dead and one.state == "connecting"


def test_a_beat_ends_the_suspicion() -> None:
    one = greeted(now=0.0)
    one.due(3.1)
    one.beat("s1", 3.5)
    assert one.state == "up" and one.trouble == ""


def test_answers_without_beats_keep_it_suspected_but_alive() -> None:
    one = greeted(now=0.0)
    for now in range(4, 30):
        one.due(float(now))
        pings = sent(one)
        assert [each.command.name for each in pings] == ["ping"]
        one.replied(Reply("ping.r", pings[0].header.id, True, {}), now + 0.1)
    assert one.state == "suspected" and not one.is_dead


def test_before_the_welcome_silence_means_nothing() -> None:
    one = dialogue()
    one.connected(0.0)
    one.due(100.0)
    assert not one.is_dead


@pytest.mark.parametrize("up", [True, False])
def test_closing_tells_everybody_and_says_goodbye_when_there_is_somebody_to_hear_it(up: bool) -> None:
    one = greeted() if up else dialogue()
    asked, late = request(GetStatus(), "a"), request(GetStatus(), "b")
    one.submit(asked, 0.0)
    one.close(closed())
    one.submit(late, 0.0)
    for each in (asked, late):
        error = each.answer.get_nowait()
        assert isinstance(error, Unreachable) and error.code == "client.closed"
    assert [each.command.name for each in sent(one)] == (["bye"] if up else [])


def test_a_forgotten_request_gets_no_answer_and_is_not_repeated() -> None:
    one = greeted()
    asked = request(GetStatus())
    one.submit(asked, 0.0)
    one.forget("r1")
    one.replied(Reply("status.r", "r1", True, {}), 0.1)
    assert asked.answer.empty()


def test_what_came_too_fast_is_sent_again_when_the_bridge_says() -> None:
    """Also an order: the refusal says that nothing was done."""
    one = greeted()
    placing, hasty = request(PLACE), request(GetStatus(), "r2", deadline=1.2)
    for each in (placing, hasty):
        one.submit(each, 1.0)
    sent(one)
    too_fast = make_error("req.rate", "no", retry="after:300").wire()
    for name in ("r1", "r2"):
        one.replied(Reply("x.r", name, False, too_fast), 1.0)
    error = hasty.answer.get_nowait()
    assert isinstance(error, BridgeError) and error.code == "req.rate", "its deadline comes before that"
    one.due(1.2)
    assert sent(one) == []
    one.due(1.31)
    assert [each.header.id for each in sent(one)] == ["r1"]
    one.replied(Reply("order.place.r", "r1", True, {"ok": 1}), 1.4)
    assert placing.answer.get_nowait() == {"ok": 1}
