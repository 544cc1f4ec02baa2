"""The dead-man switch as a program sees it: what it chooses when it connects, and how it says goodbye."""

from __future__ import annotations

import logging
from typing import TypedDict
from uuid import uuid4

from twsbridge.channel import Channel, build
from twsbridge.dialogue import LIBRARY
from twsbridge.errors import BridgeError, InvalidRequest, make_error
from twsbridge.orders import check_names
from twsbridge.protocol.commands import Bye, Hello
from twsbridge.protocol.envelope import VERSION
from twsbridge.protocol.models import OnDeath
from twsbridge.protocol.replies import Done

log = logging.getLogger(__name__)

GRACE = 5.0


class DeathOptions(TypedDict, total=False):
    """What becomes of the orders that a client places, once the bridge has heard nothing for `grace` seconds.

    `on_death`: "keep" them (default), "cancel" them, or keep only those that reduce a position ("reduce_only").
    `lease` is a name for this process, its own by default; a program that is restarted with the same one within the
    grace has never been away.
    """

    on_death: OnDeath
    grace: float
    lease: str


def greeting(options: DeathOptions) -> Hello:
    """The hello of a client with these options; raises InvalidRequest with the one that is wrong."""
    check_names("a client", options, DeathOptions.__optional_keys__)
    on_death, grace = options.get("on_death", "keep"), options.get("grace", GRACE)
    return build(
        Hello,
        protocol=[VERSION, VERSION],
        library=LIBRARY,
        on_death=on_death,
        grace_ms=round(grace * 1000),
        lease=options.get("lease") or ("" if on_death == "keep" else uuid4().hex),
    )


def say_goodbye(channel: Channel, orders: OnDeath) -> None:
    """Tell the bridge what becomes of our orders, and wait until it has heard; nothing to say without a switch.

    Raises InvalidRequest for a client without one whose orders shall not stay.
    """
    if channel.hello.on_death == "keep":
        if orders != "keep":
            text = "Only a client made with on_death can say what becomes of its orders; use cancel_all()"
            raise InvalidRequest(make_error("req.invalid", text, field="orders"))
        return
    try:
        channel.ask(build(Bye, orders=orders), Done)
    except BridgeError as error:
        log.warning("The bridge has not heard our goodbye; its dead-man switch will see to our orders: %s", error)
