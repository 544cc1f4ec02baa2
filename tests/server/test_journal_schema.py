import sqlite3

import pytest

from twsbridge_server.core.effects import (
    BaselineRow,
    CommissionRow,
    EventRow,
    ExecutionRow,
    FloorRow,
    HaltRow,
    IntentRow,
    JournalRow,
    OrderRow,
    ProvenRow,
    ShownRow,
)
from twsbridge_server.journal_schema import TABLES, as_values, checksum

ROWS: list[JournalRow] = [
    EventRow("ord|DU1234567|", 1, "order", 5, 0, {"a": 1}),
    IntentRow("default", "k1", b"\x00" * 32, 7, "B1REF", 5),
    OrderRow("r1", {"state": {"status": "Submitted", "updated_us": 5}}),
    ExecutionRow("e1", 1, "DU1234567", 5, {"exec_id": "e1"}),
    CommissionRow("e1", {"commission": "1.5"}),
    FloorRow(8),
    ShownRow("B1REF", 901),
    ProvenRow(5),
    HaltRow("global:", {"state": "HALTED"}),
    BaselineRow("DU1234567", 5, ((265598, "100"),)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_a_row_comes_back_as_it_was_written(row: JournalRow) -> None:
    connection = sqlite3.connect(":memory:")
    table, values = as_values(row)
    connection.execute(table.create)
    connection.execute(table.insert, (*values, checksum(values)))
    (found,) = connection.execute(table.select)
    assert found == (*values, checksum(values))
    connection.close()


def test_every_kind_of_row_has_its_table() -> None:
    assert {as_values(row)[0].name for row in ROWS} == {table.name for table in TABLES} - {"audit"}


@pytest.mark.parametrize(
    ("status", "done_us"), [("Submitted", None), ("UNKNOWN", None), ("Filled", 5), ("Rejected", 5)]
)
def test_an_order_is_done_when_its_status_says_so(status: str, done_us: int | None) -> None:
    _, values = as_values(OrderRow("r1", {"state": {"status": status, "updated_us": 5}}))
    assert values[1] == done_us


def test_the_checksum_covers_every_value() -> None:
    values = ("ord|", 1, "order", 5, 0, b"body", None)
    sums = {checksum((*values[:n], "other", *values[n + 1 :])) for n in range(len(values))}
    assert len(sums | {checksum(values)}) == len(values) + 1
