"""Names that a file uses without binding them, as far as that is certain."""

from __future__ import annotations

import ast
import builtins

from ik_migrate.source.scopes import Names
from ik_migrate.source.tree import PythonText


def undefined_names(text: PythonText) -> set[str]:
    """Return the names that a file uses though nothing binds them, or before it binds them while it is imported.

    Builtins of Python 3 are skipped; those of Python 2 are not, because they may be intended. So
    compare what it returns for a file before and after a rewrite.
    """
    names = text.names
    if names.module.star_imports:
        return set()
    found = set()
    for node in text.nodes_of(ast.Name):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not hasattr(builtins, node.id):
            holder = names.holder_of(node)
            if holder is None or (holder.is_module and _runs_at_import(names, node) and _is_early(names, node)):
                found.add(node.id)
    return found


def _runs_at_import(names: Names, node: ast.Name) -> bool:
    """Whether a name is looked up while its file is imported: in no function."""
    return not any(
        isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for outer in names.ancestors(node)
    )


def _is_early(names: Names, node: ast.Name) -> bool:
    """Whether no binding of a name stands before it."""
    here = (node.lineno, node.col_offset)
    bindings = names.module.bindings.get(node.id, [])
    return all(each.end > here and not isinstance(each.node, ast.ExceptHandler) for each in bindings)
