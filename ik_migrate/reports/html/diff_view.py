"""The rewrite of one file side by side: before on the left, after on the right, what stays the same folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ik_migrate.model.result import FileResult
from ik_migrate.reports.html.intraline import marked, pairs, shortened
from ik_migrate.reports.html.markup import Html, element, join, void_element
from ik_migrate.reports.totals import count
from ik_migrate.source.line_diff import line_blocks
from ik_migrate.source.original_text import decoded_lines, original_lines

_CONTEXT = 3
# Shorter than that, a fold would take as much room as the lines.
_SHORTEST_FOLD = 4
_NOTHING = Html('<td></td><td class="none"></td>')


def side_by_side(result: FileResult, *, with_unchanged: bool) -> Html:
    """The changes of a file as tables, with the lines between them in folds.

    Args:
        result: a file that is rewritten.
        with_unchanged: whether the folds hold the unchanged lines, or only their number.
    """
    before = original_lines(result)
    after = decoded_lines(result.after, result.encoding)
    if before[-1] == after[-1] == "":
        # What stands behind the last line end is no line.
        before, after = before[:-1], after[:-1]
    parts: list[Html] = []
    rows: list[Html] = []
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
        parts += _table(rows, result.path)
        parts.append(_fold(before[a + head : a_end - tail], a + head + 1, with_unchanged=with_unchanged))
        rows = _unchanged(before[a_end - tail : a_end], a_end - tail + 1, b_end - tail + 1)
    parts += _table(rows, result.path)
    return element("div", *parts, class_="diff")


def _table(rows: Sequence[Html], path: str) -> list[Html]:
    """A table of these rows; none for no rows."""
    if not rows:
        return []
    head = element(
        "tr",
        *(element("th", title, scope="col") for title in ("Line", "Before", "Line", "After")),
    )
    return [
        element(
            "table",
            element("caption", f"Changes of {path}"),
            element("colgroup", *2 * [void_element("col", class_="number"), void_element("col")]),
            element("thead", head),
            element("tbody", join(rows, "\n")),
        )
    ]


def _changed(before: Sequence[str], after: Sequence[str], line: int, new_line: int) -> Iterator[Html]:
    for old, new in pairs(before, after):
        if old is not None and new is not None:
            left, right = marked(old, new)
        else:
            left, right = shortened(old or ""), shortened(new or "")
        row = _NOTHING if old is None else Html(f'<td>{line}</td><td class="old">{left}</td>')
        row = Html(row + (_NOTHING if new is None else f'<td>{new_line}</td><td class="new">{right}</td>'))
        yield Html(f"<tr>{row}</tr>")
        line += old is not None
        new_line += new is not None


def _unchanged(lines: Sequence[str], line: int, new_line: int) -> list[Html]:
    rows = []
    for offset, content in enumerate(lines):
        shown = shortened(content)
        rows.append(
            Html(
                f'<tr class="same"><td>{line + offset}</td><td>{shown}</td>'
                f"<td>{new_line + offset}</td><td>{shown}</td></tr>"
            )
        )
    return rows


def _fold(lines: Sequence[str], line: int, *, with_unchanged: bool) -> Html:
    number = count(len(lines), "unchanged line")
    if not with_unchanged:
        return element("p", number, class_="fold")
    shown = join([numbered(line + offset, shortened(content)) for offset, content in enumerate(lines)], "\n")
    return element("details", element("summary", number), element("pre", shown, tabindex=0), class_="fold")


def numbered(number: int, shown: Html) -> Html:
    """A line of code behind its number, which is drawn by the style sheet: it is not there to be copied."""
    return Html(f'<i data-n="{number}"></i>{shown}')
