"""Hypothesis strategies for every model of the wire, read off their fields."""

from __future__ import annotations

import types
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from twsbridge.protocol import commands
from twsbridge.protocol.fields import MAX_SAFE_INTEGER, WireModel
from twsbridge.protocol.models import Contract, Order

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ascii_texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
safe_ints = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
positive_ints = st.integers(1, MAX_SAFE_INTEGER)
prices = st.floats(-1e9, 1e9)
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 18)
)
quantities = st.builds(lambda n: Decimal(n).scaleb(-4), st.integers(1, 10**13))
packed = st.lists(st.integers(0, 255), max_size=4).map(lambda column: bytes(column * 8))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order that a command may carry."""
    order_type, tif = draw(st.sampled_from(commands.ORDER_TYPES)), draw(st.sampled_from(commands.TIFS))
    return Order(
        action=draw(st.sampled_from(["BUY", "SELL"])),
        quantity=draw(quantities),
        order_type=order_type,
        limit_price=draw(prices) if "LMT" in order_type else None,
        stop_price=draw(prices) if "STP" in order_type else None,
        tif=tif,
        good_till_date="20261231-20:00:00" if tif == "GTD" else "",
        account=draw(st.sampled_from(["", "DU1234567"])),
        outside_rth=draw(st.booleans()),
    )


def members() -> st.SearchStrategy[commands.GroupMember]:
    """One order of a group; those of one group are for one account."""
    order = orders().map(lambda order: order.model_copy(update={"account": "DU1234567"}))
    contract = st.builds(Contract, symbol=ascii_texts)
    return st.builds(commands.GroupMember, client_order_id=names, contract=contract, order=order)


def by_id_or_key(model: type[WireModel]) -> st.SearchStrategy[WireModel]:
    return st.builds(model, order_id=positive_ints) | st.builds(model, client_order_id=names)


bars = st.builds(
    commands.GetBars,
    contract=st.builds(Contract, symbol=ascii_texts),
    duration=st.builds("{} {}".format, st.integers(1, 999999), st.sampled_from("SDWMY")),
    bar_size=st.sampled_from(get_args(commands.BarSize)),
    end_us=st.none() | safe_ints,
)
SPECIAL: dict[type[WireModel], st.SearchStrategy[Any]] = {
    commands.Hello: st.builds(
        commands.Hello, protocol=st.lists(safe_ints, min_size=2, max_size=2), library=ascii_texts
    ),
    commands.GetBars: bars,
    commands.GetReplay: st.builds(
        commands.GetReplay,
        stream=ascii_texts,
        epoch=ascii_texts,
        from_seq=positive_ints,
        limit=st.integers(1, commands.MAX_ROWS),
    ),
    commands.PlaceOrder: st.builds(
        commands.PlaceOrder, client_order_id=names, contract=st.builds(Contract, symbol=ascii_texts), order=orders()
    ),
    commands.PlaceGroup: st.builds(
        commands.PlaceGroup,
        kind=st.sampled_from(["bracket", "oca"]),
        members=st.lists(members(), min_size=2, max_size=4, unique_by=lambda member: member.client_order_id),
    ),
    commands.ResendOrder: st.builds(commands.ResendOrder, client_order_id=names, attempt=positive_ints),
    commands.ModifyOrder: st.builds(commands.ModifyOrder, order_id=positive_ints, order=orders()),
    commands.CancelOrder: by_id_or_key(commands.CancelOrder),
    commands.GetOrder: by_id_or_key(commands.GetOrder),
}


def wire_model(model: type[WireModel], text: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Any]:
    """Values of this model; commands keep to what a command may say."""
    if model in SPECIAL:
        return SPECIAL[model]
    fields = {name: of_type(field.rebuild_annotation(), text) for name, field in model.model_fields.items()}
    return st.builds(model, **fields)


def of_type(kind: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return of_type(parts[0], text)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, types.UnionType):
        return st.one_of(*(of_type(part, text) for part in parts))
    if origin is list:
        return st.lists(of_type(parts[0], text), max_size=3)
    if origin is tuple:
        return st.tuples(*(of_type(part, text) for part in parts))
    if origin is dict:
        return st.dictionaries(text, of_type(parts[1], text), max_size=3)
    if issubclass(kind, WireModel):
        return wire_model(kind, text)
    return LEAVES.get(kind, text)


LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: safe_ints,
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: decimals,
    bytes: packed,
    type(None): st.none(),
    Any: texts,
}
