"""Books as a client rebuilds them from their steps, and the refusals of reqMktDepth."""

from __future__ import annotations

from typing import Any

import pytest
from ibapi.contract import Contract

from tests.twssim.families.rig import currency_pair, ready, texts
from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import Event, OfficialClient, errors, names, of, stock
from twssim.families.depth import UNSUPPORTED_DEPTH, allowance

pytestmark = pytest.mark.usefixtures("every_profile")


class Rebuilt:
    """The two sides of a book as a client keeps them."""

    def __init__(self) -> None:
        self.sides: dict[int, list[tuple[float, Any, str]]] = {0: [], 1: []}

    def take(self, events: list[Event], rows: int) -> None:
        for name, arguments in events:
            if name == "updateMktDepth":
                _, position, operation, side, price, size = arguments
                maker = ""
            elif name == "updateMktDepthL2":
                _, position, maker, operation, side, price, size, _ = arguments
            else:
                continue
            book = self.sides[side]
            if operation == 0:
                book.insert(position, (price, size, maker))
            elif operation == 1:
                book[position] = (price, size, maker)
            else:
                book.pop(position)
            assert position < rows and len(book) <= rows


def agrees(client: OfficialClient, rebuilt: Rebuilt, con_id: int) -> None:
    """The best rows are the quote, and both sides are in order."""
    quote = client.tws.market.quote(con_id, client.tws.now)
    (ask, ask_size, _), (bid, bid_size, _) = rebuilt.sides[0][0], rebuilt.sides[1][0]
    assert (bid, ask, bid_size, ask_size) == (float(quote.bid), float(quote.ask), quote.bid_size, quote.ask_size)
    asks, bids = ([level[0] for level in rebuilt.sides[side]] for side in (0, 1))
    assert asks == sorted(asks) and bids == sorted(bids, reverse=True)


@pytest.mark.parametrize(
    ("contract", "con_id", "named", "smart"),
    [
        (stock(exchange="NASDAQ"), 265598, True, False),
        (stock(), 265598, True, True),
        (stock("VOD", "GBP", "LSE"), 117897844, False, False),
        (currency_pair(), 12087792, False, False),
    ],
)
def test_the_rebuilt_book_is_the_quote_and_what_lies_behind_it(
    contract: Contract, con_id: int, named: bool, smart: bool
) -> None:
    client, rebuilt = ready(answer_delay=0.0), Rebuilt()
    client.reqMktDepth(9, contract, 5, smart, [])
    rebuilt.take(client.after(0.0), 5)
    for _ in range(40):
        events = client.after(0.25)
        assert set(names(events)) <= {"updateMktDepthL2" if named else "updateMktDepth"}
        assert {arguments[-1] for arguments in of(events, "updateMktDepthL2")} <= {smart}
        rebuilt.take(events, 5)
        assert [len(rebuilt.sides[side]) for side in (0, 1)] == [5, 5]
        agrees(client, rebuilt, con_id)
    makers = {level[2] for side in (0, 1) for level in rebuilt.sides[side]}
    assert (makers != {""}) == named


def test_a_smart_book_says_first_which_exchanges_it_covers() -> None:
    client = ready()
    client.reqMktDepth(9, stock(), 3, True, [])
    events = client.after(0.1)
    assert errors(events[:1]) == [(9, 2152)] and "ARCA" in texts(events)[0]
    assert set(names(events[1:])) == {"updateMktDepthL2"}


@pytest.mark.parametrize(
    ("contract", "rows", "code"),
    [(stock(), 5, 10092), (stock("SPX", exchange="CBOE"), 5, 200), (stock(exchange="NYSE"), 0, 321)],
)
def test_what_has_no_depth_is_refused(contract: Contract, rows: int, code: int) -> None:
    client = ready()
    client.reqMktDepth(9, contract, rows, False, [])
    events = client.after(1.0)
    assert errors(events) == [(9, code)]
    if code == 10092:
        assert texts(events) == [UNSUPPORTED_DEPTH]


def test_three_books_for_each_hundred_lines_and_no_more() -> None:
    assert [allowance(lines) for lines in (1, 100, 200, 5000)] == [3, 3, 6, 60]
    client = ready()
    for req_id in (1, 2, 3, 4):
        client.reqMktDepth(req_id, stock(exchange="NYSE"), 1, False, [])
    assert errors(client.after(0.2)) == [(4, 309)]
    other = OfficialClient(client.tws, client_id=2)
    other.after(1.0)
    other.reqMktDepth(4, stock(exchange="NYSE"), 1, False, [])
    assert errors(other.after(0.2)) == [(4, 309)]
    client.cancelMktDepth(1, False)
    other.reqMktDepth(4, stock(exchange="NYSE"), 1, False, [])
    assert errors(other.after(0.2)) == []


def test_a_cancel_ends_the_stream_if_it_names_the_same_kind_of_book() -> None:
    client = ready()
    client.reqMktDepth(9, stock(exchange="NYSE"), 5, False, [])
    client.after(0.1)
    client.reqMktDepth(9, stock(exchange="ARCA"), 5, False, [])
    client.cancelMktDepth(9, True)
    assert errors(client.take()) == [(9, 322), (9, 310)]
    assert of(client.after(3.0), "updateMktDepthL2")
    client.cancelMktDepth(9, False)
    assert client.after(3.0) == [] and client.tws.scheduler.next_due() is None
    client.cancelMktDepth(9, False)
    assert errors(client.take()) == [(9, 310)]


def test_a_reset_begins_the_book_anew_and_a_halt_ends_it() -> None:
    rig = FaultRig(answer_delay=0.0)
    rig.client.reqMktDepth(9, stock(exchange="NYSE"), 5, False, [])
    rig.client.after(1.0)
    rig.faults.apply("reset_depth")
    events, rebuilt = rig.client.after(0.25), Rebuilt()
    assert errors(events[:1]) == [(9, 317)]
    rebuilt.take(events, 5)
    agrees(rig.client, rebuilt, 265598)
    rig.faults.apply("halt_depth")
    assert errors(rig.client.after(5.0)) == [(9, 316)]
    rig.client.cancelMktDepth(9, False)
    assert errors(rig.client.take()) == [(9, 310)]


def test_a_broken_farm_is_silent_and_comes_back_with_a_reset() -> None:
    rig = FaultRig()
    rig.client.reqMktDepth(9, stock(exchange="NYSE"), 5, False, [])
    rig.client.after(1.0)
    rig.faults.apply("farm")
    assert names(rig.client.after(3.0)) == ["error"]
    rig.faults.clear()
    assert errors(rig.client.after(1.0)) == [(-1, 2104), (9, 317)]
