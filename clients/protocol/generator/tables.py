"""The tables of clients/README.md, between their markers."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from generator.asyncapi import STREAMS, stream_of
from generator.schema import prose
from twsbridge.protocol import contract, line_state, models, order, replies, tick_values
from twsbridge.protocol import order_attributes as attributes
from twsbridge.protocol import order_conditions as conditions
from twsbridge.protocol import query_replies as found
from twsbridge.protocol.commands import COMMANDS, Command
from twsbridge.protocol.errors import ERROR_KINDS
from twsbridge.protocol.events import EVENTS
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.streams import KINDS
from twsbridge_server import coverage
from twsbridge_server.core.access import ABOUT, NEEDS, has_right
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.queries.table import QUERIES
from twsbridge_server.core.rights import GRANTS, ROLES, Rights

NOUNS = (
    models.Contract, contract.ComboLeg, contract.DeltaNeutralContract, contract.TagValue, models.Order, order.Terms,
    attributes.Timing, attributes.Handling, attributes.OneCancelsAll, attributes.Trailing, attributes.Pegged,
    attributes.Adjusted, attributes.Volatility, attributes.Scale, attributes.Hedge, attributes.Algo,
    attributes.Conditional, attributes.Allocation, attributes.SoftDollarTier, attributes.Institutional,
    conditions.PriceCondition, conditions.TimeCondition, conditions.MarginCondition, conditions.ExecutionCondition,
    conditions.VolumeCondition, conditions.PercentChangeCondition, models.OrderState, models.Reason, models.Execution,
    models.Commission, models.AccountValue, models.Position, models.ContractDetails, contract.Bond, contract.Fund,
    contract.IneligibilityReason, found.SymbolMatch, found.OptionChain, found.PriceIncrement, found.SmartComponent,
    found.DepthExchange, found.HistogramEntry, found.TradingSession, found.NewsProvider, found.Headline,
    found.FamilyCode, models.Notice, replies.Head, replies.TwsStatus, replies.LineStatus,
    line_state.LineState, line_state.LineHeld, line_state.LineGap, line_state.LineResumed, line_state.TickParameters,
    line_state.Rerouted, line_state.Refused, *tick_values.TICK_MODELS,
)  # fmt: skip

WORDS: dict[Any, str] = {
    int: "int", float: "number", str: "text", bool: "bool", Decimal: "decimal", bytes: "packed", type(None): "null",
    Any: "any",
}  # fmt: skip


def filled_in(readme: str) -> str:
    """The README with all tables between `<!-- begin NAME -->` and `<!-- end NAME -->` made anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        if begin not in readme or end not in readme:
            raise ValueError(f"clients/README.md lacks the markers of the table {name!r}")
        before, _, rest = readme.partition(begin)
        after = rest.partition(end)[2]
        readme = f"{before}{begin}\n{table()}\n{end}{after}"
    return readme


def commands() -> str:
    """Name, fields and reply of every command but the questions."""
    return _commands_table([model for model in COMMANDS.values() if model not in QUERIES])


def questions() -> str:
    """Name, fields and reply of every question."""
    return _commands_table([*QUERIES])


def _commands_table(models: Sequence[type[Command]]) -> str:
    rows = [
        (f"`{model.name}`", _summary(model), _fields(model), f"{model.reply.__name__}: {_fields(model.reply)}")
        for model in models
    ]
    return _table(("Command", "What it does", "Fields", "Reply"), rows)


def events() -> str:
    """Stream, name, fields of every event."""
    rows = [
        (f"`{STREAMS[stream_of(model)][0]}`", f"`{name}`", _event_summary(model), _event_fields(model))
        for name, model in EVENTS.items()
    ]
    return _table(("Topic", "Type", "What it says", "Fields"), rows)


def streams() -> str:
    """Kind, meaning and columns of every stream on md."""
    rows = [
        (f"`{name}`", kind.says, "yes" if kind.conflates else "-", ", ".join(f"`{each}`" for each in kind.row._fields))
        for name, kind in KINDS.items()
    ]
    return _table(("Kind", "Topic", "Pace", "Columns of a row"), rows)


def requests() -> str:
    """What has become of every request of the TWS API."""
    return _coverage("Request", coverage.REQUESTS)


def callbacks() -> str:
    """What has become of every callback of the TWS API."""
    return _coverage("Callback", coverage.CALLBACKS)


def _coverage(title: str, table: dict[str, coverage.Row]) -> str:
    rows = [
        (f"`{name}`", row.by, _served(row), row.shared or "-", f"`tests/{row.test}`" if row.test else "-")
        for name, row in table.items()
    ]
    return _table((title, "Here", "Which, or why", "Shared", "Test"), rows)


def _served(row: coverage.Row) -> str:
    """Names as code, reasons as they are."""
    if row.by in ("bridge", "not exposed"):
        return row.what
    return ", ".join(f"`{name}`" for name in row.what.split())


def nouns() -> str:
    """The maps of which commands, replies and events are made."""
    return _table(("Map", "What it is", "Fields"), [(f"`{m.__name__}`", _summary(m), _fields(m)) for m in NOUNS])


def errors() -> str:
    """What every code means."""
    rows = [(f"`{code}`", kind.outcome, f"`{kind.retry}`", kind.now, kind.do) for code, kind in ERROR_KINDS.items()]
    return _table(("Code", "Outcome", "Retry", "What is true now", "What to do"), rows)


def rights() -> str:
    """Who may send which command: what the bridge checks, role by role."""
    askers = [Client(b"", "", role) for role in ROLES]
    askers.append(Client(b"", "", "admin", Rights(grants=frozenset({"trade"}))))
    rows = [
        (
            f"`{command.name}`",
            *("yes" if has_right(asker, need.right) else "no" for asker in askers),
            ABOUT[need.about],
        )
        for command, need in NEEDS.items()
    ]
    return _table(("Command", *ROLES, "admin with `trade`", "And besides"), rows)


def grants() -> str:
    """What may be granted beyond the role."""
    return _table(("Grant", "What it allows"), [(f"`{grant}`", words) for grant, words in GRANTS.items()])


def subscriptions() -> str:
    """What a subscription brings to keys with different accounts."""
    keys = (Rights(), Rights(accounts=("DU1234567",)), Rights(accounts=("U1234567",)))
    wanted = ("ord|", "acct|", "ord|DU1234567|", "acct|DU1234567|", "ord|U1234567|", "sys|", "hb|", "sync|NONCE|")
    rows = [(f"`{topic}`", *(_brought(key, topic) for key in keys)) for topic in wanted]
    return _table(("Subscription", *(f"`accounts = {json.dumps(key.accounts)}`" for key in keys)), rows)


def _brought(key: Rights, topic: str) -> str:
    return ", ".join(f"`{each}`" for each in key.subscriptions(topic)) or "refused"


TABLES: dict[str, Callable[[], str]] = {
    "rights": rights,
    "grants": grants,
    "subscriptions": subscriptions,
    "commands": commands,
    "questions": questions,
    "requests": requests,
    "callbacks": callbacks,
    "nouns": nouns,
    "events": events,
    "streams": streams,
    "errors": errors,
}


def _summary(model: type[WireModel]) -> str:
    return prose(model.__doc__ or "")


def _event_summary(model: type[WireModel]) -> str:
    said = re.sub(r"^`[^`]*`[:,] ", "", _summary(model))
    return said[0].upper() + said[1:]


def _event_fields(model: type[WireModel]) -> str:
    """Many events are one of the nouns: then its name says it all."""
    noun = next((base for base in model.__mro__ if base in NOUNS), None)
    return f"as `{noun.__name__}`" if noun else _fields(model)


def _fields(model: type[WireModel]) -> str:
    """Those of other nouns by the noun's name."""
    parts = [base for base in model.__bases__ if base in NOUNS]
    named = {name for part in parts for name in part.model_fields}
    fields = [_field(name, field) for name, field in model.model_fields.items() if name not in named]
    return ", ".join([*fields, *(f"those of `{part.__name__}`" for part in reversed(parts))]) or "none"


def _field(name: str, field: FieldInfo) -> str:
    """`name` type, with the default where there is one."""
    kind = type_word(field.annotation)
    if field.is_required():
        return f"**`{name}`** {kind}"
    default = field.default
    if default is None or default in ("", [], {}, ()) or isinstance(default, WireModel):
        return f"`{name}` {kind}"
    return f"`{name}` {kind} = {str(default).lower() if isinstance(default, bool) else default}"


def type_word(kind: Any) -> str:
    """The type of a field in words that mean the same in every language."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return type_word(parts[0])
    if origin is Literal:
        return "one of " + " / ".join(f"`{part}`" for part in parts)
    if origin in (Union, types.UnionType):
        return " or ".join(type_word(part) for part in parts)
    if origin is list:
        return f"list of {type_word(parts[0])}"
    if origin is tuple and parts[1:] == (...,):
        return f"list of {type_word(parts[0])}"
    if origin is tuple:
        return f"[{', '.join(map(type_word, parts))}]"
    if origin is dict:
        return f"map to {type_word(parts[1])}"
    return WORDS.get(kind) or f"`{kind.__name__}`"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
