"""Every request about market data, history and contracts from the unmodified official client, over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import ibapi.client
import pytest
from ibapi.client import EClient

import twssim
from tests.twssim.families.rig import currency_pair
from tests.twssim.official import Recorder, stock
from tests.waiting import PATIENCE, eventually

VERSIONS = (176, 200, 203, 213, 225)
END = "20261124 06:00:00 US/Eastern"
START = 1_795_521_600.0


class Application(EClient):
    """The official client with its own socket, reader and loop."""

    def __init__(self, port: int) -> None:
        self.recorder: Any = Recorder()
        super().__init__(self.recorder)
        self.connect("127.0.0.1", port, 7)
        self.loop = threading.Thread(target=self.run, daemon=True)
        self.loop.start()
        self.expect("nextValidId")

    def expect(self, name: str, req_id: int | None = None) -> tuple[Any, ...]:
        """The arguments of the first such callback, as soon as it is there."""

        def found() -> tuple[Any, ...] | None:
            for each, arguments in list(self.recorder.events):
                if each == name and (req_id is None or arguments[0] == req_id):
                    return tuple(arguments) or (None,)
            return None

        return eventually(found)


@pytest.fixture(params=VERSIONS)
def application(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    """Connected at each version; a simulated minute takes three seconds."""
    monkeypatch.setattr(ibapi.client, "MAX_CLIENT_VER", request.param)
    with twssim.run(port=0, server_version=request.param, speed=20.0, start=START) as running:
        client = Application(running.port)
        assert client.serverVersion() == request.param
        yield client
    # ibapi's loop raises when disconnect() comes from another thread in the middle of messages: TWS hangs up instead.
    client.loop.join(PATIENCE)
    assert not client.loop.is_alive()


def test_every_answer_arrives(application: Application) -> None:
    client = application
    client.reqSecDefOptParams(1, "AAPL", "", "STK", 265598)
    client.reqMatchingSymbols(2, "AAPL")
    client.reqHeadTimeStamp(3, stock(), "TRADES", 1, 1)
    client.reqHistogramData(4, stock(), True, "1 day")
    client.reqHistoricalData(5, stock(), "", "5 D", "1 day", "SCHEDULE", 1, 1, False, [])
    client.reqSmartComponents(6, "9c0001")
    client.reqMarketRule(26)
    client.reqMktDepthExchanges()
    client.reqMktDepth(10, stock(exchange="NYSE"), 3, False, [])
    client.reqMktDepth(11, currency_pair(), 3, False, [])
    client.reqMktDepth(12, stock(), 3, True, [])
    client.reqRealTimeBars(20, stock(), 5, "TRADES", False, [])
    for req_id, what in ((30, "TRADES"), (31, "BID_ASK"), (32, "MIDPOINT")):
        client.reqHistoricalTicks(req_id, stock(), "", END, 10, what, 0, False, [])
    for req_id, kind in ((40, "Last"), (41, "AllLast"), (42, "BidAsk"), (43, "MidPoint")):
        client.reqTickByTickData(req_id, stock(), kind, 5 * (req_id == 40), False)
    client.reqMktData(50, stock(), "233,236,165,106,456", False, False, [])
    client.reqMktData(51, stock("MSFT"), "", True, False, [])
    for name, req_id in (
        ("securityDefinitionOptionParameterEnd", 1),
        ("symbolSamples", 2),
        ("headTimestamp", 3),
        ("histogramData", 4),
        ("historicalSchedule", 5),
        ("smartComponents", 6),
        ("marketRule", 26),
        ("mktDepthExchanges", None),
        ("updateMktDepthL2", 10),
        ("updateMktDepth", 11),
        ("updateMktDepthL2", 12),
        ("realtimeBar", 20),
        ("historicalTicksLast", 30),
        ("historicalTicksBidAsk", 31),
        ("historicalTicks", 32),
        ("historicalTicksLast", 40),
        ("tickByTickAllLast", 40),
        ("tickByTickAllLast", 41),
        ("tickByTickBidAsk", 42),
        ("tickByTickMidPoint", 43),
        ("tickGeneric", 50),
        ("tickString", 50),
        ("tickSnapshotEnd", 51),
    ):
        client.expect(name, req_id)
    stray = [arguments for name, arguments in client.recorder.events if name == "error"]
    assert {arguments[2] for arguments in stray} <= {2104, 2106, 2158, 2152}


def test_options_and_cancels(application: Application) -> None:
    client, option = application, stock()
    option.secType, option.right = "OPT", "C"
    client.reqContractDetails(1, option)
    client.expect("contractDetailsEnd", 1)
    option = client.expect("contractDetails", 1)[1].contract
    client.reqMktData(2, option, "", False, False, [])
    client.expect("tickOptionComputation", 2)
    client.calculateOptionPrice(3, option, 0.3, 280.0, [])
    price = client.expect("tickOptionComputation", 3)[5]
    client.calculateImpliedVolatility(4, option, price, 280.0, [])
    assert client.expect("tickOptionComputation", 4)[3] == pytest.approx(0.3, abs=1e-6)
    client.cancelMktDepth(90, False)
    client.cancelTickByTickData(91)
    client.cancelRealTimeBars(92)
    client.cancelHeadTimeStamp(93)
    client.cancelHistogramData(94)
    codes = {req_id: client.expect("error", req_id)[2] for req_id in range(90, 95)}
    assert codes == {90: 310, 91: 300, 92: 300, 93: 300, 94: 300}
