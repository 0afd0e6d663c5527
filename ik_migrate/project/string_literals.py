"""String literals of a Python file: what they say, and where a part of it stands in the text."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ik_migrate.project.module import Module, per_module


@dataclass(frozen=True)
class Literal:
    """One string literal, docstrings excepted.

    Args:
        module: the file.
        node: the literal; one without values of its own in braces, or a whole f-string.
        value: what it says; of an f-string the text as written.
    """

    module: Module
    node: ast.expr
    value: str

    def locate(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a part of the value stands in the file; None where that can't be told for certain."""
        raw = self.module.text.text_of(self.node)
        offset = self.module.text.start(self.node)
        if raw.count(self.value) == 1:
            first = offset + raw.index(self.value)
            return first + start, first + end
        # With escapes or in several pieces: the part is found by counting.
        part = self.value[start:end]
        if raw.count(part) != self.value.count(part):
            return None
        found = -1
        for _ in range(self.value.count(part, 0, start) + 1):
            found = raw.index(part, found + 1)
        return offset + found, offset + found + len(part)


@per_module
def literals(module: Module) -> tuple[Literal, ...]:
    """All string literals of a file but those that stand alone as statements, in the order of the file."""
    skipped: set[ast.AST] = set()
    found = []
    for node in module.text.nodes_of(ast.Expr, ast.JoinedStr):
        if isinstance(node, ast.JoinedStr):
            skipped |= set(node.values)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            skipped.add(node.value)
    for node in module.text.nodes_of(ast.Constant, ast.JoinedStr):
        if node in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            found.append(Literal(module, node, module.text.text_of(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            found.append(Literal(module, node, node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, bytes) and node.value:
            found.append(Literal(module, node, node.value.decode("latin-1")))
    return tuple(sorted(found, key=lambda literal: (literal.node.lineno, literal.node.col_offset)))
