"""Market scanners: the parameters there are, and subscriptions whose rows come again every half minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.contract_message import contract_fields
from twssim.contracts import Instrument
from twssim.family import Asked, Body, Family, Told, bare, later, one_id
from twssim.requests import Request, RequestById
from twssim.scans import INSTRUMENTS, LOCATIONS, MOST_ROWS, SCANS, STOCK_TYPES, Subscription, found, parameters_xml
from twssim.streams import Stream
from twssim.wire import Fields, Value, escape, message, number, text

if TYPE_CHECKING:
    from twssim.session import Session

SCANNER_PARAMETERS, SCANNER_DATA = 19, 20
MOST_SUBSCRIPTIONS = 10
REFRESH = 30.0
SERVICE = "Historical Market Data Service"
NOTHING_FOUND = f"{SERVICE} query message:no items retrieved"
DUPLICATE_SCAN = f"{SERVICE} error message:duplicate scan subscription"


@dataclass(frozen=True, slots=True)
class RequestScannerParameters(Request):
    """reqScannerParameters; it has no request id."""


@dataclass(frozen=True, slots=True)
class RequestScan(Request):
    """reqScannerSubscription."""

    req_id: int
    wanted: Subscription


@dataclass(frozen=True, slots=True)
class CancelScan(RequestById):
    """cancelScannerSubscription."""


@dataclass(frozen=True, slots=True)
class ScannerParameters(Answer):
    """All parameters, as XML."""

    xml: str


@dataclass(frozen=True, slots=True)
class ScannerData(Answer):
    """The rows of a scan, the best first; clients make the end marker themselves."""

    req_id: int
    rows: tuple[Instrument, ...]


@dataclass(slots=True)
class ScanStream(Stream):
    """One subscription."""

    wanted: Subscription


def _parameters(session: Session, request: RequestScannerParameters) -> None:
    later(session, lambda: session.send(ScannerParameters(parameters_xml())))


def _subscribe(session: Session, request: RequestScan) -> None:
    streams, wanted = session.subscriptions.streams, request.wanted
    if streams.get(ScanStream, request.req_id):
        session.failed(request.req_id, "Duplicate ticker ID for API scanner subscription")
    elif len(streams.of(ScanStream)) >= MOST_SUBSCRIPTIONS:
        session.failed(request.req_id, "Only 10 simultaneous API scanner subscriptions are allowed.")
    elif wanted in [each.wanted for each in streams.of(ScanStream)]:
        session.error(request.req_id, 162, DUPLICATE_SCAN)
    elif unknown := _unknown(wanted):
        session.error(request.req_id, 162, f"{SERVICE} error message:{unknown}")
    else:
        streams.add(stream := ScanStream(request.req_id, wanted))
        later(session, lambda: _tell(session, stream))


def _unknown(wanted: Subscription) -> str:
    """What of a subscription no scanner knows, "" when all is well."""
    if wanted.scan_code not in SCANS:
        return f"Unknown scan code: {wanted.scan_code}"
    if wanted.instrument not in INSTRUMENTS or wanted.location not in LOCATIONS:
        return f"Unknown instrument or location: {wanted.instrument}, {wanted.location}"
    if LOCATIONS[wanted.location][0] != wanted.instrument or wanted.stock_type not in STOCK_TYPES:
        return f"No scan of {wanted.instrument} at {wanted.location}"
    return ""


def _tell(session: Session, stream: ScanStream) -> None:
    """Send all rows, and do so again later, until the subscription is cancelled."""
    gateway = session.gateway
    if session.subscriptions.streams.get(ScanStream, stream.req_id) is not stream:
        return
    rows = tuple(found(gateway.market, stream.wanted, gateway.now))
    if rows:
        session.send(ScannerData(stream.req_id, rows))
    else:
        session.error(stream.req_id, 165, NOTHING_FOUND)
    stream.timers = [gateway.scheduler.after(REFRESH, lambda: _tell(session, stream))]


def _cancel(session: Session, request: CancelScan) -> None:
    if session.subscriptions.streams.close(ScanStream, request.req_id):
        text = f"{SERVICE} error message:API scanner subscription cancelled: {request.req_id}"
        session.error(request.req_id, 162, text)
    else:
        session.error(request.req_id, 365, f"No scanner subscription found for ticker id:{request.req_id}")


def _read(fields: Fields, version: int) -> Request:
    req_id, rows = fields.integer(), fields.integer()
    instrument, location, code, above, below, volume, cap_above, cap_below = fields.texts(8)
    fields.texts(11)  # ratings, maturity dates, coupons, convertibles, option volume, setting pairs
    bounds = (above, below, volume, cap_above, cap_below)
    return RequestScan(req_id, _subscription((instrument, location, code, fields.text()), rows, bounds))


def _parse(m: Any) -> Request:
    wanted = m.scannerSubscription
    names = ("abovePrice", "belowPrice", "aboveVolume", "marketCapAbove", "marketCapBelow")
    bounds = tuple(text(getattr(wanted, name)) if wanted.HasField(name) else "" for name in names)
    codes = (wanted.instrument, wanted.locationCode, wanted.scanCode, wanted.stockTypeFilter)
    return RequestScan(m.reqId, _subscription(codes, wanted.numberOfRows, bounds))


def _subscription(codes: tuple[str, str, str, str], rows: int, bounds: tuple[str, ...]) -> Subscription:
    instrument, location, scan_code, stock_type = codes
    above, below, volume, cap_above, cap_below = map(number, bounds)
    return Subscription(
        instrument=instrument,
        location=location,
        scan_code=scan_code,
        rows=rows if 0 < rows < MOST_ROWS else MOST_ROWS,
        above_price=above,
        below_price=below,
        above_volume=volume,
        market_cap_above=cap_above,
        market_cap_below=cap_below,
        stock_type=stock_type,
    )


def _parameters_text(answer: ScannerParameters, version: int) -> bytes:
    return message(SCANNER_PARAMETERS, 1, escape(answer.xml))


def _parameters_body(answer: ScannerParameters) -> Body:
    return Body(SCANNER_PARAMETERS, "ScannerParameters", {"xml": answer.xml})


def _rows_text(answer: ScannerData, version: int) -> bytes:
    rows = [value for rank, row in enumerate(answer.rows) for value in _row(rank, row)]
    return message(SCANNER_DATA, 3, answer.req_id, len(answer.rows), *rows)


def _row(rank: int, row: Instrument) -> tuple[Value, ...]:
    """Distance, benchmark, projection and legs are empty in every scan of stocks."""
    what = (row.con_id, row.symbol, row.sec_type, row.last_trade_date, row.strike, row.right)
    where = (row.exchange, row.currency, row.local_symbol, row.market_name, row.trading_class)
    return (rank, *what, *where, "", "", "", "")


def _rows_body(answer: ScannerData) -> Body:
    rows = [
        {"rank": rank, "contract": contract_fields(row, row.exchange), "marketName": row.market_name}
        for rank, row in enumerate(answer.rows)
    ]
    return Body(SCANNER_DATA, "ScannerData", {"reqId": answer.req_id, "scannerDataElement": rows})


FAMILY = Family(
    asked=(
        Asked(22, RequestScan, _read, _parse, _subscribe),
        one_id(23, CancelScan, _cancel),
        bare(24, RequestScannerParameters, _parameters),
    ),
    told=(
        Told(ScannerParameters, 210, _parameters_text, _parameters_body),
        Told(ScannerData, 210, _rows_text, _rows_body),
    ),
)
