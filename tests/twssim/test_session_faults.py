"""What clients meet: ids that stay taken, pacing, read-only, bursts, and messages that nobody can read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import OfficialClient, errors, gateway, names, of, order, stock
from twssim.answers import TickPrice
from twssim.faults import Faults
from twssim.wire import Framer, frame


def test_a_client_id_lingers() -> None:
    rig = FaultRig()
    rig.faults.apply("linger", hold=30.0)
    rig.client.session.close()
    assert errors(OfficialClient(rig.tws, 1).take()) == [(-1, 326)]
    rig.join(2)
    rig.tws.advance(rig.tws.now + 31.0)
    assert "nextValidId" in names(OfficialClient(rig.tws, 1).take())
    rig.faults.clear()


def test_three_messages_too_many_end_the_connection() -> None:
    rig = FaultRig()
    rig.faults.apply("pacing", per_second=5)
    for _ in range(7):
        rig.client.reqCurrentTime()
    events = rig.client.take()
    assert names(events) == ["currentTime"] * 5 + ["error"] * 2
    assert errors(events) == [(-1, 100)] * 2
    rig.client.after(1.0)
    rig.client.reqCurrentTime()
    assert names(rig.client.take()) == ["currentTime"]
    for _ in range(5):
        rig.client.reqCurrentTime()
    assert rig.client.session.closed


def test_read_only_on_and_off() -> None:
    rig = FaultRig()
    rig.faults.apply("read_only")
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 1))
    assert errors(rig.client.after(1.0)) == [(1, 321)]
    rig.faults.clear()
    rig.client.placeOrder(1, stock(), order("MKT", "BUY", 1))
    assert "execDetails" in names(rig.client.after(5.0))


@pytest.mark.parametrize("size", [4096, 8192, 12288])
def test_a_burst_has_exactly_its_size(size: int) -> None:
    rig = FaultRig()
    rig.client.reqCurrentTime()
    rig.faults.apply("burst", size=size)
    sent = rig.client.session.take_output()
    assert len(sent) == size
    assert len(list(Framer().feed(sent))) == 2


@pytest.mark.parametrize(("version", "unknown"), [(200, b"9999\0"), (225, b"\0\0\x27\x0f")])
def test_malformed_messages(version: int, unknown: bytes) -> None:
    tws = gateway(server_version=version)
    faults, session = Faults(tws), tws.open_session()
    assert session is not None
    session.receive(b"API\0" + frame(f"v100..{version}".encode()))
    tws.claim(session, 1)
    session.take_output()
    sent = {}
    for kind in ("unknown", "truncated", "garbage"):
        faults.apply("malformed", kind=kind)
        [sent[kind]] = Framer().feed(session.take_output())
    assert sent["unknown"].startswith(unknown)
    [tick, *_] = Framer().feed(session.profile.write(TickPrice(1, 1, Decimal(100), Decimal(1))))
    assert len(sent["truncated"]) < len(tick) and tick.startswith(sent["truncated"])
    assert len(sent["garbage"]) == 64
    faults.apply("malformed", kind="huge")
    assert session.take_output() == b"\x00\xff\xff\xff"


def test_the_garbage_follows_from_the_seed() -> None:
    sent = []
    for seed in (1, 1, 2):
        rig = FaultRig(seed=seed)
        rig.faults.apply("malformed", kind="garbage")
        sent.append(rig.client.session.take_output())
    assert sent[0] == sent[1] != sent[2]


def test_a_client_that_asks_to_be_paced_is_answered_late_and_in_order() -> None:
    tws = gateway()
    Faults(tws).apply("pacing", per_second=2)
    client = OfficialClient(tws)
    client.after(5.0)
    client.session.wants_pacing = True
    for rule in (26, 32, 67, 109, 110):
        client.reqMarketRule(rule)
    assert [row[0] for row in of(client.take(), "marketRule")] == [26, 32]
    assert [row[0] for row in of(client.after(1.0), "marketRule")] == [67, 109]
    assert [row[0] for row in of(client.after(1.0), "marketRule")] == [110]


def test_the_connect_option_is_read() -> None:
    session = gateway().open_session()
    assert session is not None
    session.receive(b"API\0" + frame(b"v100..200 +PACEAPI"))
    assert session.wants_pacing


def test_anything_can_be_said_to_one_client_or_all() -> None:
    rig = FaultRig()
    other = rig.join(2)
    rig.faults.apply("notice", code=2176, text="trimmed", req_id=5, client_id=2)
    assert rig.client.take() == []
    ((req_id, _, code, text, _),) = of(other.take(), "error")
    assert (req_id, code, text) == (5, 2176, "trimmed")
    rig.faults.apply("notice", code=2110, text="broken")
    assert errors(rig.client.take()) == errors(other.take()) == [(-1, 2110)]


def test_a_new_socket_port_ends_every_connection_with_1300() -> None:
    rig = FaultRig()
    rig.faults.apply("socket_port")
    assert errors(rig.client.take()) == [(-1, 1300)]
    assert rig.client.session.closed
