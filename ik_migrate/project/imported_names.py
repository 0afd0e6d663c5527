"""The names that a file imports: what they mean and where they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ik_migrate.project.module import Module


def import_statements(module: Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements of a file."""
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def dotted_imports(module: Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, ast.alias, str]]:
    """The names that a file imports, but for relative imports, with their statements and their dotted names."""
    for node in import_statements(module):
        for alias in node.names:
            if isinstance(node, ast.Import):
                yield node, alias, alias.name
            elif not node.level:
                yield node, alias, f"{node.module}.{alias.name}"


def imports_from(module: Module, sources: Iterable[str]) -> Iterator[ast.ImportFrom]:
    """The statements ``from source import ...`` for one of ``sources``."""
    wanted = frozenset(sources)
    for node in module.text.nodes_of(ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module in wanted:
            yield node


def spelled(module: Module, expression: ast.expr) -> tuple[str, ...]:
    """The dotted names that an expression can mean through this file's imports, none of them shortened."""
    if isinstance(expression, ast.Attribute):
        return tuple(f"{base}.{expression.attr}" for base in spelled(module, expression.value))
    if not isinstance(expression, ast.Name):
        return ()
    scope = module.text.scope_of(expression).holder_of(expression.id)
    if scope is None:
        stars = module.text.names.module.star_imports
        return tuple(f"{source}.{expression.id}" for source in stars if source.startswith("imagekit."))
    return tuple(
        ".".join(filter(None, (binding.module, binding.attribute)))
        for binding in scope.bindings[expression.id]
        if binding.kind == "import" and not binding.module.startswith(".")
    )


def attribute_uses(module: Module, names: Iterable[str]) -> Iterator[tuple[ast.Name | ast.Attribute, str]]:
    """Where the file says one of the dotted ``names`` without having imported it by its own name.

    That is ``imagekit.utils.x``, ``utils.x``, or plain ``x`` after ``from imagekit.utils import *``.
    """
    wanted = frozenset(names)
    last_words = {name.rpartition(".")[2] for name in wanted}
    for node in module.text.nodes_of(ast.Name, ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr in last_words:
            found = wanted.intersection(spelled(module, node))
        elif isinstance(node, ast.Name) and node.id in last_words and isinstance(node.ctx, ast.Load):
            is_bound = module.text.scope_of(node).holder_of(node.id) is not None
            found = frozenset() if is_bound else wanted.intersection(spelled(module, node))
        else:
            continue
        if found:
            yield node, min(found)


def uses_of(module: Module, alias: ast.alias) -> list[ast.Name]:
    """Where the name of an import at the top of the file is read."""
    name = alias.asname or alias.name
    return [
        node
        for node in module.text.nodes_of(ast.Name)
        if isinstance(node, ast.Name)
        and node.id == name
        and module.text.scope_of(node).holder_of(name) is module.text.names.module
    ]
