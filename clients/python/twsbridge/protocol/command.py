"""What every command is made of: the base class, the table of all commands, and the words that several use."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from twsbridge.protocol.fields import WireModel

MAX_ROWS = 5000
_DURATION = r"^[1-9][0-9]{0,5} [SDWMY]$"

IN_WORDS = {_DURATION: "must be a number, a blank and S, D, W, M or Y for seconds to years, such as '30 D'"}
"""What a pattern asks for, to be said instead of the pattern."""

Duration = Annotated[str, StringConstraints(pattern=_DURATION)]
"""A span of time in TWS's notation: "30 D", "3 M"."""

BarSize = Literal[
    "1 secs", "5 secs", "10 secs", "15 secs", "30 secs", "1 min", "2 mins", "3 mins", "5 mins", "10 mins",
    "15 mins", "20 mins", "30 mins", "1 hour", "2 hours", "3 hours", "4 hours", "8 hours", "1 day", "1 week",
    "1 month",
]  # fmt: skip

COMMANDS: dict[str, type[Command]] = {}
"""Name on the wire -> model of the body."""


class Command(WireModel):
    """Base of all command bodies: `name` is what it is called on the wire, `reply` the model of the answer.

    One that `acts` changes something: a client never sends it a second time by itself.
    """

    name: ClassVar[str]
    reply: ClassVar[type[WireModel]]
    needs_session: ClassVar[bool] = True
    acts: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the command into the table."""
        super().__init_subclass__(**kwargs)
        COMMANDS[cls.name] = cls
