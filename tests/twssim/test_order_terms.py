"""What a client asks for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from twssim.order_terms import OrderTerms


@pytest.mark.parametrize(("action", "buys"), [("BUY", True), ("SELL", False), ("SSHORT", False)])
def test_only_buy_buys(action: str, buys: bool) -> None:
    assert OrderTerms(action=action, total_quantity=Decimal(1), order_type="MKT").is_buy is buys


@pytest.mark.parametrize(("written", "meant"), [("STPLMT", "STP LMT"), ("STP LMT", "STP LMT"), ("MKT", "MKT")])
def test_an_order_type_has_one_spelling(written: str, meant: str) -> None:
    assert OrderTerms(action="BUY", total_quantity=Decimal(1), order_type=written).price_type == meant
