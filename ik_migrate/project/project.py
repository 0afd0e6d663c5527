"""The files of the project: which module a dotted path is, and which files mean what another one defines.

Nothing of the project is ever imported or run: files are found by their path and read.
"""

from __future__ import annotations

import ast
import gc
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ik_migrate.files.places import is_below
from ik_migrate.files.reading import file_content
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.import_paths import ModuleFiles, absolute, is_part_of_imagekit
from ik_migrate.project.module import Module, ProjectIndex, Target, renamed
from ik_migrate.project.resolver import Resolver
from ik_migrate.source.python2.tokens import NotPython, TooLarge
from ik_migrate.source.source_file import Source, Undecodable
from ik_migrate.source.tree import PythonText

PYTHON_AT_MOST = 4_000_000
"""Bytes of a Python file that is parsed. Its syntax tree takes eighty times as much memory, and seconds to make."""
# Characters of source. Syntax trees with all that is known of them take some hundred times as much.
_HOLD_AT_MOST = 2_000_000
# What is found out about a file depends on these.
_DECIDING_FACTS = (
    *("attributes_of_variables", "has_storages", "legacy_factories", "support", "default_strategy"),
    *("has_simple_backend", "has_changing_processors", "sets_storages"),
    *("keyword_dicts", "importers", "candidates"),
)
_WORD = re.compile(r"[^\W\d]\w*")


class Project(ProjectIndex):
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
        self._files = ModuleFiles()
        self._around: dict[Path, tuple[Path, ...]] = {}
        self._shared: list[tuple[Path, frozenset[str] | None]] | None = None
        self._held = 0
        self._resolver = Resolver(self)
        self.unreadable: frozenset[Path] = frozenset()
        """Files that must not be read."""
        self._mentions: dict[str, list[Path]] | None = None

    def shown(self, path: Path) -> str:
        """How a file is named to the user: relative, with forward slashes."""
        return Path(os.path.relpath(path, self._base)).as_posix()

    def is_wanted(self, path: Path) -> bool:
        """Whether the file is one of the requested ones."""
        return not self.wanted or is_below(path, self.wanted)

    def may_write(self, path: Path) -> bool:
        """Whether a run may write a file that the requested files need.

        A whole app or project needs it. Whoever names single files, as an editor and a hook do, has these written
        alone.
        """
        return not self._contents and (self.is_wanted(path) or any(folder.is_dir() for folder in self.wanted))

    def read(self, path: Path) -> bytes:
        """What a file holds, or what stands for it.

        Raises:
            OSError: when it cannot be read.
        """
        known = self._contents.get(path)
        return file_content(path) if known is None else known

    def module_at(self, path: Path) -> Module | None:
        """The file as a module; None where it cannot be read or parsed."""
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
            TooLarge: when it is too large to be parsed; a kind of `NotPython`.
        """
        if len(data) > PYTHON_AT_MOST:
            raise TooLarge(PYTHON_AT_MOST)
        source = Source.from_python(data)
        module = self._modules.get(path)
        if module is None or module.text.source != source:
            module = Module(self, path, PythonText(source))
            self._modules[path] = module
            self._held += len(source.text)
        return module

    def add_source_roots(self, roots: Iterable[Path]) -> None:
        """Note the folders on ``sys.path``; what was resolved without knowing them is resolved again."""
        self.source_roots += roots
        self._found.clear()
        self._shared = None
        for module in self._modules.values():
            if module is not None:
                module.forget_names()

    def take_over(self, other: ProjectFacts) -> None:
        """See `ProjectFacts.take_over`; what was found in the files without knowing it is found again."""
        is_new = any(getattr(other, name) != getattr(self, name) for name in _DECIDING_FACTS)
        if other.support != self.support and any(map(self._resolver.depends_on, (other.support, self.support))):
            for module in self._modules.values():
                if module is not None:
                    module.forget_names()
        if other.candidates != self.candidates:
            self._mentions = None
        super().take_over(other)
        for module in self._modules.values() if is_new else ():
            if module is not None:
                module.forget_facts()

    def make_room(self) -> None:
        """Forget the modules that were read, where they have become many; to be called between two files only.

        All of them: a module that stays would still know the syntax trees of one that is read again.
        """
        if self._held > _HOLD_AT_MOST:
            for module in self._modules.values():
                if module is not None:
                    module.forget()
            self._modules.clear()
            self._held = 0
            # What is new since the last time: results pile up, and to go through them again each time adds up.
            gc.collect(0)

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
        """The names, and the words in texts and comments, that a file has; none where it is too large."""
        try:
            data = self.read(path)
        except OSError:
            return set()
        return set(_WORD.findall(data.decode("utf-8", "replace"))) if len(data) <= PYTHON_AT_MOST else set()

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
        found |= {(path, name) for path, _ in self.importers.get((module.path, "*"), ())}
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
                    _, path = self.imported_file(module, binding.module)
                    if path is not None and path != module.path:
                        found.setdefault((path, binding.attribute), set()).add((module.path, binding.name))
        for source in module.text.names.module.star_imports:
            _, path = self.imported_file(module, source)
            if path is not None and path != module.path:
                found.setdefault((path, "*"), set()).add((module.path, "*"))
        for node in module.text.nodes_of(ast.Attribute):
            path = self._module_asked(module, node) if isinstance(node, ast.Attribute) else None
            if isinstance(node, ast.Attribute) and path is not None and path != module.path:
                found.setdefault((path, node.attr), set()).add((module.path, module.text.text_of(node)))
        return found

    def _module_asked(self, module: Module, node: ast.Attribute) -> Path | None:
        """The file of the project that ``node`` takes a name from, as in ``fields.ImageSpecField``."""
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        bindings = module.text.names.module.bindings.get(root.id, [])
        if not any(binding.kind == "import" for binding in bindings):
            return None
        target = module.resolve(node.value)
        if target is None or target.module is not None or target.qualified.startswith("imagekit."):
            return None
        return self.find(target.qualified, module)

    def find(self, dotted: str, seen_from: Module) -> Path | None:
        """The file of the module ``dotted``, imported from another file of the project."""
        key = (dotted, seen_from.folder)
        if key not in self._found:
            self._found[key] = self._find(dotted, seen_from)
        return self._found[key]

    def _find(self, dotted: str, seen_from: Module) -> Path | None:
        parts = dotted.split(".")
        for root in (*self._roots_around(seen_from), *self._shared_roots_with(parts[0])):
            found = self._files.find(root, parts)
            if found is not None:
                return None if is_part_of_imagekit(found, parts) else found
        return None

    def neighbour(self, module: Module, dotted: str) -> Path | None:
        """The file of the module ``dotted``, seen from the folder of another one."""
        key = (dotted, module.folder)
        if key not in self._neighbours:
            self._neighbours[key] = self._files.find(module.folder, dotted.split("."))
        return self._neighbours[key]

    def imported_file(self, module: Module, source: str) -> tuple[str | None, Path | None]:
        """The dotted name of a module that is imported, None where there is none, and its file in the project."""
        dotted = absolute(module.package, source)
        if dotted is None:
            return None, None
        if not source.startswith(".") and module.has_implicit_relative_imports:
            path = self.neighbour(module, dotted)
            if path is not None and path != module.path and not is_part_of_imagekit(path, dotted.split(".")):
                return ".".join((*module.package, dotted)), path
        return dotted, self.find(dotted, module)

    def _roots_around(self, module: Module) -> tuple[Path, ...]:
        """The folders from which the files beside a module import, by its own place."""
        here = module.folder
        if here not in self._around:
            roots = [module.root]
            for folder in module.path.parents:
                if (folder / "manage.py").is_file():
                    # Until Django 1.3 the folder above manage.py was importable too.
                    roots += [folder, folder.parent]
                if folder == self.root:
                    break
            self._around[here] = tuple(dict.fromkeys(roots))
        return self._around[here]

    def _shared_roots_with(self, name: str) -> Iterable[Path]:
        """The folders from which all files import, without those that certainly have no module of a name."""
        if self._shared is None:
            roots = dict.fromkeys([*self.source_roots, self.root, self.root / "src", self.root / "apps"])
            self._shared = [(root, self._files.listing(root)) for root in roots]
        return (root for root, listed in self._shared if listed is None or name in listed or not name)

    def resolve(self, module: Module, expression: ast.expr) -> Target | None:
        """See `ProjectIndex.resolve`."""
        return self._resolver.resolve(module, expression)

    def resolve_global(self, module: Module, name: str) -> Target | None:
        """What a name at the top level of a file stands for."""
        return self._resolver.resolve_global(module, name)
