from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, gateway, of, order, stock
from twssim.replay.messages import EITHER, ORDER, REQUEST, Message
from twssim.wire import message


def test_text_ids_where_each_version_has_them() -> None:
    old, new = message(4, 2, 7, 200, "text")[4:], message(4, 7, 200, "text")[4:]
    assert Message.of(old, 176).ids(176) == [(EITHER, 7)]
    assert Message.of(new, 200).ids(200) == [(EITHER, 7)]
    assert Message.of(message(1, 6, 9, 1, "1.5")[4:], 176).ids(176) == [(REQUEST, 9)]
    assert Message.of(message(62, 1)[4:], 176).ids(176) == []
    assert Message.of(b"\xff\xff", 176).id == -1


@pytest.mark.parametrize("version", [176, 200, 201, 203, 213, 225])
def test_the_official_client_reads_the_other_ids(version: int) -> None:
    tws = gateway(server_version=version)
    client = OfficialClient(tws, version=version)
    client.take()
    client.placeOrder(1, stock(), order("MKT", "BUY", 1))
    client.reqContractDetails(2, stock())
    tws.advance(tws.now + 2.0)
    changed = {(ORDER, 1): 1001, (REQUEST, 2): 2**31 - 2}
    frames = list(client._framer.feed(client.session.take_output()))
    for payload in frames:
        taken = Message.of(payload, version)
        assert taken.head + taken.body == payload
        client._decode(taken.renumbered(version, lambda kind, number: changed.get((kind, number), number)))
    events = client.take()
    assert {each[0] for each in of(events, "openOrder", "orderStatus")} == {1001}
    assert [(each[0], each[2].orderId) for each in of(events, "execDetails")] == [(-1, 1001)]
    assert {each[0] for each in of(events, "contractDetails", "contractDetailsEnd")} == {2**31 - 2}
