"""Contracts and market data as a client meets them: burst, cadence, limits and refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi.const import UNSET_DECIMAL
from ibapi.contract import Contract

from tests.twssim.official import OfficialClient, errors, gateway, names, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")


def ready(**settings: Any) -> OfficialClient:
    client = OfficialClient(gateway(**settings))
    client.after(1.0)
    return client


def test_the_first_answers_come_in_the_recorded_order() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", False, False, [])
    events = client.after(0.05)
    assert names(events)[:4] == ["marketDataType", "tickReqParams", "tickString", "tickPrice"]
    assert of(events, "marketDataType") == [(9, 1)]
    assert [arguments[1] for arguments in of(events, "tickPrice")] == [4, 6, 7, 9, 14, 1, 2]


def test_ticks_come_four_times_a_second_and_end_with_the_cancel() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", False, False, [])
    client.after(0.05)
    for _ in range(8):
        assert client.after(0.25)
    client.cancelMktData(9)
    assert client.after(2.0) == []
    assert client.tws.scheduler.next_due() is None


def test_ticks_agree_with_the_market() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", False, False, [])
    client.after(30.0)
    line = client.session.subscriptions.market[9]
    assert line.sent is not None
    quote = client.tws.market.quote(265598, line.sent.time)
    assert line.sent == quote


def test_a_snapshot_ends_by_itself_after_eleven_seconds() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", True, False, [])
    events = client.after(10.9)
    assert "tickPrice" in names(events) and "tickSnapshotEnd" not in names(events)
    assert client.after(0.2) == [("tickSnapshotEnd", (9,))]
    client.cancelMktData(9)
    assert errors(client.take()) == [(9, 300)]


def test_a_regulatory_snapshot_ends_like_any_other() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", False, True, [])
    events = client.after(11.1)
    assert "tickPrice" in names(events) and names(events)[-1] == "tickSnapshotEnd"


def test_currency_pairs_have_no_last_price() -> None:
    client, pair = ready(), Contract()
    pair.symbol, pair.secType, pair.currency, pair.exchange = "EUR", "CASH", "USD", "IDEALPRO"
    client.reqMktData(9, pair, "", False, False, [])
    events = client.after(5.0)
    assert {arguments[1] for arguments in of(events, "tickPrice")} == {1, 2, 6, 7, 9}


@pytest.mark.parametrize(
    ("contract", "code"), [(stock("NOSUCH"), 200), (Contract(), 200), (stock(exchange="MOON"), 200)]
)
def test_contracts_that_do_not_exist_are_refused(contract: Contract, code: int) -> None:
    client = ready()
    client.reqMktData(9, contract, "", False, False, [])
    assert errors(client.after(1.0)) == [(9, code)]


def test_an_ambiguous_contract_is_refused_with_its_name() -> None:
    client, future = ready(), Contract()
    future.symbol, future.secType, future.exchange, future.currency = "ES", "FUT", "CME", "USD"
    client.reqMktData(9, future, "", False, False, [])
    ((_, _, code, text, _),) = of(client.after(1.0), "error")
    assert (code, text) == (200, "The contract description specified for ES is ambiguous.")


def test_a_duplicate_ticker_id_is_refused_and_the_old_stream_goes_on() -> None:
    client = ready()
    client.reqMktData(9, stock(), "", False, False, [])
    client.after(0.1)
    client.reqMktData(9, stock("MSFT"), "", False, False, [])
    events = client.after(1.0)
    assert errors(events) == [(9, 322)]
    assert of(events, "tickPrice") or of(events, "tickSize")


def test_a_snapshot_with_generic_ticks_is_refused() -> None:
    client = ready()
    client.reqMktData(9, stock(), "233", True, False, [])
    assert errors(client.after(1.0)) == [(9, 321)]


def test_an_unknown_market_data_type_is_refused_and_a_known_one_is_silent() -> None:
    client = ready()
    for kind in (1, 2, 3, 4):
        client.reqMarketDataType(kind)
    assert client.take() == []
    client.reqMarketDataType(5)
    assert errors(client.take()) == [(-1, 321)]


def test_the_lines_of_a_login_are_shared_by_its_clients_and_limited() -> None:
    client = ready(market_data_lines=2)
    other = OfficialClient(client.tws, client_id=2)
    other.after(1.0)
    client.reqMktData(1, stock("AAPL"), "", False, False, [])
    other.reqMktData(1, stock("AAPL"), "", False, False, [])
    client.reqMktData(2, stock("MSFT"), "", False, False, [])
    client.reqMktData(3, stock("NVDA"), "", False, False, [])
    assert errors(client.after(0.1)) == [(3, 101)]
    client.cancelMktData(2)
    client.reqMktData(3, stock("NVDA"), "", False, False, [])
    assert errors(client.after(0.1)) == []


@pytest.mark.parametrize(("version", "told"), [(200, False), (223, False), (224, True), (225, True)])
def test_precisions_are_told_from_server_version_224_on(version: int, told: bool) -> None:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    heard: list[Any] = []
    client.recorder.tickReqParamsProtoBuf = heard.append
    client.reqContractDetails(7, stock())
    client.reqMktData(8, stock(), "", False, False, [])
    ((_, details),) = of(client.after(1.0), "contractDetails")
    unset = details.lastPricePrecision == UNSET_DECIMAL
    assert unset is not told
    if told:
        assert (details.lastPricePrecision, details.lastSizePrecision) == (Decimal("0.01"), Decimal(1))
        assert details.minAlgoSize == Decimal(1)
    assert [each.HasField("lastPricePrecision") for each in heard] == [told] * (version > 200)
