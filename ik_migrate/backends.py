"""ImageKit 2's image cache backends, and the strategies that do the same in ImageKit 3.

Read from ``imagekit/imagecache/`` of 2.0.4 and ``imagekit/cachefiles/`` of 3.0.4 to 6.1.1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.imagekit_names import CELERY, NON_VALIDATING, PESSIMISTIC, canonical
from ik_migrate.project import Module
from ik_migrate.spec_field import SpecField

SETTING = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND"
BACKEND_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_BACKEND"
STRATEGY_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY"
BACKENDS = "imagekit.cachefiles.backends"
STRATEGIES = "imagekit.cachefiles.strategies"


@dataclass(frozen=True)
class Successor:
    """What takes the place of one image cache backend.

    Args:
        backend: name in ``imagekit.cachefiles.backends``.
        strategy: name in ``imagekit.cachefiles.strategies``.
        is_exact: whether files are made at the same moments as before.
    """

    backend: str
    strategy: str
    is_exact: bool


SUCCESSORS = {
    PESSIMISTIC: Successor("Simple", "JustInTime", True),
    NON_VALIDATING: Successor("Simple", "Optimistic", True),
    CELERY: Successor("Celery", "JustInTime", False),
}


def successor_of_path(path: str) -> Successor | None:
    """The successor of the backend that a setting names by its dotted path."""
    return SUCCESSORS.get(canonical(path))


def successor_of(module: Module, expression: ast.expr) -> Successor | None:
    """The successor of a backend made in an expression like ``NonValidatingImageCacheBackend()``."""
    if isinstance(expression, ast.Call) and not expression.args and not expression.keywords:
        return SUCCESSORS.get(module.qualified(expression.func))
    return None


@dataclass(frozen=True)
class BackendSetting:
    """One place where ImageKit 2's backend setting gets a value.

    Args:
        name: the node that names it.
        value: the value.
        statement: the assignment, or the call that it is a keyword of.
    """

    name: ast.AST
    value: ast.expr
    statement: ast.Assign | ast.Call

    @property
    def path(self) -> str:
        """The dotted path, empty where the value is no literal."""
        return self.value.value if isinstance(self.value, ast.Constant) and isinstance(self.value.value, str) else ""


def backend_settings(module: Module) -> Iterator[BackendSetting]:
    """Where a file sets ``IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                named = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
                if named == SETTING:
                    yield BackendSetting(target, node.value, node)
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == SETTING:
                    yield BackendSetting(keyword, keyword.value, node)


def strategy_in_force(spec: SpecField) -> str:
    """The name of the ImageKit 3 strategy that does what the field's backend did; empty if unknown."""
    argument = spec.given("image_cache_backend")
    if argument is not None:
        successor = successor_of(spec.module, argument.value)
        return successor.strategy if successor is not None else ""
    if spec.given("cachefile_strategy") is not None:
        return ""
    return spec.module.project.default_strategy
