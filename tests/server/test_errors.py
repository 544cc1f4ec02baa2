from twsbridge_server.errors import CannotStart, DiskFailed, JournalFailed


def test_a_refused_start_is_no_failed_journal() -> None:
    """The command line gives them different exit codes."""
    assert not issubclass(CannotStart, JournalFailed)
    assert not issubclass(JournalFailed, CannotStart)


def test_a_disk_that_fails_is_one_way_of_not_being_written() -> None:
    assert issubclass(DiskFailed, JournalFailed)
