"""What a client asks for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from twssim.order_terms import OrderTerms


@pytest.mark.parametrize(("action", "buys"), [("BUY", True), ("SELL", False), ("SSHORT", False)])
def test_only_buy_buys(action: str, buys: bool) -> None:
    assert OrderTerms(action=action, total_quantity=Decimal(1), order_type="MKT").is_buy is buys


def terms(**rest: str) -> OrderTerms:
    return OrderTerms(action="BUY", total_quantity=Decimal(1), order_type="TRAIL", rest=rest)


@pytest.mark.parametrize("written", ["", "2147483647", "1.7976931348623157E308", "1.7976931348623157e+308"])
def test_an_unset_marker_is_no_value(written: str) -> None:
    given = terms(trailing_percent=written)
    assert (given.text("trailing_percent"), given.amount("trailing_percent")) == ("", None)
    assert not given.flag("trailing_percent") and given.amount("min_qty") is None


def test_an_attribute_is_read_as_text_number_or_flag() -> None:
    given = terms(trailing_percent="1.5", all_or_none="1", hidden="0", good_till_date="20261124")
    assert given.amount("trailing_percent") == Decimal("1.5") and given.text("good_till_date") == "20261124"
    assert given.flag("all_or_none") and not given.flag("hidden")
    assert given.amount("good_after_time") is None and terms(min_qty="many").amount("min_qty") is None


def test_changed_terms_keep_everything_else() -> None:
    changed = terms(hidden="1").with_rest(trail_stop_price="9").with_limit(Decimal(8))
    assert (changed.text("hidden"), changed.text("trail_stop_price"), changed.limit_price) == ("1", "9", Decimal(8))
    assert (changed.kind.trigger, changed.action) == ("trail", "BUY")
