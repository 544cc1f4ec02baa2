import io
import re

from rich.console import Console
from rich.live import Live

from twsbridge.cli.demo.screen import Screen, screen


def test_lines_say_who_and_when() -> None:
    out = io.StringIO()
    shown = Screen(Console(file=out, width=80), None)
    shown.say("begins")
    shown.line("meanrev", "placed [1]")
    shown.count("not on a plain screen")
    lines = out.getvalue().splitlines()
    assert [re.sub(r"^ *\d+\.\d s", "T", line) for line in lines] == [
        "T  demo       begins",
        "T  meanrev    placed [1]",
    ]


def test_a_terminal_keeps_a_line_of_counters() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        shown = Screen(console, live)
        shown.count("3 fills")
        shown.line("fills", "BUY")
    assert "3 fills" in out.getvalue() and "BUY" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K") or "\x1b[?25h" in out.getvalue()


def test_without_a_terminal_it_is_plain() -> None:
    with screen() as shown:
        shown.count("unseen")
        assert shown.seconds >= 0
