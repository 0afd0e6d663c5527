"""Many files through the pipeline, with what the project says as a whole known to each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.choice import Choose
from ik_migrate.filetypes import is_of_concern
from ik_migrate.findings import Applicability, FileResult
from ik_migrate.options import Options
from ik_migrate.pipeline import migrate_file
from ik_migrate.progress import Progress, counted, unseen
from ik_migrate.survey import survey


def migrate_project(
    root: Path,
    mentioning: Sequence[Path],
    wanted: Sequence[Path],
    base: Path,
    options: Options,
    *,
    contents: Mapping[Path, bytes] | None = None,
    choose: Choose | None = None,
    progress: Progress = unseen,
) -> list[FileResult]:
    """The results for those files of a project that were asked for.

    Args:
        root: the folder of the project.
        mentioning: all its files that mention ImageKit.
        wanted: the files and folders that were asked for, absolute.
        base: the folder that paths are shown relative to.
        options: what to rewrite.
        contents: what stands for files instead of what they hold, see `Project`.
        choose: asked about each rewrite, file by file, if given.
        progress: told of each file that is done.
    """
    project, more = survey(root, options, mentioning, contents or {}, progress)
    project.wanted = tuple(wanted)
    results = []
    said: set[str] = set()
    # Text of an editor may use what it does not name, as the files found by a search do.
    everything = sorted({*mentioning, *more, *(contents or {})})
    paths = [path for path in everything if is_of_concern(path.name) and project.is_wanted(path)]
    for path in counted(paths, len(paths), "Working out", progress):
        shown = Path(os.path.relpath(path, base)).as_posix()
        result = _said_once(migrate_file(project, path, shown, options, choose), said)
        if path in mentioning or result.findings:
            results.append(result)
    return results


def _said_once(result: FileResult, said: set[str]) -> FileResult:
    """The result without notices of rules that speak once per project and have spoken.

    Args:
        result: one file.
        said: the codes of those rules that have spoken; added to.
    """
    kept = []
    for finding in result.findings:
        if finding.rule.once and finding.applicability is Applicability.NOTICE:
            if finding.rule.code in said:
                continue
            said.add(finding.rule.code)
        kept.append(finding)
    return replace(result, findings=tuple(kept))
