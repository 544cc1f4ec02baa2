"""A TWS of the text era with bad manners, all of which were reported of real ones.

It tells fills before, after or without a status, commissions before their fills, perm ids late; it repeats itself,
speaks of orders of other clients and of manual ones, and ends not every list.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.end_to_end.foreign_server import Wire

ACCOUNTS = (" DU7654321 ", "DU7654322")
FIRST_ORDER_ID = 1_763_000_000
CONTRACT = (4815747, "NVDA", "STK", "", "0.0", "", "", "NASDAQ", "USD", "NVDA", "NMS")
REPETITIONS = 100

Fields = list[str]


class TextTws:
    """`TextTws(157).serve` is for a ForeignServer. What an order meets is decided by its size, see `place`."""

    def __init__(self, version: int, ends_all: bool) -> None:
        self.version = version
        self.ends_all = ends_all
        self.client_id = ""
        self.fills: list[tuple[Fields, Fields]] = []
        self.placed: list[str] = []
        self.answers: dict[str, Callable[[Wire, Fields], None]] = {
            "3": self.place,
            "4": self.cancel,
            "7": self.executions,
            "16": lambda wire, asked: self.say(wire, 53, 1),
            "49": lambda wire, asked: self.say(wire, 49, 1, 1_795_000_000),
            "61": self.positions,
            "62": lambda wire, asked: self.say(wire, 64, 1, asked[2]),
            "71": self.start,
            "99": lambda wire, asked: self.say(wire, 102) if self.ends_all else None,
        }

    def serve(self, wire: Wire) -> None:
        """Greet, then answer one request after the other."""
        wire.greet(self.version)
        while True:
            asked = wire.message().decode("ascii").split("\0")[:-1]
            answer = self.answers.get(asked[0])
            if answer is not None:
                answer(wire, asked)

    def say(self, wire: Wire, *fields: object) -> None:
        """One message."""
        wire.send("".join(f"{field}\0" for field in fields).encode("ascii"))

    def error(self, wire: Wire, about: object, code: int, text: str) -> None:
        """An error in the layout of the version."""
        if self.version >= 194:
            self.say(wire, 4, about, code, text, "", 1_795_000_000_000)
        else:
            self.say(wire, 4, 2, about, code, text, *([""] if self.version >= 166 else []))

    def start(self, wire: Wire, asked: Fields) -> None:
        """Farms first, then the rest; an unknown message in between."""
        self.client_id = asked[2]
        self.error(wire, -1, 2104, "Market data farm connection is OK:usfarm.nj")
        self.say(wire, 9, 1, FIRST_ORDER_ID)
        self.say(wire, 199, 1, "from a later TWS")
        self.say(wire, 15, 1, ",".join(ACCOUNTS) + ",")
        self.error(wire, -1, 2172, "This version will be desupported on 2026-12-15")

    def positions(self, wire: Wire, asked: Fields) -> None:
        """Two accounts, a fraction and a short position."""
        for account, size in zip(ACCOUNTS, ("0.5", "-110.25"), strict=True):
            self.say(wire, 61, 3, account, *CONTRACT[:7], "", *CONTRACT[8:], size, "201.8829709")
        self.say(wire, 62, 1)

    def place(self, wire: Wire, asked: Fields) -> None:
        """By size: 1 fills without a word of status; 2 is Filled, then executed; 3 commission first; others rest."""
        order_id, size, account, ref = asked[1], asked[17], asked[23], asked[26]
        self.placed.append(order_id)
        fill = self.fill(order_id, size, account, ref)
        if size == "2":
            self.status(wire, order_id, "Filled", 77, filled=size)
        if size in ("1", "2"):
            self.say(wire, *fill[0])
            self.say(wire, *fill[1])
        elif size == "3":
            self.say(wire, *fill[1])
            self.say(wire, *fill[0])
        else:
            self.fills.pop()
            self.rest(wire, order_id)

    def rest(self, wire: Wire, order_id: str) -> None:
        """The same status a hundred times, the perm id at last; manual orders and those of others in between."""
        for count in range(REPETITIONS):
            self.status(wire, order_id, "Submitted", 0 if count < 5 else 99)
            self.status(wire, order_id, "Cancelled", 4711, client="8")
        for manual in ("-7", "0"):
            self.status(wire, manual, "Cancelled", 500, client="0")

    def status(self, wire: Wire, order_id: str, status: str, perm_id: int, **more: str) -> None:
        """orderStatus, with sizes that have decimals; `more`: filled, client."""
        filled, client = more.get("filled", "0"), more.get("client", self.client_id)
        left = "0.0" if status == "Filled" else "5.5"
        told = (order_id, status, f"{filled}.0", left, "180.25", perm_id, 0, "180.25", client, "", 0)
        self.say(wire, 3, *told)

    def fill(self, order_id: str, size: str, account: str, ref: str) -> tuple[Fields, Fields]:
        """Note a fill: its execution and its commission, as messages."""
        exec_id = f"U+{len(self.fills)}-{order_id}"
        times = ("20261122  09:30:00", "20261122 09:30:01 Romance Standard Time", "20261122-09:30:02", "soon")
        fields: list[object] = [11, -1, order_id, *CONTRACT, exec_id, times[len(self.fills) % 4], f" {account}"]
        fields += ["NASDAQ", "BOT", f"{size}.0", "180.25", 0, self.client_id, 0, f"{size}.0", "180.25", ref]
        fields += ["", "", "", 1, *([0] if self.version >= 178 else []), *([""] if self.version >= 198 else [])]
        commission = [59, 1, exec_id, "1.25", "USD", "1.7976931348623157E308", "1.7976931348623157E308", ""]
        self.fills.append(([str(field) for field in fields], [str(field) for field in commission]))
        return self.fills[-1]

    def executions(self, wire: Wire, asked: Fields) -> None:
        """All again under the id of the question; no end when there is none."""
        req_id = asked[1] if self.version >= 200 else asked[2]
        for execution, commission in self.fills:
            self.say(wire, 11, req_id, *execution[2:])
            self.say(wire, *commission)
        if self.fills or self.ends_all:
            self.say(wire, 55, 1, req_id)

    def cancel(self, wire: Wire, asked: Fields) -> None:
        """Cancelled without a pair, then 202."""
        order_id = asked[1] if self.version >= 192 else asked[2]
        self.status(wire, order_id, "Cancelled", 99)
        self.error(wire, order_id, 202, "Order Canceled - reason:")
