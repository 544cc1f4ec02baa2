"""What happens in the demo, in order."""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
import signal
from pathlib import Path

from twsbridge.cli.demo import momentum, proof
from twsbridge.cli.demo.actor import Actor
from twsbridge.cli.demo.proof import Finding, Record
from twsbridge.cli.demo.stage import Stage
from twsbridge.client import Client

CLI = "twsbridge.cli"
SYMBOL = "AAPL"
WATCHERS = 5
KILL_AFTER = 8
MISSED = 6
SHOWN_TICKS = 12


class Play:
    """The programs of one demo, and the files that they share."""

    def __init__(self, stage: Stage, output: Path) -> None:
        self._stage = stage
        self._output = output
        self._home = stage.folder / "home"
        self._csv = stage.folder / "fills.csv"
        self._ledger = stage.folder / "ledger.jsonl"
        self._watchers: list[Actor] = []
        self._closed_early = False
        stage.told = self._told
        stage.counters = self._counters

    def open(self) -> None:
        """A simulated TWS and the bridge, connected."""
        stage = self._stage
        sim = stage.start("simulator", CLI, "sim", "--port", "0", "--ledger", str(self._ledger))
        address = stage.until(lambda: _found(r"listening on (\S+)", sim), "the simulator", sim)
        stage.screen.say(f"a simulated TWS listens on {address} and keeps a ledger of its own")
        ports = ("--cmd-port", "0", "--evt-port", "0", "--md-port", "0")
        bridge = stage.start("bridge", CLI, "serve", "--home", str(self._home), "--tws", address, *ports)
        endpoint = stage.until(lambda: _found(r"ready: cmd ([^,]+)", bridge), "the bridge", bridge)
        self.client = Client(self._home / "connection.json")
        stage.until(lambda: self.client.status().state == "READY", "the bridge's session with TWS", bridge)
        stage.screen.say(f"the bridge has logged in once and serves everybody on {endpoint}")

    def log_fills(self) -> Actor:
        """Start the program that writes every fill into a CSV file; started again, it goes on where the file ends."""
        arguments = (CLI, "fills", "--follow", "--since", "all", "--csv", str(self._csv), "-o", "table")
        return self._stage.start("fills", *arguments, **self._key("fills", "observer"))

    def watch_ticks(self) -> None:
        """Start several programs that all want the ticks of one contract, and wait until all of them have some."""
        key = self._key("watcher", "observer")
        for _ in range(WATCHERS):
            arguments = (CLI, "quote", SYMBOL, "--follow", "-o", "table")
            self._watchers.append(self._stage.start("watcher", *arguments, **key))
        first = self._watchers[0]
        self._stage.until(lambda: all(each.lines for each in self._watchers), "the watchers' first ticks", first)
        self._stage.screen.say(f"{WATCHERS} programs watch the ticks of {SYMBOL}; one of them is shown")

    def trade(self, logger: Actor) -> None:
        """Two strategies trade, while the fills logger is killed and started again."""
        stage = self._stage
        strategies = [
            stage.start(name, f"twsbridge.cli.demo.{name}", **self._key(name, "trader"))
            for name in ("meanrev", "momentum")
        ]
        stage.screen.say("two strategies trade: orders are placed, modified, cancelled, filled")
        self._draw_chart()
        stage.until(lambda: len(self._rows()) >= KILL_AFTER, "fills in the CSV file", logger)
        logger.kill()
        known = len(self._rows())
        stage.screen.say(f"KILLED the fills logger with SIGKILL; its file has {known} fills. Trading goes on ...")
        stage.until(lambda: len(self._executions()) >= known + MISSED, "fills that nobody logs")
        stage.screen.say("started it again: it goes on where its file ends")
        self.log_fills()
        for strategy in strategies:
            stage.finished(strategy)
        stage.until(lambda: len(self._rows()) >= len(self._executions()), "the fills logger to catch up")
        stage.screen.say("the strategies are done, the fills logger has caught up")

    def leave(self) -> None:
        """The watchers go, the last one by SIGKILL: then TWS gets its line back."""
        stage, (last, *others) = self._stage, self._watchers
        for watcher in others:
            watcher.signal(signal.SIGTERM)
        stage.until(lambda: all(watcher.exit_code is not None for watcher in others), "the end of the watchers", last)
        seen = len(last.lines)
        stage.until(lambda: len(last.lines) > seen, "another tick for the last watcher", last)
        self._closed_early = bool(self._closed_lines())
        last.kill()
        stage.screen.say("the watchers have gone, the last one KILLED with SIGKILL")
        stage.until(self._closed_lines, "the end of the market data line")
        stage.screen.say("TWS has its market data line back")

    def findings(self) -> list[Finding]:
        """Compare what the programs saw with the simulator's ledger, and leave both for the reader."""
        ledger = self._records()
        keys = [(each.owner or "", each.client_order_id or "") for each in self.client.orders(live=False)]
        ticks = [len(watcher.lines) for watcher in self._watchers]
        for file in (self._csv, self._ledger):
            shutil.copy(file, self._output)
        return [
            proof.fills_are_complete(ledger, self._rows()),
            proof.orders_are_single(ledger, keys, momentum.ORDERS),
            proof.line_was_shared(ledger, self._con_id(), ticks, self._closed_early),
        ]

    def _draw_chart(self) -> None:
        """By a program of its own, as charts always are: nothing slow runs in the bridge."""
        if importlib.util.find_spec("matplotlib") is None:
            self._stage.screen.say("no chart: pip install 'twsbridge[plot]'")
            return
        chart = str(self._output / f"{SYMBOL}.png")
        arguments = (CLI, "history", SYMBOL, "-d", "10 D", "-b", "1 hour", "--plot", chart)
        self._stage.start("chart", *arguments, **self._key("chart", "observer"))

    def _key(self, name: str, role: str) -> dict[str, str]:
        """A connection file for one program: its name is what the bridge knows it by, its role what it may do."""
        from twsbridge_server.home import Home
        from twsbridge_server.mq import keyring

        home = Home(self._home)
        if not home.bundle(name).exists():
            keyring.add(home, name, "trader" if role == "trader" else "observer")
        return {"TWSBRIDGE_CONNECTION": str(home.bundle(name))}

    def _told(self, actor: Actor, line: str) -> None:
        """Show what strategies and the logger say, and now and then a tick."""
        is_shown_tick = actor in self._watchers[:1] and len(actor.lines) % SHOWN_TICKS == 2
        if actor.name in ("fills", "meanrev", "momentum", "chart") or is_shown_tick:
            self._stage.screen.line(actor.name, line)

    def _counters(self) -> str:
        ticks = sum(len(watcher.lines) for watcher in self._watchers)
        return (
            f"{len(self._executions())} fills in the ledger, {len(self._rows())} in fills.csv, {ticks} ticks delivered"
        )

    def _rows(self) -> list[dict[str, str]]:
        if not self._csv.exists():
            return []
        with self._csv.open(newline="") as file:
            return list(csv.DictReader(file))

    def _records(self) -> list[Record]:
        from twssim import read_ledger

        return list(read_ledger(self._ledger))

    def _executions(self) -> list[Record]:
        return proof.of("execution", self._records())

    def _closed_lines(self) -> list[Record]:
        return proof.of("line", self._records(), con_id=self._con_id(), state="closed")

    def _con_id(self) -> int:
        return self.client.contract(SYMBOL)[0].contract.con_id


def play(stage: Stage, output: Path) -> list[Finding]:
    """The whole demo; returns what it has proven."""
    demo = Play(stage, output)
    demo.open()
    with demo.client:
        logger = demo.log_fills()
        demo.watch_ticks()
        demo.trade(logger)
        demo.leave()
        return demo.findings()


def _found(pattern: str, actor: Actor) -> str | None:
    match = re.search(pattern, "\n".join(actor.lines))
    return match[1] if match else None
