"""The golden sequences. Each step asks something, waits for its end, and names what is not to be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twsbridge_drill.orders import FAR_ABOVE, FAR_BELOW, cancel, executions, order, stock
from twsbridge_drill.session import DrillFailed, Session

PATIENCE = 10.0
SETTLED = 0.8
"""Seconds that a step goes on listening after what it waited for."""

ENDED = ("Cancelled", "ApiCancelled", "Filled", "Inactive")


@dataclass(slots=True)
class Run:
    """A drill under way: the session, the next order id, and the orders that were placed."""

    session: Session
    symbol: str
    next_id: int = 0
    placed: list[int] = field(default_factory=list)

    def place(self, made: object, symbol: str = "") -> int:
        """Place an order under a fresh id."""
        number, self.next_id = self.next_id, self.next_id + 1
        self.placed.append(number)
        self.session.api.placeOrder(number, stock(symbol or self.symbol), made)
        return number

    def wait(self, condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
        """Listen until the condition holds."""
        return self.session.until(condition, seconds)

    def status(self, order_id: int) -> str:
        """The last status of an order; empty when there was none."""
        told = [each["status"] for each in self.session.of("orderStatus") if each["orderId"] == order_id]
        return str(told[-1]) if told else ""

    def cancel(self, order_id: int) -> None:
        """Cancel an order and wait for its end, or for the refusal."""
        begun = len(self.session.heard)
        self.session.api.cancelOrder(order_id, cancel())
        self.wait(
            lambda: (
                self.status(order_id) in ENDED
                and any(each["reqId"] == order_id for each in self.session.of("error", begun))
            ),
            PATIENCE / 2,
        )

    def listed(self) -> set[int] | None:
        """The ids of the open orders that TWS lists; None when it does not answer."""
        begun = len(self.session.heard)
        self.session.api.reqOpenOrders()
        if not self.wait(lambda: self.session.of("openOrderEnd", begun)):
            return None
        return {each["orderId"] for each in self.session.of("openOrder", begun)}

    def answered(self, req_id: int, end: str) -> None:
        """Wait for the end marker of a request, or for its error."""
        session = self.session
        self.wait(lambda: any(each["reqId"] == req_id for each in [*session.of(end), *session.of("error")]))

    def ended(self, name: str) -> None:
        """Wait for an end marker."""
        before = len(self.session.of(name))
        self.wait(lambda: len(self.session.of(name)) > before)


def connect(run: Run) -> None:
    """startApi, and everything that TWS says by itself."""
    run.session.api.startApi()
    session = run.session
    if not run.wait(lambda: session.of("nextValidId") and session.of("managedAccounts"), 3 * PATIENCE):
        told = "; ".join(str(each["errorString"]) for each in session.of("error")) or "nothing"
        raise DrillFailed(f"TWS does not let this client in; it said: {told}. Nothing was done.")
    run.next_id = session.of("nextValidId")[-1]["orderId"]


def look_around(run: Run) -> None:
    """Time, account summary, a contract, one that does not exist, daily bars."""
    api = run.session.api
    api.reqCurrentTime()
    api.reqAccountSummary(9001, "All", "NetLiquidation,BuyingPower")
    run.ended("accountSummaryEnd")
    api.cancelAccountSummary(9001)
    api.reqContractDetails(9002, stock(run.symbol))
    run.answered(9002, "contractDetailsEnd")
    api.reqContractDetails(9003, stock("NOSUCHSTOCK"))
    run.wait(lambda: any(each["reqId"] == 9003 for each in run.session.of("error")))
    api.reqHistoricalData(9004, stock(run.symbol), "", "5 D", "1 day", "TRADES", 1, 1, False, [])
    run.answered(9004, "historicalDataEnd")


def quotes(run: Run) -> None:
    """Some seconds of market data."""
    run.session.api.reqMktData(9010, stock(run.symbol), "", False, False, [])
    run.session.quiet(2.5 * SETTLED)
    run.session.api.cancelMktData(9010)


def rest_modify_cancel(run: Run) -> None:
    """A limit far below the market: placed, its price changed, cancelled."""
    number = run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW))
    run.wait(lambda: run.status(number))
    run.session.quiet(SETTLED)
    run.session.api.placeOrder(number, stock(run.symbol), order("BUY", "LMT", lmtPrice=FAR_BELOW + 1))
    run.session.quiet(SETTLED)
    run.cancel(number)


def stop(run: Run) -> None:
    """A stop far above the market, then cancelled."""
    number = run.place(order("BUY", "STP", auxPrice=FAR_ABOVE))
    run.wait(lambda: run.status(number))
    run.session.quiet(SETTLED)
    run.cancel(number)


def what_if(run: Run) -> None:
    """What an order would cost; it is never placed."""
    number = run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW, whatIf=True))
    run.wait(lambda: any(each["orderId"] == number for each in run.session.of("openOrder")), PATIENCE / 2)


def held_back(run: Run) -> None:
    """An order that is not transmitted brings no callback."""
    run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW, transmit=False))


def refusals(run: Run) -> None:
    """A cancel of no order, an order for no contract."""
    run.session.api.cancelOrder(run.next_id + 500, cancel())
    number = run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW), "NOSUCHSTOCK")
    run.wait(lambda: any(each["reqId"] == number for each in run.session.of("error")))


def bracket(run: Run) -> None:
    """A parent far below the market with two children; the cancel of the parent ends all."""
    parent = run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW, transmit=False))
    run.place(order("SELL", "LMT", lmtPrice=FAR_ABOVE, parentId=parent, transmit=False))
    last = run.place(order("SELL", "STP", auxPrice=FAR_BELOW / 2, parentId=parent))
    run.wait(lambda: run.status(last))
    run.session.quiet(SETTLED)
    run.cancel(parent)


def lists(run: Run) -> None:
    """Executions, open orders."""
    run.session.api.reqExecutions(9020, executions())
    run.wait(lambda: run.session.of("execDetailsEnd"), PATIENCE / 2)
    run.session.api.reqOpenOrders()
    run.ended("openOrderEnd")


@dataclass(frozen=True, slots=True)
class Step:
    """One sequence; unordered steps are compared as sets, and callbacks in `ignored` not at all."""

    name: str
    run: Callable[[Run], None]
    is_ordered: bool = True
    ignored: frozenset[str] = frozenset()


STEPS = (
    Step("connect", connect, is_ordered=False),
    Step("look around", look_around, is_ordered=False),
    Step("quotes", quotes, is_ordered=False),
    Step("rest, modify, cancel", rest_modify_cancel),
    Step("stop", stop),
    Step("what-if", what_if),
    Step("held back", held_back),
    Step("refusals", refusals),
    Step("bracket", bracket, is_ordered=False),
    Step("lists", lists, ignored=frozenset({"execDetails", "commissionAndFeesReport", "openOrder", "orderStatus"})),
)


def clean_up(run: Run) -> list[int]:
    """Cancel every order of the drill that may live; the ids of those that TWS still lists afterwards."""
    session = run.session
    for number in run.placed:
        if run.status(number) not in ENDED and not session.is_closed:
            session.api.cancelOrder(number, cancel())
    session.quiet(SETTLED)
    for _ in range(3):
        listed = run.listed()
        left = [number for number in run.placed if listed is None or number in listed]
        if not left:
            return []
        session.quiet(SETTLED)
    return left
