"""The image cache backends of a project's own: which classes they are, who uses them, and what can become of them.

A class and all that use it change together or not at all: as a strategy it is of no use to ImageKit 2, as a backend
of none to ImageKit 3.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from ik_migrate.codegen.strategy_class import ClassWriter
from ik_migrate.imagekit.backend_family import EVENTS, ROOTS, Family, Found, method
from ik_migrate.imagekit.cache_backends import (
    SETTING,
    backend_settings,
    class_at,
    class_made_by,
    class_of,
    why_setting_stays,
)
from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.project.module import Module
from ik_migrate.project.own_backend import OwnBackend
from ik_migrate.project.project import Project
from ik_migrate.source.scopes import Binding

Key = tuple[Path, str]


def names_of_backends(module: Module) -> set[str]:
    """Names of the project's classes that ``module`` uses as image cache backends."""
    return {node.name for _, node in _used(module)}


def has_backends(module: Module) -> bool:
    """Whether ``module`` defines an image cache backend, or uses a class of the project as one."""
    if any(True for _ in _used(module)):
        return True
    return any(node.bases and Family.of(module, node).root for node in module.text.nodes_of(ast.ClassDef))


def own_backends(project: Project, having: Iterable[Path], settings: Iterable[Path]) -> dict[Key, OwnBackend]:
    """The image cache backends among the classes of a project, and what can become of each.

    Args:
        project: the project; its candidates are the files that can be rewritten.
        having: those of them that define or use backends, see `has_backends`.
        settings: those of them that may set the default backend.
    """
    return _Judge(project, sorted(having), sorted(settings)).judge()


def _used(module: Module) -> Iterator[Found]:
    """The classes of the project that a file gives to a field or names in a setting."""
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


class _Judge:
    """Finds the backends of a project and judges them.

    Args:
        project: the project.
        having: those of its files that define or use backends.
        settings: those of its files that may set the default backend.
    """

    def __init__(self, project: Project, having: list[Path], settings: list[Path]) -> None:
        self._project = project
        self._having = project.modules_at(having)
        self._settings = project.modules_at(settings)
        self._families: dict[Key, Family] = {}
        self._relatives: dict[Key, set[Key]] = defaultdict(set)
        self._reasons: dict[Key, list[str]] = defaultdict(list)
        self._files: dict[Key, set[Path]] = defaultdict(set)
        self._known_uses: set[ast.AST] = set()
        self._instances: dict[Key, Key] = {}

    def judge(self) -> dict[Key, OwnBackend]:
        """All backends, by file and name."""
        self._find()
        if not self._families:
            return {}
        paths = set(self._project.candidates)
        for key, family in self._families.items():
            self._files[key].add(key[0])
            if key[0] not in paths:
                self._reasons[key].append(f"{key[1]} is in a file that is left out")
            problems = ClassWriter(family).write().problems
            self._reasons[key] += [f"{why} ({self._place(family.module, node)})" for node, why in problems]
        for module in self._having:
            self._look_at_fields(module)
        for module in self._settings:
            self._look_at_settings(module)
        wanted = {name for _, name in (*self._families, *self._instances)}
        users = {module.path: module for name in wanted for module in self._project.saying(name)}
        for path in sorted(users):
            self._look_at_other_uses(users[path], wanted)
        return {key: self._verdict(key) for key in self._families}

    def _find(self) -> None:
        """Classes that derive from ImageKit's, and those with the three methods that are used as backends."""
        for module in self._having:
            for node in module.text.nodes_of(ast.ClassDef):
                if isinstance(node, ast.ClassDef) and node.bases:
                    family = Family.of(module, node)
                    if family.root:
                        self._take(family)
            for found in _used(module):
                family = Family.of(*found)
                if family.root or family.has_all_events:
                    self._take(family)

    def _take(self, family: Family) -> None:
        key = (family.module.path, family.node.name)
        if key in self._families:
            return
        self._families[key] = family
        for module, node in family.ancestors:
            other = (module.path, node.name)
            self._relatives[key].add(other)
            self._relatives[other].add(key)
            self._take(Family.of(module, node))

    def _look_at_fields(self, module: Module) -> None:
        """The fields that are given a backend."""
        for spec in spec_fields(module):
            argument = None if spec.is_processed else spec.given("image_cache_backend")
            found = class_made_by(module, argument.value) if argument is not None else None
            if argument is None or found is None or _key(found) not in self._families:
                continue
            self._files[_key(found)].add(module.path)
            self._known_uses |= set(ast.walk(argument.value))
            target = None if isinstance(argument.value, ast.Call) else module.resolve(argument.value)
            if target is not None and target.module is not None and target.binding is not None:
                self._instances[target.module.path, target.binding.name] = _key(found)
                self._files[_key(found)].add(target.module.path)
                self._known_uses |= set(ast.walk(target.binding.node))

    def _look_at_settings(self, module: Module) -> None:
        """The settings that name a backend, or may name one."""
        for setting in backend_settings(module):
            found = class_at(module, setting.path)
            where = f"{SETTING} in {self._place(module, setting.name)}"
            if found is not None and _key(found) in self._families:
                self._files[_key(found)].add(module.path)
                self._known_uses.add(setting.value)
                reason = why_setting_stays(module, setting)
                if reason:
                    self._reasons[_key(found)].append(f"{where} can't be replaced: {reason}")
            elif not setting.path:
                for key in self._families:
                    self._reasons[key].append(f"{where} may name it")

    def _look_at_other_uses(self, module: Module, wanted: set[str]) -> None:
        """Whatever else is done with the classes, and with instances of them that have a name."""
        local = wanted | {
            alias.asname
            for node in module.text.nodes_of(ast.Import, ast.ImportFrom)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
            if alias.asname and alias.name in wanted
        }
        for node in module.text.nodes_of(ast.Name, ast.Attribute, ast.Constant):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                if name in local and isinstance(node.ctx, ast.Load) and node not in self._known_uses:
                    self._use(module, node)
            elif isinstance(node, ast.Constant) and node not in self._known_uses:
                path = node.value if isinstance(node.value, str) else ""
                if "." in path and path.rpartition(".")[2] in wanted:
                    self._named(module, node, path)

    def _use(self, module: Module, node: ast.Name | ast.Attribute) -> None:
        target = module.resolve(node)
        if target is None or target.module is None or target.binding is None:
            return
        found = target.module.path, target.binding.name
        key = self._instances.get(found, found)
        if key not in self._families or (key == found and class_of(target) is None):
            return
        parent = module.text.names.parents[node]
        is_base = isinstance(parent, ast.ClassDef) and node in parent.bases
        is_super = isinstance(parent, ast.Call) and module.qualified(parent.func) == "builtins.super"
        if not is_base and not is_super and not self._is_copied(module, parent, target.binding):
            self._reasons[key].append(f"{target.binding.name} is also used in {self._place(module, node)}")

    def _is_copied(self, module: Module, parent: ast.AST, binding: Binding) -> bool:
        """Whether it is the call in ``name = X()`` whose name is what the fields are given."""
        return parent in self._known_uses and binding.kind == "class"

    def _named(self, module: Module, node: ast.Constant, path: str) -> None:
        found = class_at(module, canonical(path))
        if found is not None and _key(found) in self._families:
            self._reasons[_key(found)].append(f"{path} is also named in {self._place(module, node)}")

    def _verdict(self, key: Key) -> OwnBackend:
        group, new = {key}, [key]
        while new:
            found = self._relatives[new.pop()] - group
            group |= found
            new += found
        own = self._reasons[key]
        others = [f"{name}: {reason}" for path, name in sorted(group - {key}) for reason in self._reasons[path, name]]
        reasons = [*own, *(f"it changes together with {other}" for other in others)]
        files = frozenset(path for member in group for path in self._files[member])
        return OwnBackend(*key, "; ".join(dict.fromkeys(reasons)), files)

    def _place(self, module: Module, node: ast.AST) -> str:
        path = module.path
        shown = path.relative_to(self._project.root) if self._project.root in path.parents else path
        return f"{shown.as_posix()}, line {_line(module, node)}"


def _key(found: Found) -> Key:
    return found[0].path, found[1].name


def _line(module: Module, node: ast.AST) -> int:
    return module.text.place(node).line


def is_of_ik2(family: Family) -> bool:
    """Whether a class itself says something of ImageKit 2's: a base, or one of the three methods."""
    has_root = any(family.module.qualified(base) in ROOTS for base in family.node.bases)
    return has_root or any(method(family.node, name) is not None for name in EVENTS)
