"""What each rewrite does on its own, as exact replacements: for editors and viewers that make them one by one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ik_migrate.model.fix import Fix, Replacement
from ik_migrate.model.result import FileResult
from ik_migrate.source.line_diff import line_blocks
from ik_migrate.source.original_text import decoded
from ik_migrate.source.source_file import Source


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
        found.append(Replacement(source.locate(start, end), after[new_start:new_end]))
    return tuple(found)
