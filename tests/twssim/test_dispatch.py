"""Which handler gets which request, and what is recorded of it."""

from __future__ import annotations

import re

from ibapi.message import OUT

from tests.twssim.declared import REQUESTS
from tests.twssim.official import OfficialClient, gateway, order, stock
from twssim import requests as req
from twssim.dispatch import HANDLERS
from twssim.protobuf.requests import READERS as PROTOBUF_READERS
from twssim.text_requests import READERS, read_request


def test_every_request_has_a_handler() -> None:
    assert set(HANDLERS) == REQUESTS


def test_every_message_of_the_official_client_is_answered() -> None:
    known = {number for name, number in vars(OUT).items() if re.fullmatch("[A-Z_]+", name)}
    assert {*READERS, *PROTOBUF_READERS} == known


def test_the_ledger_has_every_request_with_its_id() -> None:
    client = OfficialClient(gateway(), client_id=7)
    client.reqMktData(9, stock(), "", False, False, [])
    client.cancelMktData(9)
    client.reqPositions()
    records = client.tws.ledger.of("request")
    assert [(each["name"], each.get("req_id"), each["client_id"]) for each in records] == [
        ("StartApi", None, -1),
        ("RequestMarketData", 9, 7),
        ("CancelMarketData", 9, 7),
        ("RequestPositions", None, 7),
    ]


def test_orders_are_recorded_to_the_byte() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(5, stock(), order("LMT", "BUY", 3, limit=10.0, orderRef="my ref"))
    client.cancel(5)
    client.cancel_all()
    placed, cancelled, everything = client.tws.ledger.of("request")[1:]
    assert (placed["order_id"], placed["order_ref"], cancelled["order_id"]) == (5, "my ref", 5)
    again = read_request(bytes.fromhex(placed["frame"]), 200)
    assert isinstance(again, req.PlaceOrder) and again.terms.order_ref == "my ref"
    assert everything["frame"] and "order_id" not in everything
