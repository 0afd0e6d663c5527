"""The rewrite of one file side by side: before on the left, after on the right, what stays the same folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ik_migrate.model.result import FileResult
from ik_migrate.reports.html.intraline import marked, pairs, shortened
from ik_migrate.source.line_diff import line_blocks
from ik_migrate.source.original_text import decoded_lines, original_lines

_CONTEXT = 3
# Shorter than that, a fold would take as much room as the lines.
_SHORTEST_FOLD = 4


@dataclass(frozen=True)
class Row:
    """A line before and after; a number is ``None`` where that side has no such line."""

    line: int | None
    old: Markup
    new_line: int | None
    new: Markup
    is_same: bool = False


@dataclass(frozen=True)
class Table:
    """Changed lines with those around them."""

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Fold:
    """Unchanged lines: their number, and their code unless the report is too long for it."""

    number: int
    code: Markup


def side_by_side(result: FileResult, *, with_unchanged: bool) -> list[Table | Fold]:
    """The changes of a file, with the lines between them in folds; for the macro of this name in ``diff.html``.

    Args:
        result: a file that is rewritten.
        with_unchanged: whether the folds hold the unchanged lines, or only their number.
    """
    before = original_lines(result)
    after = decoded_lines(result.after, result.encoding)
    if before[-1] == after[-1] == "":
        # What stands behind the last line end is no line.
        before, after = before[:-1], after[:-1]
    parts: list[Table | Fold] = []
    rows: list[Row] = []
    ranges = line_blocks(before, after)
    for index, (equal, a, a_end, b, b_end) in enumerate(ranges):
        if not equal:
            rows.extend(_changed(before[a:a_end], after[b:b_end], a + 1, b + 1))
            continue
        head = 0 if index == 0 else _CONTEXT
        tail = 0 if index == len(ranges) - 1 else _CONTEXT
        if a_end - a - head - tail < _SHORTEST_FOLD:
            rows.extend(_unchanged(before[a:a_end], a + 1, b + 1))
            continue
        rows.extend(_unchanged(before[a : a + head], a + 1, b + 1))
        parts += _table(rows)
        parts.append(_fold(before[a + head : a_end - tail], a + head + 1, with_unchanged=with_unchanged))
        rows = list(_unchanged(before[a_end - tail : a_end], a_end - tail + 1, b_end - tail + 1))
    return parts + _table(rows)


def _table(rows: Sequence[Row]) -> list[Table | Fold]:
    """A table of these rows; none for no rows."""
    return [Table(tuple(rows))] if rows else []


def _changed(before: Sequence[str], after: Sequence[str], line: int, new_line: int) -> Iterator[Row]:
    for old, new in pairs(before, after):
        if old is not None and new is not None:
            left, right = marked(old, new)
        else:
            left, right = shortened(old or ""), shortened(new or "")
        yield Row(line if old is not None else None, left, new_line if new is not None else None, right)
        line += old is not None
        new_line += new is not None


def _unchanged(lines: Sequence[str], line: int, new_line: int) -> Iterator[Row]:
    for offset, content in enumerate(lines):
        shown = shortened(content)
        yield Row(line + offset, shown, new_line + offset, shown, is_same=True)


def _fold(lines: Sequence[str], line: int, *, with_unchanged: bool) -> Fold:
    shown = lines if with_unchanged else ()
    return Fold(len(lines), numbered((line + offset, shortened(content)) for offset, content in enumerate(shown)))


def numbered(lines: Iterable[tuple[int | str, Markup]]) -> Markup:
    """Lines of code behind their numbers, which are drawn by the style sheet: they are not there to be copied."""
    return Markup("\n").join(Markup('<i data-n="{}"></i>{}').format(number, line) for number, line in lines)
