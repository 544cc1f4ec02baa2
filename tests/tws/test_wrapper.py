from __future__ import annotations

import inspect

import pytest
from ibapi.common import BarData
from ibapi.wrapper import EWrapper

from twsbridge_server.core.inputs import NextValidId
from twsbridge_server.core.stream_inputs import HistoricalBars
from twsbridge_server.tws.wrapper import Wrapper

OURS = {"taken", "forget", "end_bars"}


def test_what_was_said_is_taken_once() -> None:
    wrapper = Wrapper()
    wrapper.nextValidId(1)
    assert wrapper.taken() == [NextValidId(1)]
    assert wrapper.taken() == []


def test_bars_without_an_end_are_taken_with_their_message() -> None:
    wrapper = Wrapper()
    wrapper.historicalData(4, BarData())
    [bars] = wrapper.taken()
    assert isinstance(bars, HistoricalBars)


def test_a_broken_message_is_forgotten() -> None:
    wrapper = Wrapper()
    wrapper.nextValidId(1)
    wrapper.historicalData(4, BarData())
    wrapper.forget()
    assert wrapper.taken() == []


@pytest.mark.parametrize("name", [name for name, _ in inspect.getmembers(Wrapper, inspect.isfunction)])
def test_every_callback_is_one_that_ibapi_calls(name: str) -> None:
    assert name in OURS or hasattr(EWrapper, name)
