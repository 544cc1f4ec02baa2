"""Reads requests of the text profile (server versions 157 to 200) into plain values."""

from __future__ import annotations

from collections.abc import Callable

from twssim import requests as req
from twssim.families import ASKED
from twssim.order_terms import ComboLeg
from twssim.text_contract import read_contract
from twssim.text_place_order import read_place_order
from twssim.wire import Fields, UnreadableRequest

Reader = Callable[[Fields, int], req.Request]


def read_request(payload: bytes, version: int) -> req.Request:
    """Decode one payload; raises UnreadableRequest, which TWS answers with error 320."""
    fields = Fields(payload)
    message_id = fields.integer()
    reader = READERS.get(message_id)
    if reader is None:
        raise UnreadableRequest(f"unknown message id {message_id}")
    return reader(fields, version)


def _start_api(fields: Fields, version: int) -> req.Request:
    fields.text()
    return req.StartApi(fields.integer())


def _market_data(fields: Fields, version: int) -> req.Request:
    fields.text()
    req_id = fields.integer()
    contract = read_contract(fields)
    legs: tuple[ComboLeg, ...] = ()
    if contract.sec_type == "BAG":
        legs = tuple(_leg(fields) for _ in range(fields.integer()))
    if fields.flag():
        fields.texts(3)
    return req.RequestMarketData(req_id, contract, fields.text(), fields.flag(), fields.flag(), legs)


def _leg(fields: Fields) -> ComboLeg:
    return ComboLeg(fields.integer(), fields.integer(), fields.text(), fields.text())


def _contract_details(fields: Fields, version: int) -> req.Request:
    fields.text()
    return req.RequestContractDetails(fields.integer(), read_contract(fields))


def _historical_bars(fields: Fields, version: int) -> req.Request:
    req_id = fields.integer()
    contract = read_contract(fields)
    fields.flag()
    end, bar_size, duration = fields.texts(3)
    use_rth, what_to_show, format_date = fields.flag(), fields.text(), fields.integer()
    if contract.sec_type == "BAG":
        fields.texts(4 * fields.integer())
    return req.RequestHistoricalBars(
        req_id=req_id,
        contract=contract,
        end=end,
        bar_size=bar_size,
        duration=duration,
        use_rth=use_rth,
        what_to_show=what_to_show,
        format_date=format_date,
        keep_up_to_date=fields.flag(),
    )


def _account_updates(fields: Fields, version: int) -> req.Request:
    fields.text()
    return req.RequestAccountUpdates(fields.flag(), fields.text())


def _account_summary(fields: Fields, version: int) -> req.Request:
    fields.text()
    req_id, group, tags = fields.integer(), fields.text(), fields.text()
    names = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    return req.RequestAccountSummary(req_id, group, names)


def _positions_multi(fields: Fields, version: int) -> req.Request:
    fields.text()
    return req.RequestPositionsMulti(fields.integer(), fields.text(), fields.text())


def _account_updates_multi(fields: Fields, version: int) -> req.Request:
    fields.text()
    req_id, account, model_code = fields.integer(), fields.text(), fields.text()
    return req.RequestAccountUpdatesMulti(req_id, account, model_code, fields.flag())


def _pnl(fields: Fields, version: int) -> req.Request:
    return req.RequestPnl(fields.integer(), fields.text(), fields.text())


def _pnl_single(fields: Fields, version: int) -> req.Request:
    req_id, account, model_code = fields.integer(), fields.text(), fields.text()
    return req.RequestPnlSingle(req_id, account, model_code, fields.integer())


def _cancel_order(fields: Fields, version: int) -> req.Request:
    if version < 192:
        fields.text()
    return req.CancelOrder(fields.integer())


def _executions(fields: Fields, version: int) -> req.Request:
    fields.text()
    req_id, client_id = fields.integer(), fields.integer()
    account, time, symbol, sec_type, exchange, side = fields.texts(6)
    days, dates = _execution_days(fields) if version >= 200 else (None, ())
    return req.RequestExecutions(
        req_id=req_id,
        client_id=client_id,
        account=account,
        time=time,
        symbol=symbol,
        sec_type=sec_type,
        exchange=exchange,
        side=side,
        last_n_days=days,
        specific_dates=dates,
    )


def _execution_days(fields: Fields) -> tuple[int | None, tuple[str, ...]]:
    days = fields.number()
    dates = fields.texts(fields.integer())
    return (None if days is None else int(days)), tuple(dates)


def _bare(make: Callable[[], req.Request]) -> Reader:
    return lambda fields, version: make()


def _one_id(make: Callable[[int], req.Request]) -> Reader:
    def read(fields: Fields, version: int) -> req.Request:
        fields.text()
        return make(fields.integer())

    return read


def _id_alone(make: Callable[[int], req.Request]) -> Reader:
    return lambda fields, version: make(fields.integer())


def _one_flag(make: Callable[[bool], req.Request]) -> Reader:
    def read(fields: Fields, version: int) -> req.Request:
        fields.text()
        return make(fields.flag())

    return read


READERS: dict[int, Reader] = {
    1: _market_data,
    2: _one_id(req.CancelMarketData),
    3: read_place_order,
    4: _cancel_order,
    5: _bare(req.RequestOpenOrders),
    6: _account_updates,
    7: _executions,
    8: _bare(req.RequestIds),
    9: _contract_details,
    14: _one_id(req.SetServerLogLevel),
    15: _one_flag(req.RequestAutoOpenOrders),
    16: _bare(req.RequestAllOpenOrders),
    17: _bare(req.RequestManagedAccounts),
    20: _historical_bars,
    25: _one_id(req.CancelHistoricalBars),
    49: _bare(req.RequestCurrentTime),
    58: _bare(req.GlobalCancel),
    59: _one_id(req.RequestMarketDataType),
    61: _bare(req.RequestPositions),
    62: _account_summary,
    63: _one_id(req.CancelAccountSummary),
    64: _bare(req.CancelPositions),
    71: _start_api,
    74: _positions_multi,
    75: _one_id(req.CancelPositionsMulti),
    76: _account_updates_multi,
    77: _one_id(req.CancelAccountUpdatesMulti),
    92: _pnl,
    93: _id_alone(req.CancelPnl),
    94: _pnl_single,
    95: _id_alone(req.CancelPnlSingle),
    99: lambda fields, version: req.RequestCompletedOrders(fields.flag()),
    105: _bare(req.RequestCurrentTimeInMillis),
    **{message_id: asked.text for message_id, asked in ASKED.items() if asked.text},
}
