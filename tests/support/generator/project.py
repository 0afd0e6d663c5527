"""What the generator makes, and the state while it makes it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from generator.imports import Imports

_T = TypeVar("_T")

APP = "gallery"
MODELS = f"{APP}/models.py"
HELPERS = f"{APP}/fields.py"
CALM_SHARE = 0.5
"""How many modules are mostly ordinary, so that some have nothing that needs manual review."""


@dataclass(frozen=True)
class GeneratedProject:
    """A project of ImageKit 2.

    Args:
        seed: what it was made from.
        files: the bytes of each file, by its path.
        python2: whether its modules are Python 2, and not Python 3.
        runs_on_python2: whether it is valid Python 2.7, which Python 3 source may be, too.
        parameters: keyword names that are parameters of the project's own callables, by the callable's name. They may
            be called as ImageKit 2's arguments are, and stay.
        features: what is in it, for statistics.
    """

    seed: int
    files: dict[str, bytes]
    python2: bool
    runs_on_python2: bool
    parameters: dict[str, frozenset[str]] = field(default_factory=dict)
    features: tuple[str, ...] = ()

    @property
    def models(self) -> str:
        """The text of the models module."""
        return self.files[MODELS].decode("utf-8-sig", "replace")


class Build:
    """A module while it is being made.

    Args:
        random: where all choices come from.
        python2: whether to write Python 2.
    """

    def __init__(self, random: Random, python2: bool) -> None:
        self.random = random
        self.is_calm = random.random() < CALM_SHARE
        self.python2 = python2
        self.imports = Imports(random)
        self.helpers: list[str] = []
        self.classes: list[str] = []
        self.tail: list[str] = []
        self.parameters: dict[str, set[str]] = {}
        self.features: set[str] = set()
        self._used: set[str] = set()

    def chance(self, share: float) -> bool:
        """Return True in this share of the cases."""
        return self.random.random() < share

    def choose(self, options: Sequence[_T]) -> _T:
        """Return one of several things."""
        return self.random.choice(options)

    def weighted(self, options: Iterable[tuple[float, _T]]) -> _T:
        """Return one of several things with these weights."""
        weights, values = zip(*options, strict=True)
        if self.is_calm:
            weights = tuple(weight**2 for weight in weights)
        (chosen,) = self.random.choices(range(len(values)), weights)
        return values[chosen]  # type: ignore[no-any-return]

    def unique(self, *names: str) -> str:
        """Return a name that the module does not have yet: one of these, with a number where all are used."""
        free = [name for name in names if name not in self._used]
        name = self.choose(free) if free else f"{self.choose(names)}{len(self._used)}"
        self._used.add(name)
        return name

    def helper(self, text: str) -> None:
        """Add a statement to those before the models."""
        self.helpers.append(textwrap.dedent(text).strip("\n"))

    def feature(self, name: str) -> None:
        """Note what the module has."""
        self.features.add(name)

    def size(self) -> int:
        """Return a length in pixels."""
        return self.choose((24, 40, 50, 80, 100, 120, 200, 320, 640))
