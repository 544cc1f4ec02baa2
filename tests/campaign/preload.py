"""Small C libraries, loaded into a bridge (LD_PRELOAD) to see and change what passes between it and the system."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
WHY_NOT = "a small C library is loaded into the bridge: needs Linux and gcc or cc"


def compiler() -> str | None:
    """The C compiler of this machine; None where libraries cannot be loaded like this."""
    return (shutil.which("gcc") or shutil.which("cc")) if sys.platform == "linux" else None


def build(name: str, directory: Path) -> Path:
    """Compile `name`.c of this folder into the directory; the library to be loaded."""
    library = directory / f"{name}.so"
    command = [str(compiler()), "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / f"{name}.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library
