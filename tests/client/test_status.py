from __future__ import annotations

from typing import Any

from twsbridge.protocol.line_state import LineGap, LineHeld
from twsbridge.protocol.models import Contract, Notice
from twsbridge.protocol.replies import LineStatus, TwsStatus
from twsbridge.status import BridgeStatus


def status(**fields: Any) -> BridgeStatus:
    tws = TwsStatus(endpoint="127.0.0.1:7497", client_id=1, mode="paper", next_order_id=17, farms={"usfarm": "ok"})
    defaults: dict[str, Any] = {
        "state": "READY", "reason": "", "version": "0.1.0", "uptime_s": 5, "accounts": ["DU1234567"], "tws": tws,
        "heads": {}, "lines": [], "working_orders": 2, "unknown_orders": 1,
        "notices": [Notice(tws_code=2104, text="Market data farm connection is OK:usfarm")],
    }  # fmt: skip
    return BridgeStatus(**{**defaults, **fields})


def test_everything_an_operator_asks_for_is_there() -> None:
    text = repr(status())
    for part in (
        "READY",
        "127.0.0.1:7497",
        "paper",
        "DU1234567",
        "next id 17",
        "2 working",
        "1 unknown",
        "2104",
        "usfarm ok",
    ):
        assert part in text


def test_what_is_not_known_yet_is_said_in_words() -> None:
    away = TwsStatus(endpoint="127.0.0.1:7497", client_id=1)
    text = str(status(state="DISCONNECTED", reason="nothing listens", accounts=[], tws=away, notices=[]))
    assert "DISCONNECTED (nothing listens)" in text and "none yet" in text and "None" not in text


def test_a_notebook_gets_escaped_text() -> None:
    assert "&lt;b&gt;" in status(reason="<b>")._repr_html_()


def test_a_process_with_a_dead_man_switch_is_one_line() -> None:
    owner = {"client": "bot", "state": "gone", "on_death": "cancel", "grace_ms": 5000, "silent_ms": 7200, "orders": 2}
    line = "owner    bot with 2 orders: gone, last heard 7.2 s ago; when silent for 5 s: cancel"
    assert line in str(status(owners=[owner])).splitlines()


def test_a_line_with_a_gap_is_shown_with_the_reason() -> None:
    gap = LineGap(since_us=5, reason="Nothing has come for 61 s")
    aapl = LineStatus(topic="md|1@SMART|", contract=Contract(con_id=1, symbol="AAPL", sec_type="STK"), gap=gap)
    pnl = LineStatus(topic="pnl|DU1234567|", contract=Contract(), gap=gap)
    held = pnl.model_copy(update={"gap": None, "held": LineHeld(until_us=7, reason="TWS takes no more")})
    shown = str(status(lines=[aapl, pnl, held, aapl.model_copy(update={"gap": None})])).splitlines()
    assert [line for line in shown if line.startswith("waiting")] == ["waiting  pnl|DU1234567|: TWS takes no more"]
    gaps = [line for line in shown if line.startswith("gap ")]
    assert gaps == [
        "gap      md|1@SMART| (AAPL): Nothing has come for 61 s",
        "gap      pnl|DU1234567|: Nothing has come for 61 s",
    ]
