from importlib import metadata

import pytest
from typer.testing import CliRunner

from twsbridge.cli.app import app


def test_the_version_is_that_of_the_distribution() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.output == f"twsbridge {metadata.version('twsbridge')}\n"


@pytest.mark.parametrize("arguments", [["-h"], ["serve", "--help"], ["keys", "-h"]])
def test_help_is_there(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["serve", "--nonsense"], ["keys", "add"], ["keys", "add", "a", "--role", "x"]]
)
def test_a_line_that_makes_no_sense_is_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2
