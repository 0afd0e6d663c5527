"""Drop imports that a rewrite makes unused."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

from ik_migrate.codegen.imports import module_name
from ik_migrate.codegen.moved_names import drop_names
from ik_migrate.model.change import DropName, MoveName, NameChange
from ik_migrate.project.imported_names import import_statements
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import used_names
from ik_migrate.source.tree import PythonText


def fallen_out_of_use(module: Module, rewritten: PythonText, changes: Iterable[NameChange]) -> list[DropName]:
    """Changes that drop imports which the file used before the rewrite and does not after.

    Modules of the project, and of packages that are not known, stay: code may import them for their effects.

    Args:
        module: the file as it was.
        rewritten: the same file, rewritten but for its imports.
        changes: what happens to its imports.
    """
    before, after = used_names(module.text), used_names(rewritten)
    locals_ = {(each.statement, each.index): each.to.local for each in changes if isinstance(each, MoveName)}

    def is_unused(alias: ast.alias, change: DropName) -> bool:
        name = alias.asname or alias.name.partition(".")[0]
        return name in before - after and locals_.get((change.statement, change.index), name) not in after

    return [
        change
        for node in import_statements(module)
        for alias, change in zip(node.names, drop_names(module, node, node.names), strict=True)
        if is_unused(alias, change) and _can_go(module, node, alias)
    ]


def _can_go(module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import that nothing in the file uses has no other purpose."""
    if isinstance(node, ast.ImportFrom):
        is_known = _is_imagekits(module, node, alias) or _has_no_effect(module, node)
        return is_known and not _is_passed_on(module, node, alias)
    if alias.name.partition(".")[0] == "imagekit":
        return True
    return _has_no_effect(module, node) and not module.project.importing(module, alias.asname or alias.name)


def _has_no_effect(module: Module, node: ast.Import | ast.ImportFrom) -> bool:
    """Whether a statement at the top of the file imports from the standard library, Django's settings or Pillow."""
    if module.text.names.parents.get(node) is not module.tree or (isinstance(node, ast.ImportFrom) and node.level):
        return False
    names = [module_name(node)] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return all(
        name == "django.conf" or name.split(".")[0] in {*sys.stdlib_module_names, "PIL", "pilkit"}
        for name in names
        if name != "__future__"
    )


def _is_imagekits(module: Module, node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether a name is imported from ImageKit, or is a removed one that another file re-exports."""
    if (node.module or "").split(".")[0] == "imagekit" and not node.level:
        return True
    target = module.project.resolve_global(module, alias.asname or alias.name)
    return target is not None and target.qualified.startswith("imagekit.imagecache.")


def _is_passed_on(module: Module, node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether other files take a name from here that ImageKit 3 still has."""
    if (node.module or "").startswith("imagekit.imagecache"):
        return False
    return bool(module.project.importing(module, alias.asname or alias.name))
