"""Bars of many contracts and years in files, which a later run completes: `client.download(...)`, `load(...)`."""

from twsbridge.download.loading import load
from twsbridge.download.progress import DownloadProgress
from twsbridge.download.result import Downloaded

__all__ = ["DownloadProgress", "Downloaded", "load"]
