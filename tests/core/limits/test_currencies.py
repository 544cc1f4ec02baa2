from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.limits.rig import LMT, LimitRig
from tests.core.rig import CONTRACT, of
from twsbridge.protocol import commands
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Commission, Contract
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import CommissionReceived
from twsbridge_server.core.limits.terms import Limits, LimitTable, Stated

BRITISH = Contract(con_id=8, symbol="VOD", sec_type="STK", exchange="SMART", currency="GBP")
GERMAN = Contract(con_id=9, symbol="SAP", sec_type="STK", exchange="SMART", currency="EUR")
NOTIONAL = Limits(max_notional=Decimal(1000))
NINE = LMT.model_copy(update={"quantity": Decimal(9)})
SELL = LMT.model_copy(update={"action": "SELL"})


def refusal(rig: LimitRig, contract: Contract) -> WireError:
    command = commands.PlaceOrder(client_order_id="why", contract=contract, order=NINE)
    (reply,) = of(fx.SendReply, rig.commands.place(rig.client(command), command, rig.now))
    assert reply.error is not None
    return reply.error


def test_an_order_is_judged_in_the_currency_of_the_account() -> None:
    rig = LimitRig(NOTIONAL)
    rig.rate("GBP", 1.25)
    assert [rig.order("k1", NINE), rig.order("k2", NINE, BRITISH)] == ["ok", "limit.notional"]
    error = refusal(rig, BRITISH)
    assert error.details == {"rule": "notional", "scope": "the whole bridge", "limit": "1000", "value": "1125.00"}
    rig.rate("GBP", 1.11)
    assert rig.order("k3", NINE, BRITISH) == "ok"


def test_a_missing_rate_is_named() -> None:
    error = refusal(LimitRig(NOTIONAL), BRITISH)
    assert error.code == "limit.no_rate" and "There is no exchange rate of GBP in USD" in error.msg
    assert error.details and error.details["rate"] == "GBP.USD" and error.outcome == "rejected"
    assert "names no currency" in refusal(LimitRig(NOTIONAL), Contract(symbol="VOD", sec_type="STK")).msg
    assert LimitRig().order("k1", NINE, BRITISH) == "ok"


def test_the_file_names_the_currency_and_rates_that_tws_does_not_give() -> None:
    rig = LimitRig()
    rig.table(LimitTable(NOTIONAL, stated=Stated("EUR", {"USD": 0.8, "GBP": 2.0})))
    assert [rig.order("k1", NINE), rig.order("k2", NINE, BRITISH)] == ["ok", "limit.notional"]
    assert rig.order("k3", NINE, GERMAN) == "ok"
    rig.rate("EUR", 0.7)
    assert rig.order("k4", NINE) == "limit.notional", "the rate of TWS comes first"
    rig.rate("GBP", 0.7)
    assert rig.order("k5", NINE, BRITISH) == "ok"


def test_accounts_in_different_currencies_need_a_currency_of_the_limits() -> None:
    rig = LimitRig(NOTIONAL)
    rig.kept_in("EUR", "DU7654321")
    assert "kept in EUR and USD" in refusal(rig, CONTRACT).msg
    rig.table(LimitTable(NOTIONAL, stated=Stated("USD")))
    assert rig.order("k1", NINE) == "ok"


def test_nothing_is_judged_in_money_before_the_currency_of_the_account_is_told() -> None:
    rig = LimitRig(NOTIONAL)
    rig.accounts.exchange_rates._bases.clear()
    assert rig.order("k1", NINE) == "br.starting"


def test_what_is_held_and_reserved_moves_with_the_rates() -> None:
    rig = LimitRig(Limits(max_gross=Decimal(2000)))
    rig.rate("GBP", 1.0)
    rig.hold(5, BRITISH)
    assert rig.order("k1", LMT, BRITISH) == "ok"
    rig.rate("GBP", 1.6)
    assert rig.order("k2") == "limit.gross"
    rig.rate("GBP", 1.5)
    assert rig.order("k3") == "ok"


def test_what_reduces_a_position_needs_no_rate() -> None:
    rig = LimitRig(Limits(max_gross=Decimal(2000)))
    rig.hold(5, BRITISH)
    assert [rig.order("k1"), rig.order("k2", SELL, BRITISH)] == ["limit.no_rate", "ok"]


@pytest.mark.parametrize(("rate", "expected"), [(None, "limit.no_rate"), (1.0, "ok"), (2.0, "limit.daily_loss")])
def test_losses_add_up_in_the_currency_of_the_limits(rate: float | None, expected: str) -> None:
    rig = LimitRig(Limits(max_daily_loss=Decimal(100)))
    for n, currency in enumerate(("USD", "GBP"), start=1):
        rig.order(f"k{n}")
        rig.open_order(n)
        rig.fill(n, n)
        said = Commission(
            exec_id=f"0000e0d5.69dd{n:04x}.01.01", commission=Decimal(1), currency=currency, realized_pnl=Decimal(-40)
        )
        rig.executions.commission(CommissionReceived(said), rig.now)
    if rate:
        rig.rate("GBP", rate)
    assert rig.order("k9") == expected
