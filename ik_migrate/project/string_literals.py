"""String literals of a Python file: what they say, and where a part of it stands in the text."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from ik_migrate.project.module import Module, per_module

# Characters.
_COUNTED_AT_MOST = 50_000


@dataclass(frozen=True)
class Literal:
    """One string literal, docstrings excepted.

    Args:
        module: the file.
        node: the literal; one without values in braces, or a whole f-string.
        value: what it says; of an f-string the text as written.
    """

    module: Module
    node: ast.expr
    value: str

    def locate(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a part of the value stands in the file; None where that cannot be determined."""
        if self._value_at is not None:
            return self._value_at + start, self._value_at + end
        # With escapes or in several pieces: the part is found by counting, which takes long in a long text.
        raw, part = self._raw, self.value[start:end]
        if len(raw) > _COUNTED_AT_MOST or raw.count(part) != self.value.count(part):
            return None
        found = -1
        for _ in range(self.value.count(part, 0, start) + 1):
            found = raw.index(part, found + 1)
        offset = self.module.text.start(self.node)
        return offset + found, offset + found + len(part)

    @cached_property
    def _raw(self) -> str:
        """The literal as it is written."""
        return self.module.text.text_of(self.node)

    @cached_property
    def _value_at(self) -> int | None:
        """Where the value stands in the file; None where it is not written there as it is, or more than once."""
        is_written = self._raw.count(self.value) == 1
        return self.module.text.start(self.node) + self._raw.index(self.value) if is_written else None


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
        match node:
            case ast.JoinedStr():
                found.append(Literal(module, node, module.text.text_of(node)))
            case ast.Constant(value=str(text)) if text:
                found.append(Literal(module, node, text))
            case ast.Constant(value=bytes(data)) if data:
                found.append(Literal(module, node, data.decode("latin-1")))
    return tuple(sorted(found, key=lambda literal: (literal.node.lineno, literal.node.col_offset)))
