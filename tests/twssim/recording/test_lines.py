from __future__ import annotations

from typing import Any

import pytest

from twssim.recording.lines import Slice, content_of, is_end, microseconds, session_of, side_of

US = 1_795_521_600_000_123


@pytest.mark.parametrize(
    ("line", "side"),
    [
        ({"from": "client"}, "client"),
        ({"dir": "out"}, "client"),
        ({"direction": "SENT"}, "client"),
        ({"side": "server"}, "tws"),
        ({"dir": "s2c"}, "tws"),
        ({"direction": "in"}, "tws"),
        ({"event": "closed"}, None),
        ({"dir": "sideways"}, None),
    ],
)
def test_who_sent_it(line: dict[str, Any], side: str | None) -> None:
    assert side_of(line) == side


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ({"us": US}, US),
        ({"ts_us": US}, US),
        ({"t": US / 1e6}, US),
        ({"time_ms": US / 1e3}, US),
        ({"ts": US * 1000}, US),
        ({"timestamp": US // 1000}, US // 1000 * 1000),
        ({"t_ns": 5000}, 5),
        ({"t": 1.5}, 1_500_000),
        ({"time": "2026-11-24T12:00:00.000123Z"}, US),
        ({"time": "2026-11-24T12:00:00.000123"}, US),
        ({"seq": 5, "stream": 7}, None),
    ],
)
def test_its_moment_in_any_unit(line: dict[str, Any], moment: int | None) -> None:
    found = microseconds(line)
    assert found == moment or (found and moment and abs(found - moment) <= 1)


@pytest.mark.parametrize(
    "line",
    [
        {"base64": "OQAxADEA"},
        {"payload_b64": "OQAxADEA"},
        {"hex": "390031003100"},
        {"data_hex": "39 00 31 00 31 00"},
        {"data": "390031003100"},
        {"payload": "OQAxADEA"},
        {"raw": [57, 0, 49, 0, 49, 0]},
        {"fields": ["9", "1", "1"]},
        {"message": "9\x001\x001\x00"},
    ],
)
def test_its_bytes_however_they_are_written(line: dict[str, Any]) -> None:
    assert content_of(line) == b"9\x001\x001\x00"


def test_bytes_in_another_file() -> None:
    assert content_of({"len": 5, "offset": 7}) == Slice("", 7, 5)
    assert content_of({"file": "a.bin", "size": 5}) == Slice("a.bin", None, 5)
    assert content_of({"event": "closed"}) is None


@pytest.mark.parametrize("line", [{"base64": "%%"}, {"hex": "xy"}, {"data": "%%"}])
def test_unreadable_bytes_are_an_error(line: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        content_of(line)


def test_sessions_and_ends() -> None:
    assert (session_of({}), session_of({"conn": 3}), session_of({"session": "a"})) == ("1", "3", "a")
    assert is_end({"event": "closed"}) and is_end({"type": "EOF"}) and not is_end({"event": "opened"})
