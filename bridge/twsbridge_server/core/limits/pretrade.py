"""The last check before an intent is written: every limit of the client, of the account, and of everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twsbridge.protocol.commands import PlaceGroup
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import Contract, Halt, Order
from twsbridge_server.core.effects import Effect, Log
from twsbridge_server.core.inputs import CommandReceived, LimitsChanged
from twsbridge_server.core.limits.currencies import Missing
from twsbridge_server.core.limits.exposure import Beside, Exposure, reserve_of
from twsbridge_server.core.limits.held import Held
from twsbridge_server.core.limits.instruments import is_same
from twsbridge_server.core.limits.losses import Losses
from twsbridge_server.core.limits.rates import Rates
from twsbridge_server.core.limits.rules import Proposal, refusal_alone, refused
from twsbridge_server.core.limits.switch import KillSwitch, refusal
from twsbridge_server.core.limits.terms import Limits, LimitTable, Scope
from twsbridge_server.core.limits.valuation import Valuation
from twsbridge_server.core.order_record import OrderRecord


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    valuation: Valuation
    exposure: Exposure
    rates: Rates
    losses: Losses
    held: Held


class PreTrade:
    """Applies the limits in force. `fault` says why the latest version of their file is not."""

    def __init__(self, sources: Sources, switch: KillSwitch) -> None:
        self._sources = sources
        self._switch = switch
        self.table = LimitTable()
        self.fault = ""

    def changed(self, said: LimitsChanged, now: int) -> list[Effect]:
        """The file was read again; with mistakes in it the last good version stays in force."""
        self.fault = said.fault
        if said.table is None:
            return []
        self.table = said.table
        self._sources.valuation.currencies.stated = said.table.stated
        return [Log("info", "The limits were read.")]

    @property
    def held(self) -> Held:
        """Positions, on the safe side."""
        return self._sources.held

    def halts(self) -> list[Halt]:
        """What the kill switch stops."""
        return self._switch.rows()

    def propose(self, contract: Contract, order: Order, now: int) -> Proposal:
        """The order with what is known of its contract, its price and its currency."""
        return self._sources.valuation.propose(contract, order, now)

    def refusal(self, asked: CommandReceived, members: Sequence[tuple[Contract, Order]], now: int) -> WireError | None:
        """Why these new orders may not be sent, or None. Of a group each is judged with those before it."""
        is_bracket = isinstance(asked.command, PlaceGroup) and asked.command.kind == "bracket"
        beside = Beside()
        for contract, order in members:
            proposal = self.propose(contract, order, now)
            if error := self._stopped(asked, proposal, beside, now):
                return error
            closes = is_bracket and bool(beside.earlier) and _closes(proposal, beside.earlier[0])
            for of in self._limits(asked, order.account):
                rates = self._sources.rates.refusal(
                    (contract, order), asked.client.name, (*of, len(beside.earlier)), now
                )
                error = rates or self._one(proposal, of, beside, now)
                error = error or self._sources.exposure.count(proposal, of, beside)
                if error := error or (None if closes else self._sources.exposure.refusal(proposal, of, beside, now)):
                    return error
            pending = beside.pending if closes else (*beside.pending, reserve_of(proposal))
            beside = Beside((*beside.earlier, proposal), pending)
        return None

    def refusal_of_change(
        self, asked: CommandReceived, record: OrderRecord, order: Order, now: int
    ) -> WireError | None:
        """Why the order may not become this, or None."""
        proposal = self.propose(record.state.contract, order, now)
        beside = Beside(changed=record)
        if error := self._stopped(asked, proposal, beside, now):
            return error
        for of in self._limits(asked, order.account):
            error = self._one(proposal, of, beside, now) or self._sources.exposure.refusal(proposal, of, beside, now)
            if error:
                return error
        return self._refusal_of_exits(asked, record, order, now)

    def _refusal_of_exits(
        self, asked: CommandReceived, record: OrderRecord, order: Order, now: int
    ) -> WireError | None:
        """A smaller entry of a bracket leaves exits that do more than to close what it opens."""
        for child, size in self._sources.exposure.freed(record, order):
            terms = child.state.order.model_copy(update={"quantity": size})
            proposal = self.propose(child.state.contract, terms, now)
            for of in self._limits(asked, order.account):
                if error := self._sources.exposure.refusal(proposal, of, Beside(changed=child), now):
                    return error
        return None

    def loss(self, scope: Scope, now: int) -> float | Missing:
        """What was lost today in the currency of the limits; 0 when nothing was."""
        lost = self._sources.losses.today(scope, now)
        return self._sources.valuation.currencies.total(lost) if lost else 0.0

    def unit_value(self, contract: Contract, order: Order, now: int) -> float:
        """What is reserved for one unit of an order, in the contract's currency; 0 where it cannot be told."""
        return self.propose(contract, order, now).unit_value or 0.0

    def _stopped(self, asked: CommandReceived, proposal: Proposal, beside: Beside, now: int) -> WireError | None:
        halt = self._switch.state(asked.client.name, proposal.order.account)
        return refusal(halt, halt is not None and self._sources.exposure.reduces(proposal, beside, now))

    def _limits(self, asked: CommandReceived, account: str) -> list[tuple[Scope, Limits]]:
        return list(self.table.of(asked.client.name, asked.client.rights.limits, account))

    def _one(self, proposal: Proposal, of: tuple[Scope, Limits], beside: Beside, now: int) -> WireError | None:
        return refusal_alone(proposal, *of, now) or self._loss(proposal, of, beside, now)

    def _loss(self, proposal: Proposal, of: tuple[Scope, Limits], beside: Beside, now: int) -> WireError | None:
        """After too large a loss only what brings a position nearer to zero is taken."""
        scope, limits = of
        if limits.max_daily_loss is None:
            return None
        loss, most = self.loss(scope, now), decimal_text(limits.max_daily_loss)
        is_over = isinstance(loss, Missing) or (loss > 0 and loss >= float(limits.max_daily_loss))
        if not is_over or self._sources.exposure.reduces(proposal, beside, now):
            return None
        if isinstance(loss, Missing):
            return loss.refusal(scope, most)
        text = f"Today's realised loss is {loss:.2f}, and the order does not reduce a position"
        return refused("daily_loss", scope, most, f"{loss:.2f}", text)


def _closes(child: Proposal, parent: Proposal) -> bool:
    """Of a bracket: it only undoes what its parent does."""
    is_opposite = child.order.action != parent.order.action and child.order.quantity <= parent.order.quantity
    return is_opposite and is_same(child.contract, parent.contract)
