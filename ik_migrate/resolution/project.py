"""Names across files: which module a dotted path is, and what a name in one file really stands for.

Nothing of the project is ever imported or run: files are found by their path and read.
"""

from __future__ import annotations

import ast
import builtins
import gc
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TypeVar, cast

from ik_migrate.files.discovery import is_below
from ik_migrate.files.reading import file_content
from ik_migrate.files.source import Source, Undecodable
from ik_migrate.resolution.import_paths import absolute, file_of, is_part_of_imagekit
from ik_migrate.resolution.knowledge import Knowledge
from ik_migrate.specs.imagekit_names import canonical, star_names
from ik_migrate.syntax.module import PythonText
from ik_migrate.syntax.names import Binding
from ik_migrate.syntax.python2_tokens import NotPython

_FOLLOW_AT_MOST = 20
# Bindings that are looked at for one name: several for each name, over several files, could be billions.
_BINDINGS_AT_MOST = 2000
# Characters of source. Syntax trees with all that is known of them take some hundred times as much.
_HOLD_AT_MOST = 2_000_000
_WORD = re.compile(r"[^\W\d]\w*")

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


def renamed(module: Module, name: str) -> list[str]:
    """What else a file calls at its top level what somebody calls ``name``."""
    return [
        binding.name
        for bindings in module.text.names.module.bindings.values()
        for binding in bindings
        if binding.name != name and name in {binding.attribute, _last_part(binding.value)}
    ]


def _last_part(expression: ast.expr | None) -> str:
    return expression.id if isinstance(expression, ast.Name) else getattr(expression, "attr", "")


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
        text: its content.
    """

    def __init__(self, project: Project, path: Path, text: PythonText) -> None:
        self.project = project
        self.path = path
        self.text = text
        self.facts: dict[object, object] = {}
        """What functions marked `per_module` have found in it."""
        self._resolved: dict[ast.expr, Target | None] = {}

    @property
    def shown_path(self) -> str:
        """How the file is named to the user."""
        return self.project.shown(self.path)

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


class Project(Knowledge):
    """The files around those that are migrated, and what is known of them.

    Args:
        root: the folder of the project.
        base: the folder that paths are shown relative to; the root if not given.
        contents: what stands for files instead of what they hold: text of an editor, not saved yet.
    """

    def __init__(self, root: Path, base: Path | None = None, contents: Mapping[Path, bytes] | None = None) -> None:
        super().__init__()
        self.root = root
        self._base = base or root
        self._contents = contents or {}
        self._modules: dict[Path, Module | None] = {}
        self._found: dict[tuple[str, Path], Path | None] = {}
        self._neighbours: dict[tuple[str, Path], Path | None] = {}
        self._held = 0
        self._bindings_left = 0
        self.unreadable: frozenset[Path] = frozenset()
        """Files that must not be read."""
        self._mentions: dict[str, list[Path]] | None = None

    def shown(self, path: Path) -> str:
        """How a file is named to the user: relative, with forward slashes."""
        return Path(os.path.relpath(path, self._base)).as_posix()

    def is_wanted(self, path: Path) -> bool:
        """Whether the file is one of those that were asked for."""
        return not self.wanted or is_below(path, self.wanted)

    def read(self, path: Path) -> bytes:
        """What a file holds, or what stands for it.

        Raises:
            OSError: when it can't be read.
        """
        known = self._contents.get(path)
        return file_content(path) if known is None else known

    def module_at(self, path: Path) -> Module | None:
        """The file as a module; None where it can't be read or parsed."""
        if path not in self._modules:
            if path in self.unreadable:
                return None
            try:
                self._modules[path] = self.load(path, self.read(path))
            except (OSError, Undecodable, NotPython):
                self._modules[path] = None
        return self._modules[path]

    def load(self, path: Path, data: bytes) -> Module:
        """The file as a module, from its bytes.

        Raises:
            Undecodable: when the bytes are not text.
            NotPython: when the text is not Python.
        """
        source = Source.from_python(data)
        module = self._modules.get(path)
        if module is None or module.text.source != source:
            module = Module(self, path, PythonText(source))
            self._modules[path] = module
            self._held += len(source.text)
        return module

    def add_source_roots(self, roots: Iterable[Path]) -> None:
        """Note the folders on ``sys.path``; what was resolved without knowing them is resolved anew."""
        self.source_roots += roots
        self._found.clear()
        for module in self._modules.values():
            if module is not None:
                module.forget_names()

    def take_over(self, other: Knowledge) -> None:
        """See `Knowledge.take_over`; what was found in the files without knowing it is found anew."""
        is_new = other.attributes_of_variables != self.attributes_of_variables
        if other.candidates != self.candidates:
            self._mentions = None
        super().take_over(other)
        for module in self._modules.values() if is_new else ():
            if module is not None:
                module.forget_facts()

    def make_room(self) -> None:
        """Forget the modules that were read, where they have become many; to be called between two files only.

        All of them: a module that stays would still know the syntax trees of one that is read anew.
        """
        if self._held > _HOLD_AT_MOST:
            self._modules.clear()
            self._held = 0
            gc.collect()

    def modules_at(self, paths: Iterable[Path]) -> list[Module]:
        """Those of the files that are modules."""
        return [module for module in map(self.module_at, paths) if module is not None]

    def saying(self, word: str) -> list[Module]:
        """Those files among the candidates that say ``word``, a name, in the order of their paths."""
        if self._mentions is None:
            self._mentions = {}
            for path in self.candidates:
                if path.suffix == ".py":
                    for found in self._words_in(path):
                        self._mentions.setdefault(found, []).append(path)
        return self.modules_at(self._mentions.get(word, ()))

    def _words_in(self, path: Path) -> set[str]:
        """The names, and the words in texts and comments, that a file has."""
        try:
            return set(_WORD.findall(self.read(path).decode("utf-8", "replace")))
        except OSError:
            return set()

    def naming(self, module: Module, name: str) -> list[Module]:
        """The files that can mean what ``module`` calls ``name``: they say so, or say what others renamed it to."""
        names = [name]
        found = {module.path: module}
        for word in names:
            for other in self.saying(word):
                # Of a file that is being rewritten it is the text at hand that counts.
                found.setdefault(other.path, other)
                names += [new for new in renamed(other, word) if new not in names]
        return [found[path] for path in sorted(found)]

    def importing(self, module: Module, name: str) -> list[tuple[Module, str]]:
        """The files that import ``name`` from ``module``, with what they call it."""
        found = set(self.importers.get((module.path, name), ()))
        # What these import was not found out when all files were read.
        for other in self.modules_at(sorted(self.faults)):
            found |= self.imported_by(other).get((module.path, name), set())
        return [(other, local) for path, local in sorted(found) for other in self.modules_at([path])]

    def imported_by(self, module: Module) -> dict[tuple[Path, str], set[tuple[Path, str]]]:
        """What a file imports from others of the project: by file and name there, this file and the name here."""
        found: dict[tuple[Path, str], set[tuple[Path, str]]] = {}
        for bindings in module.text.names.module.bindings.values():
            for binding in bindings:
                if binding.kind == "import" and binding.attribute:
                    _, path = self._imported_file(module, binding.module)
                    if path is not None and path != module.path:
                        found.setdefault((path, binding.attribute), set()).add((module.path, binding.name))
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

    def _neighbour(self, module: Module, dotted: str) -> Path | None:
        """The file of the module ``dotted``, seen from the folder of another one."""
        key = (dotted, module.path.parent)
        if key not in self._neighbours:
            self._neighbours[key] = file_of(module.path.parent, dotted.split("."))
        return self._neighbours[key]

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
        if depth == 0:
            self._bindings_left = _BINDINGS_AT_MOST
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
        self._bindings_left = _BINDINGS_AT_MOST
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
        self._bindings_left -= 1
        if self._bindings_left < 0:
            return None
        if binding.kind == "import":
            return self._imported(module, binding.module, binding.attribute, depth)
        if binding.kind == "assign" and isinstance(binding.value, ast.Name | ast.Attribute):
            followed = self.resolve(module, binding.value, depth + 1)
            if followed is not None:
                return followed
        return Target(f"{module.dotted}.{binding.name}", module, binding)

    def _imported(self, module: Module, source: str, attribute: str, depth: int) -> Target | None:
        dotted, path = self._imported_file(module, source)
        if dotted is None:
            return None
        if not attribute:
            return Target(dotted)
        found = self.module_at(path) if path is not None else None
        if found is not None:
            inner = self._name_in(found, attribute, depth + 1)
            return inner or Target(f"{found.dotted}.{attribute}")
        return Target(canonical(f"{dotted}.{attribute}"))

    def _imported_file(self, module: Module, source: str) -> tuple[str | None, Path | None]:
        """The dotted name of a module that is imported, None where there is none, and its file in the project."""
        dotted = absolute(module.package, source)
        if dotted is None:
            return None, None
        if not source.startswith(".") and module.has_implicit_relative_imports:
            path = self._neighbour(module, dotted)
            if path is not None and path != module.path and not is_part_of_imagekit(path, dotted.split(".")):
                return ".".join((*module.package, dotted)), path
        return dotted, self.find(dotted, module)

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
            self._bindings_left -= 1
            if dotted is None or self._bindings_left < 0:
                continue
            if name in star_names(dotted):
                return Target(canonical(f"{dotted}.{name}"))
            path = self.find(dotted, module) or self._neighbour(module, dotted)
            found = self.module_at(path) if path is not None and path != module.path else None
            target = self._name_in(found, name, depth + 1) if found is not None else None
            if target is not None:
                return target
        return None
