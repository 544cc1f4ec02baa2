"""What generic ticks say, and which a client may ask for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.twssim.families.rig import by_id, currency_pair, ready
from tests.twssim.market_rig import MONDAY_NOON, UNIVERSE, market, the
from tests.twssim.official import errors, of, stock
from twssim.answers import TickPrice, TickString
from twssim.contracts import Instrument
from twssim.generic_ticks import NAMES, GenericTick, Scene, generic_ticks, parse


def told(instrument: Instrument) -> dict[int, GenericTick]:
    made = market()
    scene = Scene(9, made, instrument, made.quote(instrument.con_id, MONDAY_NOON))
    return {tick.tick_type: tick for tick in generic_ticks(scene, tuple(NAMES))}


def test_a_list_of_generic_ticks_is_read_with_its_other_names() -> None:
    assert parse("", "STK") == ()
    assert parse("233, 236,220,47,292:BRFG,mdoff,221", "STK") == ("233", "236", "221", "258", "292", "mdoff")
    with pytest.raises(ValueError, match=r"Incorrect generic tick list of 233,9.  Legal ones for \(STK\) are: 100\(O"):
        parse("233,9", "STK")


def test_each_kind_of_instrument_has_its_own() -> None:
    share, fund = set(told(the("AAPL"))), set(told(the("SPY")))
    assert {15, 16, 17, 18, 19, 20, 21, 23, 24, 27, 28, 29, 30, 34, 37, 46, 47, 48, 54, 57, 58, 59, 77, 89} <= share
    assert {92, 93, 94, 95, 96, 98, 99} <= fund and not {92, 94, 96} & share
    assert set(told(the("EUR", "CASH"))) == {37, 79}
    assert 86 in told(the("ES", "FUT")) and 31 in told(the("SPX", "IND"))


@pytest.mark.parametrize("instrument", [the("AAPL"), the("SPX", "IND")], ids=["AAPL", "SPX"])
def test_the_extremes_of_the_weeks_contain_those_of_the_day(instrument: Instrument) -> None:
    quote, ticks = market().quote(instrument.con_id, MONDAY_NOON), told(instrument)
    prices = {number: tick.price for number, tick in ticks.items() if isinstance(tick, TickPrice)}
    chain = [prices[19], prices[17], prices[15], quote.low, quote.high, prices[16], prices[18], prices[20]]
    assert chain == sorted(chain)


def test_a_trade_report_is_the_quote() -> None:
    quote, report = market().quote(the("AAPL").con_id, MONDAY_NOON), told(the("AAPL"))[48]
    assert isinstance(report, TickString)
    price, size, time, volume, average, single = report.value.split(";")
    assert (Decimal(price), Decimal(size), Decimal(volume)) == (quote.last, quote.last_size, quote.volume)
    assert int(time) == MONDAY_NOON * 1000 and quote.low <= Decimal(average) <= quote.high and single == "true"


def test_all_of_it_is_always_the_same() -> None:
    for instrument in list(UNIVERSE)[::7]:
        assert told(instrument) == told(instrument)


@pytest.mark.usefixtures("every_profile")
def test_generic_ticks_come_again_when_they_change() -> None:
    client = ready()
    client.reqMktData(9, stock(), "233,236,165,456,106", False, False, [])
    first = client.after(0.1)
    assert {46, 24} <= {arguments[1] for arguments in of(first, "tickGeneric")}
    assert {48, 59} <= {arguments[1] for arguments in of(first, "tickString")}
    assert {15, 16, 17, 18, 19, 20} <= {arguments[1] for arguments in of(first, "tickPrice")}
    later = client.after(5.0)
    reports = [arguments[2] for arguments in of(later, "tickString") if arguments[1] == 48]
    assert reports and len({report.split(";")[3] for report in reports}) == len(reports)
    assert not [arguments for arguments in of(later, "tickGeneric") if arguments[1] in (24, 46)]


@pytest.mark.usefixtures("every_profile")
def test_an_unknown_generic_tick_is_refused_and_one_without_content_silent() -> None:
    client = ready()
    client.reqMktData(9, stock(), "233,999", False, False, [])
    assert errors(client.after(0.1)) == [(9, 321)]
    client.reqMktData(8, currency_pair(), "233,236", False, False, [])
    assert {arguments[1] for arguments in of(client.after(0.1), "tickPrice")} == {1, 2, 6, 7, 9}
    client.reqMktData(7, by_id(756733, "SMART"), "577", False, False, [])
    assert 96 in {arguments[1] for arguments in of(client.after(0.1), "tickPrice")}
