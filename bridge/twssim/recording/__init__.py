"""Recorded TWS sessions: reading those of the bridge and of other tools, and writing them."""

from twssim.recording.frames import Frame
from twssim.recording.reading import RecordedSession, read_recording
from twssim.recording.writing import RecordingWriter

__all__ = ["Frame", "RecordedSession", "RecordingWriter", "read_recording"]
