"""A simulated TWS: speaks the real wire protocol to unmodified clients, keeps its own ledger."""

from twssim.ledger import read_ledger
from twssim.runner import SimulatedTws, run
from twssim.settings import Settings

__all__ = ["Settings", "SimulatedTws", "read_ledger", "run"]
