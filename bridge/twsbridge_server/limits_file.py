"""`limits.toml`: the limits of accounts and of the whole bridge, read again whenever the file changes."""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from twsbridge_server.core.fingerprint import fingerprint
from twsbridge_server.core.inputs import LimitsChanged
from twsbridge_server.core.limits.terms import Limits, LimitTable, Stated, check
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.private_files import CHANGEABLE_BY_OTHERS, read_text, write_text

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often it is looked at. A change is taken once the file has been the same for so long: editors write in steps."""

HEADING = """\
# What no order may exceed. The running bridge reads this file again whenever it changes; a file with mistakes leaves
# the last good one in force. A limit that is left out is not set. Limits of one client stand in keys/clients.toml,
# in a table [NAME.limits] with the same words. Every order has to keep all three: its client's, its account's, global.
#
# currency = "USD"                 of all limits in money; without it the base currency of the accounts
# [rates]                          what one of another currency is worth in it, where TWS gives no rate
# GBP = 1.30
#
# Amounts in other currencies are converted at TWS's rates of the moment. Where a limit in money is set and a rate is
# missing the order is refused; max_gross and max_net let what reduces a position pass. Positions are worth what they
# cost, or what the market says if that is more; options count by their premium; a combo by the sum of its legs; an
# order by its limit price, or by the market of the last minute if that is more.
#
# [account.DU1234567]              limits of one account; [global]: of everything together
# max_quantity = 500               shares or contracts of one order
# max_notional = 100000            worth of one order
# price_band_percent = 5.0         how much worse than the market a limit price may be
# market_without_price = false     no order without a limit price unless the bridge has a price of the last minute
# max_position = 1000              of one contract, long or short, with all open orders filled
# max_gross = 500000               worth of all positions and open orders
# max_net = 250000                 the same, long against short
# max_open_orders = 50
# max_orders_per_side = 20         open orders of one contract and side; IB takes about 20
# orders_per_second = 10
# orders_per_minute = 200
# same_order_in_2s = 1             identical orders within two seconds
# max_daily_loss = 5000            realised; then only orders that reduce a position are taken until midnight UTC
# halt_daily_loss = 8000           realised; HALTED at it until an admin resumes, and again at each further loss
# halt_rejects_per_minute = 20     HALTED when TWS rejects more
# halt_on = ["position"]           HALTED when TWS holds what fills do not explain; "fills": when it says that more of
#                                  an order is filled; "duplicate": an order is there twice, which halts its client
#                                  whatever stands here
# hours = "Mon-Fri 09:30-16:00 America/New_York"
# allow_symbols = ["AAPL"]         also deny_symbols, and both for accounts, sec_types and order_types

[global]
price_band_percent = 5.0
"""

CURRENCY = "^([A-Z]{3})?$"

CheckedLimits = Annotated[Limits, AfterValidator(check)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    everything: CheckedLimits = Field(Limits(), alias="global")
    account: dict[str, CheckedLimits] = {}
    currency: Annotated[str, Field(pattern=CURRENCY)] = ""
    rates: dict[Annotated[str, Field(pattern=CURRENCY)], Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}

    @model_validator(mode="after")
    def _rates_need_a_currency(self) -> _File:
        if self.rates and not self.currency:
            raise ValueError('[rates] are rates into a currency: write currency = "USD", or another, at the top')
        return self


class LimitsFile:
    """Makes the file when there is none. Raises CannotStart when it has mistakes at the start."""

    def __init__(self, home: Home, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = home.limits
        self._clock = clock
        if not self._path.exists():
            write_text(self._path, HEADING)
        self._stamp = self._seen = self._file_stamp()
        self._news = [self._read()]
        self._next_s = clock()

    def look(self) -> list[LimitsChanged]:
        """What there is to tell of the file by now."""
        news, self._news = self._news, []
        if self._clock() >= self._next_s:
            self._next_s = self._clock() + LOOK_S
            before, self._seen = self._seen, self._file_stamp()
            if self._seen != self._stamp and self._seen == before:
                self._stamp = self._seen
                news.append(self._changed())
        return news

    def _changed(self) -> LimitsChanged:
        try:
            return self._read()
        except (CannotStart, OSError) as error:
            log.error("The limits were not taken over, those before stay in force. %s", error)
            return LimitsChanged(None, f"The limits file was not taken over: {error}")

    def _read(self) -> LimitsChanged:
        text = read_text(self._path, forbidden=CHANGEABLE_BY_OTHERS)
        return LimitsChanged(parse(text, str(self._path)), version=fingerprint(text))

    def _file_stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)


def parse(text: str, where: str) -> LimitTable:
    """The limits of a file; raises CannotStart naming the entry that is wrong."""
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CannotStart(f"{where} is not readable TOML ({error}). It was not used. Mend it.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        raise CannotStart(f"{where}, entry {place}: {reason}. It was not used. Mend the entry.") from None
    return LimitTable(file.everything, file.account, Stated(file.currency, file.rates))
