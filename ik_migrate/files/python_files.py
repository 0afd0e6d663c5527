"""All Python files of a project, by their names alone, with the files that say which Python a project wants."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ik_migrate.files.excluded_dirs import foreign_tree
from ik_migrate.files.git import GitError, answer_of
from ik_migrate.files.isolated_git import isolate
from ik_migrate.files.repository import top_of
from ik_migrate.files.special_files import check_files_of_git
from ik_migrate.files.walk import walk_names
from ik_migrate.model.options import Options
from ik_migrate.model.path_patterns import any_matches

SETUP_FILES = ("setup.py", "setup.cfg", "pyproject.toml")
"""The files that say which Python a project wants, the most telling first."""
_ENDING = ".py"
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements/[^/]+\.(?:txt|in|pip)|(?:requirements|reqs)[^/]*\.(?:txt|in|pip))$")
"""Files for pip, which say which Django a project wants."""


def python_files(folder: Path, options: Options) -> list[str]:
    """Return the Python files of a project, set-up and requirements files first, then sorted; relative to its folder.

    What is in other people's folders, or excluded, is among them: see `is_left_out`.

    Args:
        folder: the folder of the project, absolute.
        options: what to skip.
    """
    names = _names_by_git(folder) if options.respect_gitignore else None
    if names is None:
        names = list(walk_names(folder, options))
    wanted = {name for name in names if name.endswith((_ENDING, *SETUP_FILES)) or is_for_pip(name)}
    return sorted(wanted, key=_rank)


def is_for_pip(name: str) -> bool:
    """Whether a file holds requirements, by its path."""
    return _REQUIREMENTS.search(name) is not None


def is_left_out(folder: Path, path: Path, options: Options) -> bool:
    """Whether a file of the project is not its own code, or is excluded."""
    return foreign_tree(folder, path) is not None or any_matches(path, options.exclude, folder)


def _names_by_git(folder: Path) -> list[str] | None:
    """Let git list them, without those that it ignores; None where it cannot."""
    top = top_of(folder)
    if top is None:
        return None
    patterns = (f"*{_ENDING}", *(f":(glob)**/{name}" for name in (*SETUP_FILES, "*req*.txt", "*req*.in", "*req*.pip")))
    patterns += tuple(f":(glob)**/requirements/*{ending}" for ending in (".txt", ".in", ".pip"))
    try:
        check_files_of_git(top, folder)
        with isolate(top) as git:
            kinds = ("--cached", "--others", "--exclude-standard")
            listing = git.start("ls-files", "-z", *kinds, "--", *patterns, folder=folder)
            answer, _ = answer_of(listing)
    except GitError:
        # The search for files that mention ImageKit has said so.
        return None
    return [os.fsdecode(name) for name in answer.split(b"\0") if name] if not listing.returncode else None


def _rank(name: str) -> tuple[int, str]:
    base = name.rpartition("/")[2]
    if base in SETUP_FILES:
        return SETUP_FILES.index(base), name
    return len(SETUP_FILES) + (not is_for_pip(name)), name
