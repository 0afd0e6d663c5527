"""Settings modules of Django, as the code of a project shows them."""

from __future__ import annotations

import ast

from ik_migrate.project.module import Module

_APPS = "INSTALLED_APPS"


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
