from __future__ import annotations

from tests.core.rig import of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.notice_board import KEPT, NoticeBoard
from twsbridge_server.core.sequencer import Sequencer


def test_a_notice_is_published_and_kept() -> None:
    board = NoticeBoard(Sequencer("e", {}))
    (event,) = of(fx.PublishEvent, board.received(TwsErrorReceived(-1, 2104, "OK:usfarm"), 7))
    assert (event.topic, event.body["tws_code"]) == ("sys|", 2104)
    assert board.latest(5)[0].id is None


def test_the_board_is_bounded_and_keeps_the_newest() -> None:
    board = NoticeBoard(Sequencer("e", {}))
    for number in range(KEPT + 10):
        board.received(TwsErrorReceived(-1, number, ""), 0)
    assert [notice.tws_code for notice in board.latest(2)] == [KEPT + 8, KEPT + 9]
    assert len(board.latest(10 * KEPT)) == KEPT
