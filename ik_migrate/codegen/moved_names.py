"""The changes for names of import statements, and the statements that import names from where they are now."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ik_migrate.codegen.imports import ImportNode
from ik_migrate.model.change import AddImport, DropName, MoveName
from ik_migrate.project.imported_names import uses_of
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import is_taken


def move_name(module: Module, node: ImportNode, alias: ast.alias, source: str, name: str, local: str = "") -> MoveName:
    """Return the change that imports a name from elsewhere.

    Args:
        module: the file.
        node: the import statement.
        alias: the name in it.
        source: the module that has it now.
        name: what it is called there; empty for the module itself.
        local: what the file calls it afterwards; by default as before if the file gave the name, else the new name.
    """
    to = AddImport(source, name, local or alias.asname or name or source)
    return MoveName(module.text.start(node), node.names.index(alias), to)


def drop_names(module: Module, node: ImportNode, aliases: Iterable[ast.alias]) -> list[DropName]:
    """Return the changes that take names out of an import statement, or the whole statement away."""
    return [DropName(module.text.start(node), node.names.index(alias)) for alias in aliases]


def new_local_name(module: Module, alias: ast.alias, name: str) -> str:
    """What a renamed import is called in the file: the new name, or still the old one where that is safer.

    The old one stays where the file gives its own name, where the new one is taken, and where other files may
    take the name from this one.
    """
    if alias.asname:
        return alias.asname
    bindings = module.text.names.module.bindings.get(alias.name, [])
    uses = uses_of(module, alias)
    is_public = module.path.name == "__init__.py" or "__all__" in module.text.names.module.bindings
    if len(bindings) != 1 or not uses or is_public or is_taken(module, name):
        return alias.name
    return name


def import_lines(moves: Iterable[MoveName]) -> list[str]:
    """The statements that import names from where they are now, one for each module."""
    names: dict[str, list[AddImport]] = {}
    for move in moves:
        names.setdefault(move.to.module, []).append(move.to)
    return [import_line(module, wanted) for module, wanted in names.items()]


def import_line(module: str, names: list[AddImport]) -> str:
    """The statement that imports names from a module, or the module itself."""
    if not names[0].name:
        local = f" as {names[0].local}" if names[0].local != module else ""
        return f"import {module}{local}{names[0].comment}"
    return f"from {module} import {', '.join(each.clause for each in names)}{names[0].comment}"
