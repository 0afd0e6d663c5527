"""Dotted module names, and the files that they stand for."""

from __future__ import annotations

import os
from pathlib import Path

from ik_migrate.files.excluded_dirs import is_imagekit


def absolute(package: tuple[str, ...], source: str) -> str | None:
    """A module as an import statement names it, with the dots in front resolved.

    Args:
        package: the packages that the importing file lies in, outermost first.
        source: what stands behind ``from``.

    Returns:
        The dotted name; None where there are more dots than packages.
    """
    level = len(source) - len(source.lstrip("."))
    if not level:
        return source
    if level > len(package) + 1:
        return None
    parts = package[: len(package) - (level - 1)]
    return ".".join((*parts, *filter(None, [source[level:]])))


class ModuleFiles:
    """The files of modules below some folders, whose content is remembered: most names are not in most folders."""

    def __init__(self) -> None:
        self._listed: dict[Path, frozenset[str] | None] = {}

    def find(self, root: Path, parts: list[str]) -> Path | None:
        """The file of the module with these names below ``root``, if any: a package before a file, as Python has it."""
        listed = self.listing(root)
        if listed is not None and parts[0] and parts[0] not in listed:
            return None
        base = os.path.join(root, *parts)
        for candidate in (os.path.join(base, "__init__.py"), f"{base}.py"):
            if os.path.isfile(candidate):
                return Path(candidate)
        return None

    def listing(self, folder: Path) -> frozenset[str] | None:
        """What is in a folder, as the names of modules and packages; None where the system does not list it."""
        if folder not in self._listed:
            try:
                names = os.listdir(folder)
            except FileNotFoundError:
                names = []
            except OSError:
                self._listed[folder] = None
                return None
            self._listed[folder] = frozenset(name.removesuffix(".py") for name in names)
        return self._listed[folder]


def is_part_of_imagekit(path: Path, parts: list[str]) -> bool:
    """Whether the module ``parts`` at ``path`` belongs to a copy of ImageKit that lies in the project."""
    if parts[0] != "imagekit":
        return False
    return is_imagekit(path.parents[len(parts) - (1 if path.name == "__init__.py" else 2)])
