from twsbridge_server.core.inputs import Client, ClientsChanged
from twsbridge_server.core.known_clients import KnownClients


def test_the_clients_of_the_latest_good_file() -> None:
    known = KnownClients()
    alice, bob = Client(b"", "alice"), Client(b"", "bob", "observer")
    assert known.changed(ClientsChanged((alice, bob)), 1) == []
    assert known.by_name("bob") is bob
    known.changed(ClientsChanged((alice,), "a mistake"), 2)
    assert known.by_name("bob") is None
    assert (known.by_name("alice"), known.fault) == (alice, "a mistake")
