from __future__ import annotations

import select
import socket

import pytest

from twsbridge_server.tws import lookup
from twsbridge_server.tws.lookup import Lookup, numeric_addresses


def finished(found: Lookup) -> Lookup:
    ready, _, _ = select.select([found], [], [], 10)
    assert ready
    return found


def test_an_address_in_digits_needs_no_lookup() -> None:
    assert numeric_addresses("127.0.0.1", 7497) == [(socket.AF_INET, ("127.0.0.1", 7497))]
    [(family, address)] = numeric_addresses("::1", 7497)
    assert (family, address[:2]) == (socket.AF_INET6, ("::1", 7497))


@pytest.mark.parametrize("host", ["localhost", "", "tws.example", "a" * 300, "\udcff"])
def test_a_name_has_no_address_of_its_own(host: str) -> None:
    assert numeric_addresses(host, 7497) in ([], [(socket.AF_INET, ("127.0.0.1", 7497))])


def test_a_name_is_looked_up() -> None:
    found = finished(Lookup("localhost", 7497))
    assert found.is_done
    assert found.fault == ""
    assert (socket.AF_INET, ("127.0.0.1", 7497)) in found.addresses
    found.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "\udcff"])
def test_a_name_without_address_has_a_fault(host: str) -> None:
    found = finished(Lookup(host, 7497))
    assert found.is_done
    assert found.addresses == []
    assert found.fault
    found.close()


def test_a_name_with_no_address_at_all_has_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_addresses", lambda *_: [])
    found = finished(Lookup("localhost", 7497))
    assert found.is_done
    assert found.fault
    found.close()


def test_nobody_has_to_wait_for_the_end() -> None:
    Lookup("localhost", 7497).close()
