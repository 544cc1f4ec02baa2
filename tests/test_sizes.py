"""Budgets that keep the code in pieces a reader can hold: small modules, functions, classes, signatures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

import pytest

from tests.source_tree import modules, parsed

MODULE_LINES = 400
FUNCTION_LINES = 60
CLASS_METHODS = 20
ARGUMENTS = 5
MEDIAN_MODULE_LINES = 150
MEDIAN_FUNCTION_LINES = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, inner ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the end, docstring included, decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def arguments(function: Function) -> int:
    """What a caller may pass one by one: neither self, nor *args and **kwargs."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def over_budget(where: str, source: str) -> list[str]:
    """Everything in one module that is larger than its budget."""
    tree = ast.parse(source)
    found = [_over(where, "lines", len(source.splitlines()), MODULE_LINES)]
    for function in functions(tree):
        name = f"{where}:{function.lineno} {function.name}"
        found.append(_over(name, "lines", length(function), FUNCTION_LINES))
        found.append(_over(name, "arguments", arguments(function), ARGUMENTS))
    for each in ast.walk(tree):
        if isinstance(each, ast.ClassDef):
            methods = sum(isinstance(member, Function) for member in each.body)
            found.append(_over(f"{where}:{each.lineno} {each.name}", "methods", methods, CLASS_METHODS))
    return [line for line in found if line]


def _over(name: str, unit: str, size: int, budget: int) -> str:
    return f"{name} has {size} {unit}, at most {budget}" if size > budget else ""


def test_nothing_is_over_its_budget() -> None:
    found = [line for module in modules() for line in over_budget(module.where, module.text)]
    assert not found, "\n".join(found)


def test_the_median_module_is_small() -> None:
    lines = [len(module.text.splitlines()) for module in modules() if module.path.name != "__init__.py"]
    assert median(lines) < MEDIAN_MODULE_LINES


def test_the_median_function_is_small() -> None:
    assert median(length(each) for module in modules() for each in functions(parsed(module))) < MEDIAN_FUNCTION_LINES


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 401, "module.py has 401 lines"),
        ("def long():\n" + "    x = 1\n" * 60, "module.py:1 long has 61 lines"),
        ("class A:\n  async def long(self):\n" + "    x = 1\n" * 60, "module.py:2 long has 61 lines"),
        ("def wide(a, b, c, *, d, e, f): ...", "module.py:1 wide has 6 arguments"),
        ("class Big:\n" + "".join(f"  def m{n}(self): ...\n" for n in range(21)), "module.py:1 Big has 21 methods"),
    ],
)
def test_what_is_too_large_is_seen(source: str, complaint: str) -> None:
    assert [line.startswith(complaint) for line in over_budget("module.py", source)] == [True]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n" * 400,
        "def long():\n" + "    x = 1\n" * 59,
        "class A:\n  def wide(self, a, b, c, d, e, *args, **kwargs): ...",
        "class Big:\n" + "".join(f"  def m{n}(self): ...\n" for n in range(20)),
    ],
)
def test_what_just_fits_passes(source: str) -> None:
    assert over_budget("module.py", source) == []
