"""Serves a recorded session to a client, and says where the client departs from it."""

from twssim.replay.replay import Replay

__all__ = ["Replay"]
