from __future__ import annotations

import twssim
from twsbridge_drill.orders import FAR_BELOW, order
from twsbridge_drill.session import Session
from twsbridge_drill.steps import STEPS, Run, clean_up, connect


def test_what_is_left_is_cancelled() -> None:
    with twssim.run() as tws:
        run = Run(Session(tws.host, tws.port, 7), "AAPL")
        connect(run)
        numbers = [run.place(order("BUY", "LMT", lmtPrice=FAR_BELOW, transmit=transmit)) for transmit in (True, False)]
        assert run.wait(lambda: run.status(numbers[0]))
        assert clean_up(run) == []
        assert run.status(numbers[0]) == "Cancelled"
        run.session.close()


def test_every_step_has_a_name_of_its_own() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS) == 10
    assert all(step.run.__doc__ for step in STEPS)
