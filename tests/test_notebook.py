"""The notebook runs from its first cell to its last, and is committed without outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import PATIENCE, eventually
from twsbridge import Client

NOTEBOOK = ROOT / "clients" / "python" / "examples" / "quickstart.ipynb"


def test_it_is_committed_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_it_runs(bridge: BridgeProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("TWSBRIDGE_CONNECTION", str(bridge.connection_file))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    with Client(bridge.connection_file) as client:
        eventually(lambda: client.status().state == "READY")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.metadata.kernelspec.name = "python3"
    NotebookClient(notebook, timeout=int(PATIENCE)).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert "image/png" in kinds and "text/html" in kinds
    assert any("Filled" in str(output) or "NVDA" in str(output) for output in shown)
    assert [output for output in shown if output["output_type"] == "error"] == []
