"""Lists of results that show themselves as tables, in a terminal and in a notebook, and become DataFrames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.models import AccountValue
from twsbridge.records import Record, cell, record, table_columns

if TYPE_CHECKING:
    import pandas

R = TypeVar("R", bound=WireModel)

SHOWN = 20


class Rows(Sequence[R], Generic[R]):
    """A read-only list of results: `rows[0].symbol`, `len(rows)`, `rows.df`."""

    def __init__(self, rows: Iterable[R]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[R]: ...
    def __getitem__(self, index: int | slice) -> R | Rows[R]:
        return Rows(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and self._rows == tuple(other)

    def __hash__(self) -> int:
        return hash(self._rows)

    @property
    def records(self) -> list[Record]:
        """The rows as flat dicts."""
        return [record(row) for row in self._rows]

    @property
    def df(self) -> pandas.DataFrame:
        """The rows as a DataFrame, numbers as floats; needs the extra [pandas]."""
        from twsbridge.dataframe import rows_frame

        return rows_frame(self.records)

    def __repr__(self) -> str:
        return text_table(*self._table(), count=len(self)) if self._rows else "(no rows)"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), count=len(self)) if self._rows else "<p>(no rows)</p>"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        kind = type(self._rows[0]).__name__
        shown = [record(row) for row in self._rows[:SHOWN]]
        columns = table_columns(kind, shown)
        return columns, [[cell(one.get(name)) for name in columns] for one in shown]


class AccountSummary(Rows[AccountValue]):
    """Account values; `.value("NetLiquidation")` is one of them as a number."""

    def value(self, tag: str, currency: str = "", account: str = "") -> Decimal | None:
        """The number behind a tag, of the first row that fits; None when there is none or it is not a number."""
        for row in self:
            if row.tag == tag and currency in ("", row.currency) and account in ("", row.account):
                return _number(row.value)
        return None


def text_table(columns: list[str], rows: list[list[str]], *, count: int) -> str:
    """Columns of one width each, numbers to the right; `count` is the number of rows there are in all."""
    widths = [max([len(column), *(len(row[i]) for row in rows)]) for i, column in enumerate(columns)]
    numeric = [all(_number(row[i]) is not None or not row[i] for row in rows) for i in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(cells, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([line(columns), *map(line, rows), *_more(len(rows), count)])


def html_table(columns: list[str], rows: list[list[str]], *, count: int) -> str:
    """The same as HTML, for notebooks."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    more = "".join(f"<p>{line}</p>" for line in _more(len(rows), count))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _more(shown: int, count: int) -> list[str]:
    return [f"... {count - shown} more"] if count > shown else []


def _number(text: Any) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
