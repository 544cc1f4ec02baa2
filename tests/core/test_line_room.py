from __future__ import annotations

from typing import Any

import pytest

from twsbridge.protocol.models import Contract
from twsbridge.protocol.streams import parse_stream
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.effects import CallTws, PublishTicks
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.line import Line
from twsbridge_server.core.line_gates import LineGates
from twsbridge_server.core.line_room import RANKS, go_first, make_room, use_room
from twsbridge_server.core.open_lines import OpenLines
from twsbridge_server.core.rights import Role


def line(con_id: int, client: str, role: Role) -> Line:
    topic = f"md|{con_id}@SMART|"
    read = parse_stream(topic)
    assert read is not None
    made = Line(read, Contract(con_id=con_id, exchange="SMART"), client)
    made.join(topic, read, client)
    made.rank = RANKS[role]
    return made


def full(*lines: Line) -> OpenLines:
    book = OpenLines(len(lines), RequestIds(), LineGates(HistoryPacing()))
    book.is_ready = True
    for each in lines:
        book.open(each, 0)
    return book


@pytest.mark.parametrize(("role", "gives_way"), [("admin", True), ("trader", True), ("observer", False)])
def test_only_lower_roles_give_way(role: Role, gives_way: bool) -> None:
    watched, traded = line(1, "web", "observer"), line(2, "algo", "trader")
    book, wanted = full(watched, traded), line(3, "desk", role)
    effects = make_room(book, wanted, "desk", role, 5)
    assert bool(effects) == gives_way == (book.lacks(wanted) == "")
    assert traded.state == "waiting" and watched.state == ("ended" if gives_way else "waiting")


def test_the_youngest_of_the_lowest_goes_and_hears_why() -> None:
    older, younger = line(1, "web", "observer"), line(2, "web", "observer")
    book = full(older, younger)
    cancel, said = make_room(book, line(3, "desk", "admin"), "desk", "admin", 5)
    body: Any = said.body if isinstance(said, PublishTicks) else None
    assert isinstance(cancel, CallTws) and (older.state, younger.state) == ("waiting", "ended")
    assert body["error"]["code"] == "tws.pacing" and "desk (admin)" in body["error"]["msg"]


def test_nobody_goes_while_there_is_room() -> None:
    watched = line(1, "web", "observer")
    assert make_room(full(watched), watched, "desk", "admin", 5) == []


def test_who_gave_way_comes_back_when_there_is_room_the_higher_role_first() -> None:
    web, algo, desk = line(1, "web", "observer"), line(2, "algo", "trader"), line(3, "desk", "admin")
    book = full(web)
    make_room(book, algo, "algo", "trader", 5)
    book.open(algo, 0)
    make_room(book, desk, "desk", "admin", 6)
    book.open(desk, 0)
    assert (web.state, algo.state, desk.state) == ("ended", "ended", "waiting")
    assert use_room(book, [web, algo, desk], 7) == []
    book.release(desk)
    call, said = use_room(book, [web, algo, desk], 8)
    assert isinstance(call, CallTws) and (web.state, algo.state) == ("ended", "waiting")
    body: Any = said.body if isinstance(said, PublishTicks) else None
    assert body["gap"]["since_us"] == 6 and "desk (admin)" in body["gap"]["reason"]


def test_when_tws_has_a_place_less_a_higher_role_takes_one_of_a_lower_and_not_again_at_once() -> None:
    web, algo = line(1, "web", "observer"), line(2, "algo", "trader")
    book = full(web, algo)
    for at, taken in ((5, True), (6, False)):
        book.forget(algo)
        book.release(algo)
        book.learn("lines")
        algo.state, algo.lacks_room = "ended", True
        assert bool(go_first(book, algo, at)) == taken
        assert (web.state, algo.state) == ("ended", "waiting" if taken else "ended")


def test_equals_do_not_go_first() -> None:
    web, other = line(1, "web", "observer"), line(2, "other", "observer")
    book = full(web, other)
    book.forget(other)
    book.release(other)
    book.learn("lines")
    assert go_first(book, other, 5) == [] and web.state == "waiting"
