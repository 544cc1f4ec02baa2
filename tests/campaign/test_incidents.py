from __future__ import annotations

import ast

import pytest

from tests.campaign.incidents import INCIDENTS, ROOT


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_incident_has_its_test(name: str) -> None:
    path, _, function = INCIDENTS[name].partition("::")
    tree = ast.parse((ROOT / "tests" / path).read_text())
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
