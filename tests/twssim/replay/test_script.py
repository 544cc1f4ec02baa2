from __future__ import annotations

from twssim.recording import Frame, RecordedSession
from twssim.replay.script import Asked, Script
from twssim.wire import Value, message


def session(*told: tuple[float, str, tuple[Value, ...]]) -> Script:
    frames = [Frame(0, "client", b"v100..200"), Frame(0, "tws", b"200\0now\0"), Frame(0, "client", b"71\x002\x001\0\0")]
    frames += [Frame(round(at * 1e6), side, message(*fields)[4:]) for at, side, fields in told]
    return Script(RecordedSession("1", 200, frames, 60_000_000))


def said(asked: Asked) -> list[tuple[int, float, bool]]:
    return [(line.message.id, line.delay, line.is_loose) for line in asked.lines]


def test_each_answer_has_its_cause() -> None:
    script = session(
        (0.1, "tws", (15, 1, "DU1234567")),
        (0.2, "tws", (9, 1, 5)),
        (0.3, "client", (61, 1)),
        (0.4, "client", (49, 1)),
        (0.5, "tws", (4, -1, 2158, "Sec-def data farm connection is OK:secdefil", "", 0)),
        (0.6, "tws", (62, 1)),
        (0.7, "tws", (49, 1, 1795521600)),
        (9.0, "tws", (61, 3, "DU1234567")),
    )
    start, positions, time = script.asked
    assert said(start) == [(15, 0.1, False), (9, 0.2, False)]
    assert said(positions) == [(62, 0.3, False), (61, 8.7, False)]
    assert said(time) == [(4, 0.1, True), (49, 0.3, False)]
    assert (script.greeting, script.ends_after) == (b"200\0now\0", 60.0)
    assert [line.message.id for line in positions.answer()] == [62]
    assert script.last(9) == b"9\x001\x005\0" and script.last(49).startswith(b"49\0") and script.last(1) == b""


def test_orders_in_an_answer_belong_to_the_question() -> None:
    script = session(
        (1.0, "client", (4, 5, "", "", 2147483647)),
        (2.0, "client", (16, 1)),
        (2.1, "tws", (3, 5, "Submitted", 0, 1, 0.0, 9, 0, 0.0, 1, "", 0.0)),
        (2.2, "tws", (53, 1)),
        (3.0, "tws", (3, 5, "Filled", 1, 0, 9.0, 9, 0, 9.0, 1, "", 0.0)),
    )
    _, cancel, listing = script.asked
    assert said(listing) == [(3, 2.1 - 2.0, False), (53, 2.2 - 2.0, False)] or len(listing.lines) == 2
    assert [line.message.text(1) for line in cancel.lines] == ["Filled"]
