"""Follow what the support module of a project gives it: calls of its field class take the arguments of ImageKit 2."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

MARK = b"ik-migrate: support module"
"""What the first line of a support module says."""


@dataclass
class Supported:
    """What a module has of the support module, directly or not.

    Args:
        names: classes, functions and variables that make fields of the support module.
        dicts: the dicts whose items are passed to them.
        nodes: the ids of the nodes whose words are arguments of theirs.
    """

    names: set[str] = field(default_factory=set)
    dicts: set[str] = field(default_factory=set)
    nodes: set[int] = field(default_factory=set)


def is_support_module(data: bytes) -> bool:
    """Whether ik-migrate wrote this module for the project to use."""
    return MARK in data.split(b"\n", 1)[0]


def supported_by(trees: Mapping[str, ast.Module], support: set[str]) -> dict[str, Supported]:
    """Return what each module has of the support modules.

    Args:
        trees: the modules of a project, by their paths.
        support: the names of the support modules, without their packages.
    """
    found = {path: Supported() for path in trees}
    if not support:
        return found
    for _ in range(4):  # what comes through other modules, aliases and dicts that are merged
        for path, tree in trees.items():
            _imports(tree, found[path], support, {PurePosixPath(other).stem: found[other] for other in trees})
            _definitions(tree, found[path])
        _shared_dicts(trees, found)
    return found


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def partial_of(node: ast.AST) -> str:
    """Return the name of what a functools.partial calls; empty where it is none."""
    if isinstance(node, ast.Call) and node.args and last_name(node.func) == "partial":
        return last_name(node.args[0])
    return ""


def _imports(tree: ast.Module, found: Supported, support: set[str], modules: Mapping[str, Supported]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            stem = (node.module or "").rpartition(".")[2]
            if stem in support:
                found.nodes.add(id(node))
            for alias in node.names:
                if stem in support or (stem in modules and alias.name in modules[stem].names):
                    found.names.add(alias.asname or alias.name)
                if stem in modules and alias.name == "*":
                    found.names |= modules[stem].names


def _definitions(tree: ast.Module, found: Supported) -> None:
    for node in ast.walk(tree):
        if _derives(node, found) or (isinstance(node, ast.FunctionDef) and _calls(node, found)):
            assert isinstance(node, ast.ClassDef | ast.FunctionDef)
            found.names.add(node.name)
            found.nodes |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Assign):
            value = node.value
            is_maker = isinstance(value, ast.Lambda) and _calls(value, found)
            if is_maker or last_name(value) in found.names or partial_of(value) in found.names:
                found.names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            bound = {target.id for target in node.targets if isinstance(target, ast.Name)}
            bound |= {last_name(target.value) for target in node.targets if isinstance(target, ast.Subscript)}
            if bound & found.dicts:
                _take_dict(node, found)
        elif isinstance(node, ast.Call):
            if last_name(node.func) in found.names or partial_of(node) in found.names:
                found.nodes.add(id(node))
                for value in (word.value for word in node.keywords if word.arg is None):
                    _take_dict(value, found)
            elif isinstance(node.func, ast.Attribute) and last_name(node.func.value) in found.dicts:
                _take_dict(node, found)


def _derives(node: ast.AST, found: Supported) -> bool:
    return isinstance(node, ast.ClassDef) and any(last_name(base) in found.names for base in node.bases)


def _take_dict(node: ast.AST, found: Supported) -> None:
    """Note that what is in a dict, and in those that it is merged from, are arguments of supported calls."""
    found.nodes |= {id(inner) for inner in ast.walk(node)}
    found.dicts |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _calls(node: ast.AST, found: Supported) -> bool:
    """Whether a function calls something that makes supported fields."""
    return any(isinstance(inner, ast.Call) and last_name(inner.func) in found.names for inner in ast.walk(node))


def _shared_dicts(trees: Mapping[str, ast.Module], found: Mapping[str, Supported]) -> None:
    """Have the dicts that one module takes from another count in that one, too."""
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for other in trees:
                    if PurePosixPath(other).stem == (node.module or "").rpartition(".")[2]:
                        wanted = {alias.name for alias in node.names}
                        found[other].dicts |= {name for name in found[path].dicts if name in wanted or "*" in wanted}
