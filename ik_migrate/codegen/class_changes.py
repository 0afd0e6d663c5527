"""What becomes of a class of the project, or of a part of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ik_migrate.model.change import AddImport, Edit
from ik_migrate.source.tree import PythonText


@dataclass
class Changes:
    """The rewrite, as far as there is one.

    Args:
        edits: the rewrite.
        imports: what it takes.
        problems: the parts that can't be turned, and why.
    """

    edits: list[Edit] = field(default_factory=list)
    imports: list[AddImport] = field(default_factory=list)
    problems: list[tuple[ast.AST, str]] = field(default_factory=list)

    def add(self, other: Changes) -> None:
        """Take over all of ``other``."""
        self.edits += other.edits
        self.imports += other.imports
        self.problems += other.problems


def line_end(text: PythonText, node: ast.stmt) -> int:
    """The end of the line that a statement ends on, before its newline."""
    whole, end = text.source.text, text.end(node)
    return next((place for place in range(end, len(whole)) if whole[place] in "\r\n"), len(whole))
