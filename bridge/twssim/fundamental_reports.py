"""Fundamental reports as XML, invented from the price and the turnover of a stock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from twssim.contracts import Instrument
from twssim.market import Quote
from twssim.scans import capitalisation
from twssim.wire import money

YEARS = 4
PRICE_TO_SALES, PRICE_TO_EARNINGS = 5, 20
MILLION = 1_000_000


def report_xml(kind: str, stock: Instrument, quote: Quote) -> str | None:
    """A report of one type; None where the login has none: other types, and everything but stocks."""
    write = _REPORTS.get(kind)
    if write is None or stock.sec_type != "STK":
        return None
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{write(stock, quote)}\n'


def _snapshot(stock: Instrument, quote: Quote) -> str:
    return (
        f'<ReportSnapshot><CoIDs><CoID Type="CompanyName">{escape(stock.long_name)}</CoID></CoIDs>'
        f'<Issues><Issue ID="1" Type="C"><IssueID Type="Ticker">{stock.symbol}</IssueID>'
        f'<Exchange Code="{stock.primary_exchange}"/></Issue></Issues>'
        f"<peerInfo><IndustryInfo><Industry>{escape(stock.industry)}</Industry></IndustryInfo></peerInfo>"
        f'<Ratios PriceCurrency="{stock.currency}"><Group ID="Price and Volume">'
        f'<Ratio FieldName="NPRICE">{quote.last:f}</Ratio>'
        f'<Ratio FieldName="MKTCAP">{money(capitalisation(stock, quote) / MILLION)}</Ratio></Group></Ratios>'
        "</ReportSnapshot>"
    )


def _summary(stock: Instrument, quote: Quote) -> str:
    """The same sales and earnings in each of the last years, at a usual price."""
    this_year = datetime.fromtimestamp(quote.time, UTC).year
    sales = money(capitalisation(stock, quote) / PRICE_TO_SALES)
    earnings = money(quote.last / PRICE_TO_EARNINGS)
    return (
        f'<FinancialSummary><EPSs currency="{stock.currency}">{_yearly("EPS", earnings, this_year)}</EPSs>'
        f'<TotalRevenues currency="{stock.currency}">{_yearly("TotalRevenue", sales, this_year)}</TotalRevenues>'
        "</FinancialSummary>"
    )


def _yearly(tag: str, value: str, this_year: int) -> str:
    years = range(this_year - 1, this_year - 1 - YEARS, -1)
    return "".join(f'<{tag} asofDate="{year}-12-31" reportType="A" period="12M">{value}</{tag}>' for year in years)


_REPORTS: dict[str, Callable[[Instrument, Quote], str]] = {"ReportSnapshot": _snapshot, "ReportsFinSummary": _summary}
