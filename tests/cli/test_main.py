import subprocess
import sys

from tests.waiting import PATIENCE
from twsbridge.cli import main

WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from twsbridge.cli import main
sys.exit(main(sys.argv[2:]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=PATIENCE)


def test_python_m_is_the_same() -> None:
    done = run("-m", "twsbridge.cli", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("twsbridge ")


def test_main_returns_the_exit_code() -> None:
    assert main(["--version"]) == 0
    assert main(["nonsense"]) == 2


def test_a_missing_extra_is_named() -> None:
    for module, arguments, extra in (
        ("typer", ["--version"], "twsbridge[cli]"),
        ("ibapi", ["serve"], "twsbridge[bridge]"),
    ):
        done = run("-c", WITHOUT, module, *arguments)
        assert done.returncode == 2
        assert module in done.stderr
        assert f"pip install '{extra}'" in done.stderr
        assert "Traceback" not in done.stderr


def test_keys_need_no_ibapi(tmp_path: object) -> None:
    done = run("-c", WITHOUT, "ibapi", "keys", "init", "--home", f"{tmp_path}/home")
    assert (done.returncode, done.stderr) == (0, "")
