from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from tests.core.rig import ACCOUNT, BUY, CONTRACT, SETTINGS, of, published
from twsbridge.protocol import commands
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core import calls, inputs, stream_inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core.bridge import Bridge, command_table
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.restart_window import DailyRestart
from twsbridge_server.core.restored import Restored

SECOND = 1_000_000


class Driver:
    """A bridge with a clock that the test moves, and everything it has ever done."""

    def __init__(self, restored: Restored | None = None, **settings: Any) -> None:
        fields = {name: getattr(SETTINGS, name) for name in SETTINGS.__slots__}
        self.bridge = Bridge(type(SETTINGS)(**{**fields, **settings}), restored or Restored(epoch="e" * 16))
        self.now = 1_000 * SECOND
        self.done: list[fx.Effect] = []

    def __call__(self, *happened: inputs.Input) -> list[fx.Effect]:
        effects = [effect for one in happened for effect in self.bridge.handle(one, self.now)]
        self.done += effects
        return effects

    def connect(self) -> list[fx.Effect]:
        return self(
            inputs.Started(),
            inputs.TwsConnected(200, "20261122 10:00:00 EST"),
            inputs.ManagedAccounts((ACCOUNT,)),
            inputs.NextValidId(7),
        )

    def ready(self) -> list[fx.Effect]:
        effects = self.connect()
        (req_id,) = [c.req_id for c in tws_calls(effects) if isinstance(c, calls.ReqExecutions)]
        return [
            *effects,
            *self(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(req_id)),
        ]

    def ask(self, command: commands.Command, **more: Any) -> fx.SendReply:
        asked = {"client": inputs.Client(b"r", "alice"), "request_id": "q", "sid": "run1", **more}
        replies = of(fx.SendReply, self(inputs.CommandReceived(command=command, **asked)))
        assert len(replies) == 1
        return replies[0]

    def wait(self, seconds: float) -> list[fx.Effect]:
        """Let the timers that were asked for come, one after the other."""
        until, effects = self.now + int(seconds * SECOND), []
        while (wake := of(fx.WakeAt, self.done)[-1].at_us) <= until:
            self.now = max(self.now, wake)
            effects += self(inputs.TimePassed())
        self.now = until
        return effects


def tws_calls(effects: list[fx.Effect]) -> list[Any]:
    return [effect.call for effect in of(fx.CallTws, effects)]


def place(**more: Any) -> commands.PlaceOrder:
    return commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=BUY, **more)


def test_every_command_has_somebody_who_carries_it_out() -> None:
    bridge = Driver().bridge
    assert set(command_table(bridge._parts, bridge._drain)) == set(commands.COMMANDS.values())


def test_every_input_is_understood() -> None:
    known = set(Driver().bridge._inputs) | {stream_inputs.Ticks, stream_inputs.StreamRows}
    assert known == set(get_args(inputs.Input))


def test_the_first_thing_is_to_connect() -> None:
    assert of(fx.ConnectTws, Driver()(inputs.Started()))


def test_a_session_that_starts_asks_again_for_everything_and_compares() -> None:
    sent = [type(call) for call in tws_calls(Driver().connect())]
    assert {calls.ReqOpenOrders, calls.ReqExecutions, calls.ReqPositions, calls.ReqAccountSummary} <= set(sent)
    assert sent[0] is calls.StartApi


def test_no_order_before_the_comparison_is_done() -> None:
    driver = Driver()
    driver.connect()
    assert driver.ask(place()).error.code == "br.starting"
    driver = Driver()
    driver.ready()
    assert driver.ask(place()).body.order.order_id == 7


def test_a_tws_that_never_confirms_its_executions_does_not_keep_the_bridge_from_working() -> None:
    driver = Driver()
    driver.connect()
    driver(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd())
    driver.wait(11)
    status = driver.ask(commands.GetStatus()).body
    assert status.state == "READY" and "did not confirm" in status.reason


def test_a_read_only_tws_is_ready_for_everything_but_orders() -> None:
    driver = Driver()
    driver.connect()
    driver(inputs.TwsErrorReceived(-1, 321, "cause - The API interface is currently in Read-Only mode."))
    driver.wait(11)
    status = driver.ask(commands.GetStatus()).body
    assert status.state == "READY" and status.tws.read_only
    assert driver.ask(place()).error.code == "tws.read_only"


def test_a_lower_next_valid_id_is_never_accepted() -> None:
    """Lean.IB#242: after a restart TWS counted from an older number, and ids were used twice."""
    driver = Driver()
    driver.ready()
    driver.ask(place())
    driver(inputs.TwsLost("restart"))
    driver(inputs.TwsConnected(200, ""), inputs.ManagedAccounts((ACCOUNT,)), inputs.NextValidId(3))
    assert driver.ask(commands.GetStatus()).body.tws.next_order_id == 8


def test_fills_are_processed_while_the_link_is_down() -> None:
    """Lean.IB#249: fills that came between 1100 and 1102 were dropped."""
    from tests.core.rig import fill

    driver = Driver()
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 1100, "lost"))
    effects = driver(inputs.ExecutionReceived(-1, fill(perm_id=5), ""))
    assert "execution" in published(effects)
    again = driver(inputs.TwsErrorReceived(-1, 1102, "restored"))
    assert any(isinstance(call, calls.ReqExecutions) for call in tws_calls(again))


def test_a_broken_data_farm_leaves_orders_alone() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 2103, "Market data farm connection is broken:usfarm"))
    status = driver.ask(commands.GetStatus()).body
    assert status.state == "READY" and status.tws.farms == {"usfarm": "broken"}


def test_the_gap_ends_when_orders_were_compared() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsLost("reset"))
    effects = driver.wait(1.5)
    assert of(fx.ConnectTws, effects)
    effects = driver(inputs.TwsConnected(200, ""), inputs.ManagedAccounts((ACCOUNT,)), inputs.NextValidId(7))
    (query,) = [c for c in tws_calls(effects) if isinstance(c, calls.ReqExecutions)]
    effects = driver(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(query.req_id))
    assert [e for e in published(effects) if not e.startswith("heart")] == ["session", *["resumed"] * 3]
    streams = [e.topic for e in of(fx.PublishEvent, effects) if e.type == "resumed"]
    assert streams == ["sys|", f"acct|{ACCOUNT}|", f"ord|{ACCOUNT}|"]


def test_the_time_between_two_runs_is_a_gap_in_every_stream() -> None:
    heads = {"sys|": (1, 9), f"ord|{ACCOUNT}|": (1, 4)}
    driver = Driver(restored=Restored(epoch="e" * 16, heads=heads, told_us=5))
    gaps = [e for e in of(fx.PublishEvent, driver(inputs.Started())) if e.type == "gap"]
    assert {e.topic for e in gaps} == heads.keys() and {e.body["since_us"] for e in gaps} == {5}
    over = [e for e in of(fx.PublishEvent, driver.ready()) if e.type == "resumed"]
    assert {e.topic for e in over} == heads.keys() and all(e.body["data_lost"] for e in over)
    assert [e for e in of(fx.PublishEvent, Driver()(inputs.Started())) if e.type == "gap"] == []


def test_a_heartbeat_each_second_whatever_the_state() -> None:
    driver = Driver()
    driver(inputs.Started())
    beats = [e for e in of(fx.PublishEvent, driver.wait(5)) if e.type == "heartbeat"]
    assert len(beats) == 5 and {e.seq for e in beats} == {0}


def test_a_barrier_is_answered_with_the_heads() -> None:
    driver = Driver()
    driver.ready()
    (event,) = of(fx.PublishEvent, driver(inputs.SubscriptionOpened("sync|n1|")))
    assert event.topic == "sync|n1|" and event.body["heads"]["sys|"]["next"] > 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sid": "older"}, "auth.session"),
        ({"expires_us": 5}, "req.expired"),
        ({"client": inputs.Client(b"r", "eve", "observer")}, "auth.role"),
    ],
)
def test_what_keeps_a_command_from_being_looked_at(more: dict[str, Any], code: str) -> None:
    driver = Driver()
    driver.ready()
    assert driver.ask(place(), **more).error.code == code
    assert not any(isinstance(call, calls.PlaceOrder) for call in tws_calls(driver.done))


def test_hello_needs_no_session_and_a_common_version() -> None:
    driver = Driver()
    driver.ready()
    welcome = driver.ask(commands.Hello(protocol=[1, 3]), sid="").body
    assert welcome.sid == "run1" and welcome.accounts == [ACCOUNT]
    assert driver.ask(commands.Hello(protocol=[2, 3]), sid="").error.code == "req.version"


def test_more_requests_than_tws_takes_are_spread_and_none_is_lost() -> None:
    driver = Driver(messages_per_second=10)
    driver.ready()
    effects: list[fx.Effect] = []
    for con_id in range(1, 31):
        effects += driver(inputs.SubscriptionOpened(f"md|{con_id}@SMART|"))
    assert len(tws_calls(effects)) < 10
    effects += driver.wait(6)
    opened = [c for c in tws_calls(effects) if isinstance(c, calls.ReqMarketData)]
    assert len(opened) == 30


def test_an_unreadable_message_leads_to_a_comparison() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsPoison(3, "bad number"))
    assert any(isinstance(call, calls.ReqOpenOrders) for call in tws_calls(driver.wait(2)))


def test_draining_says_goodbye_and_stops() -> None:
    driver = Driver()
    driver.ready()
    effects = driver(inputs.DrainAsked())
    assert "bye" in published(effects) and of(fx.Stop, effects)


def test_a_defect_leaves_no_hole_in_a_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver()
    driver.ready()
    heads = driver.bridge._parts.sequencer.marks()
    monkeypatch.setattr(Reconcile, "next_due", lambda self: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        driver(inputs.TwsErrorReceived(-1, 2104, "OK:usfarm"))
    assert driver.bridge._parts.sequencer.marks() == heads


def test_a_sweep_is_no_proof_while_tws_has_no_connection_to_ib() -> None:
    """TWS may answer from an empty cache: what it does not list then is not gone."""
    driver = Driver()
    driver.ready()
    driver.ask(place())
    driver.wait(6)
    driver(inputs.TwsErrorReceived(-1, 1100, "Connectivity between IB and TWS has been lost."))
    for _ in range(3):
        asked = [c for c in tws_calls(driver.wait(40)) if isinstance(c, calls.ReqExecutions)]
        for call in asked:
            driver(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(call.req_id))
        driver(inputs.CurrentTime(1))
    order = driver.ask(commands.GetOrder(client_order_id="k1")).body.order
    assert order.status == "UNKNOWN"


def test_a_waiting_cancel_that_ends_while_disconnected_starts_no_comparison() -> None:
    """It would still be running when TWS is back, and READY would come without any comparison."""
    driver = Driver()
    driver.ready()
    driver.ask(place())
    driver(inputs.TwsLost("closed"))
    effects = driver.wait(0.9)
    assert not [c for c in tws_calls(effects) if isinstance(c, calls.ReqExecutions)]
    driver(inputs.TwsErrorReceived(-1, 504, "Not connected"))
    assert not [e for e in of(fx.PublishEvent, driver.wait(60)) if e.type == "resumed"]


def test_only_an_unreadable_message_that_may_be_about_orders_starts_a_comparison() -> None:
    """A TWS that is newer than the bridge may send its news many times a second."""
    for message_id, compares in ((11, True), (5, True), (None, True), (1, False), (999, False)):
        driver = Driver()
        driver.ready()
        driver(inputs.TwsPoison(message_id, "cannot be read"))
        asked = [c for c in tws_calls(driver.wait(2)) if isinstance(c, calls.ReqExecutions)]
        assert bool(asked) is compares, message_id


def held_back(driver: Driver, **more: Any) -> None:
    """An order that waits for its turn, because TWS's limit is used up."""
    driver(*(inputs.SubscriptionOpened(f"md|{n}@SMART|") for n in range(1, 60)))
    for n in range(60):
        driver.ask(commands.PlaceOrder(client_order_id=f"o{n}", contract=CONTRACT, order=BUY))
    driver(inputs.CommandReceived(inputs.Client(b"r", "alice"), "late", place(), sid="run1", **more))
    assert not any(isinstance(c, calls.PlaceOrder) and c.order_id == 67 for c in tws_calls(driver.done))


def status_of(driver: Driver, key: str = "k1") -> str:
    return str(driver.ask(commands.GetOrder(client_order_id=key)).body.order.status)


def test_an_order_held_back_past_its_deadline_never_goes_out() -> None:
    driver = Driver()
    driver.ready()
    held_back(driver, expires_us=driver.now + SECOND // 2)
    driver.wait(10)
    assert not any(isinstance(c, calls.PlaceOrder) and c.order_id == 67 for c in tws_calls(driver.done))
    order = driver.ask(commands.GetOrder(client_order_id="k1")).body.order
    assert order.status == "NOT_FOUND" and "deadline" in order.reason.text


def test_an_order_held_back_without_a_deadline_goes_out_and_only_then_is_awaited() -> None:
    driver = Driver()
    driver.ready()
    held_back(driver)
    driver.wait(3)
    assert any(isinstance(c, calls.PlaceOrder) and c.order_id == 67 for c in tws_calls(driver.done))
    assert status_of(driver) == "PendingSubmit"
    driver.wait(6)
    assert status_of(driver) == "UNKNOWN"


def test_orders_held_back_when_ib_is_gone_never_go_out() -> None:
    driver = Driver()
    driver.ready()
    held_back(driver)
    driver(inputs.TwsErrorReceived(-1, 1100, "Connectivity between IB and TWS has been lost."))
    driver.wait(3)
    assert status_of(driver) == "NOT_FOUND"
    assert not any(isinstance(c, calls.PlaceOrder) and c.order_id == 67 for c in tws_calls(driver.done))


def test_orders_held_back_when_the_connection_breaks_are_known_not_to_exist() -> None:
    driver = Driver()
    driver.ready()
    held_back(driver)
    driver(inputs.TwsLost("reset"))
    assert status_of(driver) == "NOT_FOUND"
    assert status_of(driver, "o0") == "UNKNOWN"


def test_a_command_of_an_earlier_run_of_the_bridge_is_refused() -> None:
    driver = Driver()
    driver.ready()
    assert driver.ask(place(), sid="run0").error.code == "auth.session"


def conditions(driver: Driver) -> list[str]:
    return [condition.code for condition in driver.ask(commands.GetStatus()).body.conditions]


SESSION_TROUBLES = [
    (326, "client_id_in_use"),
    (1300, "port_changed"),
    (1100, "link_down"),
    (2110, "link_down"),
    (2172, "desupported"),
    (10141, "disclaimer"),
    (100, "rate_limited"),
]


@pytest.mark.parametrize(("code", "condition"), SESSION_TROUBLES)
def test_what_tws_says_of_the_session_is_a_condition_until_the_session_disproves_it(code: int, condition: str) -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, code, "TWS's words"))
    assert conditions(driver) == [condition]
    driver(inputs.TwsLost("closed"))
    driver.wait(2)
    driver.ready()
    assert conditions(driver) == []


def test_farms_that_break_and_come_back() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 2103, "Market data farm connection is broken:usfarm"))
    assert conditions(driver) == ["farm_broken"]
    driver(inputs.TwsErrorReceived(-1, 2104, "Market data farm connection is OK:usfarm"))
    assert conditions(driver) == []


@pytest.mark.parametrize("cause", ["unreachable", "login_pending"])
def test_a_connection_that_is_never_made_says_why(cause: str) -> None:
    driver = Driver()
    driver(inputs.Started(), inputs.TwsLost("no", cause))
    assert conditions(driver) == [cause]
    driver.wait(2)
    driver.ready()
    assert conditions(driver) == []


def test_a_tws_that_takes_the_connection_and_waits_for_a_login_is_named_as_such() -> None:
    driver = Driver()
    driver(inputs.Started(), inputs.TwsConnected(200, ""))
    driver.wait(20)
    driver(inputs.TwsLost("does it show a dialog?"))
    assert conditions(driver) == ["login_pending"]


def test_a_tws_that_ticks_but_answers_nothing_is_left_as_unresponsive() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.SubscriptionOpened("md|265598@SMART|"))
    (line,) = [c for c in tws_calls(driver.done) if isinstance(c, calls.ReqMarketData)]
    for _ in range(50):
        driver.wait(1)
        driver(stream_inputs.Ticks(line.req_id, (Tick(1, 190.0),)))
    assert "unresponsive" in conditions(driver)
    assert any("answered no question" in e.reason for e in of(fx.DisconnectTws, driver.done))


def test_a_tws_that_ticks_and_answers_is_kept() -> None:
    driver = Driver()
    driver.ready()
    for second in range(120):
        asked = [c for c in tws_calls(driver.wait(1)) if isinstance(c, calls.ReqCurrentTime)]
        driver(*(inputs.CurrentTime(second) for _ in asked))
        driver(inputs.TwsErrorReceived(-1, 2104, f"Market data farm connection is OK:farm{second % 2}"))
    assert not of(fx.DisconnectTws, driver.done) and conditions(driver) == []


def outages(effects: list[fx.Effect]) -> list[str]:
    return [e.body["text"] for e in of(fx.PublishEvent, effects) if e.body.get("code") == "outage" and e.body["active"]]


def test_lean_ib_258_a_link_that_stays_away_is_escalated_every_minute() -> None:
    """833 times 1100 in a row, over fifteen hours, and nobody was told more than at the first."""
    driver = Driver()
    driver.ready()
    effects: list[fx.Effect] = []
    for _ in range(200):
        effects += driver(inputs.TwsErrorReceived(-1, 1100, "lost"), inputs.CurrentTime(0))
        effects += driver.wait(1)
    assert outages(effects) == [f"The session with TWS has been LINK_DOWN for {n} min" for n in (1, 2, 3)]
    assert len([e for e in of(fx.Log, effects) if e.level == "error"]) == 3
    assert conditions(driver) == ["link_down", "outage"]
    asked = tws_calls(driver(inputs.TwsErrorReceived(-1, 1102, "restored")))
    (req_id,) = [call.req_id for call in asked if isinstance(call, calls.ReqExecutions)]
    driver(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(req_id))
    assert conditions(driver) == []


@pytest.mark.parametrize("is_expected", [True, False])
def test_an_outage_is_none_while_tws_restarts_as_it_does_each_day(is_expected: bool) -> None:
    at = datetime.fromtimestamp(1_000 + 20, UTC)
    driver = Driver(daily_restart=DailyRestart(at.time(), ZoneInfo("UTC")) if is_expected else None)
    driver.ready()
    driver(inputs.TwsLost("it restarts"))
    assert bool(outages(driver.wait(75))) is not is_expected
    assert outages(driver.wait(60)), "it has not come back"


def test_a_competing_session_is_a_condition_until_the_data_are_back() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.SubscriptionOpened("md|265598@SMART|"))
    (line,) = [c for c in tws_calls(driver.done) if isinstance(c, calls.ReqMarketData)]
    driver(inputs.TwsErrorReceived(line.req_id, 10197, "competing live session"))
    driver.wait(2)
    assert conditions(driver) == ["competing_session"]
    driver(stream_inputs.Ticks(line.req_id, (Tick(1, 190.0),)))
    driver.wait(2)
    assert conditions(driver) == []


def test_order_ids_that_are_used_up_are_said_and_refuse_orders() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.NextValidId(2_000_000_000))
    assert conditions(driver) == ["order_ids_used_up"]
    assert driver.ask(place()).error.code == "tws.order_ids"
    driver(inputs.NextValidId(1))
    assert conditions(driver) == []
    assert driver.ask(place()).body.order.order_id == 7


def test_the_last_order_id_is_given_out_once() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.NextValidId(1_999_999_999))
    assert driver.ask(place()).body.order.order_id == 1_999_999_999
    other = commands.PlaceOrder(client_order_id="k2", contract=CONTRACT, order=BUY)
    assert driver.ask(other).error.code == "tws.order_ids"


def test_no_order_goes_out_just_before_tws_restarts_but_cancels_do() -> None:
    at = datetime.fromtimestamp(1_000 + 60, UTC)
    driver = Driver(daily_restart=DailyRestart(at.time(), ZoneInfo("UTC")))
    driver.ready()
    driver.ask(place())
    driver.now += 31 * SECOND
    driver(inputs.CurrentTime(1))
    other = commands.PlaceOrder(client_order_id="k2", contract=CONTRACT, order=BUY)
    error = driver.ask(other).error
    assert error.code == "tws.restart_window" and error.retry == "after:89000"
    assert conditions(driver) == ["restart_window"]
    cancel = commands.CancelOrder(client_order_id="k1")
    driver(inputs.CommandReceived(inputs.Client(b"r", "alice"), "c", cancel, sid="run1"))
    assert any(isinstance(call, calls.CancelOrder) for call in tws_calls(driver.done))
    driver.wait(90)
    assert "restart_window" not in conditions(driver)


def link_down() -> Driver:
    """A bridge whose TWS has lost IB, and answers the keep-alive all the same."""
    driver = Driver(proof_us=10**12, keepalive_us=10**12)
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 1100, "Connectivity has been lost"))
    return driver


def again(driver: Driver) -> list[fx.Effect]:
    """The connection that was given up is gone, and the next one is there."""
    driver(inputs.TwsLost("given up"))
    driver.wait(2)
    return driver.connect()


def states(driver: Driver) -> list[str]:
    return [e.body["state"] for e in of(fx.PublishEvent, driver.done) if e.type == "session"]


FARM_OK = inputs.TwsErrorReceived(-1, 2104, "Market data farm connection is OK:usfarm")


def test_a_link_of_which_tws_says_nothing_more_is_looked_at_in_a_new_session() -> None:
    driver = link_down()
    assert of(fx.DisconnectTws, driver.wait(59)) == []
    (left,) = of(fx.DisconnectTws, driver.wait(2))
    assert "lost IB 60 s ago" in left.reason
    assert [c for c in tws_calls(again(driver)) if isinstance(c, calls.ReqExecutions)] == []
    assert states(driver)[-1] == "LINK_DOWN" and set(conditions(driver)) == {"link_down", "outage"}
    (req_id,) = [c.req_id for c in tws_calls(driver(FARM_OK)) if isinstance(c, calls.ReqExecutions)]
    driver(inputs.OpenOrderEnd(), inputs.CompletedOrdersEnd(), inputs.ExecutionsEnd(req_id))
    assert states(driver)[-1] == "READY" and conditions(driver) == []


def test_a_link_that_stays_down_is_looked_at_less_and_less_often() -> None:
    driver = link_down()
    waits = []
    for _ in range(7):
        waited = 0
        while not of(fx.DisconnectTws, driver.wait(10)):
            waited += 10
        waits.append(waited + 10)
        again(driver)
        assert states(driver)[-1] == "LINK_DOWN"
    assert waits == [60, 120, 240, 480, 960, 1800, 1800]


def test_a_farm_that_is_back_without_1102_shortens_the_wait() -> None:
    driver = link_down()
    driver(FARM_OK)
    assert states(driver)[-1] == "LINK_DOWN" and of(fx.DisconnectTws, driver.wait(9)) == []
    assert len(of(fx.DisconnectTws, driver.wait(2))) == 1


@pytest.mark.parametrize("code", [1101, 1102])
def test_tws_itself_ends_the_wait(code: int) -> None:
    driver = link_down()
    driver(FARM_OK, inputs.TwsErrorReceived(-1, code, "restored"))
    assert of(fx.DisconnectTws, driver.wait(4)) == []
    assert states(driver)[-1] == "RECONCILING"


def test_a_tws_that_does_not_list_its_orders_is_not_ready_and_is_left_in_the_end() -> None:
    driver = Driver(proof_us=10**12, keepalive_us=10**12)
    effects = driver.connect()
    for _ in range(3):
        assert of(fx.DisconnectTws, effects) == [] and "READY" not in states(driver)
        effects = driver.wait(6.1)
    (left,) = of(fx.DisconnectTws, effects)
    assert "which orders" in left.reason and "READY" not in states(driver)


def test_a_farm_that_was_broken_is_forgotten_with_its_session() -> None:
    driver = Driver()
    driver.ready()
    driver(inputs.TwsErrorReceived(-1, 2103, "Market data farm connection is broken:usfarm"))
    assert conditions(driver) == ["farm_broken"]
    driver(inputs.TwsLost("gone", "unreachable"))
    driver.wait(2)
    driver(inputs.TwsConnected(200, ""))
    assert conditions(driver) == []
