from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK
from twssim.contracts import default_universe
from twssim.universe import instruments

KNOWN = {
    "AAPL": 265598,
    "MSFT": 272093,
    "NVDA": 4815747,
    "SPY": 756733,
    "TSLA": 76792991,
    "IBM": 8314,
    "EUR.USD": 12087792,
    "GBP.USD": 12087797,
    "USD.JPY": 15016059,
}


@given(st.dates(date(2026, 1, 1), date(2035, 12, 31)))
@QUICK
def test_derivatives_expire_next_on_third_fridays_and_all_con_ids_differ(today: date) -> None:
    rows = list(default_universe(today))

    expiries = {(row.symbol, row.sec_type): set() for row in rows if row.last_trade_date}
    for row in rows:
        if row.last_trade_date:
            expiries[row.symbol, row.sec_type].add(row.last_trade_date)
    assert {kind: len(dates) for kind, dates in expiries.items()} == dict.fromkeys(expiries, 2)
    for text in set().union(*expiries.values()):
        expiry = datetime.strptime(text, "%Y%m%d").date()
        assert expiry >= today and expiry.weekday() == 4 and 15 <= expiry.day <= 21
    assert len({row.con_id for row in rows}) == len(rows)


def test_well_known_contracts_have_their_real_con_ids() -> None:
    found = {row.local_symbol: row.con_id for row in instruments(date(2026, 11, 23)) if row.currency != "GBP"}

    assert {name: found[name] for name in KNOWN} == KNOWN


def test_every_row_can_be_told_as_contract_details() -> None:
    for row in instruments(date(2026, 11, 23)):
        exchanges = row.valid_exchanges.split(",")
        assert row.exchange in exchanges and len(row.market_rule_ids.split(",")) == len(exchanges)
        assert {"MKT", "LMT", "STP"} <= set(row.order_types.split(","))
        assert ZoneInfo(row.time_zone) and row.long_name and row.local_symbol and row.trading_class
        assert row.price >= 0 and row.price % row.min_tick == 0 and row.behaviour.volatility > 0
