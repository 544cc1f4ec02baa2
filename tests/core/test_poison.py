from __future__ import annotations

from tests.core.rig import published
from tests.core.test_bridge import Driver, place
from twsbridge.protocol import commands
from twsbridge_server.core import inputs

ABOUT_AN_ORDER = inputs.TwsPoison(5, "bad number")


def halts(driver: Driver) -> list[str]:
    return [halt.by for halt in driver.ask(commands.GetStatus()).body.halts]


def test_three_messages_about_orders_within_a_minute_that_cannot_be_read_halt_everything() -> None:
    driver = Driver()
    driver.ready()
    driver(ABOUT_AN_ORDER, inputs.TwsPoison(None, "no id"))
    assert not halts(driver)
    assert "halt" in published(driver(ABOUT_AN_ORDER))
    assert halts(driver) == ["bridge"]
    assert driver.ask(place()).error.code == "limit.halted"


def test_what_is_long_ago_and_what_is_not_about_orders_does_not_count() -> None:
    driver = Driver()
    driver.ready()
    driver(ABOUT_AN_ORDER, ABOUT_AN_ORDER)
    driver.wait(61)
    driver(ABOUT_AN_ORDER, ABOUT_AN_ORDER, *[inputs.TwsPoison(message_id, "new") for message_id in (1, 999) * 5])
    assert not halts(driver)


def test_after_an_admin_resumed_the_next_one_within_the_minute_halts_again() -> None:
    driver = Driver()
    driver.ready()
    driver(*[ABOUT_AN_ORDER] * 3)
    assert driver.ask(commands.Resume(reason="looked at"), client=inputs.Client(b"r", "root", "admin")).error is None
    assert not halts(driver)
    driver(ABOUT_AN_ORDER)
    assert halts(driver) == ["bridge"]


def test_a_flood_of_them_is_told_a_few_times_only() -> None:
    driver = Driver()
    driver.ready()
    assert published(driver(*[ABOUT_AN_ORDER] * 500)).count("notice") == 3


def test_it_can_be_switched_off() -> None:
    driver = Driver(most_poison=0)
    driver.ready()
    driver(*[ABOUT_AN_ORDER] * 5)
    assert not halts(driver)
