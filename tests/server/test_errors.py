from twsbridge_server.errors import CannotStart, JournalFailed


def test_a_refused_start_is_no_failed_journal() -> None:
    """The command line gives them different exit codes."""
    assert not issubclass(CannotStart, JournalFailed)
    assert not issubclass(JournalFailed, CannotStart)
