import os
import select
import signal

import pytest

from twsbridge_server.stop_signals import StopSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_wakes_the_loop_and_is_counted(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with StopSignals() as wishes:
        assert select.select([wishes], [], [], 0)[0] == []
        os.kill(os.getpid(), number)
        assert select.select([wishes], [], [], 5)[0] == [wishes]
        assert (wishes.count, wishes.last) == (1, number)
        wishes.clear()
        assert select.select([wishes], [], [], 0)[0] == []
        os.kill(os.getpid(), number)
        assert wishes.count == 2
    assert signal.getsignal(number) is before
