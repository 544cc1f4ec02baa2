"""Each order asked for up to ten times, in any order of asking, over three sockets, before and after a restart."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.campaign import oracles
from tests.campaign.stage import Stage
from tests.campaign.traders import FAR, SYMBOLS, Wish
from twsbridge import Client, LimitOrder, MarketOrder
from twsbridge.errors import KeyConflict

SOCKETS, MOST = 3, 10


def run(seed: int, orders: int) -> Counter[str]:
    """So many orders; counts of `orders` and `faults` (repetitions). AssertionError: a key made two orders, or none."""
    dice, wishes = Random(seed), [_wish(number) for number in range(1, orders + 1)]
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as directory, Stage(Path(directory)) as stage:
        counts += _ask(stage, wishes, dice)
        stage.kill_bridge()
        stage.start_bridge()
        stage.bridge.wait_ready()
        counts += _ask(stage, wishes, dice)
        counts["faults"] -= orders
        counts["orders"] = oracles.no_order_twice(stage.ledger())
        assert counts["orders"] == orders
    return counts


def _wish(number: int) -> Wish:
    order = LimitOrder("BUY", number, FAR) if number % 5 == 0 else MarketOrder("BUY", number)
    return Wish(f"k{number}", number, SYMBOLS[number % len(SYMBOLS)], order)


def _ask(stage: Stage, wishes: Iterable[Wish], dice: Random) -> Counter[str]:
    """All wishes, each several times, out of order: the first outcome again. Then each key for another order."""
    times = [(number, wish) for number, wish in enumerate(wishes) for _ in range(dice.randint(1, MOST))]
    asked = sorted(times, key=lambda each: each[0] + dice.uniform(0, 5))
    with ExitStack() as stack:
        sockets = [stack.enter_context(Client(stage.bridge.connection_file)) for _ in range(SOCKETS)]
        sockets[0].wait_ready()
        for _, wish in asked:
            order_id = dice.choice(sockets).place(wish.symbol, wish.order, wish.key).order_id
            assert wish.order_id in (None, order_id), f"{wish.key} was order {wish.order_id} and is {order_id} now"
            wish.order_id = order_id
        for wish in wishes:
            _refused(dice.choice(sockets), wish)
        stage.settle(sockets[0])
    return Counter(faults=len(asked))


def _refused(tws: Client, wish: Wish) -> None:
    other = wish.order.model_copy(update={"quantity": wish.order.quantity + Decimal(1)})
    try:
        tws.place(wish.symbol, other, wish.key)
    except KeyConflict as error:
        assert (error.code, error.outcome) == ("idem.key_reused", "rejected")
    else:
        raise AssertionError(f"{wish.key} was taken for another order")
