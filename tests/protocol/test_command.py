from __future__ import annotations

import re
from pathlib import Path

from twsbridge.protocol import commands
from twsbridge.protocol.command import COMMANDS, IN_WORDS, Command


def test_every_command_is_in_the_table_under_its_name() -> None:
    assert COMMANDS["hello"] is commands.Hello
    assert all(issubclass(model, Command) and model.name == name for name, model in COMMANDS.items())


def test_every_pattern_has_words() -> None:
    assert all(re.compile(pattern) and words.startswith("must be") for pattern, words in IN_WORDS.items())


def test_what_needs_a_trader_or_an_admin_acts_and_javascript_knows_it() -> None:
    acting = {name for name, model in COMMANDS.items() if model.acts}
    assert acting >= {name for name in COMMANDS if name.startswith("order.")} - {"order.get", "order.what_if"}
    assert {"halt", "resume"} <= acting
    source = (Path(__file__).parents[2] / "clients/javascript/src/session.js").read_text()
    written = re.search(r"const ACTS = new Set\(\[(.*?)\]\)", source, re.DOTALL)
    assert written is not None
    assert set(re.findall(r"'([^']+)'", written[1])) == acting
