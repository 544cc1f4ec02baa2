"""The rows of the default universe: well-known contracts, real con_ids where they are public."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from twssim.bonds import bonds
from twssim.instrument import Behaviour, Instrument

_ORDER_TYPES = (
    "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AVGCOST,BASKET,COND,DAY,DEACT,GAT,GTC,GTD,GTT,IOC,"
    "LIT,LMT,MIT,MKT,OCA,REL,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,WHATIF"
)
_US_EXCHANGES = "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX"
_OPTION_EXCHANGES = "SMART,AMEX,CBOE,PHLX,PSE,ISE,BOX,BATS,NASDAQOM,CBOE2,MIAX"
_RULES = {"0.01": "26", "0.25": "67", "0.00005": "239", "0.005": "240", "0.0002": "3120", "0.02": "3121"}
"""The market rule of each tick."""

_MONTH_CODES = "FGHJKMNQUVXZ"

_AAPL, _SPY, _SPX = 265598, 756733, 416904
_EUR_USD, _GBP_USD = 12087792, 12087797
_OPTION_CON_IDS = {_AAPL: 700_000_000, _SPY: 800_000_000}

# con_id, symbol, primary exchange, price, volatility, shares a day, name, and three sectors
_US_STOCKS = """
265598|AAPL|NASDAQ|271.50|0.28|48000000|APPLE INC|Technology|Computers|Computers
272093|MSFT|NASDAQ|489.20|0.26|22000000|MICROSOFT CORP|Technology|Software|Applications Software
4815747|NVDA|NASDAQ|186.40|0.42|180000000|NVIDIA CORP|Technology|Semiconductors|Electronic Components
76792991|TSLA|NASDAQ|402.80|0.45|85000000|TESLA INC|Consumer, Cyclical|Auto Manufacturers|Auto-Cars
3691937|AMZN|NASDAQ|231.70|0.31|42000000|AMAZON.COM INC|Communications|Internet|E-Commerce
8314|IBM|NYSE|304.10|0.25|4500000|INTL BUSINESS MACHINES CORP|Technology|Computers|Services
26434226|VOD|NASDAQ|12.45|0.27|5000000|VODAFONE GROUP PLC-SP ADR|Communications|Telecom|Cellular
38708077|SAP|NYSE|258.60|0.27|1200000|SAP SE-SPONSORED ADR|Technology|Software|Enterprise Software
"""
# con_id, pair, price at the anchor, tick, spread in ticks
_PAIRS = """
12087792|EUR.USD|1.1524|0.00005|1
12087797|GBP.USD|1.3156|0.00005|1
15016059|USD.JPY|154.80|0.005|1
12087820|USD.CHF|0.8050|0.00005|1
14433401|AUD.USD|0.6540|0.00005|1
15016062|USD.CAD|1.4010|0.00005|1
12087807|EUR.GBP|0.87595|0.00005|1
"""


def instruments(today: date) -> Iterator[Instrument]:
    """Every row, with the futures and options that expire next on `today` or later."""
    stocks = [*_us_stocks(), *_us_funds(), *_european_stocks()]
    index = _index()
    options = [each for stock in stocks if stock.con_id in _OPTION_CON_IDS for each in _options(stock, today)]
    for row in [*stocks, *_currencies(), index, *_futures(index, today), *options, *bonds()]:
        rules = ",".join([_RULES[str(row.min_tick)]] * (row.valid_exchanges.count(",") + 1))
        yield replace(row, market_rule_ids=rules, order_types=_ORDER_TYPES)


def _us_stocks() -> Iterator[Instrument]:
    for row in _US_STOCKS.split("\n")[1:-1]:
        con_id, symbol, primary, price, volatility, volume, name, *sectors = row.split("|")
        moves = Behaviour(float(volatility), 0.08, 1, int(volume))
        stock = _us_stock(int(con_id), symbol, primary, Decimal(price), moves)
        industry, category, subcategory = sectors
        yield replace(
            stock,
            long_name=name,
            industry=industry,
            category=category,
            subcategory=subcategory,
            stock_type="ADR" if name.endswith("ADR") else "COMMON",
        )


def _us_stock(con_id: int, symbol: str, primary: str, price: Decimal, moves: Behaviour) -> Instrument:
    market = "NMS" if primary == "NASDAQ" else symbol
    return Instrument(
        con_id,
        symbol,
        "STK",
        "USD",
        "SMART",
        price,
        primary_exchange=primary,
        local_symbol=symbol,
        trading_class=market,
        market_name=market,
        valid_exchanges=_US_EXCHANGES,
        behaviour=moves,
    )


def _us_funds() -> Iterator[Instrument]:
    spy = Behaviour(0.16, 0.07, 1, 70_000_000, follows=_SPX)
    qqq = Behaviour(0.21, 0.08, 1, 50_000_000)
    for fund, name in (
        (_us_stock(_SPY, "SPY", "ARCA", Decimal("681.00"), spy), "SPDR S&P 500 ETF TRUST"),
        (_us_stock(320227571, "QQQ", "NASDAQ", Decimal("612.30"), qqq), "INVESCO QQQ TRUST SERIES 1"),
    ):
        yield replace(fund, long_name=name, stock_type="ETF")


def _european_stocks() -> Iterator[Instrument]:
    vodafone = _vodafone()
    yield vodafone
    yield replace(
        vodafone,
        con_id=528893213,
        symbol="CSH2",
        price=Decimal("1190.00"),
        local_symbol="CSH2",
        trading_class="EUET",
        min_tick=Decimal("0.01"),
        long_name="AMUNDI SMART OVERNIGHT RETURN UCITS ETF GBP HEDGED",
        market_name="EUET",
        industry="",
        category="",
        subcategory="",
        stock_type="ETF",
        behaviour=Behaviour(0.003, 0.043, 3, 40_000, 10),
    )
    yield replace(
        vodafone,
        con_id=14204,
        symbol="SAP",
        currency="EUR",
        price=Decimal("224.40"),
        primary_exchange="IBIS",
        local_symbol="SAP",
        trading_class="XETRA",
        min_tick=Decimal("0.02"),
        long_name="SAP SE",
        market_name="XETRA",
        time_zone="MET",
        valid_exchanges="SMART,IBIS,FWB,GETTEX,TGATE,CHIXDE,BATEDE",
        industry="Technology",
        category="Software",
        subcategory="Enterprise Software",
        behaviour=Behaviour(0.27, 0.06, 1, 1_800_000, 50),
    )


def _vodafone() -> Instrument:
    return Instrument(
        117897844,
        "VOD",
        "STK",
        "GBP",
        "SMART",
        Decimal("0.9240"),
        primary_exchange="LSE",
        local_symbol="VOD",
        trading_class="SET1",
        min_tick=Decimal("0.0002"),
        long_name="VODAFONE GROUP PLC",
        market_name="SET1",
        time_zone="GB-Eire",
        valid_exchanges="SMART,LSE,LSEETF,CHIXUK,BATEUK,TRQXUK",
        industry="Communications",
        category="Telecom",
        subcategory="Cellular",
        stock_type="COMMON",
        behaviour=Behaviour(0.27, 0.03, 1, 60_000_000, 1_000),
    )


def _currencies() -> Iterator[Instrument]:
    for row in _PAIRS.split("\n")[1:-1]:
        con_id, pair, price, tick, spread = row.split("|")
        base, quote = pair.split(".")
        cross = None if "USD" in (base, quote) else (_EUR_USD, _GBP_USD)
        yield Instrument(
            int(con_id),
            base,
            "CASH",
            quote,
            "IDEALPRO",
            Decimal(price),
            local_symbol=pair,
            trading_class=pair,
            min_tick=Decimal(tick),
            long_name=f"{base} against {quote}",
            market_name=pair,
            valid_exchanges="IDEALPRO",
            size_increment=Decimal("0.01"),
            behaviour=Behaviour(0.08, 0.0, int(spread), 0, 1_000_000, cross_of=cross),
        )


def _index() -> Instrument:
    return Instrument(
        _SPX,
        "SPX",
        "IND",
        "USD",
        "CBOE",
        Decimal("6830.00"),
        local_symbol="SPX",
        trading_class="SPX",
        long_name="S&P 500 Stock Index",
        market_name="SPX",
        time_zone="US/Central",
        valid_exchanges="CBOE",
        industry="Indices",
        category="Broad Range Equity Index",
        behaviour=Behaviour(0.16, 0.07, 1, 0, 0),
    )


def _futures(index: Instrument, today: date) -> Iterator[Instrument]:
    for symbol, multiplier, volume, base in (
        ("ES", "50", 1_500_000, 649_180_000),
        ("MES", "5", 1_200_000, 730_280_000),
    ):
        for expiry in _third_fridays(today, months=(3, 6, 9, 12), count=2):
            yield Instrument(
                base + expiry.year * 12 + expiry.month,
                symbol,
                "FUT",
                "USD",
                "CME",
                index.price,
                local_symbol=f"{symbol}{_MONTH_CODES[expiry.month - 1]}{expiry.year % 10}",
                trading_class=symbol,
                last_trade_date=f"{expiry:%Y%m%d}",
                multiplier=multiplier,
                min_tick=Decimal("0.25"),
                long_name="E-mini S&P 500" if symbol == "ES" else "Micro E-Mini S&P 500",
                market_name=symbol,
                time_zone="US/Central",
                valid_exchanges="CME,QBALGO",
                contract_month=f"{expiry:%Y%m}",
                under_con_id=index.con_id,
                under_symbol=index.symbol,
                under_sec_type="IND",
                real_expiration_date=f"{expiry:%Y%m%d}",
                behaviour=replace(index.behaviour, daily_volume=volume, typical_size=5, follows=index.con_id),
            )


def _options(under: Instrument, today: date) -> Iterator[Instrument]:
    at_the_money = (under.price / 5).to_integral_value() * 5
    for expiry in _third_fridays(today, months=range(1, 13), count=2):
        for steps in (-2, -1, 0, 1, 2):
            for right in ("C", "P"):
                yield _option(under, expiry, at_the_money + 5 * steps, right)


def _option(under: Instrument, expiry: date, strike: Decimal, right: str) -> Instrument:
    code = f"{expiry:%y%m%d}{right}{int(strike * 1000):08d}"
    series = (expiry.year % 100 * 12 + expiry.month) * 20_000 + int(strike) * 2 + (right == "P")
    return Instrument(
        _OPTION_CON_IDS[under.con_id] + series,
        under.symbol,
        "OPT",
        "USD",
        "SMART",
        Decimal(0),
        local_symbol=f"{under.symbol:<6}{code}",
        trading_class=under.symbol,
        last_trade_date=f"{expiry:%Y%m%d}",
        strike=strike,
        right=right,
        multiplier="100",
        long_name=under.long_name,
        market_name=under.symbol,
        valid_exchanges=_OPTION_EXCHANGES,
        contract_month=f"{expiry:%Y%m}",
        under_con_id=under.con_id,
        under_symbol=under.symbol,
        under_sec_type="STK",
        real_expiration_date=f"{expiry:%Y%m%d}",
        behaviour=replace(under.behaviour, spread_ticks=3, daily_volume=6_000, typical_size=10, follows=under.con_id),
    )


def _third_fridays(today: date, months: tuple[int, ...] | range, count: int) -> list[date]:
    """The next `count` third Fridays of the given months, not before `today`."""
    found: list[date] = []
    month = today.replace(day=1)
    while len(found) < count:
        third = month + timedelta(days=(4 - month.weekday()) % 7 + 14)
        if month.month in months and third >= today:
            found.append(third)
        month = (month + timedelta(days=31)).replace(day=1)
    return found
