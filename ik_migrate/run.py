"""Many files through the pipeline, with what the project says as a whole known to each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ik_migrate.backends import SETTING, backend_settings, successor_of_path
from ik_migrate.discovery import project_root, search
from ik_migrate.filetypes import is_of_concern, is_python
from ik_migrate.findings import FileResult
from ik_migrate.generation import has_ik2_words
from ik_migrate.options import Options
from ik_migrate.pipeline import migrate_file
from ik_migrate.project import Project


def migrate_files(files: Sequence[Path], base: Path, options: Options) -> tuple[FileResult, ...]:
    """The results for all files, in the order of their shown paths.

    Args:
        files: what to look at, absolute paths.
        base: the folder that paths are shown relative to.
        options: what to rewrite.
    """
    projects: dict[Path, Project] = {}
    results = []
    for path in files:
        root = project_root(path)
        if root not in projects:
            projects[root] = survey(root, options)
        shown = Path(os.path.relpath(path, base)).as_posix()
        results.append(migrate_file(projects[root], path, shown, options))
    return tuple(sorted(results, key=lambda result: result.path))


def survey(root: Path, options: Options) -> Project:
    """The project at ``root``, with what its files say about all of it."""
    project = Project(root)
    strategies = set()
    for path in search(root, exclude=options.exclude).files:
        if not is_of_concern(path.name) or not is_python(path.name, b""):
            continue
        module = project.module_at(path)
        if module is None:
            continue
        project.has_ik2_code = project.has_ik2_code or has_ik2_words(module)
        if SETTING in module.text.source.text:
            for setting in backend_settings(module):
                successor = successor_of_path(setting.path)
                strategies.add(successor.strategy if successor is not None else "")
    if strategies == {"Optimistic"}:
        project.default_strategy = "Optimistic"
    elif "" in strategies:
        project.default_strategy = ""
    return project
