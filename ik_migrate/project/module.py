"""One Python file of the project, and what its names stand for."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TypeVar, cast

from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.support_module import MARKER
from ik_migrate.source.scopes import Binding
from ik_migrate.source.tree import PythonText

Result = TypeVar("Result")


@dataclass(frozen=True)
class Target:
    """What a name stands for.

    Args:
        qualified: its dotted name, ImageKit's under their shortest path.
        module: the file of the project that defines it; None for a module itself or for code
            outside the project.
        binding: where that file binds it.
        others: what it stands for instead, if another of its bindings is the one that counts at run time.
    """

    qualified: str
    module: Module | None = None
    binding: Binding | None = None
    others: tuple[Target, ...] = ()


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

    def __init__(self, project: ProjectIndex, path: Path, text: PythonText) -> None:
        self.project = project
        self.path = path
        self.folder = path.parent
        self.text = text
        self.facts: dict[object, object] = {}
        """What functions marked `per_module` have found in it."""
        self.imported: dict[tuple[str, str], Target | None] = {}
        """What names stand for that it imports: by the module, as it is written, and the name there."""
        self.at_top: dict[str, Target | None] = {}
        """What names stand for at its top level."""
        self.from_inside: dict[tuple[int, str], Target | None] = {}
        """What names stand for where inner scopes use them: by the scope that binds them."""
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
        # A module of the project with the name of the library is not the library.
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

    @cached_property
    def is_support(self) -> bool:
        """Whether the file is a support module, which is ImageKit 3's and no rule's business."""
        return self.text.source.text.startswith(MARKER)

    def forget_facts(self) -> None:
        """Clear the cached results of functions marked `per_module`."""
        self.facts.clear()

    def forget_names(self) -> None:
        """Resolve each name again from now on."""
        self._resolved.clear()
        self.at_top.clear()
        self.imported.clear()
        self.from_inside.clear()

    def forget(self) -> None:
        """Let go of what refers back to this module: then its memory is free as soon as nobody else needs it.

        The garbage collector would take as long to find that as parsing the file has taken.
        """
        self.forget_facts()
        self.forget_names()

    def resolve(self, expression: ast.expr) -> Target | None:
        """What a name or dotted name in this file stands for; None where that cannot be determined."""
        known = self._resolved.get(expression, self)
        if not isinstance(known, Module):
            return known
        found = self._resolved[expression] = self.project.resolve(self, expression)
        return found

    def qualified(self, expression: ast.expr) -> str:
        """The dotted name that ``expression`` stands for, or an empty string."""
        target = self.resolve(expression)
        return target.qualified if target else ""


class ProjectIndex(ProjectFacts, ABC):
    """What one file can ask of the project that it belongs to: facts, other files, and the meaning of names."""

    root: Path
    """The folder of the project."""

    @abstractmethod
    def shown(self, path: Path) -> str:
        """Return how a file is named to the user: relative, with forward slashes."""

    @abstractmethod
    def is_wanted(self, path: Path) -> bool:
        """Whether the file is one of those that were requested."""

    @abstractmethod
    def read(self, path: Path) -> bytes:
        """Return the content of a file.

        Raises:
            OSError: when it cannot be read.
        """

    @abstractmethod
    def module_at(self, path: Path) -> Module | None:
        """Return the file as a module; None where it cannot be read or parsed."""

    @abstractmethod
    def modules_at(self, paths: Iterable[Path]) -> list[Module]:
        """Return those of the files that are modules."""

    @abstractmethod
    def saying(self, word: str) -> list[Module]:
        """Return the candidates that contain ``word``, a name, in the order of their paths."""

    @abstractmethod
    def naming(self, module: Module, name: str) -> list[Module]:
        """Return the files that can refer to what ``module`` calls ``name``, under that name or another."""

    @abstractmethod
    def importing(self, module: Module, name: str) -> list[tuple[Module, str]]:
        """Return the files that import ``name`` from ``module``, with what they call it."""

    @abstractmethod
    def imported_by(self, module: Module) -> dict[tuple[Path, str], set[tuple[Path, str]]]:
        """Return what a file imports from others: by file and name there, this file and the name here."""

    @abstractmethod
    def find(self, dotted: str, seen_from: Module) -> Path | None:
        """Return the file of the module ``dotted``, imported from another file of the project."""

    @abstractmethod
    def neighbour(self, module: Module, dotted: str) -> Path | None:
        """Return the file of the module ``dotted``, seen from the folder of another one."""

    @abstractmethod
    def imported_file(self, module: Module, source: str) -> tuple[str | None, Path | None]:
        """Return the dotted name of an imported module, None where there is none, and its file in the project."""

    @abstractmethod
    def resolve(self, module: Module, expression: ast.expr) -> Target | None:
        """Return what a name or dotted name in a file stands for; None where that cannot be determined."""

    @abstractmethod
    def resolve_global(self, module: Module, name: str) -> Target | None:
        """Return what a name at the top level of a file stands for."""


def renamed(module: Module, name: str) -> list[str]:
    """What else a file calls at its top level what somebody calls ``name``."""
    return _new_names(module).get(name, [])


@per_module
def _new_names(module: Module) -> dict[str, list[str]]:
    """What a file calls at its top level what others, or other parts of it, call by another name: by that."""
    found: dict[str, list[str]] = {}
    for bindings in module.text.names.module.bindings.values():
        for binding in bindings:
            for name in {binding.attribute, last_word(binding.value)} - {binding.name}:
                found.setdefault(name, []).append(binding.name)
    return found


def last_word(expression: ast.AST | None) -> str:
    """Return a name, or the last part of a dotted one; empty for anything else."""
    return expression.id if isinstance(expression, ast.Name) else getattr(expression, "attr", "")
