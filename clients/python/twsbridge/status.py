"""The bridge at a glance, for people."""

from __future__ import annotations

from html import escape

from twsbridge.notation import contract_text
from twsbridge.protocol.replies import LineStatus, OwnerStatus, Status


class BridgeStatus(Status):
    """What `client.status()` returns: all fields of the reply, shown as a few lines."""

    def __str__(self) -> str:
        """One line for the bridge, one for TWS, one for what is going on, and the last notices."""
        tws, reason = self.tws, f" ({self.reason})" if self.reason else ""
        farms = ", ".join(f"{name} {state}" for name, state in sorted(tws.farms.items()))
        orders = f"next id {tws.next_order_id or '-'}, {self.working_orders} working, {self.unknown_orders} unknown"
        lines = {
            "bridge": f"{self.state}{reason}, version {self.version}, up {self.uptime_s} s",
            "TWS": f"{tws.endpoint} client {tws.client_id}, {tws.mode}, server version {tws.server_version or '-'}",
            "accounts": ", ".join(self.accounts) or "none yet",
            "orders": orders,
            "lines": f"{self.lines_in_use} of market data in use, {len(self.lines)} shown",
            "farms": farms or "none reported",
        }
        notices = [f"{'notice':<9}{notice.tws_code} {notice.text}" for notice in self.notices]
        trouble = [f"{'trouble':<9}{each.text} {each.does} {each.do}".rstrip() for each in self.conditions]
        breaks = [f"{'break':<9}{each.text}" for each in self.breaks]
        gaps = [f"{'gap':<9}{_name(line)}: {line.gap.reason}" for line in self.lines if line.gap]
        gaps += [f"{'waiting':<9}{_name(line)}: {line.held.reason}" for line in self.lines if line.held]
        owners = [f"{'owner':<9}{_owner(each)}" for each in self.owners]
        halts = [f"{'halt':<9}{each.scope} {each.of}: {each.state}, {each.reason} ({each.by})" for each in self.halts]
        return "\n".join(
            [*(f"{name:<9}{text}" for name, text in lines.items()), *halts, *owners, *trouble, *gaps, *breaks, *notices]
        )

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _name(line: LineStatus) -> str:
    is_of_contract = line.contract.con_id or line.contract.symbol
    return f"{line.topic} ({contract_text(line.contract)})" if is_of_contract else line.topic


def _owner(owner: OwnerStatus) -> str:
    heard = f"{owner.state}, last heard {owner.silent_ms / 1000:.1f} s ago"
    then = f"when silent for {owner.grace_ms / 1000:g} s: {owner.on_death}"
    return f"{owner.client} with {owner.orders} orders: {heard}; {then}"
