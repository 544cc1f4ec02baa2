from __future__ import annotations

import re

from twsbridge.protocol import commands
from twsbridge.protocol.command import COMMANDS, IN_WORDS, Command


def test_every_command_is_in_the_table_under_its_name() -> None:
    assert COMMANDS["hello"] is commands.Hello
    assert all(issubclass(model, Command) and model.name == name for name, model in COMMANDS.items())


def test_every_pattern_has_words() -> None:
    assert all(re.compile(pattern) and words.startswith("must be") for pattern, words in IN_WORDS.items())
