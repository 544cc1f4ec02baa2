from __future__ import annotations

from tests.core.rig import SETTINGS
from twsbridge_server.core.leases import Leases
from twsbridge_server.core.limits.switch import Halts
from twsbridge_server.core.parts import build
from twsbridge_server.core.restored import Restored


def test_everything_with_a_deadline_is_asked_for_it() -> None:
    parts = build(SETTINGS, Restored(epoch="e" * 16), Leases(), Halts({}))
    made = [getattr(parts, name) for name in parts.__slots__]
    timed = [part for part in made if hasattr(part, "due") and hasattr(part, "next_due")]
    assert set(map(id, timed)) == {id(part) for part in (*parts.timed, parts.pacing)} - {id(parts.lines.held)}


def test_everything_that_lives_on_a_connection_hears_of_its_end() -> None:
    parts = build(SETTINGS, Restored(epoch="e" * 16), Leases(), Halts({}))
    made = [getattr(parts, name) for name in parts.__slots__]
    streams = [part for part in made if hasattr(part, "ready") and hasattr(part, "lost")]
    assert set(map(id, streams)) == set(map(id, parts.streams))
