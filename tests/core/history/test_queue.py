from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.core.rig import of
from twsbridge.protocol.models import Contract
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.history.pacing import MARGIN, MOST_OPEN
from twsbridge_server.core.history.queue import MOST_OPEN_BULK, PAUSE_US, HistoryQueue, Turn
from twsbridge_server.core.requests import RequestKind, Requests
from twsbridge_server.core.stream_inputs import HistoricalEnd

CALL = ReqHistoricalData(0, Contract(con_id=1, exchange="SMART"), "", "1 D", "1 min", "TRADES", True)
KIND = RequestKind(60_000_000)


class Rig:
    def __init__(self) -> None:
        self.requests = Requests(RequestIds())
        self.requests.ready(0)
        self.queue = HistoryQueue(self.requests)
        self.answered: list[int] = []

    def ask(self, con_id: int, client: str = "a", bulk: bool = False, size: str = "1 min") -> list[int]:
        def then(outcome: Any, now: int) -> list[Effect]:
            self.answered.append(con_id)
            return []

        call = replace(CALL, contract=Contract(con_id=con_id), bar_size=size)
        return ids(self.queue.ask(Turn(client, bulk), KIND, call, then, 0))

    def end(self, number: int) -> list[int]:
        """TWS answers the request that was sent as this one, from 0 on."""
        return ids(self.requests.end(HistoricalEnd(FIRST_REQUEST_ID + number), 0))


def ids(effects: list[Effect]) -> list[int]:
    return [effect.call.contract.con_id for effect in of(CallTws, effects)]


def test_only_so_many_are_open() -> None:
    rig = Rig()
    for con_id in range(MOST_OPEN):
        assert rig.ask(con_id) == [con_id]
    assert rig.ask(100) == [] and rig.queue.next_due() is None
    assert rig.end(3) == [100] and rig.answered == [3]


def test_people_go_before_bulk_and_clients_take_turns() -> None:
    rig = Rig()
    for con_id in range(MOST_OPEN_BULK):
        assert rig.ask(con_id, "bulk", bulk=True) == [con_id]
    assert rig.ask(90, "bulk", bulk=True) == [] == rig.ask(91, "other", bulk=True)
    assert rig.ask(50, "person") == [50]
    assert rig.end(0) == [91] and rig.end(1) == [90]


def test_bulk_leaves_a_share_of_the_small_bars_to_people() -> None:
    rig = Rig()
    sent = []
    for number in range(70):
        sent += rig.ask(number, bulk=True, size="5 secs")
        if number in sent:
            sent += rig.end(len(sent) - 1)
    assert len(sent) == 50
    assert rig.ask(99, size="5 secs") == [99]
    assert rig.queue.next_due() == 600_000_000 + MARGIN


def test_a_violation_pauses_everything() -> None:
    rig = Rig()
    rig.queue.violated(0)
    assert rig.ask(1) == [] and rig.queue.next_due() == PAUSE_US
    assert ids(rig.queue.due(PAUSE_US)) == [1]


def test_what_waits_can_be_withdrawn_or_lost() -> None:
    rig = Rig()
    rig.queue.violated(0)
    rig.ask(1)
    rig.ask(2)
    assert rig.queue.withdraw(replace(CALL, contract=Contract(con_id=1)))
    assert not rig.queue.withdraw(CALL)
    rig.queue.lost()
    assert rig.queue.due(PAUSE_US) == [] and rig.answered == []
