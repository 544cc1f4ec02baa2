from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client.fake_bridge import ACCOUNT, ORDERS, FakeBridge, Keys, refusal, running
from tests.waiting import PATIENCE, eventually
from twsbridge import greeters, link, switchboard
from twsbridge.channel import Channel, build
from twsbridge.errors import (
    AuthError,
    BridgeError,
    BridgeUnavailable,
    CallTimeout,
    Closed,
    InvalidRequest,
    OutcomeUnknown,
    Unreachable,
)
from twsbridge.protocol.commands import GetBars, GetStatus, ListPositions, Ping, PlaceOrder
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.replies import OrderReply, Pong, Positions

PLACE = PlaceOrder(
    client_order_id="key-1",
    contract=Contract(con_id=1),
    order=Order(action="BUY", quantity="1", order_type="MKT"),
)


def elapsed(started: float) -> float:
    return time.monotonic() - started


def test_a_question_gets_its_answer(channel: Channel) -> None:
    assert channel.ask(Ping(), Pong).server_ts_us > 0
    assert (channel.state, channel.trouble) == ("up", "")
    assert channel.welcome is not None and channel.welcome.name == "tester"


def test_questions_from_many_threads_do_not_mix(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["positions.list"] = lambda command: Positions(
        rows=[{"account": command.account, "contract": {}, "position": "1"}]
    )

    def ask(number: int) -> str:
        return channel.ask(ListPositions(account=f"DU{number}"), Positions).rows[0].account

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(300))) == [f"DU{number}" for number in range(300)]


def test_an_answer_in_parts_is_one_answer(fake: FakeBridge, channel: Channel) -> None:
    row = {"account": ACCOUNT, "contract": {}, "position": "1", "avg_cost": 1.0}
    fake.answers["positions.list"] = lambda command: [{"rows": [row] * 3}, {"rows": [row]}, {"rows": []}]
    assert len(channel.ask(ListPositions(), Positions).rows) == 4


def test_an_error_of_the_bridge_is_raised(fake: FakeBridge, channel: Channel) -> None:
    def starting(command: object) -> None:
        raise refusal("br.starting")

    fake.answers["positions.list"] = starting
    with pytest.raises(BridgeUnavailable, match="br.starting"):
        channel.ask(ListPositions(), Positions)


def test_an_answer_that_cannot_be_read_is_an_error_not_a_traceback(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["positions.list"] = lambda command: [{"rows": "strange"}]
    with pytest.raises(BridgeUnavailable, match="cannot be read"):
        channel.ask(ListPositions(), Positions)


def test_a_refused_key_is_told_long_before_the_deadline(fake: FakeBridge) -> None:
    public, secret = (key.decode() for key in Keys().client)
    channel = Channel({**fake.connection, "public_key": public, "secret_key": secret}, PATIENCE)
    started = time.monotonic()
    with pytest.raises(AuthError, match="refuses this key.*twsbridge keys add"):
        channel.wait_welcome()
    with pytest.raises(AuthError):
        channel.ask(Ping(), Pong)
    assert elapsed(started) < PATIENCE / 2
    assert channel.state == "refused"
    channel.close()


def test_a_key_that_is_added_later_is_let_in(fake: FakeBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switchboard, "FIRST_PAUSE_S", 0.2)
    keys = Keys()
    public, secret = (key.decode() for key in keys.client)
    channel = Channel({**fake.connection, "public_key": public, "secret_key": secret}, PATIENCE)
    with pytest.raises(AuthError):
        channel.wait_welcome()
    fake.keys.client = keys.client
    eventually(lambda: channel.state == "up")
    assert channel.ask(Ping(), Pong)
    channel.close()


def test_nobody_there_is_told_soon_and_names_the_address() -> None:
    with running() as fake:
        connection = fake.connection
    channel = Channel(connection, PATIENCE)
    started = time.monotonic()
    with pytest.raises(Unreachable, match=f"{connection['cmd']}.*nothing listens.*twsbridge serve"):
        channel.wait_welcome()
    assert elapsed(started) < PATIENCE / 2
    channel.close()


def test_another_bridges_file_is_told_apart(fake: FakeBridge) -> None:
    channel = Channel({**fake.connection, "server_key": Keys().server[0].decode()}, PATIENCE)
    with pytest.raises(Unreachable, match="another bridge's connection file"):
        channel.wait_welcome()
    channel.close()


def test_somebody_who_stays_silent_is_told_apart(fake: FakeBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "HANDSHAKE_MS", 300)
    monkeypatch.setattr(greeters, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        channel = Channel({**fake.connection, "cmd": address}, PATIENCE)
        with pytest.raises(Unreachable, match=f"{address}.*stays silent"):
            channel.wait_welcome()
        channel.close()


def test_a_bridge_that_never_greets_is_told_at_the_deadline(fake: FakeBridge) -> None:
    fake.answers["hello"] = lambda command: None
    channel = Channel(fake.connection, 0.5)
    with pytest.raises(Unreachable, match="does not answer"):
        channel.wait_welcome()
    channel.close()


def test_a_silent_bridge_means_a_timeout_for_a_read(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["status"] = lambda command: None
    started = time.monotonic()
    with pytest.raises(CallTimeout, match="status.*nothing has changed"):
        channel.ask(GetStatus(), Pong, timeout=0.2)
    assert 0.2 <= elapsed(started) < PATIENCE / 2


def test_a_question_given_up_is_forgotten(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["status"] = lambda command: None
    with pytest.raises(CallTimeout):
        channel.ask(GetStatus(), Pong, timeout=0.05)
    eventually(lambda: not len(channel._io.board.dialogue._pending))
    assert channel.ask(Ping(), Pong) is not None, "the next one is answered"


def test_a_silent_bridge_means_an_unknown_outcome_for_an_order(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["order.place"] = lambda command: None
    with pytest.raises(OutcomeUnknown, match=r"find\('key-1'\)") as caught:
        channel.ask(PLACE, OrderReply, timeout=0.2)
    assert caught.value.client_order_id == "key-1"
    assert isinstance(caught.value, TimeoutError)


def test_the_bridges_own_word_about_a_deadline_is_awaited(fake: FakeBridge, channel: Channel) -> None:
    def late(command: object) -> None:
        threading.Event().wait(0.4)
        raise refusal("tws.timeout")

    fake.answers["status"] = late
    with pytest.raises(BridgeError) as caught:
        channel.ask(GetStatus(), Pong, timeout=0.2)
    assert caught.value.code == "tws.timeout"


def test_an_order_that_never_left_is_known_not_to_be_placed(fake: FakeBridge, channel: Channel) -> None:
    fake.close()
    eventually(lambda: channel.state == "connecting")
    with pytest.raises(Unreachable, match="Nothing was sent") as caught:
        channel.ask(PLACE, OrderReply, timeout=0.3)
    assert caught.value.outcome == "rejected" and not isinstance(caught.value, OutcomeUnknown)


def test_an_order_on_its_way_when_the_bridge_dies_is_unknown_at_once_and_never_resent(
    fake: FakeBridge, channel: Channel
) -> None:
    fake.answers["order.place"] = lambda command: None
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(channel.ask, PLACE, OrderReply, PATIENCE)
        eventually(lambda: "order.place" in fake.names())
        again = fake.restarted()
        with pytest.raises(OutcomeUnknown):
            answer.result(timeout=PATIENCE)
    channel.ask(Ping(), Pong)
    assert "order.place" not in again.names()
    again.close()


def test_a_read_survives_a_restart_of_the_bridge(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["positions.list"] = lambda command: None
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(channel.ask, ListPositions(), Positions, PATIENCE)
        eventually(lambda: "positions.list" in fake.names())
        fake.answers["positions.list"] = lambda command: Positions(rows=[])
        again = fake.restarted()
        assert answer.result(timeout=PATIENCE).rows == []
    again.close()


def test_after_closing_calls_say_so(channel: Channel) -> None:
    channel.close()
    with pytest.raises(Closed, match="was closed"):
        channel.ask(Ping(), Pong)
    channel.leave_line("md|1@SMART|", object())  # type: ignore[arg-type]  # leaving late is harmless, whatever left


def test_closing_ends_a_call_in_another_thread(fake: FakeBridge, channel: Channel) -> None:
    fake.answers["status"] = lambda command: None
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(channel.ask, GetStatus(), Pong, PATIENCE)
        eventually(lambda: "status" in fake.names())
        channel.close()
        with pytest.raises(Unreachable):
            answer.result(timeout=PATIENCE)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_is_refused_and_does_no_harm(channel: Channel) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            channel.ask(Ping(), Pong)
        except Unreachable as error:
            os.write(writer, str(error).encode())
        channel.close()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        assert b"before the process forked" in answer.read()
    os.waitpid(child, 0)
    assert channel.ask(Ping(), Pong)


def test_the_barrier_gives_heads_and_then_every_event(fake: FakeBridge, channel: Channel) -> None:
    fake.publish(ORDERS, "order", {}, lost=True)
    inbox, heads = channel.read_events(("ord|",))
    assert heads.by_stream[ORDERS].next == 2
    fake.publish(ORDERS, "order", {})
    item = inbox.get(PATIENCE)
    assert item is not None and getattr(item, "seq", None) == 2


def test_events_that_stay_away_are_told_at_the_deadline(fake: FakeBridge, channel: Channel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        away = Channel({**fake.connection, "evt": f"tcp://127.0.0.1:{silent.getsockname()[1]}"}, PATIENCE)
        away.wait_welcome()
        with pytest.raises(Unreachable, match=str(silent.getsockname()[1])):
            away.read_events(("ord|",), timeout=0.3)
        away.close()


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_must_be_a_time(channel: Channel, timeout: float) -> None:
    with pytest.raises(ValueError, match="seconds above 0"):
        channel.ask(Ping(), Pong, timeout=timeout)


def test_for_ever_is_a_timeout(channel: Channel) -> None:
    assert channel.ask(Ping(), Pong, timeout=float("inf"))


def test_a_wrong_argument_is_refused_here_with_its_field() -> None:
    with pytest.raises(InvalidRequest, match="duration") as caught:
        build(GetBars, contract=Contract(con_id=1), duration="3 months", bar_size="1 day")
    assert (caught.value.field, caught.value.outcome) == ("duration", "rejected")
    with pytest.raises(InvalidRequest) as caught:
        build(PlaceOrder, client_order_id="k", contract=Contract(con_id=1), order=Order(action="BUY", quantity="0"))
    assert caught.value.field == "order.quantity"
