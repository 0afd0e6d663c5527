"""Folders whose code is not the project's own: installed packages, what is built, and copies of ImageKit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

EXCLUDED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "virtualenv", "node_modules", "build"}
    | {"dist", "site-packages", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs"}
)
"""Names of folders that are skipped wherever they are."""
_EXCLUDED_ENDINGS = (".egg-info", ".dist-info")


def foreign_tree(folder: Path, path: Path) -> str | None:
    """The folder on the way from ``folder`` to a file that is not the project's own code.

    Returns:
        Its path relative to ``folder``, with forward slashes; None where there is none.
    """
    parts = path.relative_to(folder).parts[:-1]
    for index, part in enumerate(parts):
        if is_excluded(part) or is_copy_of_imagekit(folder.joinpath(*parts[: index + 1])):
            return "/".join(parts[: index + 1])
    return None


def is_excluded(name: str) -> bool:
    """Whether folders of that name are skipped."""
    return name in EXCLUDED or name.endswith(_EXCLUDED_ENDINGS)


@lru_cache(maxsize=4096)
def is_copy_of_imagekit(folder: Path) -> bool:
    """Whether ``folder`` is a copy of ImageKit, or of its repository with tests and documentation."""
    return is_imagekit(folder) or ((folder / "setup.py").is_file() and is_imagekit(folder / "imagekit"))


@lru_cache(maxsize=4096)
def is_imagekit(folder: Path) -> bool:
    """Whether ``folder`` is ImageKit's package, of any version and under any name."""
    has_processors = _has_module(folder, "processors")
    if not has_processors or not (_has_module(folder, "models") or _has_module(folder, "generators")):
        return False
    if folder.name == "imagekit" and ((folder / "models").is_dir() or _has_module(folder, "specs")):
        return True
    # One of 2.x and later; 1.x; 0.x. Together with the processors no project's own package has them.
    later = any((folder / name).is_dir() for name in ("imagecache", "cachefiles"))
    return later or (_has_module(folder, "lib") and (_has_module(folder, "generators") or _has_module(folder, "specs")))


def _has_module(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()
