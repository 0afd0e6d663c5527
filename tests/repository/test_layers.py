"""Layers: a module imports only from those below it, and modules import each other in no circle."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = (
    *("model", "source", "files", "project", "imagekit", "codegen", "rules", "codemods", "engine"),
    *("config", "baseline", "reports", "api", "libcst_codemod", "verify", "rehearse", "cli"),
)


def _imports():
    """The modules that each module imports, also for type checking alone, by their names within the package."""
    files = {
        ".".join(path.relative_to(ROOT / "ik_migrate").with_suffix("").parts): path
        for path in (ROOT / "ik_migrate").rglob("*.py")
        if path.name not in {"__init__.py", "__main__.py"}
    }
    files |= {f"codemods.{path.stem}": path for path in (ROOT / "codemods").glob("*.py")}
    for name, path in files.items():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("ik_migrate.")):
                source = (node.module or "").removeprefix("ik_migrate.")
                if node.level:
                    source = ".".join([*name.split(".")[: -node.level], source])
                for alias in node.names:
                    yield name, f"{source}.{alias.name}" if f"{source}.{alias.name}" in files else source


def test_no_module_imports_from_a_layer_above():
    layer = {name: number for number, name in enumerate(LAYERS)}
    upward = {
        f"{name} imports {other}"
        for name, other in _imports()
        if layer[name.partition(".")[0]] < layer[other.partition(".")[0]]
    }
    assert upward == set()


def test_no_circle_of_imports():
    graph = {}
    for name, other in _imports():
        graph.setdefault(name, set()).add(other)
    assert list(graphlib.TopologicalSorter(graph).static_order())
