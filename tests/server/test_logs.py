import io
import logging
import re
from collections.abc import Iterator

import pytest

from twsbridge_server.logs import BURST, WINDOW_S, FloodFilter, start


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level


def test_one_event_is_one_line(stream: io.StringIO) -> None:
    start(verbose=False, stream=stream)
    log = logging.getLogger("twsbridge_server.x")
    log.debug("hidden")
    log.warning("two\nlines %d", 7)
    try:
        raise ValueError("inner\ntext")
    except ValueError:
        log.exception("it broke")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING twsbridge_server\.x: two\\nlines 7", lines[0])
    assert "Traceback" in lines[1]
    assert "inner\\ntext" in lines[1]


def test_verbose_shows_more(stream: io.StringIO) -> None:
    start(verbose=True, stream=stream)
    logging.getLogger("twsbridge_server.x").debug("shown")
    assert "shown" in stream.getvalue()


def test_a_terminal_gets_colours(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "isatty", lambda: True)
    start(verbose=False, stream=stream)
    logging.getLogger("x").warning("[red]not markup[/red]")
    assert "\x1b[" in stream.getvalue()
    assert "[red]not markup[/red]" in re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


def test_a_flood_is_counted_instead_of_written() -> None:
    now = 0.0
    flood = FloodFilter(lambda: now)

    def passes(text: str, *args: object) -> logging.LogRecord | None:
        record = logging.LogRecord("x", logging.WARNING, "", 0, text, args, None)
        return record if flood.filter(record) else None

    assert sum(bool(passes("refused %d", n)) for n in range(100)) == BURST
    assert passes("something else")
    now += WINDOW_S
    first = passes("refused %d", 100)
    assert first is not None
    assert first.getMessage() == f"refused 100 ({100 - BURST} more like this were left out)"
    second = passes("refused %d", 101)
    assert second is not None
    assert second.getMessage() == "refused 101"


def test_many_kinds_of_events_take_bounded_memory() -> None:
    flood = FloodFilter()
    for number in range(5_000):
        flood.filter(logging.LogRecord("x", logging.INFO, "", 0, f"text {number}", (), None))
    assert len(flood._kinds) <= 1_000


def test_a_text_from_outside_cannot_write_lines_or_colours_of_its_own(stream: io.StringIO) -> None:
    start(verbose=False, stream=stream)
    logging.getLogger("x").warning("TWS says %s", "a\rb\x1b[31m\u2028c\x00")
    assert stream.getvalue().endswith("x: TWS says a\\rb\\x1b[31m\\u2028c\\x00\n")


def test_texts_that_differ_in_numbers_and_names_only_are_one_flood() -> None:
    flood = FloodFilter(lambda: 0.0)

    def passes(text: str) -> bool:
        return flood.filter(logging.LogRecord("core", logging.ERROR, "", 0, text, (), None))

    assert sum(passes(f"Execution 0000{n}.01 of '{n:x}' cannot be read") for n in range(1_000)) == BURST
    assert passes("Execution came after its correction")
