"""Decide which findings in a file count: options disable some, comments in the file suppress others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ik_migrate.engine.registry import checks, describe_unknown_code, rules
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.project.ignore_comments import Ignore, Ignores, ignores_of_module, ignores_of_text
from ik_migrate.project.module import Module
from ik_migrate.project.text_file import TextFile
from ik_migrate.rules import IgnoreCheck, UsedIgnore


def partition_findings(
    file: Module | TextFile, findings: Iterable[Finding], options: Options
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that count, in the order of the file, and those that a comment says to ignore.

    Comments that ignore nothing are among those that count.

    Args:
        file: the file.
        findings: all that was found in it.
        options: which rules are enabled.
    """
    ignores = ignores_of_text(file) if isinstance(file, TextFile) else ignores_of_module(file)
    counting, ignored = ignores.split(finding for finding in findings if options.is_enabled(finding.rule.code))
    if ignores.comments:
        counting = (*counting, *_unused(file, ignores, ignored, options))
    return tuple(sorted(counting, key=lambda finding: finding.sort_key)), ignored


def _unused(
    file: Module | TextFile, ignores: Ignores, ignored: Iterable[Finding], options: Options
) -> Iterator[Finding]:
    """What the rules say about the comments themselves."""

    def is_judged(beginning: str) -> bool:
        return all(options.is_enabled(code) for code in rules() if code.startswith(beginning))

    def describe_unknown(code: str) -> str:
        return describe_unknown_code([code])

    silenced: dict[Ignore, set[str]] = {comment: set() for comment in ignores.comments}
    for finding in ignored:
        for comment in ignores.of(finding):
            silenced[comment].add(finding.rule.code)
    used = [UsedIgnore(comment, frozenset(codes), describe_unknown, is_judged) for comment, codes in silenced.items()]
    for check in checks():
        if isinstance(check, IgnoreCheck):
            yield from (finding for finding in check.find(file, used) if options.is_enabled(finding.rule.code))
