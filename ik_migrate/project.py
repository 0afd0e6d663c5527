"""Names across files: which module a dotted path is, and what a name in one file really stands for.

Nothing of the project is ever imported or run: files are found by their path and read.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from ik_migrate.discovery import is_below
from ik_migrate.imagekit_names import canonical, star_names
from ik_migrate.import_paths import absolute, file_of, is_part_of_imagekit
from ik_migrate.module import PythonText
from ik_migrate.names import Binding
from ik_migrate.python2_tokens import NotPython
from ik_migrate.source import Source, Undecodable
from ik_migrate.surroundings import Surroundings
from ik_migrate.targets import DEFAULT_TARGET

if TYPE_CHECKING:
    from ik_migrate.backends import OwnBackend

_FOLLOW_AT_MOST = 20

Result = TypeVar("Result")


@dataclass(frozen=True)
class Target:
    """What a name stands for.

    Args:
        qualified: its dotted name, ImageKit's under their shortest path.
        module: the file of the project that defines it; None for a module itself or for code
            outside the project.
        binding: where that file binds it.
    """

    qualified: str
    module: Module | None = None
    binding: Binding | None = None


def per_module(function: Callable[[Module], Result]) -> Callable[[Module], Result]:
    """Let a function of one module remember what it found, for as long as the module is there."""

    @wraps(function)
    def remembered(module: Module) -> Result:
        if function not in module.facts:
            module.facts[function] = function(module)
        return cast(Result, module.facts[function])

    return remembered


class Module:
    """One Python file of the project.

    Args:
        project: the project that it belongs to.
        path: the file.
        shown_path: how it is named to the user.
        text: its content.
    """

    def __init__(self, project: Project, path: Path, shown_path: str, text: PythonText) -> None:
        self.project = project
        self.path = path
        self.shown_path = shown_path
        self.text = text
        self.facts: dict[object, object] = {}
        """What functions marked `per_module` have found in it."""
        self._resolved: dict[ast.expr, Target | None] = {}

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return self.text.tree

    @cached_property
    def root(self) -> Path:
        """The folder that has to be on ``sys.path`` for this file to be imported by its full name."""
        folder = self.path.parent
        while (folder / "__init__.py").is_file() and folder != folder.parent:
            folder = folder.parent
        return folder

    @cached_property
    def package(self) -> tuple[str, ...]:
        """The names of the packages that it lies in, outermost first."""
        return self.path.parent.relative_to(self.root).parts

    @cached_property
    def dotted(self) -> str:
        """Its full name."""
        stem = () if self.path.stem == "__init__" else (self.path.stem,)
        dotted = ".".join((*self.package, *stem))
        # A module of the project's own that is called like the library must not be taken for it.
        return f"project:{dotted}" if dotted.split(".")[0] == "imagekit" else dotted

    @cached_property
    def has_implicit_relative_imports(self) -> bool:
        """Whether ``import x`` may mean a neighbour, as in Python 2 without ``absolute_import``."""
        return not any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "absolute_import" for alias in node.names)
            for node in self.tree.body
        )

    def forget_facts(self) -> None:
        """Find out anew what functions marked `per_module` have found."""
        self.facts.clear()

    def forget_names(self) -> None:
        """Resolve each name anew from now on."""
        self._resolved.clear()

    def resolve(self, expression: ast.expr) -> Target | None:
        """What a name or dotted name in this file stands for; None where that can't be told."""
        known = self._resolved.get(expression, self)
        if not isinstance(known, Module):
            return known
        found = self._resolved[expression] = self.project.resolve(self, expression)
        return found

    def qualified(self, expression: ast.expr) -> str:
        """The dotted name that ``expression`` stands for, or an empty string."""
        target = self.resolve(expression)
        return target.qualified if target else ""


class Project:
    """The files around those that are migrated.

    Args:
        root: the folder that paths are shown relative to.
        contents: what stands for files instead of what they hold: text of an editor, not saved yet.
    """

    def __init__(self, root: Path, contents: Mapping[Path, bytes] | None = None) -> None:
        self.root = root
        self._contents = contents or {}
        self.default_strategy = "JustInTime"
        """ImageKit 3's strategy for what the project's settings say; empty where they name another."""
        self.has_ik2_code = False
        """Whether some file of the project is known to be written for ImageKit 2."""
        self.target = DEFAULT_TARGET
        """The version of ImageKit that the project moves to."""
        self.keep_cache_names = False
        """Whether the files of spec fields keep the names that ImageKit 2 gave them."""
        self.spec_attributes: set[str] = set()
        """The attributes that are spec fields in some model of the project."""
        self.attributes_of_variables: dict[tuple[Path, str], set[str]] = {}
        """The attributes that spec fields made at the top of a file become, by file and variable."""
        self.shared_attributes: set[str] = set()
        """Those of them that are something else in some other class of the project."""
        self.keyword_dicts: dict[Path, set[str]] = {}
        """The names of the dicts that spec fields are given with ``**``, by the files that make them."""
        self.around = Surroundings()
        """Facts for the rules about templates, scripts and settings."""
        self.own_backends: dict[tuple[Path, str], OwnBackend] = {}
        """The classes of the project that are image cache backends, by file and name."""
        self.has_names_that_stay = False
        """Whether some spec field may give its file a name that stays when the source changes."""
        self.wanted: tuple[Path, ...] = ()
        """The files and folders that were asked for; none where that is the whole project."""
        self.source_roots: list[Path] = []
        """Folders on ``sys.path``, as the project's own code and its owner say."""
        self._modules: dict[Path, Module | None] = {}
        self._found: dict[tuple[str, Path], Path | None] = {}

    def is_wanted(self, path: Path) -> bool:
        """Whether the file is one of those that were asked for."""
        return not self.wanted or is_below(path, self.wanted)

    def read(self, path: Path) -> bytes:
        """What a file holds, or what stands for it.

        Raises:
            OSError: when it can't be read.
        """
        known = self._contents.get(path)
        return path.read_bytes() if known is None else known

    def module_at(self, path: Path, shown_path: str = "") -> Module | None:
        """The file as a module; None where it can't be read or parsed."""
        if path not in self._modules:
            try:
                self._modules[path] = self.load(path, self.read(path), shown_path)
            except (OSError, Undecodable, NotPython):
                self._modules[path] = None
        return self._modules[path]

    def load(self, path: Path, data: bytes, shown_path: str = "") -> Module:
        """The file as a module, from its bytes.

        Raises:
            Undecodable: when the bytes are not text.
            NotPython: when the text is not Python.
        """
        source = Source.from_python(data)
        module = self._modules.get(path)
        if module is None or module.text.source != source:
            module = Module(self, path, shown_path or path.name, PythonText(source))
            self._modules[path] = module
        elif shown_path:
            module.shown_path = shown_path
        return module

    def add_source_roots(self, roots: Iterable[Path]) -> None:
        """Note the folders on ``sys.path``; what was resolved without knowing them is resolved anew."""
        self.source_roots += roots
        self._found.clear()
        for module in self.loaded():
            module.forget_names()

    def loaded(self) -> list[Module]:
        """The files of the project that have been read so far."""
        return [module for module in self._modules.values() if module is not None]

    def importers(self, module: Module, name: str) -> list[tuple[Module, str]]:
        """The files that import ``name`` from ``module``, with what they call it."""
        found = []
        for other in self.loaded():
            for bindings in other.text.names.module.bindings.values() if other is not module else ():
                for binding in bindings:
                    if binding.kind == "import" and binding.attribute == name:
                        dotted = absolute(other.package, binding.module)
                        if dotted is not None and self.find(dotted, other) == module.path:
                            found.append((other, binding.name))
        return found

    def find(self, dotted: str, seen_from: Module) -> Path | None:
        """The file of the module ``dotted``, imported from another file of the project."""
        key = (dotted, seen_from.path.parent)
        if key not in self._found:
            self._found[key] = self._find(dotted, seen_from)
        return self._found[key]

    def _find(self, dotted: str, seen_from: Module) -> Path | None:
        parts = dotted.split(".")
        for root in self._roots(seen_from):
            found = file_of(root, parts)
            if found is not None:
                return None if is_part_of_imagekit(found, parts) else found
        return None

    def _roots(self, module: Module) -> Iterable[Path]:
        roots = [module.root]
        for folder in module.path.parents:
            if (folder / "manage.py").is_file():
                # Until Django 1.3 the folder above manage.py was importable too.
                roots += [folder, folder.parent]
            if folder == self.root:
                break
        roots += [*self.source_roots, self.root, self.root / "src", self.root / "apps"]
        return dict.fromkeys(roots)

    def resolve(self, module: Module, expression: ast.expr, depth: int = 0) -> Target | None:
        """What a name or dotted name stands for, through imports and assignments in all files."""
        if depth > _FOLLOW_AT_MOST:
            return None
        if isinstance(expression, ast.Name):
            bindings = module.text.names.bindings_in_force(expression)
            if not bindings:
                return self._unbound(module, expression.id, depth)
            return self._best(module, bindings, depth)
        if isinstance(expression, ast.Attribute):
            base = self.resolve(module, expression.value, depth + 1)
            return self._attribute(module, base, expression.attr, depth) if base else None
        return None

    def resolve_global(self, module: Module, name: str) -> Target | None:
        """What a name at the top level of a file stands for."""
        return self._name_in(module, name, 0)

    def _best(self, module: Module, bindings: list[Binding], depth: int) -> Target | None:
        """The target of the last binding, ImageKit's if one of several alternatives is."""
        targets = [
            target
            for binding in bindings
            if not binding.is_none
            for target in [self._bound(module, binding, depth)]
            if target is not None
        ]
        for target in targets:
            if target.qualified.startswith("imagekit."):
                return target
        return targets[-1] if targets else None

    def _bound(self, module: Module, binding: Binding, depth: int) -> Target | None:
        if binding.kind == "import":
            return self._imported(module, binding.module, binding.attribute, depth)
        if binding.kind == "assign" and isinstance(binding.value, ast.Name | ast.Attribute):
            followed = self.resolve(module, binding.value, depth + 1)
            if followed is not None:
                return followed
        return Target(f"{module.dotted}.{binding.name}", module, binding)

    def _imported(self, module: Module, source: str, attribute: str, depth: int) -> Target | None:
        dotted = absolute(module.package, source)
        if dotted is None:
            return None
        path = None
        if not source.startswith(".") and module.has_implicit_relative_imports:
            path = file_of(module.path.parent, dotted.split("."))
            if path is not None and (path == module.path or is_part_of_imagekit(path, dotted.split("."))):
                path = None
            elif path is not None:
                dotted = ".".join((*module.package, dotted))
        if path is None:
            path = self.find(dotted, module)
        if not attribute:
            return Target(dotted)
        found = self.module_at(path) if path is not None else None
        if found is not None:
            inner = self._name_in(found, attribute, depth + 1)
            return inner or Target(f"{found.dotted}.{attribute}")
        return Target(canonical(f"{dotted}.{attribute}"))

    def _attribute(self, module: Module, base: Target, name: str, depth: int) -> Target | None:
        if base.module is not None:
            node = base.binding.node if base.binding is not None else None
            if isinstance(node, ast.ClassDef):
                members = base.module.text.names.scope_made_by(node).bindings.get(name, [])
                if len(members) == 1:
                    return Target(f"{base.qualified}.{name}", base.module, members[0])
            return Target(f"{base.qualified}.{name}")
        path = self.find(base.qualified, module)
        found = self.module_at(path) if path is not None else None
        inner = self._name_in(found, name, depth + 1) if found is not None else None
        return inner or Target(canonical(f"{base.qualified}.{name}"))

    def _name_in(self, module: Module, name: str, depth: int) -> Target | None:
        if depth > _FOLLOW_AT_MOST:
            return None
        bindings = module.text.names.module.bindings.get(name)
        if bindings:
            return self._best(module, bindings, depth)
        return self._from_star(module, name, depth)

    def _unbound(self, module: Module, name: str, depth: int) -> Target | None:
        found = self._from_star(module, name, depth)
        if found is None and hasattr(builtins, name):
            return Target(f"builtins.{name}")
        return found

    def _from_star(self, module: Module, name: str, depth: int) -> Target | None:
        for source in module.text.names.module.star_imports:
            dotted = absolute(module.package, source)
            if dotted is None:
                continue
            if name in star_names(dotted):
                return Target(canonical(f"{dotted}.{name}"))
            path = self.find(dotted, module) or file_of(module.path.parent, dotted.split("."))
            found = self.module_at(path) if path is not None and path != module.path else None
            target = self._name_in(found, name, depth + 1) if found is not None else None
            if target is not None:
                return target
        return None
