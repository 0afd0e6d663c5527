"""Files and folders: which lie in which, and where a project begins."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

_PROJECT_MARKS = ("manage.py", "setup.py", "pyproject.toml", "setup.cfg", "tox.ini")


def project_root(path: Path) -> Path:
    """The folder of the project that ``path`` is or belongs to: its repository, else where its set-up lies."""
    folder = path if path.is_dir() else path.parent
    folder = Path(os.path.abspath(folder))
    if path.is_dir() and (folder / "manage.py").is_file():
        # A whole Django project was requested: other folders of the repository are not part of it.
        return folder
    marked = folder
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
        if any((candidate / mark).is_file() for mark in _PROJECT_MARKS):
            marked = candidate
    return marked


def is_project(folder: Path) -> bool:
    """Whether something says that a project begins in the folder."""
    return any((folder / mark).exists() for mark in (".git", *_PROJECT_MARKS))


def is_below(path: Path, places: Iterable[Path]) -> bool:
    """Whether ``path`` is one of ``places``, or lies in one of them."""
    return any(path == place or place in path.parents for place in places)


def quick_test(places: Collection[Path]) -> Callable[[str], bool]:
    """A test like `is_below`, for the many paths of a project."""
    exact = {str(place) for place in places}
    above = tuple(os.path.join(place, "") for place in places)
    return lambda path: path in exact or path.startswith(above)
