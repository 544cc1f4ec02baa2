"""The installed ibapi: old enough to be refused, or silenced and used.

Written against 10.46; 10.37 is the first release whose error, commission and cancel signatures are the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

OLDEST = (10, 37)

Made = TypeVar("Made")

ADVICE = "Install twsbridge[bridge], or the wheel built from IB's own TWS API download."


class UnfitIbapi(ImportError):
    """No ibapi, or one that the bridge cannot speak through; the text says what to do."""


def require_ibapi() -> None:
    """Raise UnfitIbapi unless an ibapi of 10.37 or later is installed; silence its loggers."""
    try:
        import ibapi
    except ImportError as error:
        raise UnfitIbapi(f"IB's ibapi, {_text(OLDEST)} or later, is not installed ({error}). {ADVICE}") from error
    version = ibapi.VERSION
    check_version(version["major"], version["minor"])
    silence()


def check_version(major: int, minor: int) -> None:
    """Raise UnfitIbapi for a release that is too old. PyPI's own `ibapi` stopped at 9.81 in 2020."""
    if (major, minor) < OLDEST:
        found = _text((major, minor))
        raise UnfitIbapi(f"ibapi {found} is installed, but the bridge needs {_text(OLDEST)} or later. {ADVICE}")


def silence() -> None:
    """Switch ibapi's loggers off: they write whole messages, with account numbers, up to level ERROR."""
    logger = logging.getLogger("ibapi")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False


def made(kind: Callable[[], Made]) -> Made:
    """A fresh object of one of ibapi's classes, with its type: their constructors have no annotations."""
    return kind()


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]:02d}"
