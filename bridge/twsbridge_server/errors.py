"""Why the bridge does not start, or stops: sentences for the operator, never a traceback."""

from __future__ import annotations


class CannotStart(Exception):
    """The bridge refuses to start: what is wrong, what is true now, what to do."""


class JournalFailed(Exception):
    """The journal could not be written. Nothing that depended on it was sent or published."""


class DiskFailed(JournalFailed):
    """The disk did not take it: full, failing or read-only. The bridge goes on without it and tries again."""


class CoreFailed(Exception):
    """A defect met while an order or a fill was looked at: memory can no longer be trusted, the journal can."""
