"""The dead-man switch: what becomes of orders when the process that placed them is gone is that process's own choice.

It chooses in `hello`. Silence for as long as its grace means that it is gone; a `bye` is its word, and is kept.
"""

from __future__ import annotations

from twsbridge.protocol import commands, topics
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.events import OwnerChanged
from twsbridge.protocol.models import DONE
from twsbridge.protocol.replies import OwnerStatus
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.inputs import Client
from twsbridge_server.core.leases import Holder, Lease, Leases, Life
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.orphans import Orphans
from twsbridge_server.core.sequencer import Sequencer


class DeadMan:
    """Watches over the processes that hold a lease; their orders are the matter of `Orphans`."""

    def __init__(self, orders: Orders, leases: Leases, orphans: Orphans, sequencer: Sequencer) -> None:
        self._orders = orders
        self._leases = leases
        self._orphans = orphans
        self._sequencer = sequencer
        self._bereft: dict[Holder, Lease] = {}

    def restarted(self, now: int) -> list[Effect]:
        """Whoever has orders is given its whole grace to come back; what was decided before goes on."""
        for life in self._leases:
            life.heard_us = now
        held = [record for record in self._orders if record.lease.name and record.state.status not in DONE]
        for record in held:
            self._leases.known(record.lease, now)
        self._bereft = {record.lease.holder: record.lease for record in held if record.fate}
        undecided = {record.lease.holder for record in held if not record.fate}
        for life in self._leases:
            life.is_gone = life.holder in self._bereft and life.holder not in undecided
        self._orphans.restarted(now)
        return []

    def hello(self, client: Client, hello: commands.Hello, now: int) -> list[Effect]:
        """A session begins, with or without a lease. One that was gone is back."""
        self._leases.opened(client, hello, now)
        effects = self.heard(client, now)
        for life in self._leases.too_many(client.name):
            effects += [] if life.is_gone else self._gone(life, "has more leases than can be remembered", now)
            self._leases.ended(life)
        return effects

    def heard(self, client: Client, now: int) -> list[Effect]:
        """A sign of life: whatever a session sends."""
        life = self._leases.by_route(client.route)
        if life is None:
            return []
        life.heard_us = now
        return self._back(life, now) if life.is_gone else []

    def bye(self, client: Client, bye: commands.Bye, now: int) -> list[Effect] | WireError:
        """The process leaves: its orders are treated as it says, and nobody waits for it any more."""
        life = self._leases.by_route(client.route)
        if life is None:
            return [] if bye.orders == "keep" else _holds_none()
        self._leases.ended(life)
        effects: list[Effect] = []
        leaving = [record for record in self._orphans.of(life.holder) if not record.fate]
        for record in leaving:
            record.lease = record.lease._replace(on_death=bye.orders)
            effects += self._orders.update(record, now, on_death=bye.orders) or self._orders.keep(record)
        life.lease = life.lease._replace(on_death=bye.orders)
        return effects if bye.orders == "keep" else [*effects, *self._gone(life, "has said goodbye", now)]

    def due(self, now: int) -> list[Effect]:
        """Silences that are long enough; cancels; and the end of it, when none of somebody's orders is left."""
        effects: list[Effect] = []
        for life in self._leases:
            if not life.is_gone and life.ends_us <= now:
                silence = f"has been silent for {life.lease.grace_us / 1e6:g} s"
                effects += self._gone(life, silence, now)
        check_us = self._orphans.next_due()
        if check_us is not None and check_us <= now:
            effects += [*self._orphans.due(now), *self._done(now)]
        return effects

    def next_due(self) -> int | None:
        """When `due` has something to do."""
        dues = (self._leases.next_due(), self._orphans.next_due())
        return min((due for due in dues if due is not None), default=None)

    def rows(self, client: Client, now: int) -> list[OwnerStatus]:
        """The processes that hold a lease: this client's own, and those with orders in its accounts."""
        rows: list[OwnerStatus] = []
        for life in self._leases:
            reached = [r for r in self._orphans.of(life.holder) if client.rights.reaches(r.state.order.account)]
            if reached or life.lease.client == client.name:
                rows.append(_shown(life, len(reached), now))
        return rows

    def _gone(self, life: Life, why: str, now: int) -> list[Effect]:
        life.is_gone = True
        left = [record for record in self._orphans.of(life.holder) if not record.fate and _has_choice(record)]
        if not left:
            return []
        self._bereft[life.holder] = life.lease
        text = f"{life.lease.client} {why}"
        said = self._say(life.lease, "gone", len(left), text, now)
        log = Log("warning", f"{text}: its orders {_numbers(left)} are treated as it chose ({life.lease.on_death})")
        return [log, *said, *self._orphans.take(left, f"Its owner {text}", now)]

    def _back(self, life: Life, now: int) -> list[Effect]:
        life.is_gone = False
        if life.holder not in self._bereft:
            return []
        released = self._orphans.release(self._orphans.of(life.holder), now)
        left = [record for record in self._orphans.of(life.holder) if record.fate]
        if not left:
            self._bereft.pop(life.holder)
        text = f"{life.lease.client} is back"
        return [Log("info", text), *self._say(life.lease, "back", len(left), text, now), *released]

    def _done(self, now: int) -> list[Effect]:
        """Those who are gone and have no order left that the switch holds."""
        effects: list[Effect] = []
        for holder, lease in list(self._bereft.items()):
            if not any(record.fate for record in self._orphans.of(holder)):
                del self._bereft[holder]
                text = f"None of the orders that {lease.client} left is open any more"
                effects += [Log("info", text), *self._say(lease, "done", 0, text, now)]
        return effects

    def _say(self, lease: Lease, state: str, orders: int, reason: str, now: int) -> list[Effect]:
        event = OwnerChanged(client=lease.client, state=state, on_death=lease.on_death, orders=orders, reason=reason)
        return self._sequencer.event(topics.SYSTEM, event, now)


def _has_choice(record: OrderRecord) -> bool:
    return record.lease.on_death != "keep"


def _numbers(records: list[OrderRecord]) -> str:
    return ", ".join(record.name for record in records)


def _shown(life: Life, orders: int, now: int) -> OwnerStatus:
    lease = life.lease
    return OwnerStatus(
        client=lease.client,
        state="gone" if life.is_gone else "alive",
        on_death=lease.on_death,
        grace_ms=lease.grace_us // 1000,
        silent_ms=(now - life.heard_us) // 1000,
        orders=orders,
    )


def _holds_none() -> WireError:
    text = "This session holds no lease, so the bridge does not know which orders are its own"
    return make_error("req.invalid", text, field="orders", do="Say keep, and cancel the orders one by one.")
