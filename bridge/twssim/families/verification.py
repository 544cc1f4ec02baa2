"""The old authentication of third-party programs: no program is registered, so every attempt fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.family import Asked, Body, Family, TextReader, Told
from twssim.requests import Request
from twssim.wire import Fields, escape, message

if TYPE_CHECKING:
    from twssim.session import Session

VERIFY_COMPLETED, VERIFY_AND_AUTH_COMPLETED = 66, 70
NOT_REGISTERED = "The program is not registered for verification"


@dataclass(frozen=True, slots=True)
class VerifyRequest(Request):
    """verifyRequest."""


@dataclass(frozen=True, slots=True)
class VerifyMessage(Request):
    """verifyMessage."""


@dataclass(frozen=True, slots=True)
class VerifyAndAuthRequest(Request):
    """verifyAndAuthRequest; text at every server version, as is its answer."""


@dataclass(frozen=True, slots=True)
class VerifyAndAuthMessage(Request):
    """verifyAndAuthMessage."""


@dataclass(frozen=True, slots=True)
class VerifyCompleted(Answer):
    """A verification has failed, and why."""

    text: str


@dataclass(frozen=True, slots=True)
class VerifyAndAuthCompleted(Answer):
    """A verification with authentication has failed, and why."""

    text: str


def _verify(session: Session, request: VerifyRequest | VerifyMessage) -> None:
    session.send(VerifyCompleted(NOT_REGISTERED))


def _verify_and_auth(session: Session, request: VerifyAndAuthRequest | VerifyAndAuthMessage) -> None:
    session.send(VerifyAndAuthCompleted(NOT_REGISTERED))


def _reader(kind: type[Request], count: int) -> TextReader:
    def read(fields: Fields, version: int) -> Request:
        fields.texts(count)
        return kind()

    return read


def _text(message_id: int) -> Callable[[Any, int], bytes]:
    return lambda answer, version: message(message_id, 1, "false", escape(answer.text))


def _body(answer: VerifyCompleted) -> Body:
    return Body(VERIFY_COMPLETED, "VerifyCompleted", {"isSuccessful": False, "errorText": answer.text})


FAMILY = Family(
    asked=(
        Asked(65, VerifyRequest, _reader(VerifyRequest, 3), lambda m: VerifyRequest(), _verify),
        Asked(66, VerifyMessage, _reader(VerifyMessage, 2), lambda m: VerifyMessage(), _verify),
        Asked(72, VerifyAndAuthRequest, _reader(VerifyAndAuthRequest, 4), None, _verify_and_auth),
        Asked(73, VerifyAndAuthMessage, _reader(VerifyAndAuthMessage, 3), None, _verify_and_auth),
    ),
    told=(
        Told(VerifyCompleted, 213, _text(VERIFY_COMPLETED), _body),
        Told(VerifyAndAuthCompleted, 213, _text(VERIFY_AND_AUTH_COMPLETED), None),
    ),
)
