"""Settings modules of Django, as the code of a project shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from ik_migrate.project.module import Module

_APPS = "INSTALLED_APPS"
_OF_SETTINGS = frozenset({_APPS, "DATABASES", "MEDIA_ROOT", "ROOT_URLCONF", "SECRET_KEY"})


def installed_apps_of(module: Module) -> ast.Assign | None:
    """Return the statement that assigns ``INSTALLED_APPS`` at the top level of a file; None where there is none."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == _APPS for t in node.targets):
            return node
    return None


def is_base_settings(module: Module) -> bool:
    """Whether a file holds settings that are built on no others."""
    statement = installed_apps_of(module)
    if statement is None:
        return False
    builds_on_others = any(isinstance(n, ast.Name) and n.id == _APPS for n in ast.walk(statement.value))
    return not builds_on_others and not any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and "conf" not in (node.module or "")
        for node in module.tree.body[: module.tree.body.index(statement)]
    )


def is_settings(module: Module) -> bool:
    """Whether a file holds settings, or some of them."""
    return bool(_OF_SETTINGS & set(module.text.names.module.bindings))


def files_loaded_with(settings: Iterable[Module]) -> set[Path]:
    """Return the files of a project that are imported while its settings are: these modules, and what they import.

    Args:
        settings: the settings modules.
    """
    waiting = list(settings)
    found = {module.path for module in waiting}
    while waiting:
        module = waiting.pop()
        for source in _imported(module):
            _, path = module.project.imported_file(module, source)
            if path is not None and path not in found:
                found.add(path)
                waiting += module.project.modules_at([path])
    return found


def _imported(module: Module) -> Iterator[str]:
    """The modules that a file imports at its top level, and the names in them, which can be modules."""
    for statement in module.tree.body:
        for node in ast.walk(statement) if isinstance(statement, ast.If | ast.Try) else [statement]:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = "." * node.level + (node.module or "")
                yield source
                yield from (
                    f"{source}.{alias.name}" if node.module else f"{source}{alias.name}" for alias in node.names
                )
