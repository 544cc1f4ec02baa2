"""Where the demo plays: a temporary folder and processes, all of which are gone when it ends, however it ends.

A signal never interrupts anything half-done here: it is only remembered, and takes effect where the play waits.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from twsbridge.cli.demo.actor import Actor
from twsbridge.cli.demo.screen import Screen
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 20.0
PAUSE = 0.05

Told = Callable[[Actor, str], None]


class Stage:
    """Starts programs and pumps their output. `told` is called with every line; `counters` makes the bottom line."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.told: Told = lambda actor, line: None
        self.counters: Callable[[], str] = str
        self._actors: list[Actor] = []
        self._selector = selectors.DefaultSelector()
        self._caught = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stage:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._catch)
        self.folder = Path(tempfile.mkdtemp(prefix="twsbridge-demo-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process, the last one started first, and remove the folder."""
        for actor in reversed(self._actors):
            actor.signal(signal.SIGTERM)
        for actor in reversed(self._actors):
            actor.close()
        self._selector.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, name: str, *arguments: str, **environment: str) -> Actor:
        """Run a Python module as a process of its own, without the settings of a bridge that the user has."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TWSBRIDGE_")}
        plain = {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        actor = Actor(name, list(arguments), inherited | plain | environment, self.folder)
        self._actors.append(actor)
        self._selector.register(actor, selectors.EVENT_READ, actor)
        return actor

    def until(self, condition: Callable[[], Any], what: str, *living: Actor) -> Any:
        """Pump until the condition has a true value, and return it; Failure when it takes too long.

        None of `living` may end meanwhile. Raises KeyboardInterrupt when a signal came.
        """
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            self._pump()
            for actor in living:
                if actor.exit_code is not None:
                    raise _ended(actor)
            if time.monotonic() > deadline:
                raise Failure(f"the demo waited {PATIENCE:g} s in vain for {what}", ExitCode.UNKNOWN)
        return value

    def finished(self, actor: Actor) -> None:
        """Pump until the program has ended well."""
        self.until(lambda: actor.exit_code is not None, f"the end of {actor.name}")
        self._pump()
        if actor.exit_code:
            raise _ended(actor)

    def _pump(self) -> None:
        """Pass on what the programs have printed."""
        for key, _ in self._selector.select(PAUSE):
            actor: Actor = key.data
            lines = actor.read()
            if lines is None:
                self._selector.unregister(actor)
            for line in lines or ():
                self.told(actor, line)
        self.screen.count(self.counters())
        if self._caught:
            raise KeyboardInterrupt

    def _catch(self, number: int, frame: FrameType | None) -> None:
        self._caught = number


def _ended(actor: Actor) -> Failure:
    last = "; ".join(actor.lines[-3:]) or "it had said nothing"
    return Failure(f"the {actor.name} ended with exit code {actor.exit_code}: {last}", ExitCode.DEFECT)
