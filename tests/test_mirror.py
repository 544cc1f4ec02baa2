"""Every module has its test file at the place that follows from its own."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.source_tree import ROOT, Module, modules

PLACES = {
    "twssim": "tests/twssim",
    "twsbridge_drill": "tests/drill",
    "twsbridge_server.core": "tests/core",
    "twsbridge_server.tws": "tests/tws",
    "twsbridge_server.mq": "tests/mq",
    "twsbridge_server": "tests/server",
    "twsbridge.protocol": "tests/protocol",
    "twsbridge.cli": "tests/cli",
    "twsbridge": "tests/client",
}
"""The folder of tests for each package, the inner ones first."""


def place_of_test(name: str) -> PurePosixPath:
    """Where the tests of the module `name` belong, from the top of the checkout."""
    package = next(package for package in PLACES if name.startswith(package + "."))
    *folders, stem = name.removeprefix(package + ".").split(".")
    return PurePosixPath(PLACES[package], *folders, f"test_{stem.strip('_')}.py")


def untested(found: tuple[Module, ...], root: Path) -> list[str]:
    """The modules without their test file. A package's `__init__` is tested by what it gathers."""
    single = [module for module in found if module.path.name != "__init__.py"]
    places = {module.name: place_of_test(module.name) for module in single}
    return [f"{name} has no {place}" for name, place in places.items() if not (root / place).is_file()]


def test_every_module_has_its_test_file() -> None:
    missing = untested(modules(), ROOT)
    assert not missing, "\n".join(missing)


def test_a_module_without_tests_is_seen(tmp_path: Path) -> None:
    package = tmp_path / "bridge" / "twssim"
    found = (Module("twssim", package / "__init__.py"), Module("twssim.wire", package / "wire.py"))
    assert untested(found, tmp_path) == ["twssim.wire has no tests/twssim/test_wire.py"]
    (tmp_path / "tests" / "twssim").mkdir(parents=True)
    (tmp_path / "tests" / "twssim" / "test_wire.py").touch()
    assert untested(found, tmp_path) == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("twssim.wire", "tests/twssim/test_wire.py"),
        ("twssim.__main__", "tests/twssim/test_main.py"),
        ("twsbridge_server.app", "tests/server/test_app.py"),
        ("twsbridge_server.core.orders", "tests/core/test_orders.py"),
        ("twsbridge_server.store.schema", "tests/server/store/test_schema.py"),
        ("twsbridge.client", "tests/client/test_client.py"),
        ("twsbridge.cli.demo.strategy", "tests/cli/demo/test_strategy.py"),
        ("twsbridge.protocol.envelope", "tests/protocol/test_envelope.py"),
    ],
)
def test_the_place_follows_from_the_name(name: str, place: str) -> None:
    assert str(place_of_test(name)) == place
