"""What each rewrite does on its own, as exact replacements: for editors and viewers that make them one by one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ik_migrate.files.original import decoded
from ik_migrate.files.source import Source
from ik_migrate.findings import Finding, Place
from ik_migrate.reports.diff import line_blocks
from ik_migrate.results import FileResult


@dataclass(frozen=True)
class Replacement:
    """Text that takes the place of other text.

    Args:
        place: where in the original file; empty where text is put in.
        text: what to put there, with the newlines of the file.
    """

    place: Place
    text: str


@dataclass(frozen=True)
class Fix:
    """The rewrite of findings that can only be made together, and need no other.

    Args:
        findings: what is rewritten.
        replacements: all that it takes, from top to bottom; they do not overlap.
    """

    findings: tuple[Finding, ...]
    replacements: tuple[Replacement, ...]


@dataclass
class FixCollector:
    """Agrees to every rewrite of a file that it is asked about, and remembers what it does: a `Choose`."""

    _fixes: list[Fix] = field(default_factory=list)

    def __call__(self, alone: FileResult, number: int, total: int) -> bool:
        before, after = (decoded(data, alone.encoding) for data in (alone.before, alone.after))
        self._fixes.append(Fix(alone.applied, replacements(before, after)))
        return True

    def added_to(self, result: FileResult) -> FileResult:
        """The result for the file, with its fixes."""
        return replace(result, fixes=tuple(self._fixes)) if self._fixes else result


def replacements(before: str, after: str) -> tuple[Replacement, ...]:
    """What makes the one text into the other: the lines that differ, without what they have in common at both ends."""
    source, target = Source(before, "utf-8"), Source(after, "utf-8")
    starts, new_starts = ([*text.line_starts, len(text.text)] for text in (source, target))
    found = []
    for equal, first, last, new_first, new_last in line_blocks(source.lines(), target.lines()):
        if equal:
            continue
        start, end = starts[first], starts[last]
        new_start, new_end = new_starts[new_first], new_starts[new_last]
        while start < end and new_start < new_end and before[start] == after[new_start]:
            start, new_start = start + 1, new_start + 1
        while start < end and new_start < new_end and before[end - 1] == after[new_end - 1]:
            end, new_end = end - 1, new_end - 1
        found.append(Replacement(source.place(start, end), after[new_start:new_end]))
    return tuple(found)
