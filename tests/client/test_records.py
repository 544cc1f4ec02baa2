from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.client.fake_bridge import execution, order_state
from twsbridge.fills import Fill
from twsbridge.protocol.models import AccountValue, Commission, Contract, Notice, OrderState, Position, Reason
from twsbridge.records import cell, record, table_columns


def test_nested_fields_become_flat_and_times_readable() -> None:
    flat = record(order_state(updated_us=1_700_000_000_000_000, reason=Reason(tws_code=201, text="no funds")))
    assert flat["contract"] == "AAPL"
    assert (flat["symbol"], flat["con_id"]) == ("AAPL", 265598)
    assert (flat["action"], flat["quantity"], flat["limit_price"]) == ("BUY", Decimal(10), 190.0)
    assert flat["updated"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert flat["reason"] == "201 no funds"
    assert not any(isinstance(value, dict | Contract) for value in flat.values())


def test_an_instant_that_is_not_known_is_none() -> None:
    assert record(Notice(tws_code=2104, text="ok"))["time"] is None


def test_a_fill_shows_its_side_in_words_and_its_commission() -> None:
    commission = Commission(exec_id="e.1", commission="1.05", currency="USD")
    flat = record(Fill.model_validate({**execution(), "commission": commission}))
    assert (flat["action"], flat["commission"], flat["commission_currency"]) == ("BUY", Decimal("1.05"), "USD")


def test_a_table_has_the_columns_chosen_for_its_kind_where_they_are_filled() -> None:
    rows = [record(AccountValue(account="DU1234567", tag="AccountType", value="INDIVIDUAL"))]
    assert table_columns("AccountValue", rows) == ["account", "tag", "value"]
    assert table_columns("Something else", rows) == ["account", "tag", "value"]
    assert table_columns("Something else", []) == []


def test_a_zero_is_shown() -> None:
    rows = [record(Position(account="DU1234567", contract=Contract(symbol="AAPL"), position=0))]
    assert "position" in table_columns("Position", rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (Decimal("100.500"), "100.5"),
        (0.1 + 0.2, "0.3"),
        (190.0, "190"),
        (17, "17"),
        ("AAPL", "AAPL"),
        (True, "True"),
    ],
)
def test_cells_are_short(value: object, text: str) -> None:
    assert cell(value) == text


def test_times_are_shown_in_local_time() -> None:
    at = datetime(2026, 3, 2, 15, 30, 5, tzinfo=UTC)
    assert cell(at) == f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def test_every_field_of_an_order_has_a_place() -> None:
    assert set(OrderState.model_fields) - {"order", "updated_us", "contract"} <= set(record(order_state()))
