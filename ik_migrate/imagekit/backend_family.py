"""The image cache backends of a project: classes that derive from those of ImageKit 2, or have their methods.

Read from ``imagekit/imagecache/base.py`` of 2.0.4.
"""

from __future__ import annotations

import ast

from ik_migrate.model.imagekit_names import CELERY, NON_VALIDATING, PESSIMISTIC, SUPPORT
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import Module

ROOTS = frozenset({PESSIMISTIC, NON_VALIDATING, CELERY})
EVENTS = ("validate", "invalidate", "clear")
STRATEGIES = "imagekit.cachefiles.strategies"


def root_of(module: Module, node: ast.ClassDef) -> str:
    """Return ImageKit 2's backend that a class derives from, at any distance; empty where it does from none."""
    return next((name for name in _bases(module, node) if name in ROOTS), "")


def is_backend(module: Module, node: ast.ClassDef) -> bool:
    """Whether a class is an image cache backend of ImageKit 2, by its bases or by its methods."""
    if root_of(module, node):
        return True
    return has_all_events(module, node) and not is_strategy(module, node)


def is_strategy(module: Module, node: ast.ClassDef) -> bool:
    """Whether a class derives from a strategy of ImageKit 3, or from one of the support module."""
    return any(name.startswith((STRATEGIES, SUPPORT)) for name in _bases(module, node))


def has_all_events(module: Module, node: ast.ClassDef) -> bool:
    """Whether the project's own code has the three methods of a backend, each of a file."""
    methods = [
        item for _, found in with_bases(module, node) for item in found.body if isinstance(item, ast.FunctionDef)
    ]
    return {item.name for item in methods if item.args.vararg or len(item.args.args) > 1}.issuperset(EVENTS)


def _bases(module: Module, node: ast.ClassDef) -> list[str]:
    return [owner.qualified(base) for owner, found in with_bases(module, node) for base in found.bases]
