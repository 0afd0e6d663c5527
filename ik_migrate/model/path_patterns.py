"""Patterns of paths, as ``exclude`` and ``per-file-ignores`` have them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path


def matches(path: Path, pattern: str, folder: Path) -> bool:
    """Whether a pattern means ``path`` or a folder that it lies in.

    ``*`` stands for any characters, slashes included, and ``**/`` for any folders or none. A pattern
    without a slash means files and folders of that name at any depth; one with a slash starts at ``folder``,
    or at the root of the file system where it is absolute.

    Args:
        path: a file, absolute.
        pattern: the pattern, with forward slashes.
        folder: the folder that the pattern is for; ``path`` lies below it.
    """
    pattern = pattern.removesuffix("/")
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    if os.path.isabs(pattern):
        return _is_or_is_below(path.as_posix(), pattern)
    if "/" not in pattern:
        return any(fnmatch(part, pattern) for part in name.split("/"))
    return _is_or_is_below(name, pattern.removeprefix("./"))


def anchored(pattern: str, folder: Path) -> str:
    """The pattern as one that means the same wherever it is used from.

    Args:
        pattern: relative to ``folder``, also with a leading slash, unless it begins with ``folder`` itself.
        folder: an absolute path.
    """
    from glob import escape

    if "/" not in pattern.removesuffix("/"):
        return pattern
    if pattern.startswith(f"{folder.as_posix()}/"):
        pattern = pattern.removeprefix(f"{folder.as_posix()}/")
    return posixpath.normpath(f"{escape(folder.as_posix())}/{pattern}")


def any_matches(path: Path, patterns: Iterable[str], folder: Path) -> bool:
    """Whether one of the patterns means ``path``; see `matches`."""
    return any(matches(path, pattern, folder) for pattern in patterns)


def _is_or_is_below(name: str, pattern: str) -> bool:
    forms = {pattern, pattern.replace("**/", "")}
    return any(fnmatch(name, form) or fnmatch(name, f"{form}/*") for form in forms)
