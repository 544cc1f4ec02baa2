from __future__ import annotations

from tests.core.rig import of
from tests.core.test_bridge import Driver
from tests.core.test_degraded import published
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import DiskSpace, Started

MIB = 2**20


def test_little_room_is_said_once_and_its_end_once() -> None:
    driver = Driver(low_disk_bytes=100 * MIB)
    driver(Started())
    said = [driver(DiskSpace(free * MIB)) for free in (200, 99, 50, 101, 200)]
    assert [[event.body["state"] for event in published(effects, "journal")] for effects in said] == [
        [], ["low"], [], ["works"], []
    ]  # fmt: skip
    assert "99 MiB left" in of(fx.Log, said[1])[0].text


def test_status_shows_what_is_left() -> None:
    driver = Driver(low_disk_bytes=100 * MIB)
    assert driver.ask(commands.GetStatus()).body.journal.free_bytes is None
    driver(DiskSpace(7 * MIB))
    journal = driver.ask(commands.GetStatus()).body.journal
    assert (journal.state, journal.free_bytes) == ("low", 7 * MIB)
