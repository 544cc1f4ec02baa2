"""Share one Interactive Brokers login between any number of processes. `Client` talks to a running bridge."""

from twsbridge.bars import Bar, Bars
from twsbridge.charts import display, plot
from twsbridge.client import Client
from twsbridge.connection import Connection, find_connection
from twsbridge.contracts import Forex, Future, Index, Option, Stock
from twsbridge.csv_log import csv_fills
from twsbridge.cursor import Cursor
from twsbridge.errors import (
    AmbiguousContract,
    AuthError,
    BridgeError,
    BridgeUnavailable,
    CallTimeout,
    InvalidRequest,
    KeyConflict,
    MissingExtra,
    OrderError,
    OrderRefused,
    OutcomeUnknown,
    StreamError,
    TwsError,
    Unreachable,
)
from twsbridge.fill_log import FillLog
from twsbridge.fills import Fill, Fills
from twsbridge.groups import Bracket, BracketPrices
from twsbridge.notation import contract_text, format_contract, parse_contract
from twsbridge.orders import LimitOrder, MarketOrder, StopLimitOrder, StopOrder
from twsbridge.protocol.models import (
    AccountValue,
    Commission,
    Contract,
    ContractDetails,
    Execution,
    Notice,
    Order,
    OrderState,
    Position,
)
from twsbridge.quote import Quote, Tick
from twsbridge.reader import EventReader
from twsbridge.rows import AccountSummary, Rows
from twsbridge.stream_event import StreamEvent
from twsbridge.ticks import TickStream
from twsbridge.trade import Trade

__all__ = [
    "AccountSummary",
    "AccountValue",
    "AmbiguousContract",
    "AuthError",
    "Bar",
    "Bars",
    "Bracket",
    "BracketPrices",
    "BridgeError",
    "BridgeUnavailable",
    "CallTimeout",
    "Client",
    "Commission",
    "Connection",
    "Contract",
    "ContractDetails",
    "Cursor",
    "EventReader",
    "Execution",
    "Fill",
    "FillLog",
    "Fills",
    "Forex",
    "Future",
    "Index",
    "InvalidRequest",
    "KeyConflict",
    "LimitOrder",
    "MarketOrder",
    "MissingExtra",
    "Notice",
    "Option",
    "Order",
    "OrderError",
    "OrderRefused",
    "OrderState",
    "OutcomeUnknown",
    "Position",
    "Quote",
    "Rows",
    "Stock",
    "StopLimitOrder",
    "StopOrder",
    "StreamError",
    "StreamEvent",
    "Tick",
    "TickStream",
    "Trade",
    "TwsError",
    "Unreachable",
    "contract_text",
    "csv_fills",
    "display",
    "find_connection",
    "format_contract",
    "parse_contract",
    "plot",
]
