"""Everything that can be made to go wrong: one table of actions for the scenario, the control socket and Python."""

from __future__ import annotations

import inspect
from random import Random
from typing import TYPE_CHECKING, Any

from twssim import (
    execution_faults,
    line_faults,
    link_faults,
    order_faults,
    report_faults,
    session_faults,
    transport_faults,
)
from twssim.stage import Action, FaultRefused, Stage, Undo

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.scheduler import Timer
    from twssim.server import Server

ACTIONS: dict[str, Action] = {
    **transport_faults.ACTIONS,
    **link_faults.ACTIONS,
    **line_faults.ACTIONS,
    **report_faults.ACTIONS,
    **order_faults.ACTIONS,
    **execution_faults.ACTIONS,
    **session_faults.ACTIONS,
}
"""Every action by name. Its parameters are what may be given; it returns how to turn it off, if it lasts."""


class Faults:
    """Turns faults on and off; each leaves a `fault` record in the ledger."""

    def __init__(self, gateway: Gateway, server: Server | None = None) -> None:
        """Nothing is wrong at first; without a server there are no faults of the network."""
        chance = Random(f"faults {gateway.settings.seed}")
        self._stage = Stage(gateway, server, chance)
        self._active: dict[str, tuple[Undo, Timer | None]] = {}

    @property
    def active(self) -> tuple[str, ...]:
        """The faults that are on now, oldest first."""
        return tuple(self._active)

    def apply(self, action: str, seconds: float | None = None, **arguments: Any) -> None:
        """Do an action of `ACTIONS`; one that lasts is turned off again after `seconds` of simulated time.

        An action that is already on is turned off first. Raises FaultRefused, and then changes nothing.
        """
        _check(action, seconds, arguments)
        self.clear(action)
        undo = ACTIONS[action](self._stage, **arguments)
        gateway = self._stage.gateway
        state = "done" if undo is None else "on"
        gateway.ledger.append("fault", action=action, state=state, arguments=arguments)
        if undo is not None:
            timer = None if seconds is None else gateway.scheduler.after(seconds, lambda: self.clear(action))
            self._active[action] = undo, timer

    def perform(self, command: dict[str, Any]) -> None:
        """`{"do": action, "seconds": ..., argument: ...}` or `{"clear": action}`, "all" for every one."""
        check_command(command)
        if "clear" in command:
            self.clear(None if command["clear"] == "all" else command["clear"])
        else:
            arguments = dict(command)
            self.apply(arguments.pop("do"), arguments.pop("seconds", None), **arguments)

    def clear(self, action: str | None = None) -> None:
        """Turn one fault off, or all; harmless when it is off."""
        for name in list(self._active) if action is None else [action]:
            undo, timer = self._active.pop(name, (None, None))
            if timer is not None:
                timer.cancel()
            if undo is not None:
                self._stage.gateway.ledger.append("fault", action=name, state="off", arguments={})
                undo()


def check_command(command: dict[str, Any]) -> None:
    """Raise FaultRefused unless a command is one that `Faults.perform` understands."""
    if "clear" in command:
        if len(command) > 1 or command["clear"] not in (*ACTIONS, "all"):
            raise FaultRefused('clear takes the name of one action, or "all", and nothing else')
        return
    arguments = dict(command)
    action, seconds = arguments.pop("do", None), arguments.pop("seconds", None)
    if not isinstance(action, str):
        raise FaultRefused("a command needs do, or clear")
    _check(action, seconds, arguments)


def _check(action: str, seconds: object, arguments: dict[str, Any]) -> None:
    """Every argument must be one of the action's, and of its type."""
    if action not in ACTIONS:
        raise FaultRefused(f"there is no fault '{action}': choose from {', '.join(ACTIONS)}")
    if seconds is not None and not (isinstance(seconds, float | int) and _fits(seconds, "float") and seconds >= 0):
        raise FaultRefused("seconds must be a number that is not negative")
    known = list(inspect.signature(ACTIONS[action]).parameters.values())[1:]
    types = {each.name: str(each.annotation) for each in known}
    for name, value in arguments.items():
        if name not in types:
            raise FaultRefused(f"{action} has no argument '{name}': it takes {', '.join(types) or 'none'}")
        if not _fits(value, types[name]):
            raise FaultRefused(f"{action}: {name} must be {types[name]}, not {value!r}")
    missing = [each.name for each in known if each.default is each.empty and each.name not in arguments]
    if missing:
        raise FaultRefused(f"{action} needs {', '.join(missing)}")


def _fits(value: object, annotation: str) -> bool:
    """Whether a value, perhaps from JSON, is of a simple type as it is written in a signature."""
    for name in annotation.split(" | "):
        if name == "None" and value is None:
            return True
        if name == "bool" and isinstance(value, bool):
            return True
        if name == "str" and isinstance(value, str):
            return True
        if name in ("int", "float") and isinstance(value, int) and not isinstance(value, bool):
            return True
        if name == "float" and isinstance(value, float):
            return True
    return False
