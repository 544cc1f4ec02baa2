from __future__ import annotations

from tests.core.rig import SETTINGS, of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import TwsErrorReceived
from twsbridge_server.core.notice_board import KEPT, NoticeBoard
from twsbridge_server.core.rights import Rights
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session


def board_of(*accounts: str) -> NoticeBoard:
    sequencer = Sequencer("e", {})
    session = Session(SETTINGS, sequencer)
    session.accounts = accounts
    return NoticeBoard(sequencer, session)


def test_a_notice_is_published_and_kept() -> None:
    board = board_of()
    (event,) = of(fx.PublishEvent, board.received(TwsErrorReceived(-1, 2104, "OK:usfarm"), 7))
    assert (event.topic, event.body["tws_code"]) == ("sys|", 2104)
    assert board.latest(5, Rights())[0].id is None


def test_the_board_is_bounded_and_keeps_the_newest() -> None:
    board = board_of()
    for number in range(KEPT + 10):
        board.received(TwsErrorReceived(-1, number, ""), 0)
    assert [notice.tws_code for notice in board.latest(2, Rights())] == [KEPT + 8, KEPT + 9]
    assert len(board.latest(10 * KEPT, Rights())) == KEPT


def test_a_notice_that_names_an_account_is_for_its_keys_alone() -> None:
    board = board_of("DU1", "DU2")
    events = of(fx.PublishEvent, board.received(TwsErrorReceived(-1, 2109, "Order for DU1 ignored"), 7))
    assert [event.topic for event in events] == ["acct|DU1|"]
    assert len(board.latest(5, Rights(("DU1",)))) == 1
    assert board.latest(5, Rights(("DU2",))) == []
