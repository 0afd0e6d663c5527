"""Many files through the pipeline, with what the project says as a whole known to each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.engine.collect_facts import collect_facts
from ik_migrate.engine.executor import choose_executor
from ik_migrate.engine.interactive import ConfirmCallback
from ik_migrate.engine.job import Job
from ik_migrate.engine.progress import Progress, counted, unseen
from ik_migrate.engine.registry import rules
from ik_migrate.engine.source_roots import source_roots
from ik_migrate.engine.support_file import drop_dependent_fixes, plan_support_module
from ik_migrate.files.discovery import search
from ik_migrate.files.filetypes import is_of_concern
from ik_migrate.model.options import Options
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.run_info import ProjectTarget
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.project import Project


def migrate_project(
    root: Path,
    mentioning: Sequence[Path],
    wanted: Sequence[Path],
    base: Path,
    options: Options,
    *,
    contents: Mapping[Path, bytes] | None = None,
    choose: ConfirmCallback | None = None,
    with_fixes: bool = False,
    progress: Progress = unseen,
    targets: list[ProjectTarget] | None = None,
) -> list[FileResult]:
    """Return the results for the requested files of a project.

    Args:
        root: the folder of the project.
        mentioning: all its files that mention ImageKit.
        wanted: the requested files and folders, absolute.
        base: the folder that paths are shown relative to.
        options: what to rewrite.
        contents: what stands for files instead of what they hold, see `Project`.
        choose: asked about each rewrite, file by file, if given.
        with_fixes: also work out what each rewrite does on its own; not with ``choose``.
        progress: called for each file that is done.
        targets: the target of the project is added to it, if given.
    """
    searched = Project(root, base, contents)
    searched.wanted = tuple(wanted)
    searched.add_source_roots(source_roots(searched, options))
    knowledge = searched.alone()
    knowledge.keep_cache_names = options.keep_cache_names
    knowledge.faithful = options.faithful
    knowledge.came_from_2 = options.came_from_2
    knowledge.target = options.target or knowledge.target
    knowledge.spec_field_classes = frozenset(options.spec_field_classes)
    job = Job(root, base, options, contents or {}, choose, with_fixes)
    # Text of an editor may use what it does not name, as the files found by a search do.
    first = {*mentioning, *(contents or {})}
    if options.spec_field_classes:
        names = {name.rpartition(".")[2].encode() for name in options.spec_field_classes}
        first.update(search(root, names, options, counted=()).files)
    with choose_executor(job, first) as crew:
        crew.learn(knowledge)
        more = collect_facts(searched, options, first, crew, knowledge, progress)
        paths = [path for path in sorted({*first, *more}) if is_of_concern(path.name) and searched.is_wanted(path)]
        found = dict(counted(crew.results(paths), len(paths), "Working out", progress))
    if targets is not None:
        targets.append(_target(root, options, knowledge))
    if knowledge.support is not None:
        added = plan_support_module(searched, knowledge.support, found.values())
        if added is not None:
            found = {path: drop_dependent_fixes(result) for path, result in found.items()}
            found[knowledge.support.path] = added
    results = []
    named = {*mentioning, *(path for path, result in found.items() if result.is_support)}
    # Notices about the project as a whole are of no use to a run over single files, such as a pre-commit hook.
    is_partial = not any(path.is_dir() for path in wanted)
    said = {code for code, rule in rules().items() if rule.once_per_project} if is_partial else set()
    # A link may stand for a file that is among them, and its result be dropped for that of the file.
    for path in sorted(found, key=lambda path: (os.path.islink(path), path)):
        result = found[path]
        if any(finding.rule.once_per_project for finding in (*result.findings, *result.suppressed)):
            result = _said_once(result, said)
        if path in named or result.findings or result.suppressed:
            results.append(result)
        elif result.status is Status.FAILED:
            # It says something that may be the project's word for ImageKit's; nothing tells that it is.
            reason = f"it does not mention ImageKit, but may use what does, and {result.reason}"
            results.append(replace(result, status=Status.SKIPPED, reason=reason))
    return results


def _target(root: Path, options: Options, knowledge: ProjectFacts) -> ProjectTarget:
    """Return the version that the project moves to, and why."""
    reason = knowledge.target_reason or "the newest version; nothing in the project requires an older one"
    if options.target is not None:
        reason = "as set with `target`"
    return ProjectTarget(root.name, knowledge.target, reason)


def _said_once(result: FileResult, said: set[str]) -> FileResult:
    """The result without notices of rules that speak once per project and have spoken.

    Args:
        result: one file.
        said: the codes of those rules that have spoken; added to.
    """
    kept = []
    # A comment that ignores it is the user's decision.
    said.update(finding.rule.code for finding in result.suppressed if finding.rule.once_per_project)
    for finding in result.findings:
        if finding.rule.once_per_project and finding.is_notice:
            if finding.rule.code in said:
                continue
            said.add(finding.rule.code)
        kept.append(finding)
    return replace(result, findings=tuple(kept))
