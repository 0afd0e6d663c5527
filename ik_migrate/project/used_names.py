"""The names that a file uses."""

from __future__ import annotations

import ast

from ik_migrate.project.module import Module, per_module
from ik_migrate.source.tree import PythonText


@per_module
def _taken(module: Module) -> frozenset[str]:
    """Every name that is written anywhere in the file."""
    names = {node.id for node in module.text.nodes_of(ast.Name)}
    for node in module.text.nodes_of(ast.alias, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.arg):
        match node:
            case ast.alias():
                names.add((node.asname or node.name).split(".")[0])
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.arg(arg=name):
                names.add(name)
    return frozenset(names)


def is_taken(module: Module, name: str) -> bool:
    """Whether ``name`` is written anywhere in the file, so that new code had better use another."""
    return name in _taken(module)


def used_names(text: PythonText) -> set[str]:
    """Names that are read somewhere in a file, or listed in its ``__all__``."""
    used = {node.id for node in text.nodes_of(ast.Name) if isinstance(node.ctx, ast.Load)}
    return used | exported_names(text)


def exported_names(text: PythonText) -> set[str]:
    """Names that a file lists in its ``__all__``."""
    exported = set[str]()
    for binding in text.names.module.bindings.get("__all__", []):
        if isinstance(binding.value, ast.List | ast.Tuple):
            exported |= {str(item.value) for item in binding.value.elts if isinstance(item, ast.Constant)}
    return exported
