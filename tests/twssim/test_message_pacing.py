"""Fifty messages a second for a hundred lines, and the third one too many ends the connection."""

from __future__ import annotations

from tests.twssim.official import OfficialClient, errors, gateway, names


def ready(**settings: object) -> OfficialClient:
    client = OfficialClient(gateway(message_pacing=True, **settings))
    client.after(2.0)
    return client


def test_half_as_many_messages_as_lines_in_any_second() -> None:
    client = ready(market_data_lines=20)
    for _ in range(12):
        client.reqCurrentTime()
    events = client.take()
    assert names(events) == ["currentTime"] * 10 + ["error"] * 2 and errors(events) == [(-1, 100)] * 2
    client.after(1.0)
    client.reqCurrentTime()
    assert names(client.take()) == ["currentTime"]


def test_the_third_message_too_many_ends_the_connection_and_the_next_begins_anew() -> None:
    client = ready()
    for _ in range(53):
        client.reqCurrentTime()
    assert errors(client.take()) == [(-1, 100)] * 3 and client.session.closed
    again = OfficialClient(client.tws)
    again.reqCurrentTime()
    assert "currentTime" in names(again.take())


def test_a_client_that_asks_to_be_slowed_down_is_answered_later() -> None:
    client = ready(market_data_lines=20)
    client.session.wants_pacing = True
    for _ in range(25):
        client.reqCurrentTime()
    assert names(client.take()) == ["currentTime"] * 10
    assert names(client.after(3.0)) == ["currentTime"] * 15 and not client.session.closed


def test_where_time_stands_still_nothing_is_too_fast() -> None:
    client = ready(speed=0.0)
    for _ in range(200):
        client.reqCurrentTime()
    assert names(client.take()) == ["currentTime"] * 200
