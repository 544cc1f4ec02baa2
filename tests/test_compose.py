"""The compose file and the Dockerfile, as far as they can be judged without a container engine."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.source_tree import ROOT
from tests.waiting import PATIENCE
from twssim.runner import run

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OWN = ["sim", "bridge", "fills", "bridge-paper", "fills-paper", "bridge-live", "fills-live"]
GATEWAYS = ["ib-gateway-paper", "ib-gateway-live"]

Service = dict[str, Any]


@cache
def compose() -> dict[str, Any]:
    """The file with its anchors and merges resolved."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(COMPOSE)
    return loaded


def service(name: str) -> Service:
    found: Service = compose()["services"][name]
    return found


def is_confined(container: Service) -> bool:
    """No capability, no new privilege."""
    return container.get("cap_drop") == ["ALL"] and container.get("security_opt") == ["no-new-privileges:true"]


def published(container: Service) -> list[tuple[str, str, str]]:
    """Address ('' is every one), host port ('' is any) and container port of each published port."""
    return [_published(str(port)) for port in container.get("ports", [])]


def _published(port: str) -> tuple[str, str, str]:
    outside, _, inside = port.partition("/")[0].rpartition(":")
    address, _, outside = outside.rpartition(":")
    return address, outside, inside


def test_the_file_keeps_to_the_compose_schema() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(checker, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout


def test_plain_up_runs_the_simulator_the_bridge_and_a_fills_logger() -> None:
    assert {name for name in compose()["services"] if "profiles" not in service(name)} == {"sim", "bridge", "fills"}


@pytest.mark.parametrize("profile", ["paper", "live"])
def test_a_profile_adds_a_gateway_with_its_bridge_and_fills_logger(profile: str) -> None:
    added = {name for name in compose()["services"] if service(name).get("profiles") == [profile]}
    assert added == {f"ib-gateway-{profile}", f"bridge-{profile}", f"fills-{profile}"}
    assert service(f"ib-gateway-{profile}")["environment"]["TRADING_MODE"] == profile


def test_no_variable_is_required() -> None:
    """Compose resolves variables in every profile: one required for live would stop the simulator too."""
    assert not re.search(r"\$\{\w+:?\?", COMPOSE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", OWN + GATEWAYS)
def test_a_container_is_confined(name: str) -> None:
    assert is_confined(service(name))


@pytest.mark.parametrize("name", OWN)
def test_our_own_containers_cannot_write_beside_their_volumes(name: str) -> None:
    assert service(name)["read_only"] is True
    assert service(name)["tmpfs"] == ["/tmp"]


@pytest.mark.parametrize("name", OWN + GATEWAYS)
def test_only_this_machine_reaches_a_bridge_and_nobody_a_gateway(name: str) -> None:
    ports = published(service(name))
    assert bool(ports) == name.startswith("bridge")
    assert all(address == "127.0.0.1" and outside == inside for address, outside, inside in ports)


def test_the_three_stacks_publish_different_ports() -> None:
    ports = [outside for name in OWN for _, outside, _ in published(service(name))]
    assert len(ports) == len(set(ports)) == 9


@pytest.mark.parametrize("profile", ["paper", "live"])
def test_gateway_and_bridge_meet_on_a_private_network(profile: str) -> None:
    gateway, bridge = service(f"ib-gateway-{profile}"), service(f"bridge-{profile}")
    assert set(gateway["networks"]) & set(bridge["networks"]) == {f"tws-{profile}"}
    assert compose()["networks"][f"tws-{profile}"] == {"internal": True}
    assert "internet" not in bridge["networks"]


@pytest.mark.parametrize("profile", ["paper", "live"])
def test_a_bridge_does_not_wait_until_somebody_has_logged_in(profile: str) -> None:
    assert service(f"bridge-{profile}")["depends_on"] == [f"ib-gateway-{profile}"]


@pytest.mark.parametrize("name", GATEWAYS)
def test_a_password_comes_from_a_secret_only(name: str) -> None:
    environment = service(name)["environment"]
    assert not {"TWS_PASSWORD", "VNC_SERVER_PASSWORD"} & set(environment)
    assert [environment["TWS_PASSWORD_FILE"]] == [f"/run/secrets/{secret}" for secret in service(name)["secrets"]]


def test_a_live_gateway_is_read_only_and_a_live_account_refused_until_somebody_says_otherwise() -> None:
    assert service("ib-gateway-live")["environment"]["READ_ONLY_API"] == "${READ_ONLY_API:-yes}"
    assert service("bridge-live")["environment"]["TWSBRIDGE_ALLOW_LIVE"] == "${TWSBRIDGE_ALLOW_LIVE:-}"


def test_each_bridge_has_its_own_home_which_its_fills_logger_only_reads() -> None:
    for bridge, fills in (("bridge", "fills"), ("bridge-paper", "fills-paper"), ("bridge-live", "fills-live")):
        (home,) = service(bridge)["volumes"]
        assert f"{home}:ro" in service(fills)["volumes"]
    assert len({volume for name in OWN if name.startswith("bridge") for volume in service(name)["volumes"]}) == 3


@pytest.mark.parametrize("kind", ["networks", "volumes", "secrets"])
def test_what_is_declared_is_used_and_the_reverse(kind: str) -> None:
    used = {entry.partition(":")[0] for name in compose()["services"] for entry in service(name).get(kind, [])}
    assert used == set(compose()[kind])


def command_of(container: Service) -> list[str]:
    """What follows `twsbridge` on the container's command line; a shell's script has it at the end."""
    command: list[str] = container["command"]
    return command if "entrypoint" not in container else command[0].partition("exec twsbridge ")[2].split()


@pytest.mark.parametrize("name", OWN)
def test_the_command_line_knows_every_flag(name: str) -> None:
    command, *rest = command_of(service(name))
    shown = subprocess.run(
        [sys.executable, "-m", "twsbridge.cli", command, "--help"],
        env={"COLUMNS": "200", "TERM": "dumb"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert shown.returncode == 0, shown.stderr
    assert {word for word in rest if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", shown.stdout))


def health_of(relay_port: int) -> int:
    """The exit code of the gateway's health check, as the container would run it."""
    first, *check = service("ib-gateway-paper")["healthcheck"]["test"]
    assert first == "CMD"
    done = subprocess.run(
        [part.replace("$$", "$") for part in check],
        env={"RELAY_PORT": str(relay_port), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        timeout=PATIENCE,
    )
    return done.returncode


@pytest.mark.skipif(shutil.which("bash") is None, reason="the gateway's image has bash, this machine has not")
class TestTheHealthCheckTellsTheTruth:
    def test_of_a_tws_that_answers(self) -> None:
        with run() as tws:
            assert health_of(tws.port) == 0

    def test_of_a_relay_with_nothing_behind_it(self) -> None:
        """It accepts and closes, as the image's relay does while the gateway is down."""
        with socket.create_server(("127.0.0.1", 0)) as relay:
            closing = threading.Thread(target=lambda: relay.accept()[0].close())
            closing.start()
            assert health_of(relay.getsockname()[1]) != 0
            closing.join()

    def test_of_a_gateway_that_accepts_and_stays_silent(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            assert health_of(silent.getsockname()[1]) != 0

    def test_of_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        assert health_of(port) != 0


class TestTheImage:
    def test_is_built_in_two_stages_from_a_base_that_may_be_chosen(self) -> None:
        assert re.findall(r"^FROM (.+)$", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE} AS build", "${PYTHON_IMAGE}"]

    def test_installs_the_lock_with_hashes(self) -> None:
        assert "--require-hashes --requirement requirements/bridge.txt" in DOCKERFILE

    def test_runs_as_a_numeric_user_that_is_not_root(self) -> None:
        assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]

    def test_starts_the_command_without_a_shell(self) -> None:
        assert 'ENTRYPOINT ["twsbridge"]' in DOCKERFILE

    def test_its_context_has_what_is_copied_and_no_more(self) -> None:
        copied = {
            source
            for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
            for source in line.split()[:-1]
        }
        ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
        assert ignore[0] == "*"
        assert {line[1:] for line in ignore if line.startswith("!")} == copied
        assert all((ROOT / source).exists() for source in copied)


@pytest.mark.parametrize(
    ("port", "parts"),
    [
        ("127.0.0.1:7600:7600", ("127.0.0.1", "7600", "7600")),
        ("4001:4003/tcp", ("", "4001", "4003")),
        (4002, ("", "", "4002")),
    ],
)
def test_a_published_port_is_read_in_every_form(port: object, parts: tuple[str, ...]) -> None:
    assert published({"ports": [port]}) == [parts]


def test_a_container_with_a_capability_is_not_confined() -> None:
    assert not is_confined(service("bridge") | {"cap_drop": ["NET_RAW"]})
