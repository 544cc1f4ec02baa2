"""One of each request that opens or closes a stream, and its text before server version 201."""

from __future__ import annotations

from twsbridge.protocol.models import Contract
from twsbridge_server.core import stream_calls as streams

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
_AAPL = ["265598", "AAPL", "STK", "", "", "", "", "SMART", "", "USD", "", ""]
_FILTERS = (("abovePrice", "5.0"), ("marketCapAbove1e6", "100"))
_SCAN = ["10", "STK", "STK.US.MAJOR", "TOP_PERC_GAIN", "5.0", *[""] * 4, *[""] * 8, "0", *[""] * 3]

STREAM_TEXTS: dict[streams.StreamCall, list[str]] = {
    streams.ReqMarketDepth(9, AAPL, 5, True): ["10", "5", "9", *_AAPL, "5", "1", ""],
    streams.CancelMarketDepth(9, True): ["11", "1", "9", "1"],
    streams.ReqTickByTick(9, AAPL, "BidAsk"): ["97", "9", *_AAPL, "BidAsk", "0", "0"],
    streams.CancelTickByTick(9): ["98", "9"],
    streams.ReqRealTimeBars(9, AAPL, "TRADES", True): ["50", "3", "9", *_AAPL, "5", "TRADES", "1", ""],
    streams.CancelRealTimeBars(9): ["51", "1", "9"],
    streams.ReqLiveBars(9, AAPL, "1 D", "1 min", "TRADES", True): [
        "20", "9", *_AAPL, "0", "", "1 min", "1 D", "1", "TRADES", "2", "1", ""],
    streams.ReqScanner(9, "STK", "STK.US.MAJOR", "TOP_PERC_GAIN", 10, _FILTERS): [
        "22", "9", *_SCAN, "marketCapAbove1e6=100;", ""],
    streams.CancelScanner(9): ["23", "1", "9"],
    streams.ReqPnl(9, "DU1234567", "Tech"): ["92", "9", "DU1234567", "Tech"],
    streams.CancelPnl(9): ["93", "9"],
    streams.ReqPnlSingle(9, "DU1234567", "", 265598): ["94", "9", "DU1234567", "", "265598"],
    streams.CancelPnlSingle(9): ["95", "9"],
    streams.ReqAccountUpdatesMulti(9, "DU1234567", "Tech"): ["76", "1", "9", "DU1234567", "Tech", "0"],
    streams.CancelAccountUpdatesMulti(9): ["77", "1", "9"],
    streams.ReqPositionsMulti(9, "DU1234567", ""): ["74", "1", "9", "DU1234567", ""],
    streams.CancelPositionsMulti(9): ["75", "1", "9"],
    streams.ReqNewsBulletins(): ["12", "1", "1"],
    streams.CancelNewsBulletins(): ["13", "1"],
    streams.SubscribeToGroup(9, 2): ["68", "1", "9", "2"],
    streams.UnsubscribeFromGroup(9): ["70", "1", "9"],
}  # fmt: skip

EVERY_STREAM_CALL = list(STREAM_TEXTS)
