from tests.cli.running import CommandLine
from twsbridge.cli.demo import momentum
from twsbridge.client import Client
from twssim.runner import SimulatedTws


def test_what_is_sent_twice_is_one_order(cli: CommandLine, simulator: SimulatedTws) -> None:
    with Client(cli.bridge.connection_file) as client:
        momentum.place_twice(client, "BUY", "m-1").wait()
        momentum.place_twice(client, "SELL", "m-2").wait()
    assert len(simulator.ledger.of("order")) == 2
