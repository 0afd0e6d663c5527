"""ImageKit 2's image cache backends, and the strategies that do the same in ImageKit 3.

Read from ``imagekit/imagecache/`` of 2.0.4 and ``imagekit/cachefiles/`` of 3.0.4 to 6.1.1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.imagekit_names import CELERY, NON_VALIDATING, PESSIMISTIC, canonical
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import Module, ProjectIndex, Target
from ik_migrate.project.own_backend import OwnBackend

SETTING = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND"
BACKEND_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_BACKEND"
STRATEGY_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY"
BACKENDS = "imagekit.cachefiles.backends"
STRATEGIES = "imagekit.cachefiles.strategies"
OWN = "own"
"""Stands for a strategy that a class of the project becomes: it does all that the backend did."""


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


def backend_name(successor: Successor, target: str) -> str:
    """What the cache file backend is called in the version that the project moves to.

    What is ``Celery`` from 3.1 on was ``Async`` in 3.0 (``imagekit/cachefiles/backends.py`` of both).
    """
    return "Async" if successor.backend == "Celery" and target == "3.0" else successor.backend


SUCCESSORS = {
    PESSIMISTIC: Successor("Simple", "JustInTime", True),
    NON_VALIDATING: Successor("Simple", "Optimistic", True),
    CELERY: Successor("Celery", "JustInTime", False),
}


_OF_THE_PROJECT = Successor("Simple", OWN, False)


def why_not_turned(backend: OwnBackend, project: ProjectIndex) -> str:
    """Return why a backend of the project is not turned into a strategy in this run; empty where it is."""
    if backend.reason or all(project.is_wanted(path) for path in backend.files):
        return backend.reason
    shown = " ".join(sorted(path.relative_to(project.root).as_posix() for path in backend.files))
    return (
        f"{backend.name} and all that use it have to change together, and some of them lie in files that were not"
        f" asked for. Run in {project.root.name}: ik-migrate apply --unsafe-fixes {shown}"
    )


def class_of(target: Target | None) -> tuple[Module, ast.ClassDef] | None:
    """The class of the project that ``target`` is."""
    if target is None or target.module is None or target.binding is None:
        return None
    node = target.binding.node
    return (target.module, node) if isinstance(node, ast.ClassDef) else None


def class_made_by(module: Module, expression: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """The class of the project that an expression is an instance of: ``X()``, or a name for that."""
    if isinstance(expression, ast.Call):
        return class_of(module.resolve(expression.func))
    target = module.resolve(expression)
    if target is not None and target.module is not None and target.binding is not None:
        value = target.binding.value
        if isinstance(value, ast.Call):
            return class_of(target.module.resolve(value.func))
    return None


def class_at(module: Module, path: str) -> tuple[Module, ast.ClassDef] | None:
    """The class of the project that a setting in ``module`` names by its dotted path."""
    dotted, _, name = path.rpartition(".")
    file = module.project.find(dotted, module) if dotted else None
    found = module.project.module_at(file) if file is not None else None
    return class_of(module.project.resolve_global(found, name)) if found is not None else None


def own_backend(module: Module, found: tuple[Module, ast.ClassDef] | None) -> OwnBackend | None:
    """What is known of a class of the project, if it is an image cache backend."""
    return module.project.own_backends.get((found[0].path, found[1].name)) if found is not None else None


def obstacle_of(module: Module, found: tuple[Module, ast.ClassDef] | None) -> str:
    """Why a backend of the project is not turned into a strategy; empty where it is, or is none."""
    backend = own_backend(module, found)
    return why_not_turned(backend, module.project) if backend is not None else ""


def _own_successor(module: Module, found: tuple[Module, ast.ClassDef] | None) -> Successor | None:
    if found is None:
        return None
    backend = own_backend(module, found)
    if backend is None:
        return _OF_THE_PROJECT if _is_strategy(*found) else None
    return None if why_not_turned(backend, module.project) else _OF_THE_PROJECT


def _is_strategy(module: Module, node: ast.ClassDef) -> bool:
    """Whether a class derives from a strategy of ImageKit 3's: an earlier run has turned it."""
    return any(
        owner.qualified(base).startswith(STRATEGIES)
        for owner, found in with_bases(module, node)
        for base in found.bases
    )


def successor_of_setting(module: Module, setting: BackendSetting) -> Successor | None:
    """The successor of the backend that a setting names by its dotted path."""
    known = SUCCESSORS.get(canonical(setting.path))
    return known or _own_successor(module, class_at(module, setting.path))


def successor_of(module: Module, expression: ast.expr) -> Successor | None:
    """The successor of a backend made in an expression like ``NonValidatingImageCacheBackend()``."""
    made_in, call = _made_by(module, expression)
    if call is not None and not call.args and not call.keywords:
        known = SUCCESSORS.get(made_in.qualified(call.func))
        if known is not None:
            return known
    return _own_successor(module, class_made_by(module, expression))


def _made_by(module: Module, expression: ast.expr) -> tuple[Module, ast.Call | None]:
    """The call that made a value, at once or in the only assignment to the name that it goes by, and its file."""
    if isinstance(expression, ast.Call):
        return module, expression
    target = module.resolve(expression)
    if target is None or target.module is None or target.binding is None:
        return module, None
    value = target.binding.value
    everywhere = target.module.text.names.module.bindings.get(target.binding.name, [])
    is_only = len(everywhere) <= 1
    return target.module, value if is_only and isinstance(value, ast.Call) else None


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
    for node in module.text.nodes_of(ast.Assign, ast.Call):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                named = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
                if named == SETTING:
                    yield BackendSetting(target, node.value, node)
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == SETTING:
                    yield BackendSetting(keyword, keyword.value, node)


def why_setting_stays(module: Module, setting: BackendSetting) -> str:
    """Why the setting can't be replaced by its two successors; empty where it can."""
    text = module.text
    if any(name in text.source.text for name in (BACKEND_SETTING, STRATEGY_SETTING)):
        return "the settings of ImageKit 3 stand beside it"
    if isinstance(setting.statement, ast.Call):
        return ""
    start = text.start(setting.statement)
    before = text.source.text[text.source.line_starts[text.source.line_of(start)] : start]
    if len(setting.statement.targets) > 1 or before.strip():
        return "it shares its line with something else"
    return ""


def strategy_in_force(spec: SpecField) -> str:
    """The name of the ImageKit 3 strategy that does what the field's backend did; empty if unknown.

    `OWN` where it is a class of the project: that one deletes outdated files if the backend did.
    """
    argument = spec.given("image_cache_backend")
    if argument is not None:
        successor = successor_of(spec.module, argument.value)
        return successor.strategy if successor is not None else ""
    if spec.given("cachefile_strategy") is not None:
        return ""
    return spec.module.project.default_strategy
