"""The configuration over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from ibapi.protobuf.ConfigRequest_pb2 import ConfigRequest
from ibapi.protobuf.UpdateConfigRequest_pb2 import UpdateConfigRequest

from tests.twssim.official import OfficialClient, errors, gateway, of, order, stock


class ConfigClient(OfficialClient):
    """Waits for the answers about the configuration."""

    def __init__(self, version: int) -> None:
        super().__init__(gateway(), version=version)
        self.after(1.0)

    def change(self, **fields: Any) -> Any:
        self.updateConfigProtoBuf(UpdateConfigRequest(reqId=8, **fields))
        ((answer,),) = of(self.after(1.0), "updateConfigResponseProtoBuf")
        return answer


@pytest.mark.parametrize("version", [219, 221, 225])
def test_every_section_arrives(version: int) -> None:
    client = ConfigClient(version)
    client.reqConfigProtoBuf(ConfigRequest(reqId=7))
    ((answer,),) = of(client.after(1.0), "configResponseProtoBuf")
    assert answer.reqId == 7 and not answer.api.settings.readOnlyApi
    assert list(answer.api.settings.trustedIPs) == ["127.0.0.1"]
    assert answer.lockAndExit.autoLogoffTime and answer.messages[0].title and answer.orders.HasField("smartRouting")


def test_a_change_names_its_fields_and_takes_effect() -> None:
    client = ConfigClient(225)
    answer = client.change(api={"settings": {"readOnlyApi": True}})
    assert (answer.reqId, answer.status) == (8, "success")
    assert list(answer.changedFields) == ["api.settings.readOnlyApi"]
    client.placeOrder(1, stock(), order("MKT", "BUY", 1))
    assert errors(client.after(1.0)) == [(1, 321)]


def test_a_refused_change_says_why() -> None:
    answer = ConfigClient(225).change(api={"settings": {"socketPort": 4001}})
    assert answer.status == "error" and "socketPort" in answer.errors[0]


def test_order_ids_can_start_again() -> None:
    client = ConfigClient(225)
    client.placeOrder(50, stock(), order("LMT", "BUY", 1, limit=1.0))
    client.after(1.0)
    client.change(resetAPIOrderSequence=True)
    client.reqIds(-1)
    assert of(client.take(), "nextValidId") == [(1,)]


def test_older_server_versions_cannot_read_it() -> None:
    """The official client sends it regardless for updates; TWS answers that it cannot read the message."""
    client = ConfigClient(213)
    client.updateConfigProtoBuf(UpdateConfigRequest(reqId=8))
    assert [code for _, code in errors(client.take())] in ([320], [503])
