"""Where in a method of a backend it is certain that the file does not exist.

ImageKit 3's ``file.generate(force=True)`` does not overwrite: beside an existing file it writes a second one under
another name, which nobody uses (``ImageCacheFile._generate`` in ``imagekit/cachefiles/__init__.py`` of 3.0.4 to
6.1.1). Without ``force`` it makes nothing where the cached state says that the file exists or is being made.
So it is forced where nothing can be in its way, and left to the cached state elsewhere.
"""

from __future__ import annotations

import ast

from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function


def is_absent(module: Module, call: ast.Call, file: str) -> bool:
    """Whether the file that ``file`` names has been deleted, or found missing, when ``call`` runs."""
    parents = module.text.names.parents
    child: ast.AST = module.text.names.statement_of(call)
    while True:
        parent = parents[child]
        for block in _blocks(parent):
            if child in block:
                assert isinstance(child, ast.stmt)
                if any(_leaves_absent(statement, file) for statement in block[: block.index(child)]):
                    return True
                if isinstance(parent, ast.If):
                    wanted = parent.body if _says(parent.test, file, exists=False) else []
                    wanted = [*wanted, *(parent.orelse if _says(parent.test, file, exists=True) else [])]
                    if child in wanted:
                        return True
        if isinstance(parent, Function | ast.Lambda | ast.ClassDef | ast.Module):
            return False
        child = parent


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list)]


def _leaves_absent(statement: ast.stmt, file: str) -> bool:
    """Whether after this statement the file can't exist."""
    if isinstance(statement, ast.Expr):
        return _is_call(statement.value, file, ("delete",)) or _is_call(statement.value, file, ("storage", "delete"))
    if not isinstance(statement, ast.If) or not _says(statement.test, file, exists=True) or statement.orelse:
        return False
    return isinstance(statement.body[-1], ast.Return | ast.Raise) or any(
        _leaves_absent(inner, file) for inner in statement.body
    )


def _says(test: ast.expr, file: str, *, exists: bool) -> bool:
    """Whether a condition that holds tells that the file exists, or that it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _says(test.operand, file, exists=not exists)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and not exists:
        return any(_says(value, file, exists=False) for value in test.values)
    if exists:
        return _is_call(test, file, ("storage", "exists"))
    return (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Attribute)
        and test.func.attr == "is_invalid"
        and any(isinstance(value, ast.Name) and value.id == file for value in test.args)
    )


def _is_call(node: ast.expr, file: str, path: tuple[str, ...]) -> bool:
    """Whether ``node`` calls the method at the end of ``path``, starting from the file."""
    if not isinstance(node, ast.Call):
        return False
    function: ast.expr = node.func
    for attribute in reversed(path):
        if not isinstance(function, ast.Attribute) or function.attr != attribute:
            return False
        function = function.value
    return isinstance(function, ast.Name) and function.id == file
