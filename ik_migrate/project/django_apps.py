"""What Django makes of a file with models."""

from __future__ import annotations

import ast
from functools import lru_cache

from ik_migrate.project.module import Module


@lru_cache(maxsize=64)
def is_abstract(model: ast.ClassDef) -> bool:
    """Whether the model says so itself."""
    return any(
        isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "abstract" for target in statement.targets)
        and isinstance(statement.value, ast.Constant)
        and bool(statement.value.value)
        for meta in model.body
        if isinstance(meta, ast.ClassDef) and meta.name == "Meta"
        for statement in meta.body
    )


def app_label(module: Module) -> str:
    """The label that Django gives to the app of a file with models; empty where that cannot be determined."""
    parts = list(module.package)
    if parts and parts[-1] == "models":
        parts.pop()
    if not parts and (module.path.parent != module.project.root):
        return module.path.parent.name.lower()
    return parts[-1].lower() if parts else ""
