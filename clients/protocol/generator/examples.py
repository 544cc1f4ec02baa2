"""One or more values of every command, reply and event, as a day of trading would bring them."""

from __future__ import annotations

import math
from decimal import Decimal

from generator import question_examples
from twsbridge.protocol import commands as c
from twsbridge.protocol import events as e
from twsbridge.protocol import replies as r
from twsbridge.protocol.books import Book, Books
from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.drain import DrainReply
from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import (
    AccountValue,
    Break,
    Commission,
    Condition,
    Contract,
    ContractDetails,
    Execution,
    Halt,
    Notice,
    Order,
    OrderState,
    Position,
    Reason,
)

NOW = 1_795_600_000_123_456
EPOCH = "0f1e2d3c4b5a6978"
SID = "k3JfP0s9QmWzXb7e"
ACCOUNT = "DU1234567"
BIG_ID = 1_099_511_627_783

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
CSH2 = Contract(symbol="CSH2", sec_type="STK", exchange="LSE", currency="GBP")
OPTION = Contract(
    symbol="SPY", sec_type="OPT", last_trade_date="20261218", strike=612.5, right="C", multiplier="100",
    exchange="SMART", currency="USD",
)  # fmt: skip
MARKET = Order(action="BUY", quantity=Decimal(1), order_type="MKT")
LIMIT = Order(action="SELL", quantity=Decimal("10.5"), order_type="LMT", limit_price=190.05, tif="GTC", account=ACCOUNT)
STOP = Order(action="SELL", quantity=Decimal(100), order_type="STP", stop_price=180.0)
STOP_LIMIT = Order(
    action="BUY", quantity=Decimal(7), order_type="STP LMT", limit_price=201.0, stop_price=200.5, tif="GTD",
    good_till_date="20261231-20:00:00", outside_rth=True,
)  # fmt: skip
NEGATIVE = Order(action="BUY", quantity=Decimal(2), order_type="LMT", limit_price=-0.35)

HALT = Halt(scope="account", of=ACCOUNT, reason="a stop ran away", by="alice", since_us=1)
SUBMITTED = OrderState(
    order_id=17, perm_id=BIG_ID, client_id=1, client_order_id="mean-1", owner="default", contract=AAPL, order=LIMIT,
    status="Submitted", remaining=Decimal("10.5"), updated_us=NOW,
)  # fmt: skip
FILLED = SUBMITTED.model_copy(
    update={"status": "Filled", "filled": Decimal("10.5"), "remaining": Decimal(0), "avg_fill_price": 190.06,
            "last_fill_price": 190.07}
)  # fmt: skip
REJECTED = OrderState(
    order_id=18, client_order_id="mean-2", owner="default", contract=AAPL, order=STOP, status="Rejected",
    remaining=Decimal(100), reason=Reason(tws_code=201, text="Order rejected - reason: margin"), updated_us=NOW,
)  # fmt: skip
MANUAL = OrderState(perm_id=881, origin="external", contract=OPTION, order=MARKET, status="PreSubmitted", why_held="")
FILL = Execution(
    exec_id="0000e0d5.69dd7411.01.01", order_id=17, perm_id=BIG_ID, client_id=1, client_order_id="mean-1",
    owner="default", account=ACCOUNT, contract=AAPL, side="SLD", shares=Decimal("10.5"), price=190.0, time_us=NOW,
    exchange="IEX", cum_qty=Decimal("10.5"), avg_price=190.0, last_liquidity=1,
)  # fmt: skip
CORRECTION = FILL.model_copy(
    update={"exec_id": "0000e0d5.69dd7411.01.02", "revision": 2, "replaces": FILL.exec_id, "price": 190.01}
)
COMMISSION = Commission(exec_id=FILL.exec_id, commission=Decimal("1.000525"), currency="USD")
CLOSING = Commission(exec_id="b.1", commission=Decimal("-0.2"), currency="USD", realized_pnl=Decimal("-1234567.89"))
VALUE = AccountValue(account=ACCOUNT, tag="NetLiquidation", value="1000312.55", currency="USD")
TYPE = AccountValue(account=ACCOUNT, tag="AccountType", value="INDIVIDUAL")
SHORT = Position(account=ACCOUNT, contract=AAPL, position=Decimal("-10.5"), avg_cost=190.06)
BOOK = Book(
    account=ACCOUNT, owner="momentum", strategy="pairs", contract=AAPL, position=Decimal(-10), avg_cost=190.06,
    realized_pnl=Decimal("12.5"), commissions={"USD": Decimal("1.05")}, executions=3,
)  # fmt: skip
REST = Book(account=ACCOUNT, owner=None, contract=AAPL, position=Decimal("-0.5"))
CLOSED = Position(account=ACCOUNT, contract=AAPL, position=Decimal(0))
FARM = Notice(tws_code=2104, text="Market data farm connection is OK:usfarm", time_us=NOW)
DETAILS = ContractDetails(
    contract=AAPL, market_name="NMS", min_tick=0.01, order_types="LMT,MKT,STP", valid_exchanges="SMART,IEX",
    long_name="APPLE INC", time_zone_id="US/Eastern", trading_hours="20261123:0400-20261123:2000",
    liquid_hours="20261123:0930-20261123:1600", stock_type="COMMON", min_size=Decimal("0.0001"),
    size_increment=Decimal("0.0001"),
)  # fmt: skip
PARENT = c.GroupMember(client_order_id="entry-1", contract=AAPL, order=MARKET)
TARGET = c.GroupMember(client_order_id="target-1", contract=AAPL, order=STOP)
BREAK = Break(
    subject="fills", account=ACCOUNT, contract=AAPL, order_id=17, client_order_id="mean-1", owner="default",
    expected=Decimal("10.5"), actual=Decimal(10), since_us=NOW, text="TWS says more",
)  # fmt: skip
CONDITION = Condition(
    code="client_id_in_use", text="Client id 1 is in use", does="Tries again.", do="End the other program.",
    since_us=NOW,
)  # fmt: skip
HEADS = {
    "sys|": r.Head(epoch=EPOCH, first=1, next=12),
    f"ord|{ACCOUNT}|": r.Head(epoch=EPOCH, first=3, next=9_007_199_254_740_991),
}
TWS = r.TwsStatus(
    endpoint="127.0.0.1:7497", client_id=1, server_version=200, connection_time="20261123 09:30:00 EST", mode="paper",
    read_only=False, next_order_id=19, farms={"usfarm": "ok"},
)  # fmt: skip
LINE = r.LineStatus(topic="md|265598@SMART|", contract=AAPL, market_data_type=1, state="live")
INTRADAY = r.Bars(
    contract=AAPL, bar_size="1 min", what_to_show="TRADES", tz="US/Eastern", count=2,
    i64={"time_us": pack_ints([NOW, NOW + 60_000_000]), "bar_count": pack_ints([12, 0])},
    f64={
        "open": pack_floats([190.0, 190.5]), "high": pack_floats([190.5, 190.5]), "low": pack_floats([190.0, 190.25]),
        "close": pack_floats([190.5, 190.25]), "volume": pack_floats([1200.0, 0.5]),
        "wap": pack_floats([190.1, math.nan]),
    },
)  # fmt: skip
DAILY = r.Bars(
    contract=CSH2, bar_size="1 day", what_to_show="TRADES", tz="Europe/London", count=1, dates=["2026-11-20"],
    i64={"bar_count": pack_ints([351])},
    f64={name: pack_floats([x]) for name, x in
         zip(("open", "high", "low", "close", "volume", "wap"), (1145.1, 1145.3, 1145.1, 1145.2, 9001.0, 1145.2),
             strict=True)},
)  # fmt: skip

COMMANDS: list[c.Command] = [
    c.Hello(protocol=[1, 1], library="example 1.0"),
    c.Hello(protocol=[1, 1], library="example 1.0", on_death="reduce_only", grace_ms=2500, lease="bot-7f3a"),
    c.Ping(),
    c.Bye(),
    c.Bye(orders="cancel"),
    c.GetStatus(),
    c.GetReplay(stream=f"ord|{ACCOUNT}|", epoch=EPOCH, from_seq=18),
    c.GetReplay(stream="sys|", epoch=EPOCH, from_seq=1, limit=5000),
    c.GetSnapshot(account=ACCOUNT),
    c.GetAccountSummary(),
    c.GetAccountSummary(account=ACCOUNT, tags=["NetLiquidation", "AvailableFunds"]),
    c.ListPositions(),
    c.ListPositions(account=ACCOUNT),
    c.ListBooks(),
    c.ListBooks(account=ACCOUNT, owner="momentum"),
    c.GetContractDetails(contract=OPTION),
    c.GetBars(contract=CSH2, duration="3 M", bar_size="1 day"),
    c.GetBars(contract=AAPL, duration="1800 S", bar_size="1 min", what_to_show="MIDPOINT", use_rth=False, end_us=NOW),
    c.GetBars(contract=AAPL, start_us=NOW - 86_400_000_000, bar_size="1 min", progress=True, priority="bulk"),
    c.CancelBars(request_id="17"),
    c.OpenQuote(contract=AAPL),
    c.PlaceOrder(client_order_id="mean-1", contract=AAPL, order=LIMIT),
    c.PlaceOrder(client_order_id="~!{}|/", contract=AAPL, order=MARKET, wait="filled"),
    c.PlaceOrder(client_order_id="x" * 64, contract=AAPL, order=STOP_LIMIT, wait="acknowledged"),
    c.PlaceOrder(client_order_id="mean-2", contract=AAPL, order=LIMIT, strategy="pairs"),
    c.PlaceOrder(client_order_id="combo-1", contract=OPTION, order=NEGATIVE),
    c.PlaceGroup(kind="bracket", members=[PARENT, TARGET], wait="acknowledged"),
    c.PlaceGroup(kind="oca", oca_type=3, members=[PARENT, TARGET]),
    c.ResendOrder(client_order_id="mean-1"),
    c.ResendOrder(client_order_id="mean-1", attempt=2, wait="filled"),
    c.ModifyOrder(order_id=17, order=STOP),
    c.CancelOrder(order_id=17),
    c.CancelOrder(client_order_id="mean-1"),
    c.CancelOrder(perm_id=1_900_000_001),
    c.GiveOrder(order_id=17, to="bob"),
    c.TakeOrder(order_id=17),
    c.Halt(),
    c.Halt(scope="account", of="DU1234567", reason="a stop ran away", cancel=True),
    c.Resume(scope="client", of="bob", reason="mended"),
    c.Drain(),
    c.Drain(reason="a new version", window_ms=10_000, expect_back_s=30),
    c.CancelAll(),
    c.CancelAll(everything=True),
    c.GetOrder(order_id=999_999_999),
    c.GetOrder(client_order_id="mean-1"),
    c.GetOrder(perm_id=1_900_000_001),
    c.ListOrders(),
    c.ListOrders(account=ACCOUNT, live=False),
    c.ListExecutions(),
    c.ListExecutions(account=ACCOUNT, since_us=NOW),
    *question_examples.COMMANDS,
]

REPLIES: list[tuple[type[c.Command], WireModel]] = [
    (c.Hello, r.Welcome(
        sid=SID, server_ts_us=NOW, protocol=(1, 1), version="0.1.0", name="default", role="trader", accounts=[ACCOUNT],
        heads=HEADS, state="READY", beat_ms=1000, caps=["json", "replay"])),
    (c.Ping, r.Pong(server_ts_us=NOW)),
    (c.Bye, r.Done()),
    (c.GetStatus, r.Status(
        state="READY", reason="ready", version="0.1.0", uptime_s=86400, accounts=[ACCOUNT], tws=TWS, heads=HEADS,
        lines=[LINE], working_orders=1, unknown_orders=0, notices=[FARM])),
    (c.GetStatus, r.Status(
        state="DISCONNECTED", reason="nothing listens at 127.0.0.1:7497", version="0.1.0", uptime_s=0, accounts=[],
        tws=r.TwsStatus(endpoint="127.0.0.1:7497", client_id=1), heads={}, lines=[], working_orders=0,
        unknown_orders=1, notices=[], conditions=[CONDITION], breaks=[BREAK])),
    (c.GetReplay, r.Replay(
        stream=f"ord|{ACCOUNT}|", epoch=EPOCH, next=20, head=31,
        events=[(18, "order", NOW, 0, SUBMITTED.wire()), (19, "execution", NOW + 1, 3, FILL.wire())])),
    (c.GetReplay, r.Replay(stream="sys|", epoch=EPOCH, events=[], next=12, head=12)),
    (c.GetSnapshot, r.Snapshot(
        epoch=EPOCH, as_of={f"ord|{ACCOUNT}|": 20, "sys|": 12}, orders=[SUBMITTED], positions=[SHORT],
        values=[VALUE, TYPE])),
    (c.GetAccountSummary, r.AccountValues(rows=[VALUE, TYPE])),
    (c.ListPositions, r.Positions(rows=[SHORT])),
    (c.ListPositions, r.Positions(rows=[])),
    (c.ListBooks, Books(rows=[BOOK, REST], rest_known=True)),
    (c.ListBooks, Books(rows=[], rest_known=False)),
    (c.GetContractDetails, r.ContractMatches(rows=[DETAILS])),
    (c.GetBars, INTRADAY),
    (c.GetBars, DAILY),
    (c.CancelBars, r.Done()),
    (c.OpenQuote, r.QuoteLine(topic="md|265598@SMART|", contract=AAPL, min_tick=0.01)),
    (c.PlaceOrder, r.OrderReply(order=SUBMITTED)),
    (c.PlaceOrder, r.OrderReply(order=FILLED, duplicate=True)),
    (c.PlaceGroup, r.OrderGroup(orders=[SUBMITTED, FILLED])),
    (c.ResendOrder, r.OrderReply(order=SUBMITTED.model_copy(update={"attempt": 2}))),
    (c.ModifyOrder, r.OrderReply(order=REJECTED)),
    (c.CancelOrder, r.OrderReply(order=SUBMITTED.model_copy(update={"status": "Cancelled"}))),
    (c.GiveOrder, r.OrderReply(order=SUBMITTED.model_copy(update={"owner": "bob", "placed_by": "alice"}))),
    (c.TakeOrder, r.OrderReply(order=SUBMITTED.model_copy(update={"owner": "carol", "placed_by": "alice"}))),
    (c.Halt, r.HaltReply(halts=[HALT], cancelled=[17], left=[SUBMITTED])),
    (c.Resume, r.HaltReply(halts=[])),
    (c.Drain, DrainReply(ends_us=NOW + 3_000_000, waits_for=2)),
    (c.CancelAll, r.CancelAllReply(order_ids=[17, 18])),
    (c.GetOrder, r.OrderReply(order=SUBMITTED.model_copy(update={"status": "UNKNOWN"}))),
    (c.ListOrders, r.OrderRows(rows=[SUBMITTED, MANUAL])),
    (c.ListExecutions, r.ExecutionRows(rows=[FILL, CORRECTION])),
    *question_examples.REPLIES,
]  # fmt: skip

EVENTS: list[tuple[str, int, int, e.Event]] = [
    (f"ord|{ACCOUNT}|", 1, 0, e.OrderChanged(**dict(SUBMITTED))),
    (f"ord|{ACCOUNT}|", 2, e.RECONCILED, e.OrderChanged(**dict(REJECTED))),
    (f"ord|{ACCOUNT}|", 3, 0, e.ExecutionReported(**dict(FILL))),
    (f"ord|{ACCOUNT}|", 4, e.REPLAYED, e.ExecutionCorrected(**dict(CORRECTION))),
    (f"ord|{ACCOUNT}|", 5, 0, e.CommissionReported(**dict(COMMISSION))),
    (f"ord|{ACCOUNT}|", 6, 0, e.CommissionReported(**dict(CLOSING))),
    (f"acct|{ACCOUNT}|", 1, 0, e.AccountValueChanged(**dict(VALUE))),
    (f"acct|{ACCOUNT}|", 9_007_199_254_740_990, 0, e.PositionChanged(**dict(CLOSED))),
    ("sys|", 1, 0, e.SessionChanged(state="READY", reason="ready")),
    ("sys|", 2, 0, e.NoticeReceived(**dict(FARM))),
    ("sys|", 3, 0, e.Gap(stream="sys|", since_us=NOW, reason="Connectivity between IB and TWS has been lost")),
    ("sys|", 4, e.RECONCILED, e.Resumed(stream="sys|", since_us=NOW, data_lost=True)),
    (f"ord|{ACCOUNT}|", 5, 0, e.ReconBreak(**dict(BREAK), resolved=True)),
    (
        f"ord|{ACCOUNT}|",
        6,
        0,
        e.GroupBroken(account=ACCOUNT, order_id=18, status="Rejected", statuses={"17": "Filled"}),
    ),
    ("sys|", 8, 0, e.OwnerChanged(client="bot", state="gone", on_death="cancel", orders=2, reason="bot is silent")),
    ("sys|", 8, 0, e.HaltChanged(**dict(HALT))),
    ("sys|", 7, 0, e.ConditionChanged(**dict(CONDITION), active=False)),
    ("sys|", 5, 0, e.Bye(expect_back_s=None, heads=HEADS)),
    ("sys|", 6, 0, e.JournalChanged(state="low", reason="The disk of the journal has 99 MiB left")),
    ("hb|", 0, 0, e.Heartbeat(sid=SID, state="READY", heads=HEADS)),
    ("sync|5f0c|", 0, 0, e.Synced(sid=SID, heads={})),
]

LINE_TOPIC = "md|265598@SMART|"
TICKS: list[tuple[str, str, int, object]] = [
    ("one price and one size", "ticks", 1, [[1, 190.05], [0, "200"]]),
    ("a whole price", "ticks", 2, [[4, 190.0]]),
    ("no bid any more", "ticks", 3, [[1, None], [0, "0"]]),
    ("a text", "ticks", 4, [[45, "1795600000"], [49, 0.0]]),
    ("last values on joining", "image", 5, [[1, 190.05], [2, 190.06], [0, "200"], [3, "0.5"], [8, "1234567"]]),
    ("nothing", "ticks", 6, []),
    ("the line gives live data", "state", 7, {"market_data_type": 1, "state": "live"}),
    ("the line waits", "state", 8, {"market_data_type": None, "state": "waiting"}),
    ("the line gives delayed data", "state", 9, {
        "market_data_type": 3, "state": "delayed", "notice": {"tws_code": 10167, "text": "Displaying delayed data"}}),
    ("rows may be missing", "state", 10, {
        "market_data_type": 1, "state": "stale", "gap": {"since_us": NOW, "reason": "the connection was closed"}}),
    ("no more rows are missing", "state", 11, {
        "market_data_type": 1, "state": "live", "resumed": {"since_us": NOW, "data_lost": True}}),
]  # fmt: skip
