"""Trouble with TWS as errors for callers: what TWS said, or that it cannot be asked, or did not answer."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.notices import is_read_only

WIRE_CODES: dict[int, str] = {
    **dict.fromkeys((200,), "tws.not_found"),
    **dict.fromkeys(
        (203, 354, 430, 460, 490, 10089, 10168, 10170, 10197, 10213, 10227, 10276, 10277), "tws.permission"
    ),
    **dict.fromkeys((100, 101, 309, 456, 10190), "tws.pacing"),
}
"""TWS's code -> code on the wire; everything else is tws.error."""


def refusal(code: int, text: str) -> WireError:
    """TWS's own words as an error of a request."""
    return make_error(_wire_code(code, text), plain(text), tws_code=code)


def plain(text: str) -> str:
    """TWS's words without the name of an internal class in front, which changes with every build of TWS."""
    return text.rpartition("cause - ")[2].replace("<br>", " ").strip() or text


def disconnected(reason: str) -> WireError:
    """There is no session to ask in."""
    return make_error("tws.disconnected", f"No session with TWS: {reason}")


def lost(reason: str) -> WireError:
    """The session ended while the answer was awaited."""
    return make_error("tws.lost", f"The session with TWS ended: {reason}")


def timed_out(what: str, timeout_us: int) -> WireError:
    """No answer within the deadline."""
    return make_error("tws.timeout", f"TWS has not answered within {timeout_us / 1e6:g} s: {what}")


def _wire_code(code: int, text: str) -> str:
    if is_read_only(code, text):
        return "tws.read_only"
    if "pacing violation" in text.lower() or "simultaneous api historical data requests" in text.lower():
        return "tws.pacing"
    return WIRE_CODES.get(code, "tws.error")
