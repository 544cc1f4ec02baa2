"""The kill switch: who is HALTED or REDUCING, and why. It stands in the journal until somebody resumes."""

from __future__ import annotations

from typing import Any

from twsbridge.protocol import topics
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import HaltChanged
from twsbridge.protocol.models import Halt
from twsbridge_server.core.effects import AppendJournal, Effect, HaltRow, Log
from twsbridge_server.core.limits.terms import Scope
from twsbridge_server.core.sequencer import Sequencer

ACTIVE, REDUCING, HALTED = "ACTIVE", "REDUCING", "HALTED"


class Halts:
    """What stands, by scope. It outlives a journal that fails: what was stopped in between stays stopped."""

    def __init__(self, rows: dict[str, dict[str, Any]]) -> None:
        known = [Halt.model_validate(body) for body in rows.values()]
        self.standing = {Scope(each.scope, each.of): each for each in known if each.state != ACTIVE}


class KillSwitch:
    """Changes and tells the states, and says what they refuse."""

    def __init__(self, halts: Halts, sequencer: Sequencer) -> None:
        self._standing = halts.standing
        self._sequencer = sequencer

    def set(self, halt: Halt, now: int) -> list[Effect]:
        """Stop, restrict or resume; nothing when it is so already."""
        scope = Scope(halt.scope, halt.of)
        known = self._standing.get(scope)
        if (known.state if known else ACTIVE) == halt.state:
            return self._flattens(known, halt, now) if known is not None and halt.flatten else []
        halt = halt.model_copy(update={"since_us": now})
        if halt.state == ACTIVE:
            del self._standing[scope]
        else:
            self._standing[scope] = halt
        what = ", and its positions are closed" if halt.flatten else ""
        return self._say(halt, f"{scope} is {halt.state}{what}, said {halt.by}: {halt.reason}", now)

    def _flattens(self, known: Halt, halt: Halt, now: int) -> list[Effect]:
        """What is halted already is to be flattened too, or again."""
        if known.flatten == halt.flatten:
            return []
        return self._again(known, halt.flatten, f"its positions are closed, said {halt.by}: {halt.reason}", now)

    def flattened(self, halt: Halt, now: int) -> list[Effect]:
        """All positions of this halt are closed; it goes on standing."""
        return self._again(halt, "", "its positions are closed: none is left", now)

    def _again(self, halt: Halt, flatten: str, text: str, now: int) -> list[Effect]:
        scope = Scope(halt.scope, halt.of)
        halt = self._standing[scope] = halt.model_copy(update={"flatten": flatten})
        return self._say(halt, f"{scope} is {halt.state}: {text}", now)

    def _say(self, halt: Halt, text: str, now: int) -> list[Effect]:
        row = HaltRow(_key(Scope(halt.scope, halt.of)), halt.wire())
        event = HaltChanged(**dict(halt))
        return [AppendJournal(row), Log("warning", text), *self._sequencer.event(topics.SYSTEM, event, now)]

    def keep(self) -> list[Effect]:
        """Journal all that stands: some of it may have been said while the journal could not be written."""
        return [AppendJournal(HaltRow(_key(scope), halt.wire())) for scope, halt in self._standing.items()]

    def at(self, scope: str, of: str) -> Halt | None:
        """What stands for exactly this."""
        return self._standing.get(Scope(scope, of))

    def state(self, client: str, account: str) -> Halt | None:
        """What holds for orders of this client for this account: the strictest that stands, or None."""
        scopes = (Scope("global"), Scope("account", account), Scope("client", client))
        found = [self._standing[scope] for scope in scopes if scope in self._standing]
        return next((halt for halt in found if halt.state == HALTED), found[0] if found else None)

    def rows(self) -> list[Halt]:
        """All that stands."""
        return list(self._standing.values())


def refusal(halt: Halt | None, reduces: bool) -> WireError | None:
    """Why an order may not be sent while this stands, or None."""
    if halt is None or (halt.state == REDUCING and reduces):
        return None
    scope = Scope(halt.scope, halt.of)
    code = "limit.halted" if halt.state == HALTED else "limit.reducing"
    text = f"{scope} is {halt.state} ({halt.by}: {halt.reason})"
    details = {"rule": code.removeprefix("limit."), "scope": str(scope), "limit": halt.state, "value": halt.reason}
    return make_error(code, text, details=details)


def _key(scope: Scope) -> str:
    return f"{scope.kind}:{scope.name}"
