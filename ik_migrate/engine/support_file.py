"""The support module as one of the files of a run: its content follows from what the rewritten files import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ik_migrate.codegen.support.render import render
from ik_migrate.model.change import NeedSupport
from ik_migrate.model.finding import Finding
from ik_migrate.model.result import FileResult, Status
from ik_migrate.project.project import Project
from ik_migrate.project.support_module import SupportModule
from ik_migrate.source.source_file import Source


def plan_support_module(project: Project, support: SupportModule, results: Iterable[FileResult]) -> FileResult | None:
    """Return the support module as the rewritten files need it; None where it stays as it is.

    Args:
        project: the project.
        support: where its support module is, or belongs.
        results: the rewritten files.
    """
    users = [result for result in results if result.applied and result.status is not Status.FAILED]
    pieces = {piece for result in users for piece in _needed_pieces(result)}
    if not pieces:
        return None
    shown = project.shown(support.path)
    before, source = _existing(project, support.path)
    newline = source.newline if source is not None else _usual_newline(users)
    text = render(pieces, source.text if source is not None else "")
    if newline != "\n" and source is None:
        text = text.replace("\n", newline)
    after = source.encode(text) if source is not None else text.encode("ascii")
    if after == before:
        return None
    return FileResult(shown, Status.CHANGED, before=before, after=after, is_new=source is None, is_support=True)


def drop_dependent_fixes(result: FileResult) -> FileResult:
    """Return a result without the fixes that need what the support module gets in this run: none can be made alone."""
    if not result.needs_support or not result.fixes:
        return result
    return replace(result, fixes=tuple(fix for fix in result.fixes if not any(map(_needs_support, fix.findings))))


def _needs_support(finding: Finding) -> bool:
    return any(isinstance(change, NeedSupport) for change in finding.changes)


def _needed_pieces(result: FileResult) -> Iterable[str]:
    for finding in result.applied:
        for change in finding.changes:
            if isinstance(change, NeedSupport):
                yield change.piece


def _existing(project: Project, path: Path) -> tuple[bytes, Source | None]:
    try:
        data = project.read(path)
    except FileNotFoundError:
        return b"", None
    return data, Source.from_python(data)


def _usual_newline(results: Iterable[FileResult]) -> str:
    """The newline of most files that need the module."""
    windows = [b"\r\n" in result.after for result in results]
    return "\r\n" if sum(windows) * 2 > len(windows) else "\n"
