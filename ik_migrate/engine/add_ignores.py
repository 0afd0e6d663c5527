"""``# ik-migrate: ignore[IK201]`` above each finding that is left, to state that it is fine as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from ik_migrate.engine.todo import line_of_statement, line_of_text, statement_lines
from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.result import FileResult
from ik_migrate.project.module import Module
from ik_migrate.project.text_file import TextFile
from ik_migrate.source.ignore_form import ignore_comment
from ik_migrate.source.source_file import Source


def ignore_edits_of_module(module: Module, findings: Iterable[Finding]) -> list[Edit]:
    """Return the edits that add a comment to a Python file for each finding, notices aside.

    Args:
        module: the file.
        findings: what was found in it and is not rewritten.
    """
    statements = statement_lines(module)
    return _edits(module.text.source, findings, lambda finding: line_of_statement(finding, statements))


def ignore_edits_of_text(file: TextFile, findings: Iterable[Finding]) -> list[Edit]:
    """Return the same for a file that is not Python; none for a file that can hold no comments."""
    lines = file.source.lines()
    return _edits(file.source, findings, lambda finding: line_of_text(lines, finding.location.line - 1))


def suppress_ignored(result: FileResult, chosen: Iterable[Finding], remaining: Iterable[Finding]) -> FileResult:
    """Return the result of a file whose findings are suppressed where a comment was added.

    Args:
        result: the file before the comments.
        chosen: the findings that are rewritten.
        remaining: what is found in the file with the comments.
    """
    rewritten = frozenset(chosen)
    still = Counter((finding.rule.code, finding.message) for finding in remaining)
    kept, suppressed = [], []
    for finding in result.findings:
        key = finding.rule.code, finding.message
        if finding in rewritten or finding.is_notice:
            kept.append(finding)
        elif still[key]:
            still[key] -= 1
            kept.append(finding)
        else:
            suppressed.append(finding)
    return replace(result, findings=tuple(kept), suppressed=(*result.suppressed, *suppressed))


def _edits(source: Source, findings: Iterable[Finding], line_of: Callable[[Finding], int]) -> list[Edit]:
    codes: dict[int, set[str]] = {}
    path = ""
    for finding in findings:
        if not finding.is_notice:
            path = finding.path
            codes.setdefault(line_of(finding), set()).add(finding.rule.code)
    edits = []
    for line, found in codes.items():
        comment = ignore_comment(path, sorted(found))
        if comment:
            start = source.line_starts[line]
            edits.append(Edit(start, start, (f"{source.indent_at(start)}{comment}{source.newline}",)))
    return edits
