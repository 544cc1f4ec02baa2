"""Files of the operator and of clients made wrong: used, or refused in one sentence that shows no secret."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.campaign.mutations import mutated
from twsbridge.connection import find_connection
from twsbridge.errors import BridgeError
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.clients import read_clients
from twsbridge_server.mq.keys import Endpoints
from twsbridge_server.settings import ServeSettings, WrongSetting, load, variable

ENDPOINTS = Endpoints("tcp://127.0.0.1:7600", "tcp://127.0.0.1:7601", "tcp://127.0.0.1:7602")


def run(seed: int, files: int) -> Counter[str]:
    """So many versions of each file; counts of `used` and `refused`. Any other exception is the finding."""
    dice, counts = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as directory:
        home = Home(Path(directory) / "home")
        keyring.prepare(home)
        keyring.add(home, "alice", "trader", symbols=["AAPL"], lines=5)
        bundle = keyring.write_connection_file(home, ENDPOINTS)
        assert bundle is not None
        secret = find_connection(bundle).secret_key
        sound = {path: path.read_bytes() for path in (home.clients, home.bridge_key, bundle)}
        for _ in range(files):
            for path, content in sound.items():
                path.write_bytes(mutated(content, dice))
            counts[_tried(lambda: read_clients(home), secret)] += 1
            counts[_tried(lambda: keyring.prepare(home), secret)] += 1
            counts[_tried(lambda: find_connection(bundle), secret)] += 1
            for path, content in sound.items():
                path.write_bytes(content)
            counts[_setting(dice)] += 1
    return counts


def _tried(read: object, secret: str) -> str:
    assert callable(read)
    try:
        read()
    except (CannotStart, BridgeError, keyring.KeyringError) as error:
        assert secret[:20] not in str(error), "a refusal shows a secret"
        return "refused"
    return "used"


def _setting(dice: Random) -> str:
    field = dice.choice(list(ServeSettings.model_fields))
    value = mutated(dice.choice((b"7497", b"127.0.0.1:7497", b"DU1234567", b"23:45 UTC", b"true")), dice)
    try:
        load({}, {variable(field): value.decode("utf-8", "replace")})
    except WrongSetting as error:
        assert variable(field) in str(error)
        return "refused"
    return "used"
