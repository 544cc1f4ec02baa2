from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.protocol.strategies import wire_model, with_text
from tests.source_tree import ROOT
from twsbridge.protocol.commands import COMMANDS, Command, PlaceOrder
from twsbridge.protocol.envelope import MAGIC, CommandHeader, decode_command, encode_command, pack
from twsbridge.protocol.errors import InvalidRequest
from twsbridge.protocol.order_checks import MAX_QUANTITY

ORDER = {"action": "BUY", "quantity": "10", "order_type": "LMT", "limit_price": 190.5}
PLACE = {"client_order_id": "mean-1", "contract": {"symbol": "AAPL"}, "order": ORDER}


def decode(name: str, body: Any) -> Command:
    return decode_command([MAGIC, pack({"t": name, "id": "1"}), pack(body)]).command


def refused(name: str, body: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        decode(name, body)
    return caught.value


def with_order(**changes: Any) -> dict[str, Any]:
    return {**PLACE, "order": {key: value for key, value in {**ORDER, **changes}.items() if value is not ...}}


@pytest.mark.parametrize("name", sorted(COMMANDS))
@given(data=st.data())
@settings(max_examples=20)
def test_round_trip_in_msgpack_and_in_json(name: str, data: st.DataObject) -> None:
    value = data.draw(wire_model(COMMANDS[name], with_text(st.text("abcXYZ.09 |", max_size=12))))
    header = CommandHeader(t=name, id="1", sid="s", exp=1_700_000_000_000_000)
    assert decode_command(encode_command(value, header)) == (header, value, False)
    in_json = [MAGIC, *(json.dumps(part.wire()).encode() for part in (header, value))]
    assert decode_command(in_json) == (header, value, True)


@pytest.mark.parametrize("name", sorted(COMMANDS))
@given(data=st.data())
@settings(max_examples=5)
def test_unknown_fields_are_refused_at_every_depth(name: str, data: st.DataObject) -> None:
    body = data.draw(wire_model(COMMANDS[name], with_text(st.just("x")))).wire()
    assert refused(name, {**body, "limitprice": 1}).field == "limitprice"
    for part, value in body.items():
        if isinstance(value, dict):
            error = refused(name, {**body, part: {**value, "limitprice": 1}})
            assert (error.code, error.field) == ("req.invalid", f"{part}.limitprice")


@pytest.mark.parametrize(
    "name",
    sorted(name for name, model in COMMANDS.items() if any(f.is_required() for f in model.model_fields.values())),
)
def test_missing_fields_are_named(name: str) -> None:
    required = [key for key, field in COMMANDS[name].model_fields.items() if field.is_required()]
    error = refused(name, {})
    assert (error.code, error.field) == ("req.invalid", required[0])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"action": "HOLD"}, "action"),
        ({"action": ...}, "action"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-5"}, "quantity"),
        ({"quantity": "1000000001"}, "quantity"),
        ({"quantity": 10.0}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": "1e3"}, "quantity"),
        ({"quantity": ...}, "quantity"),
        ({"order_type": "LIMIT"}, "order_type"),
        ({"order_type": "TRAIL", "limit_price": None}, "stop_price"),
        ({"order_type": "TRAIL", "limit_price": None, "stop_price": 1.0, "trailing_percent": 1.0}, "stop_price"),
        ({"conditions": [{"kind": "moon"}]}, "conditions.0"),
        ({"basis_points": 1.0}, "basis_points"),
        ({"algo_params": [{"tag": "a", "value": "1"}, {"tag": "a", "value": "2"}]}, "algo_params"),
        ({"order_type": "MKT"}, "limit_price"),
        ({"limit_price": ...}, "limit_price"),
        ({"limit_price": None}, "limit_price"),
        ({"limit_price": True}, "limit_price"),
        ({"limit_price": "190.5"}, "limit_price"),
        ({"limit_price": float("nan")}, "limit_price"),
        ({"limit_price": float("inf")}, "limit_price"),
        ({"limit_price": 1e300}, "limit_price"),
        ({"stop_price": 190}, "stop_price"),
        ({"order_type": "STP", "limit_price": None}, "stop_price"),
        ({"order_type": "STP LMT"}, "stop_price"),
        ({"tif": "NOW"}, "tif"),
        ({"tif": "GTD"}, "good_till_date"),
        ({"good_till_date": "20261231-20:00:00"}, "good_till_date"),
        ({"outside_rth": 1}, "outside_rth"),
        ({"account": 5}, "account"),
    ],
    ids=str,
)
def test_orders_that_make_no_sense_are_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    for name, body in (
        ("order.place", with_order(**changes)),
        ("order.modify", {"order_id": 1, "order": with_order(**changes)["order"]}),
    ):
        error = refused(name, body)
        assert (error.code, error.field) == ("req.invalid", f"order.{field}")
        assert f"order.{field}" in str(error)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_type": "MKT", "limit_price": None},
        {"order_type": "STP", "limit_price": None, "stop_price": 180},
        {"order_type": "STP LMT", "stop_price": 180.25},
        {"limit_price": -0.35},
        {"limit_price": 190},
        {"tif": "GTD", "good_till_date": "20261231-20:00:00"},
        {"quantity": 10},
        {"quantity": str(MAX_QUANTITY)},
        {"quantity": "0.0001"},
    ],
    ids=str,
)
def test_orders_that_make_sense(changes: dict[str, Any]) -> None:
    assert isinstance(decode("order.place", with_order(**changes)), PlaceOrder)


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "caf\u00e9", "tab\t", 5, None])
def test_client_order_ids_are_printable_and_short(key: object) -> None:
    error = refused("order.place", {**PLACE, "client_order_id": key})
    assert (error.code, error.field) == ("req.invalid", "client_order_id")


@pytest.mark.parametrize("name", ["order.cancel", "order.get"])
@pytest.mark.parametrize("body", [{}, {"order_id": 1, "client_order_id": "a"}])
def test_an_order_is_named_in_one_way(name: str, body: dict[str, Any]) -> None:
    assert "one of them" in str(refused(name, body))


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("order.modify", {"order_id": 0, "order": ORDER}, "order_id"),
        ("order.modify", {"order_id": True, "order": ORDER}, "order_id"),
        ("order.cancel", {"order_id": 2**53}, "order_id"),
        ("order.cancel_all", {"everything": 1}, "everything"),
        ("replay", {"stream": "sys|", "epoch": "e", "from_seq": 0}, "from_seq"),
        ("replay", {"stream": "sys|", "epoch": "e", "from_seq": 1, "limit": 5001}, "limit"),
        ("hello", {"protocol": [1]}, "protocol"),
        ("hello", {"protocol": [1, "1"]}, "protocol.1"),
        ("history.bars", {"contract": {}, "duration": "30 Days", "bar_size": "1 day"}, "duration"),
        ("history.bars", {"contract": {}, "duration": "30 D", "bar_size": "1 d"}, "bar_size"),
        ("quote.open", {"contract": {"con_id": "265598"}}, "contract.con_id"),
        ("account.summary", {"tags": ["x"] * 65}, "tags"),
    ],
)
def test_the_field_that_is_wrong_is_named(name: str, body: dict[str, Any], field: str) -> None:
    error = refused(name, body)
    assert (error.code, error.field) == ("req.invalid", field)


def test_integral_floats_are_integers() -> None:
    command: Any = decode("order.cancel", {"order_id": 1099511627783.0})
    assert command.order_id == 1099511627783
    assert isinstance(command.order_id, int)


def test_a_wrong_order_is_refused_before_it_is_sent_too() -> None:
    with pytest.raises(ValidationError, match="required by this order type"):
        PlaceOrder.model_validate(with_order(limit_price=None))


def test_the_table_is_complete() -> None:
    assert set(COMMANDS.values()) == set(Command.__subclasses__())
    assert all(name == model.name for name, model in COMMANDS.items())
    assert [name for name, model in COMMANDS.items() if not model.needs_session] == ["hello", "ping"]


@pytest.mark.parametrize(
    ("name", "field", "body"),
    [
        ("history.bars", "duration", {"contract": {}, "duration": "5 X", "bar_size": "1 day"}),
        ("order.get", "client_order_id", {"client_order_id": "a key"}),
    ],
)
def test_a_pattern_is_explained_in_words(name: str, field: str, body: dict[str, Any]) -> None:
    error = refused(name, body)
    assert error.field == field and "must be" in str(error) and "pattern" not in str(error)


OF_THE_CONNECTION = frozenset({"hello", "ping", "bye", "replay", "history.cancel"})
"""What the clients say by themselves, wherever they do."""


def asked_by(folder: str, pattern: str, ending: str) -> set[str]:
    """The commands that the sources of a client name."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).glob(f"*{ending}"))
    return set(re.findall(pattern, sources))


def test_the_python_and_the_javascript_client_have_methods_for_the_same_commands() -> None:
    classes = asked_by("clients/python/twsbridge", r"\b([A-Z][A-Za-z]+)\b", ".py")
    python = {name for name, model in COMMANDS.items() if model.__name__ in classes}
    javascript = asked_by("clients/javascript/src", r"request\(\s*'([a-z_.]+)'", ".js")
    assert javascript <= set(COMMANDS)
    assert python - javascript - OF_THE_CONNECTION == set()
    assert javascript - python - OF_THE_CONNECTION == set()
