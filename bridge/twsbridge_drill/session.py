"""One session with a TWS: the official ibapi encodes and decodes, every callback and every byte is kept."""

from __future__ import annotations

import inspect
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ibapi.client import EClient
from ibapi.decoder import Decoder
from ibapi.server_versions import MAX_CLIENT_VER
from ibapi.wrapper import EWrapper

from twssim.recording import Frame
from twssim.wire import Framer, frame

HANDSHAKE_S = 30.0
CHUNK = 1 << 16
RAW_ID_VERSION = 201
PROTOBUF_OFFSET = 200

_untyped_client: Any = EClient
_untyped_decoder: Any = Decoder


class DrillFailed(Exception):
    """The drill cannot begin or go on; says what happened and what is true of the account now."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback: its name, its arguments by name with objects taken apart, and when (seconds, monotonic)."""

    name: str
    arguments: dict[str, Any]
    at: float


class _Wrapper(EWrapper):
    """Keeps callbacks instead of answering them."""

    heard: list[Callback]


def _keeper(name: str) -> Callable[..., None]:
    names = list(inspect.signature(getattr(EWrapper, name)).parameters)[1:]

    def keep(self: _Wrapper, *arguments: object) -> None:
        taken = {each: _apart(value) for each, value in zip(names, arguments, strict=False)}
        self.heard.append(Callback(name, taken, time.monotonic()))

    return keep


_CALLBACKS = [name for name, _ in inspect.getmembers(EWrapper, inspect.isfunction) if name[0] != "_"]
_Keeping: Any = type("_Keeping", (_Wrapper,), {name: _keeper(name) for name in _CALLBACKS if "ProtoBuf" not in name})


def _apart(value: object) -> object:
    """An argument as plain values: its objects as dictionaries."""
    if isinstance(value, list | tuple):
        return [_apart(each) for each in value]
    if isinstance(value, Enum) or not hasattr(value, "__dict__"):
        return str(value) if isinstance(value, Enum) else value
    return {name: _apart(each) for name, each in vars(value).items()}


class Session:
    """Connected and greeted when made. `api` is the official client: its requests go out at once."""

    def __init__(self, host: str, port: int, client_id: int, newest: int | None = None) -> None:
        """Raises DrillFailed when there is no TWS; `newest` caps the protocol version."""
        logging.getLogger("ibapi").setLevel(logging.CRITICAL + 1)
        self.frames: list[Frame] = []
        self._framer = Framer()
        self._wrapper: _Wrapper = _Keeping()
        self._wrapper.heard = []
        self.is_closed = False
        try:
            self._socket = socket.create_connection((host, port), HANDSHAKE_S)
        except OSError as reason:
            why = reason.strerror or reason
            raise DrillFailed(f"No TWS answers at {host}:{port} ({why}). Nothing was done.") from None
        self.server_version = self._greeted(f"{host}:{port}", newest or MAX_CLIENT_VER)
        self._decoder = _untyped_decoder(self._wrapper, self.server_version)
        self.api: Any = _untyped_client(self._wrapper)
        self.api.conn, self.api.serverVersion_, self.api.clientId = self, self.server_version, client_id
        self.api.setConnState(_untyped_client.CONNECTED)

    @property
    def heard(self) -> list[Callback]:
        """All callbacks so far."""
        return self._wrapper.heard

    def of(self, name: str, since: int = 0) -> list[dict[str, Any]]:
        """The arguments of all callbacks of that name, from the `since`th callback on."""
        return [each.arguments for each in self.heard[since:] if each.name == name]

    def sendMsg(self, message: bytes) -> int:
        """What ibapi takes for its connection: one frame with its length."""
        self.frames.append(Frame(time.time_ns() // 1000, "client", message[4:]))
        self._socket.sendall(message)
        return len(message)

    def isConnected(self) -> bool:
        """ibapi asks before each request."""
        return not self.is_closed

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Read until the condition holds; False when it does not in time, or TWS hangs up."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0 or self.is_closed:
                return False
            for payload in self._received(left):
                self._decode(payload)
        return True

    def quiet(self, seconds: float) -> None:
        """Read for so long."""
        self.until(lambda: False, seconds)

    def close(self) -> None:
        """Hang up."""
        self.is_closed = True
        self._socket.close()

    def _greeted(self, endpoint: str, newest: int) -> int:
        hello = f"v100..{newest}".encode()
        self.frames.append(Frame(time.time_ns() // 1000, "client", hello))
        self._socket.sendall(b"API\0" + frame(hello))
        deadline = time.monotonic() + HANDSHAKE_S
        while (left := deadline - time.monotonic()) > 0 and not self.is_closed:
            for payload in self._received(left):
                version, _, _ = payload.partition(b"\0")
                if version.isdigit():
                    return int(version)
        self.close()
        raise DrillFailed(f"{endpoint} accepts connections and does not greet as a TWS does. Nothing was done.")

    def _received(self, seconds: float) -> list[bytes]:
        self._socket.settimeout(seconds)
        try:
            chunk = self._socket.recv(CHUNK)
        except TimeoutError:
            return []
        except OSError:
            chunk = b""
        self.is_closed = not chunk
        payloads = list(self._framer.feed(chunk))
        self.frames += [Frame(time.time_ns() // 1000, "tws", payload) for payload in payloads]
        return payloads

    def _decode(self, payload: bytes) -> None:
        """By the official decoder; what it cannot read is kept as a callback of its own."""
        try:
            if self.server_version < RAW_ID_VERSION:
                number, _, fields = payload.partition(b"\0")
                self._decoder.interpret(fields.split(b"\0")[:-1], int(number))
            elif (raw_id := int.from_bytes(payload[:4], "big")) > PROTOBUF_OFFSET:
                self._decoder.processProtoBuf(payload[4:], raw_id - PROTOBUF_OFFSET)
            else:
                self._decoder.interpret(payload[4:].split(b"\0")[:-1], raw_id)
        except Exception as reason:
            self.heard.append(Callback("unreadable", {"why": type(reason).__name__}, time.monotonic()))
