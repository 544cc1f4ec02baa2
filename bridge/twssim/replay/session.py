"""One connection that is served from a recording."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from twssim import requests as req
from twssim.answers import AccountDownloadEnd, CompletedOrdersEnd, ExecutionDetailsEnd, OpenOrderEnd, PositionEnd
from twssim.profile import profile_of
from twssim.replay.matching import Match, Matcher
from twssim.replay.memory import Memory
from twssim.replay.messages import EITHER, ORDER, REQUEST, Message, with_order_ref
from twssim.replay.script import Asked, Key, Line, Script, key_of
from twssim.session import Session
from twssim.wire import UnreadableRequest, frame

if TYPE_CHECKING:
    from twssim.gateway import Gateway

PATIENCE = 5.0
"""Seconds that a message without a known cause is held back for the request before it."""

TOGETHER = 0.001
"""Seconds within which what is due is sent in its recorded order."""

SIMULATED = (req.RequestCurrentTime, req.RequestCurrentTimeInMillis, req.SetServerLogLevel, req.RequestMarketDataType)
"""What the simulator may answer by itself: it says nothing about accounts, orders or the market."""

SAID_BEFORE = {req.RequestIds: 9, req.RequestManagedAccounts: 15}
"""What TWS says after startApi anyway -> the message to say again."""

RECALLED = (req.RequestExecutions, req.RequestOpenOrders, req.RequestAllOpenOrders, req.RequestAutoOpenOrders)
"""What is answered with all that was said so far, when it was not recorded or not so often."""

NOT_RECORDED = "the recording has no such request"


class ReplaySession(Session):
    """Says what TWS said, at the moments of the recording, to whoever asks what was asked."""

    def __init__(self, gateway: Gateway, script: Script, is_fast: bool) -> None:
        """Start before the handshake."""
        super().__init__(gateway)
        self._script = script
        self._is_fast = is_fast
        self._matcher = Matcher(script)
        self._memory = Memory(script.version)
        self._loose: set[int] = set()
        self._due: dict[Key | int, float] = {}
        self._cancelled: set[Asked] = set()
        self._at_once: list[Line] = []
        self._asked_at = gateway.now

    def _shake_hands(self, hello: bytes) -> None:
        """The recorded greeting, if the client can speak the recorded version."""
        oldest, _, newest = hello.decode("ascii", "replace").partition(" ")[0].removeprefix("v").partition("..")
        version = self._script.version
        if not (oldest.isdecimal() and (newest or oldest).isdecimal()):
            self.close()
        elif not int(oldest) <= version <= int(newest or oldest):
            self._depart("version", "handshake", f"the client speaks {hello!r}, the recording is at {version}")
            self.close()
        else:
            self.version, self.profile = version, profile_of(version)
            self.write(frame(self._script.greeting or b"%d\0%b\0" % (version, b"20260101 00:00:00 GMT")))

    def _take(self, payload: bytes) -> None:
        if self.closed or not self.version:
            super()._take(payload)
            return
        self._asked_at = self.gateway.now
        try:
            request = self.profile.read(payload)
        except UnreadableRequest as reason:
            self._depart("unreadable", "message", f"{payload.hex()}: {reason}")
            return
        if isinstance(request, req.StartApi) and not self._begin(request):
            return
        if (found := self._matcher.match(request)) is not None:
            self._served(found)
        elif isinstance(request, SIMULATED):
            self.gateway.dispatch(self, payload)
        elif said := self._script.last(SAID_BEFORE.get(type(request), 0)):
            self._send(said)
        elif (again := self._matcher.earlier(request)) is not None and not isinstance(request, req.PlaceOrder):
            self._repeat(again, request)
        else:
            self._improvise(request)

    def _begin(self, request: req.StartApi) -> bool:
        if self.started or not self.gateway.claim(self, request.client_id):
            return False
        for asked in self._script.asked:
            for line in asked.lines:
                if line.is_loose and not self._is_fast:
                    self._loose.add(id(line))
                    self.gateway.scheduler.after(line.at + PATIENCE, partial(self._say_late, asked, line))
        if self._script.ends_after is not None and not self._is_fast:
            self.gateway.scheduler.after(self._script.ends_after + PATIENCE, self._end_when_idle)
        return True

    def _end_when_idle(self) -> None:
        """The recorded end, for a client that goes its own way: not while it is still asking."""
        idle = self.gateway.now - self._asked_at
        if idle < PATIENCE:
            self.gateway.scheduler.after(PATIENCE - idle + TOGETHER, self._end_when_idle)
        else:
            self.close()

    def _served(self, found: Match) -> None:
        name = found.asked.name
        if found.differences:
            self._depart("changed", name, "; ".join(found.differences))
        if found.is_ambiguous:
            self._depart("ambiguous", name, "several recorded requests resemble it as much; the first one was taken")
        if name.startswith("Cancel") and found.asked.key is not None:
            self._silence(found.asked.key)
        for line in found.asked.lines:
            self._schedule(found.asked, line)
        if not self._matcher.open and self._script.ends_after is not None:
            last = max((line.delay for line in found.asked.lines), default=0.0)
            self.gateway.scheduler.after(0.0 if self._is_fast else last + TOGETHER, self.close)

    def _silence(self, key: Key) -> None:
        """A cancel ends what its id has started; an order tells its own end."""
        if key[0] == REQUEST:
            self._cancelled |= {
                asked for asked in self._matcher.done if asked.key == key and "Cancel" not in asked.name
            }

    def _schedule(self, asked: Asked, line: Line, *, again: bool = False) -> None:
        """What is about one id, or answers one kind of request, keeps its order; a repeated answer does not wait."""
        scheduler, lane = self.gateway.scheduler, asked.key or asked.message.id
        due = scheduler.now + (0.0 if self._is_fast else line.delay)
        if not again:
            due = self._due[lane] = max(due, self._due.get(lane, 0.0))
        scheduler.after(due - scheduler.now, partial(self._say, asked, line))

    def _say_late(self, asked: Asked, line: Line) -> None:
        """Nobody has made the request before it: it is told all the same."""
        if id(line) in self._loose:
            self._say(asked, line)

    def _say(self, asked: Asked, line: Line) -> None:
        """With all that is said in the same moment, so that it goes out in its recorded order."""
        self._loose.discard(id(line))
        if asked in self._cancelled:
            return
        self._at_once.append(line)
        if len(self._at_once) == 1:
            self.gateway.scheduler.after(0.0 if self._is_fast else TOGETHER, self._say_all)

    def _say_all(self) -> None:
        lines, self._at_once = self._at_once, []
        for line in sorted(lines, key=lambda each: each.number):
            self._send(self._translated(line.message))

    def _translated(self, message: Message) -> bytes:
        """A recorded message with the ids and the order reference of this client."""
        version = self._script.version
        payload = message.renumbered(version, self._live_id)
        order_ids = [number for kind, number in message.ids(version) if kind == ORDER]
        order_id = self._live_id(ORDER, order_ids[0]) if order_ids else 0
        references = self._matcher.order_refs
        return with_order_ref(payload, version, references[order_id]) if order_id in references else payload

    def _live_id(self, kind: str, number: int) -> int:
        if kind != EITHER:
            return self._matcher.live_ids.get((kind, number), number)
        ids = self._matcher.live_ids
        return ids.get((ORDER, number), ids.get((REQUEST, number), number))

    def _send(self, payload: bytes) -> None:
        if not self.closed:
            self._memory.note(payload)
            self.write(frame(payload))

    def _repeat(self, asked: Asked, request: Any) -> None:
        """A question that was answered already: orders and executions as they are now, the rest as it was."""
        if isinstance(request, RECALLED):
            self._recall(request)
            return
        self._matcher.pair(asked, request)
        self._depart("repeated", asked.name, "made more often than recorded; answered as before")
        for line in asked.answer():
            self._schedule(asked, line, again=True)

    def _recall(self, request: Any) -> None:
        if isinstance(request, req.RequestExecutions):
            for payload in self._memory.executions(request.req_id):
                self.write(frame(payload))
            self.send(ExecutionDetailsEnd(request.req_id))
        else:
            for payload in self._memory.open_orders():
                self.write(frame(payload))
            self.send(OpenOrderEnd())

    def _improvise(self, request: Any) -> None:
        """Answer what the recording does not: with what has been said, with nothing, or with a refusal."""
        name, key = type(request).__name__, key_of(request)
        if isinstance(request, RECALLED):
            self._recall(request)
            answer = "answered with what the recording has said so far"
        elif name.startswith("Cancel") and not isinstance(request, req.CancelOrder):
            if key is not None and (recorded := self._matcher.recorded_key(key)) is not None:
                self._silence(recorded)
            answer = "nothing more is sent for it"
        else:
            answer = self._refuse(request, key)
        self._depart("unrecorded", name, f"{NOT_RECORDED}; {answer}")

    def _refuse(self, request: Any, key: Key | None) -> str:
        ends = {
            req.RequestPositions: PositionEnd(),
            req.RequestCompletedOrders: CompletedOrdersEnd(),
            req.RequestAccountUpdates: AccountDownloadEnd(getattr(request, "account", "")),
        }
        if type(request) in ends:
            self.send(ends[type(request)])
            return "answered as empty"
        if isinstance(request, req.PlaceOrder):
            self.reject(request.order_id, 201, f"Order rejected - reason:{NOT_RECORDED}")
        elif key is not None:
            self.failed(key[1], NOT_RECORDED)
        return "refused"

    def _depart(self, kind: str, name: str, text: str) -> None:
        self.gateway.ledger.append("departure", client_id=self.client_id, kind=kind, name=name, text=text)

    def close(self) -> None:
        """End the connection; what was recorded and never asked is told."""
        if not self.closed and self.started:
            missing = [asked.name for asked in self._matcher.open if not isinstance(asked.request, SIMULATED)]
            for name in dict.fromkeys(missing):
                self._depart("missing", name, f"recorded and never made: {missing.count(name)}")
            made, recorded = len(self._matcher.done), len(self._script.asked)
            self.gateway.ledger.append("replay", client_id=self.client_id, made=made, recorded=recorded)
        super().close()
