from twsbridge.cli.exit_codes import ExitCode


def test_the_numbers_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "REJECTED": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "TWS_DOWN": 4,
        "UNKNOWN": 5,
        "DEFECT": 70,
        "JOURNAL": 74,
        "CANNOT_START": 78,
        "INTERRUPTED": 130,
    }
