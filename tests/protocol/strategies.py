"""Hypothesis strategies for every model of the wire, read off their fields."""

from __future__ import annotations

import types
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from twsbridge.protocol import commands, queries
from twsbridge.protocol.fields import MAX_SAFE_INTEGER, WireModel
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.order import Terms
from twsbridge.protocol.order_checks import ORDER_TYPES, REPORTED, TAGGED, TIFS, Has

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ascii_texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
safe_ints = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
ints_of_ib = st.integers(-(2**31) + 1, 2**31 - 2)
positive_ints = st.integers(1, MAX_SAFE_INTEGER)
prices = st.floats(-1e9, 1e9)
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 18)
)
quantities = st.builds(lambda n: Decimal(n).scaleb(-4), st.integers(1, 10**13))
packed = st.lists(st.integers(0, 255), max_size=4).map(lambda column: bytes(column * 8))


Leaves = dict[Any, st.SearchStrategy[Any]]

LEAVES: Leaves = {
    str: texts,
    bool: st.booleans(),
    int: safe_ints,
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: decimals,
    bytes: packed,
    type(None): st.none(),
    Any: texts,
}
SAID_TO_IB: Leaves = LEAVES | {str: names, int: ints_of_ib, float: prices}


def with_text(text: st.SearchStrategy[str]) -> Leaves:
    """Leaves with these texts."""
    return LEAVES | {str: text}


@st.composite
def order_attributes(draw: st.DrawFn) -> dict[str, Any]:
    """A few of the attributes that an order may have besides its terms."""
    names = [name for name in Order.model_fields if name not in (*Terms.model_fields, *REPORTED)]
    chosen = draw(st.sets(st.sampled_from(names), max_size=8))
    return {name: draw(order_attribute(name)) for name in sorted(chosen)}


def order_attribute(name: str) -> st.SearchStrategy[Any]:
    """Values that IB's types can hold; no tag comes twice."""
    values = of_type(Order.model_fields[name].rebuild_annotation(), SAID_TO_IB)
    return values.filter(lambda pairs: len({pair.tag for pair in pairs}) == len(pairs)) if name in TAGGED else values


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order that a command may carry, with any of its attributes."""
    order_type, tif = draw(st.sampled_from(list(ORDER_TYPES))), draw(st.sampled_from(TIFS))
    limit, stop = ORDER_TYPES[order_type]
    trails = order_type.startswith("TRAIL")
    attributes = draw(order_attributes())
    return Order(
        **attributes
        | {
            "action": draw(st.sampled_from(["BUY", "SELL"])),
            "quantity": draw(quantities),
            "order_type": order_type,
            "limit_price": None if limit is Has.NEVER else draw(prices),
            "stop_price": None if stop is Has.NEVER else draw(prices),
            "trailing_percent": None if trails else attributes.get("trailing_percent"),
            "tif": tif,
            "good_till_date": "20261231-20:00:00" if tif == "GTD" else "",
            "account": draw(st.sampled_from(["", "DU1234567"])),
            "outside_rth": draw(st.booleans()),
        }
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
    end_us=st.none() | st.integers(commands.MIN_MICROS, commands.MAX_MICROS),
)
positive_prices = st.floats(0.001, 1e9)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
days = st.sampled_from(["", "20261123"])
a_contract = st.builds(Contract, symbol=ascii_texts)
QUESTIONS: dict[type[WireModel], st.SearchStrategy[Any]] = {
    queries.SearchContracts: st.builds(queries.SearchContracts, pattern=words),
    queries.GetMarketRule: st.builds(queries.GetMarketRule, market_rule_id=positive_ints),
    queries.GetSmartComponents: st.builds(queries.GetSmartComponents, bbo_exchange=words),
    queries.GetHistogram: st.builds(
        queries.GetHistogram, contract=a_contract, period=st.sampled_from(["3 days", "1 week", "20 minutes"])
    ),
    queries.GetHistoricalTicks: st.builds(queries.GetHistoricalTicks, contract=a_contract, start_us=safe_ints)
    | st.builds(queries.GetHistoricalTicks, contract=a_contract, end_us=safe_ints, count=st.integers(1, 1000)),
    queries.GetSchedule: st.builds(queries.GetSchedule, contract=a_contract, end_us=st.none() | safe_ints),
    queries.GetImpliedVolatility: st.builds(
        queries.GetImpliedVolatility, contract=a_contract, option_price=positive_prices, under_price=positive_prices
    ),
    queries.GetOptionPrice: st.builds(
        queries.GetOptionPrice, contract=a_contract, volatility=positive_prices, under_price=positive_prices
    ),
    queries.ListHeadlines: st.builds(
        queries.ListHeadlines,
        contract=a_contract,
        provider_codes=st.sampled_from(["BRFG", "BRFG+DJNL"]),
        start_us=st.none() | safe_ints,
        limit=st.integers(1, queries.MAX_HEADLINES),
    ),
    queries.GetNewsArticle: st.builds(queries.GetNewsArticle, provider_code=words, article_id=words),
    queries.GetWshEvents: st.builds(
        queries.GetWshEvents, con_id=positive_ints, start_date=days, limit=st.integers(1, queries.MAX_EVENTS)
    )
    | st.builds(queries.GetWshEvents, filter=words, fill_portfolio=st.booleans()),
    queries.ReplaceAdvisorDocument: st.builds(
        queries.ReplaceAdvisorDocument,
        document=st.sampled_from(["groups", "aliases"]),
        xml=st.lists(ascii_texts, min_size=1, max_size=3),
    ),
}
SPECIAL: dict[type[WireModel], st.SearchStrategy[Any]] = {
    commands.Hello: st.builds(
        commands.Hello, protocol=st.lists(safe_ints, min_size=2, max_size=2), library=ascii_texts
    ),
    commands.GetBars: bars,
    commands.CancelBars: st.builds(commands.CancelBars, request_id=names),
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
    commands.GiveOrder: st.builds(commands.GiveOrder, order_id=positive_ints, to=st.sampled_from(["bob", "c.d-1"])),
    commands.TakeOrder: st.builds(commands.TakeOrder, order_id=positive_ints),
    commands.WhatIf: st.builds(commands.WhatIf, contract=a_contract, order=orders()),
    commands.ModifyOrder: st.builds(commands.ModifyOrder, order_id=positive_ints, order=orders()),
    commands.Halt: st.builds(commands.Halt)
    | st.builds(commands.Halt, scope=st.just("account"), of=st.just("DU1234567"), reason=ascii_texts),
    commands.Resume: st.builds(commands.Resume, reason=st.just("x"), scope=st.just("client"), of=st.just("bob")),
    commands.Drain: st.builds(commands.Drain, reason=ascii_texts, window_ms=st.none() | st.integers(0, 600_000)),
    commands.CancelOrder: by_id_or_key(commands.CancelOrder),
    commands.GetOrder: by_id_or_key(commands.GetOrder),
    **QUESTIONS,
}


def wire_model(model: type[WireModel], leaves: Leaves | None = None) -> st.SearchStrategy[Any]:
    """Values of this model; commands keep to what a command may say."""
    if model in SPECIAL:
        return SPECIAL[model]
    fields = {name: of_type(field.rebuild_annotation(), leaves) for name, field in model.model_fields.items()}
    return st.builds(model, **fields)


def of_type(kind: Any, leaves: Leaves | None = None) -> st.SearchStrategy[Any]:
    """Values of a field's type, made of these leaves."""
    leaves = LEAVES if leaves is None else leaves
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return of_type(parts[0], leaves)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, types.UnionType):
        return st.one_of(*(of_type(part, leaves) for part in parts))
    if origin in (list, tuple, dict):
        return of_container(origin, parts, leaves)
    if issubclass(kind, WireModel):
        return wire_model(kind, leaves)
    return leaves.get(kind, leaves[str])


def of_container(origin: Any, parts: tuple[Any, ...], leaves: Leaves) -> st.SearchStrategy[Any]:
    """Lists, pairs and maps."""
    if origin is dict:
        return st.dictionaries(leaves[str], of_type(parts[1], leaves), max_size=3)
    if origin is list or parts[1:] == (...,):
        return st.lists(of_type(parts[0], leaves), max_size=3).map(origin)
    return st.tuples(*(of_type(part, leaves) for part in parts))
