"""Import statements in all spellings."""

from __future__ import annotations

import re
from random import Random

FIELDS = "imagekit.models"
PROCESSORS = "imagekit.processors"
BACKENDS = "imagekit.imagecache"

_ALIASES = {
    "ImageSpecField": "Spec",
    "ImageSpec": "OldSpec",
    "ProcessedImageField": "Processed",
    "ResizeToFit": "Fit",
    "ResizeToFill": "Fill",
    "NonValidatingImageCacheBackend": "NonValidating",
    "PessimisticImageCacheBackend": "Pessimistic",
}
_SUBMODULES = {
    FIELDS: {"ImageSpecField": "fields", "ProcessedImageField": "fields"},
    PROCESSORS: {
        **dict.fromkeys(("ResizeToFit", "ResizeToFill", "ResizeToCover", "SmartResize", "Resize"), "resize"),
        **dict.fromkeys(("TrimBorderColor", "Crop", "SmartCrop"), "crop"),
        **dict.fromkeys(("Adjust", "Reflection", "Transpose"), "base"),
    },
    BACKENDS: {"NonValidatingImageCacheBackend": "base", "PessimisticImageCacheBackend": "base"},
}
_WAYS = {
    FIELDS: ("name",) * 9 + ("alias", "submodule", "dotted", "module", "from-package", "both", "star", "try", "if"),
    PROCESSORS: ("name",) * 9 + ("alias", "submodule", "submodule", "dotted", "module", "from-package", "star"),
    BACKENDS: ("name",) * 5 + ("alias", "submodule", "dotted", "module", "from-package", "from-package", "both"),
}


def _is_used(statement: str, text: str) -> bool:
    """Whether a text uses what a statement, or a part of one, imports. Of a star that is not known: it does."""
    word = statement.split()[-1]
    return word == "*" or re.search(rf"\b{re.escape(word)}\b", text) is not None


class Imports:
    """The imports of a module: what is asked for is spelled in one way for each package, most of the time.

    Args:
        random: where the choices come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ways = {package: random.choice(ways) for package, ways in _WAYS.items()}
        self._plain: list[str] = []
        self._from: dict[str, list[str]] = {}
        self._blocks: list[str] = []

    @property
    def ways(self) -> dict[str, str]:
        """How each package of ImageKit is imported."""
        return dict(self._ways)

    def spell(self, package: str, name: str) -> str:
        """Return the expression for a name of ImageKit, and have it imported.

        Args:
            package: `FIELDS`, `PROCESSORS` or `BACKENDS`.
            name: what it has.
        """
        way = self._ways[package]
        if way not in {"name", "star", "try", "if"} and self._random.random() < 0.1:
            way = "name"
        if way == "alias" and name in _ALIASES:
            self.add_from(package, f"{name} as {_ALIASES[name]}")
            return _ALIASES[name]
        submodule = _SUBMODULES[package].get(name)
        if way == "submodule" and submodule:
            self.add_from(f"{package}.{submodule}", name)
            return name
        if way in {"dotted", "both"}:
            self.add("import imagekit" if way == "both" else "")
            self.add(f"import {package}")
            return f"{package}.{name}"
        if way == "module":
            alias = {FIELDS: "ik", PROCESSORS: "ikp", BACKENDS: "ikc"}[package]
            self.add(f"import {package} as {alias}")
            return f"{alias}.{name}"
        if way == "from-package":
            module = package.rpartition(".")[2]
            alias = "ikmodels" if package == FIELDS else module
            self.add_from("imagekit", f"{module} as {alias}" if alias != module else module)
            return f"{alias}.{name}"
        if way == "star":
            # ImageKit 2 has no __all__: the star brings all of its names.
            self.add(f"from {package} import *")
            return name
        if way == "if":
            block = f"if 1:\n    from {package} import {name}\nelse:\n    {name} = None"
            if block not in self._blocks:
                self._blocks.append(block)
            return name
        if way == "try":
            block = f"try:\n    from {package} import {name}\nexcept ImportError:\n    {name} = None"
            if block not in self._blocks:
                self._blocks.append(block)
            return name
        self.add_from(package, name)
        return name

    def add(self, statement: str) -> None:
        """Add an import statement, once."""
        if statement and statement not in self._plain:
            self._plain.append(statement)

    def add_from(self, module: str, name: str) -> None:
        """Add ``from module import name``, once."""
        names = self._from.setdefault(module, [])
        if name not in names:
            names.append(name)

    def lines(self, text: str | None = None) -> list[str]:
        """Return the statements, stars first, for what comes after them is what counts.

        Args:
            text: what uses the names; without it, all of them are imported.
        """
        plain = [line for line in self._plain if text is None or _is_used(line, text)]
        stars = [line for line in plain if line.endswith("*")]
        others = [line for line in plain if not line.endswith("*")]
        for module, names in self._from.items():
            used = [name for name in names if text is None or _is_used(name, text)]
            others += self._from_lines(module, used) if used else []
        self._random.shuffle(others)
        blocks = [block for block in self._blocks if text is None or _is_used(block.rpartition("\n    ")[2][:-7], text)]
        return [*stars, *others, *blocks]

    def _from_lines(self, module: str, names: list[str]) -> list[str]:
        layout = self._random.choice(("one", "one", "one", "single", "parentheses", "comments", "backslash"))
        if len(names) > 1 and layout == "single":
            return [f"from {module} import {name}" for name in names]
        if layout == "parentheses":
            return [f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"]
        if layout == "comments":
            lines = "".join(f"    {name},  # {name.lower()}\n" for name in names)
            return [f"from {module} import (  # what we need\n{lines})"]
        if layout == "backslash":
            return [f"from {module} import \\\n    {', '.join(names)}"]
        return [f"from {module} import {', '.join(names)}"]
