import pytest
import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure, code_of, run
from twsbridge.protocol.errors import ERROR_KINDS, exception_for, make_error


def app_that(raises: BaseException | None) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def only(debug: bool = False) -> None:
        if raises is not None:
            raise raises

    return app


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (Failure("It went wrong.", ExitCode.CANNOT_START), 78),
        (exception_for(make_error("client.unreachable", "No bridge")), 3),
        (ZeroDivisionError("division by zero"), 70),
        (KeyboardInterrupt(), 130),
        (typer.Exit(7), 7),
        (typer.BadParameter("no"), 2),
        (SystemExit("text"), 1),
        (SystemExit(), 0),
    ],
)
def test_every_end_has_its_code_and_no_traceback(
    error: BaseException | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app_that(error), []) == code
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    run(app_that(Failure("It went wrong.", ExitCode.REJECTED)), [])
    assert capsys.readouterr() == ("", "twsbridge: It went wrong.\n")


def test_debug_shows_where_it_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app_that(ZeroDivisionError("division by zero")), ["--debug"]) == 70
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "a defect in this program: ZeroDivisionError: division by zero" in shown


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("client.unreachable", ExitCode.UNREACHABLE),
        ("client.no_connection_file", ExitCode.UNREACHABLE),
        ("client.timeout", ExitCode.UNKNOWN),
        ("tws.disconnected", ExitCode.TWS_DOWN),
        ("tws.link_down", ExitCode.TWS_DOWN),
        ("tws.timeout", ExitCode.UNKNOWN),
        ("br.internal", ExitCode.UNKNOWN),
        ("tws.rejected", ExitCode.REJECTED),
        ("req.invalid", ExitCode.REJECTED),
        ("auth.role", ExitCode.REJECTED),
    ],
)
def test_what_the_exit_code_says_of_an_error(code: str, exit_code: ExitCode) -> None:
    assert code_of(exception_for(make_error(code, "x"))) == exit_code


def test_every_code_of_the_wire_has_an_exit_code() -> None:
    codes = {code_of(exception_for(make_error(code, "x"))) for code in ERROR_KINDS}
    assert codes == {ExitCode.REJECTED, ExitCode.UNREACHABLE, ExitCode.TWS_DOWN, ExitCode.UNKNOWN}
