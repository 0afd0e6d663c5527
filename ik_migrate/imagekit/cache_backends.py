"""ImageKit 2's image cache backends, and the strategies that do the same in ImageKit 3.

Read from ``imagekit/imagecache/`` of 2.0.4 and ``imagekit/cachefiles/`` of 3.0.4 to 6.1.1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.imagekit.backend_family import is_backend, is_strategy
from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.model.imagekit_names import CELERY, NON_VALIDATING, PESSIMISTIC, SUPPORT, canonical
from ik_migrate.project.module import Module, Target

SETTING = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND"
BACKEND_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_BACKEND"
STRATEGY_SETTING = "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY"
BACKENDS = "imagekit.cachefiles.backends"
STRATEGIES = "imagekit.cachefiles.strategies"
OWN = "own"
"""Stands for a strategy that a class of the project becomes: it does all that the backend did."""
_SIMPLE_BACKENDS = re.compile(rf"\b{re.escape(BACKENDS)}\.Simple\b|\bStorageBackend\b")


@dataclass(frozen=True)
class Successor:
    """What takes the place of one image cache backend.

    Args:
        strategy: name in ``imagekit.cachefiles.strategies``; empty where ImageKit 3 has no such strategy.
        piece: name in the support module, of what does exactly the same.
    """

    strategy: str
    piece: str


SUCCESSORS = {
    PESSIMISTIC: Successor("JustInTime", "PessimisticImageCacheBackend"),
    NON_VALIDATING: Successor("Optimistic", "NonValidatingImageCacheBackend"),
    CELERY: Successor("", "CeleryImageCacheBackend"),
}
"""What takes the place of ImageKit 2's backends. A task generated a file again there, but the first time none did."""


_BY_NAME = {name.rpartition(".")[2]: successor for name, successor in SUCCESSORS.items()}
_OF_THE_PROJECT = Successor(OWN, "")


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


def is_of_project(module: Module, path: str) -> bool:
    """Whether a setting in ``module`` names, by a dotted path, what a file of the project defines or imports."""
    dotted, _, name = path.rpartition(".")
    file = module.project.find(dotted, module) if dotted else None
    found = module.project.module_at(file) if file is not None else None
    return found is not None and name in found.text.names.module.bindings


def _own_successor(found: tuple[Module, ast.ClassDef] | None) -> Successor | None:
    """A class of the project keeps its methods: with a base of the support module it is a strategy."""
    if found is None or not (is_backend(*found) or is_strategy(*found)):
        return None
    return _OF_THE_PROJECT


def used_backends(module: Module) -> Iterator[tuple[Module, ast.ClassDef]]:
    """Yield the classes of the project that a file gives to a field or names in a setting."""
    for spec in spec_fields(module):
        for name in ("image_cache_backend", "cachefile_strategy"):
            argument = spec.given(name)
            found = class_made_by(module, argument.value) if argument is not None and not spec.is_processed else None
            if found is not None:
                yield found
    if SETTING in module.text.source.text:
        for setting in backend_settings(module):
            found = class_at(module, setting.path)
            if found is not None:
                yield found


def successor_of_setting(module: Module, setting: BackendSetting) -> Successor | None:
    """The successor of the backend that a setting names by its dotted path."""
    known = _successor_named(canonical(setting.path))
    return known or _own_successor(class_at(module, setting.path))


def successor_of(module: Module, expression: ast.expr) -> Successor | None:
    """The successor of a backend made in an expression like ``NonValidatingImageCacheBackend()``."""
    made_in, call = _made_by(module, expression)
    made = made_in.resolve(call.func) if call is not None else None
    if made is not None and made.others:
        return None  # Another class can be meant when the site runs.
    if made is not None and call is not None and not call.args and not call.keywords:
        known = _successor_named(made.qualified)
        if known is not None:
            return known
    return _own_successor(class_made_by(module, expression))


def _successor_named(dotted: str) -> Successor | None:
    """The successor of a backend of ImageKit 2; the support module of the project has them under the same names."""
    return _BY_NAME.get(dotted.removeprefix(SUPPORT)) if dotted.startswith(SUPPORT) else SUCCESSORS.get(dotted)


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
        statement: the assignment, or the call or dict that it is an item of.
    """

    name: ast.AST
    value: ast.expr
    statement: ast.Assign | ast.Call | ast.Dict

    @property
    def path(self) -> str:
        """The dotted path, empty where the value is no literal."""
        return self.value.value if isinstance(self.value, ast.Constant) and isinstance(self.value.value, str) else ""


def backend_settings(module: Module) -> Iterator[BackendSetting]:
    """Where a file sets ``IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND``."""
    for node in module.text.nodes_of(ast.Assign, ast.Call, ast.Dict):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if _name_of(target) == SETTING:
                    yield BackendSetting(target, node.value, node)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == SETTING:
                    yield BackendSetting(key, value, node)
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == SETTING:
                    yield BackendSetting(keyword, keyword.value, node)


def _name_of(target: ast.expr) -> object:
    """The name that a target sets: ``x``, ``settings.x`` or ``globals()['x']``."""
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=name)):
            return name
    return None


def may_set_other_backend(module: Module) -> bool:
    """Whether the settings in a file may name a backend that does not generate files at once."""
    text = module.text.source.text
    if SETTING in text:
        successors = [successor_of_setting(module, setting) for setting in backend_settings(module)]
        if any(successor is None for successor in successors):
            return True
    return BACKEND_SETTING in text and not _SIMPLE_BACKENDS.search(text)


def why_setting_stays(module: Module, setting: BackendSetting) -> str:
    """Why the setting cannot be replaced by its two successors; empty where it can."""
    text = module.text
    if any(name in text.source.text for name in (BACKEND_SETTING, STRATEGY_SETTING)):
        return "the settings of ImageKit 3 stand beside it"
    if not isinstance(setting.statement, ast.Assign):
        return ""
    start = text.start(setting.statement)
    before = text.source.text[text.source.line_starts[text.source.line_of(start)] : start]
    if len(setting.statement.targets) > 1 or before.strip():
        return "it shares its line with something else"
    return ""
