from __future__ import annotations

from typing import Annotated, TypedDict, Unpack

import typer

from twsbridge.cli.options import written_out


class Terms(TypedDict, total=False):
    price: Annotated[float | None, typer.Option("--price")]
    is_firm: bool
    account: str
    tags: list[str]


class More(TypedDict):
    verbose: bool


def order(quantity: int, name: str = "x", **terms: Unpack[Terms]) -> None: ...


def test_every_option_is_a_keyword_with_a_default() -> None:
    written = {each.name: each for each in written_out(order, More)}
    assert list(written) == ["quantity", "name", "price", "is_firm", "account", "tags", "verbose"]
    assert {each.kind for each in written.values()} == {written["name"].KEYWORD_ONLY}
    assert written["quantity"].default is written["quantity"].empty
    assert [written[name].default for name in ("name", "price", "is_firm", "account", "tags", "verbose")] == [
        "x", None, False, "", [], False,
    ]  # fmt: skip


def test_what_typer_needs_to_know_is_kept() -> None:
    (price,) = (each for each in written_out(order) if each.name == "price")
    assert price.annotation.__metadata__[0].param_decls == () and price.annotation.__metadata__[0].default == "--price"
