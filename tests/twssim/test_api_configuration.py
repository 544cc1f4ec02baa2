"""The configuration of TWS."""

from __future__ import annotations

from tests.twssim.official import gateway
from twssim.api_configuration import Outcome


def test_a_change_is_kept_and_named() -> None:
    configuration = gateway().configuration
    wanted = {"orders": {"smartRouting": {"preOpenReroute": True, "defaultAlgorithm": "None"}}}
    assert configuration.update(wanted) == Outcome(("orders.smartRouting.preOpenReroute",))
    assert configuration.sections()["orders"]["smartRouting"]["preOpenReroute"]
    assert configuration.update(wanted) == Outcome(())


def test_read_only_and_the_master_client_take_effect_at_once() -> None:
    tws = gateway()
    tws.configuration.update({"api": {"settings": {"readOnlyApi": True, "masterClientId": 7}}})
    assert (tws.settings.read_only, tws.settings.master_client_id) == (True, 7)
    assert tws.configuration.sections()["api"]["settings"]["masterClientId"] == 7
    tws.configuration.update({"api": {"settings": {"readOnlyApi": False, "masterClientId": 0}}})
    assert (tws.settings.read_only, tws.settings.master_client_id) == (False, None)


def test_with_an_error_nothing_changes() -> None:
    tws = gateway()
    outcome = tws.configuration.update({"api": {"settings": {"readOnlyApi": True, "socketPort": 1}}})
    assert outcome.changed == () and len(outcome.errors) == 1
    assert not tws.settings.read_only


def test_what_was_handed_out_cannot_change_the_configuration() -> None:
    configuration = gateway().configuration
    configuration.sections()["api"]["settings"]["trustedIPs"].append("0.0.0.0")
    assert configuration.sections()["api"]["settings"]["trustedIPs"] == ["127.0.0.1"]
