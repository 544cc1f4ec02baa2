"""A TWS of the protobuf era that plays recorded orders of callbacks. Its messages are those of the installed ibapi."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Callable
from typing import Any

from tests.end_to_end.foreign_server import Wire

ACCOUNT = "DU7654321"
PROTOBUF = 200
NVDA = {"conId": 4815747, "symbol": "NVDA", "secType": "STK", "exchange": "SMART", "currency": "USD"}
BARS = (("20261119", 10.0, 11.0, 9.0, 10.5), ("20261120", 10.5, 12.0, 10.0, 11.5))


def proto(name: str, **fields: Any) -> Any:
    """A message of the installed ibapi by its name; a dict becomes the message of that field."""
    made = getattr(importlib.import_module(f"ibapi.protobuf.{name}_pb2"), name)()
    fill(made, fields)
    return made


def fill(message: Any, fields: dict[str, Any]) -> None:
    """Set fields, nested messages by dicts, repeated ones by lists of dicts."""
    for name, value in fields.items():
        if isinstance(value, dict):
            getattr(message, name).SetInParent()
            fill(getattr(message, name), value)
        elif isinstance(value, list):
            for each in value:
                fill(getattr(message, name).add(), each)
        else:
            setattr(message, name, value)


class Placed:
    """An order as this TWS has it."""

    def __init__(self, asked: Any, perm_id: int) -> None:
        self.order_id: int = asked.orderId
        self.perm_id = perm_id
        self.order = asked.order
        self.status = "PreSubmitted"
        self.filled = 0.0

    @property
    def quantity(self) -> float:
        """How much is wanted."""
        return float(self.order.totalQuantity)


class ProtobufTws:
    """`ProtobufTws(213).serve` is for a ForeignServer. Market orders fill, all others rest.

    TWS never gives the id of an execution twice: one that follows another begins with a later number.
    """

    account = ACCOUNT

    def __init__(self, version: int, first_execution: int = 0) -> None:
        self.version = version
        self.first_execution = first_execution
        self.client_id = 0
        self.orders: dict[int, Placed] = {}
        self.executions: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.asked: list[int] = []
        self.answers: dict[int, tuple[str, Callable[[Wire, Any], None]]] = {
            1: ("MarketDataRequest", self.market_data),
            3: ("PlaceOrderRequest", self.place),
            4: ("CancelOrderRequest", self.cancel),
            7: ("ExecutionRequest", self.list_executions),
            9: ("ContractDataRequest", self.contract),
            16: ("AllOpenOrdersRequest", self.open_orders),
            20: ("HistoricalDataRequest", self.history),
            49: ("CurrentTimeRequest", lambda w, a: self.say(w, 49, "CurrentTime", currentTime=1_795_000_000)),
            61: ("PositionsRequest", self.positions),
            62: ("AccountSummaryRequest", self.summary),
            71: ("StartApiRequest", self.start),
            99: ("CompletedOrdersRequest", lambda w, a: self.say(w, 102, "CompletedOrdersEnd")),
        }

    def serve(self, wire: Wire) -> None:
        """Greet, then answer one request after the other."""
        wire.greet(self.version)
        while True:
            payload = wire.message()
            number = struct.unpack(">i", payload[:4])[0]
            assert number > PROTOBUF, f"{number} came as text"
            self.asked.append(number - PROTOBUF)
            name, answer = self.answers.get(number - PROTOBUF, ("", None))
            if answer is not None:
                asked = proto(name)
                asked.ParseFromString(payload[4:])
                answer(wire, asked)

    def say(self, wire: Wire, number: int, name: str, **fields: Any) -> None:
        """One message."""
        wire.send(struct.pack(">i", number + PROTOBUF) + proto(name, **fields).SerializeToString())

    def error(self, wire: Wire, about: int, code: int, text: str) -> None:
        """An error, a warning or a notice; the id is always present."""
        self.say(wire, 4, "ErrorMessage", id=about, errorTime=1_795_000_000_000, errorCode=code, errorMsg=text)

    def start(self, wire: Wire, asked: Any) -> None:
        """What follows startApi, in the recorded order."""
        self.client_id = asked.clientId
        self.say(wire, 15, "ManagedAccounts", accountsList=self.account)
        self.say(wire, 9, "NextValidId", orderId=296)
        self.error(wire, -1, 2104, "Market data farm connection is OK:usfarm")
        self.error(wire, -1, 2107, "HMDS data farm connection is inactive but should be available upon demand.ushmds")

    def positions(self, wire: Wire, asked: Any) -> None:
        """Rows with a bare contract; a notice in between, as recorded."""
        self.error(wire, -1, 2158, "Sec-def data farm connection is OK:secdefil")
        self.say(
            wire, 61, "Position", account=self.account, contract={"conId": 4815747}, position="-110", avgCost=201.88
        )
        self.say(wire, 62, "PositionEnd")

    def summary(self, wire: Wire, asked: Any) -> None:
        """Values, and the end twice."""
        for tag, value in (("NetLiquidation", "1000000.25"), ("AvailableFunds", "900000.5")):
            row = {"reqId": asked.reqId, "account": self.account, "tag": tag, "value": value, "currency": "USD"}
            self.say(wire, 63, "AccountSummary", **row)
        for _ in range(2):
            self.say(wire, 64, "AccountSummaryEnd", reqId=asked.reqId)

    def contract(self, wire: Wire, asked: Any) -> None:
        """One match, or 200."""
        if asked.contract.symbol not in ("", "NVDA"):
            self.error(wire, asked.reqId, 200, "No security definition has been found for the request")
            return
        details = {"marketName": "NMS", "minTick": "0.01", "longName": "NVIDIA", "timeZoneId": "US/Eastern"}
        details |= {"validExchanges": "SMART,NASDAQ", "minSize": "0.0001", "sizeIncrement": "0.0001"}
        self.say(wire, 10, "ContractData", reqId=asked.reqId, contract=NVDA, contractDetails=details)
        self.say(wire, 52, "ContractDataEnd", reqId=asked.reqId)

    def market_data(self, wire: Wire, asked: Any) -> None:
        """The recorded burst: each price is followed by its size once more."""
        told = {"reqId": asked.reqId}
        self.say(wire, 58, "MarketDataType", **told, marketDataType=1)
        self.say(wire, 81, "TickReqParams", **told, minTick="0.01", bboExchange="9c0001", snapshotPermissions=3)
        self.say(wire, 46, "TickString", **told, tickType=45, value="1795000000")
        for tick_type, price, size, size_type in ((4, 180.25, "100", 5), (1, 180.2, "300", 0), (2, 180.3, "7.5", 3)):
            self.say(wire, 1, "TickPrice", **told, tickType=tick_type, price=price, size=size, attrMask=0)
            self.say(wire, 2, "TickSize", **told, tickType=size_type, size=size)

    def history(self, wire: Wire, asked: Any) -> None:
        """All bars in one message, their end in another."""
        names = ("date", "open", "high", "low", "close")
        bars = [dict(zip(names, bar, strict=True)) | {"volume": "1000.5", "WAP": "10.2", "barCount": 7} for bar in BARS]
        self.say(wire, 17, "HistoricalData", reqId=asked.reqId, historicalDataBars=bars)
        self.say(wire, 108, "HistoricalDataEnd", reqId=asked.reqId, startDateStr="", endDateStr="")

    def place(self, wire: Wire, asked: Any) -> None:
        """A market order: two pairs, execution, Filled twice, commission. Others: a notice, and the pair twice."""
        known = self.orders.get(asked.orderId)
        placed = known or Placed(asked, 2_076_000_000_000 + len(self.orders))
        placed.order = asked.order
        self.orders[placed.order_id] = placed
        if placed.order.orderType != "MKT":
            if known is None:
                self.error(wire, placed.order_id, 399, "Warning: your order will not be placed at the exchange until")
            for _ in range(2):
                self.pair(wire, placed)
            return
        self.pair(wire, placed)
        self.pair(wire, placed)
        self.execute(wire, placed, placed.quantity)

    def execute(self, wire: Wire, placed: Placed, shares: float) -> None:
        """A fill as it is told live."""
        details, commission = self.book(placed, shares)
        self.say(wire, 11, "ExecutionDetails", reqId=-1, **details)
        for _ in range(2):
            self.pair(wire, placed)
        self.say(wire, 59, "CommissionAndFeesReport", **commission)

    def book(self, placed: Placed, shares: float) -> tuple[dict[str, Any], dict[str, Any]]:
        """Note a fill without telling; the commission of an opening fill names no realised P&L."""
        placed.filled += shares
        placed.status = "Filled" if placed.filled >= placed.quantity else "Submitted"
        exec_id = f"0000e0d5.69dd{self.first_execution + len(self.executions):04x}.01.01"
        execution = {"orderId": placed.order_id, "execId": exec_id, "time": "20261120 15:27:04 US/Eastern"}
        execution |= {"acctNumber": self.account, "exchange": "ISLAND", "side": "BOT", "shares": f"{shares:g}"}
        execution |= {"price": 180.25, "permId": placed.perm_id, "clientId": self.client_id, "lastLiquidity": 2}
        execution |= {"cumQty": f"{placed.filled:g}", "avgPrice": 180.25, "orderRef": placed.order.orderRef}
        commission = {"execId": exec_id, "commissionAndFees": 1.0, "currency": "USD"}
        self.executions.append(({"contract": NVDA, "execution": execution}, commission))
        return self.executions[-1]

    def pair(self, wire: Wire, placed: Placed) -> None:
        """openOrder, then orderStatus."""
        self.open_order(wire, placed)
        self.status(wire, placed, placed.status)

    def open_order(self, wire: Wire, placed: Placed) -> None:
        """The whole order, as it was sent, with its ids."""
        order = type(placed.order)()
        order.CopyFrom(placed.order)
        order.clientId, order.orderId, order.permId = self.client_id, placed.order_id, placed.perm_id
        said = proto("OpenOrder", orderId=placed.order_id, contract=NVDA, orderState={"status": placed.status})
        said.order.CopyFrom(order)
        wire.send(struct.pack(">i", 5 + PROTOBUF) + said.SerializeToString())

    def status(self, wire: Wire, placed: Placed, status: str) -> None:
        """orderStatus alone."""
        left = placed.quantity - placed.filled
        said = {"orderId": placed.order_id, "status": status, "permId": placed.perm_id, "clientId": self.client_id}
        said |= {
            "filled": f"{placed.filled:g}",
            "remaining": f"{left:g}",
            "avgFillPrice": 180.25,
            "lastFillPrice": 180.25,
        }
        self.say(wire, 3, "OrderStatus", **said, parentId=0, whyHeld="", mktCapPrice=0.0)

    def cancel(self, wire: Wire, asked: Any) -> None:
        """PendingCancel as a pair, Cancelled alone, then 202."""
        placed = self.orders.get(asked.orderId)
        if placed is None:
            self.error(wire, asked.orderId, 10147, "OrderId that needs to be cancelled is not found.")
            return
        placed.status = "PendingCancel"
        self.pair(wire, placed)
        placed.status = "Cancelled"
        self.status(wire, placed, "Cancelled")
        self.error(wire, placed.order_id, 202, "Order Canceled - reason:")

    def open_orders(self, wire: Wire, asked: Any) -> None:
        """All that work, then the end."""
        for placed in self.orders.values():
            if placed.status in ("PreSubmitted", "Submitted"):
                self.pair(wire, placed)
        self.say(wire, 53, "OpenOrdersEnd")

    def list_executions(self, wire: Wire, asked: Any) -> None:
        """Each with its commission, then the end."""
        for details, commission in self.executions:
            self.say(wire, 11, "ExecutionDetails", reqId=asked.reqId, **details)
            self.say(wire, 59, "CommissionAndFeesReport", **commission)
        self.say(wire, 55, "ExecutionDetailsEnd", reqId=asked.reqId)
