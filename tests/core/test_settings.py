from __future__ import annotations

from twsbridge_server.core.settings import CoreSettings


def test_the_defaults_are_safe() -> None:
    settings = CoreSettings(sid="s", version="0", tws_endpoint="127.0.0.1:7497")
    assert settings.live_accounts == frozenset()
    assert settings.messages_per_second < 50
    assert settings.keepalive_us < settings.silence_us
    assert list(settings.reconnect_us) == sorted(settings.reconnect_us)
