"""What fixes write: each with its findings and a diff."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from ik_migrate.model.fix import Fix
from ik_migrate.model.location import Location
from ik_migrate.model.result import FileResult
from ik_migrate.reports.diff_text import print_diff
from ik_migrate.reports.escape import escape
from ik_migrate.reports.fix_list import print_fix_list
from ik_migrate.reports.terminal import joined, print_line
from ik_migrate.source.original_text import decoded
from ik_migrate.source.source_file import Source


def print_fixes(console: Console, result: FileResult) -> None:
    """Print the fixes of one file one by one where that is known, else all of them with one diff."""
    if result.fixes:
        for fix in result.fixes:
            print_fix_list(console, [(result.path, fix.findings)])
            print_diff(console, alone(result, fix))
            print_line(console)
        return
    if result.applied:
        print_fix_list(console, [(result.path, result.applied)])
    else:
        print_line(console, joined("  ", (escape(result.path, console.encoding), "cyan")))
    print_diff(console, result)
    print_line(console)


def alone(result: FileResult, fix: Fix) -> FileResult:
    """Return the file as it would be with one of its fixes only."""
    source = Source(decoded(result.before, result.encoding), "utf-8")
    text, pieces, end = source.text, [], 0
    for replacement in fix.replacements:
        start, next_end = _offsets(source, replacement.location)
        pieces += [text[end:start], replacement.text]
        end = next_end
    after = "".join([*pieces, text[end:]]).encode("utf-8", "surrogateescape")
    before = text.encode("utf-8", "surrogateescape")
    return replace(result, before=before, after=after, encoding="utf-8", applied=fix.findings, fixes=())


def _offsets(source: Source, place: Location) -> tuple[int, int]:
    starts = [*source.line_starts, len(source.text)]
    return starts[place.line - 1] + place.column - 1, starts[place.end_line - 1] + place.end_column - 1
