"""A few lines of user code, with the location of a finding marked by ``^^^^``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from ik_migrate.model.location import Location
from ik_migrate.reports.escape import escape
from ik_migrate.reports.terminal import joined

_TAB = 4
_MORE = "..."
_MARK_STYLE = "bold yellow"
_GUTTER_STYLE = "dim"


def expand(line: str, encoding: str) -> list[str]:
    """What each character of ``line`` is shown as: tabs as blanks, control characters as escapes."""
    if line.isascii() and line.isprintable():
        return list(line)
    shown: list[str] = []
    column = 0
    for char in line:
        display = " " * (_TAB - column % _TAB) if char == "\t" else escape(char, encoding)
        shown.append(display)
        column += cell_len(display)
    return shown


@dataclass(frozen=True)
class _Marked:
    """A line and the range of its characters to mark, 0-based; no range for a line of context."""

    number: int
    text: str
    start: int = 0
    end: int | None = 0

    @property
    def is_context(self) -> bool:
        return self.end == 0


@dataclass(frozen=True)
class FrameLine:
    """One line of a code frame, ready to be shown.

    Args:
        number: 1-based number of the line.
        before: what stands in front of the marked part; all of a line of context.
        marked: the part that the finding is about.
        after: what stands behind it.
        is_context: whether nothing is marked here.
        follows_gap: whether lines between this one and the one above are omitted.
    """

    number: int
    before: str
    marked: str
    after: str
    is_context: bool
    follows_gap: bool


def frame_lines(
    lines: Sequence[str], place: Location, *, width: int, encoding: str = "utf-8", context: int = 1
) -> list[FrameLine]:
    """The lines of a place, its first and last where it has many.

    Args:
        lines: the file, see `ik_migrate.source.original_text`.
        place: what to mark; its columns count characters.
        width: cells that the code of a line may take; longer code is cropped around the place.
        encoding: of the stream that it goes to.
        context: lines to show before and after; blank ones are omitted.

    Returns:
        Nothing when the file has no such line.
    """
    return _drawn(_rows(lines, place, context), width, encoding)


def code_frame(
    lines: Sequence[str], place: Location, *, width: int, encoding: str = "utf-8", context: int = 1
) -> list[Text]:
    """The lines of a place for a terminal, with a marker below each; see `frame_lines` for the arguments.

    Args:
        width: cells that a line may take, its number included.
    """
    rows = _rows(lines, place, context)
    digits = len(str(rows[-1].number)) if rows else 0
    frame: list[Text] = []
    for line in _drawn(rows, max(20, width - digits - 3), encoding):
        if line.follows_gap:
            frame.append(Text(f"{_MORE:>{digits}}", style=_GUTTER_STYLE))
        number = (f"{line.number:>{digits}} | ", _GUTTER_STYLE)
        if line.is_context:
            frame.append(joined(number, (line.before, _GUTTER_STYLE)))
            continue
        frame.append(joined(number, line.before, (line.marked, "bold"), line.after))
        marker = " " * cell_len(line.before) + "^" * max(1, cell_len(line.marked))
        frame.append(joined((f"{'':>{digits}} | ", _GUTTER_STYLE), (marker, _MARK_STYLE)))
    return frame


def _rows(lines: Sequence[str], place: Location, context: int) -> list[_Marked]:
    """The lines to show; none when the file has no such place."""
    if not 1 <= place.line <= len(lines):
        return []
    last, end = place.end_line, place.end_column - 1
    if last > place.line and end <= 0:
        last, end = last - 1, len(lines[min(last - 1, len(lines)) - 1])
    last = min(last, len(lines))

    def around(numbers: range) -> list[_Marked]:
        return [
            _Marked(number, lines[number - 1])
            for number in numbers
            if 1 <= number <= len(lines) and lines[number - 1].strip()
        ]

    if last <= place.line:
        marked = [_Marked(place.line, lines[place.line - 1], place.column - 1, max(end, place.column))]
    else:
        closing = lines[last - 1]
        indent = len(closing) - len(closing.lstrip())
        marked = [
            _Marked(place.line, lines[place.line - 1], place.column - 1, None),
            _Marked(last, closing, min(indent, max(0, end - 1)), max(end, 1)),
        ]
    return [
        *around(range(place.line - context, place.line)),
        *marked,
        *around(range(last + 1, last + context + 1)),
    ]


def _drawn(rows: Sequence[_Marked], room: int, encoding: str) -> list[FrameLine]:
    frame: list[FrameLine] = []
    for row in rows:
        before, marked, after = _draw(row, room, encoding)
        gap = bool(frame) and row.number > frame[-1].number + 1 and not row.is_context
        frame.append(FrameLine(row.number, before, marked, after, row.is_context, gap))
    return frame


def _draw(row: _Marked, room: int, encoding: str) -> tuple[str, str, str]:
    """A line, cropped to ``room`` cells: what is before the marked part, that part, what is behind it."""
    # Drawing a megabyte of minified code to show a screen's width of it takes too long.
    near = 4 * room
    cut = max(0, row.start - near)
    text = row.text[cut : row.start + near].rstrip()
    shown = expand(text, encoding)
    start = min(row.start - cut, len(shown))
    end = len(shown) if row.end is None else min(max(row.end - cut, start), len(shown))
    widths = [1] * len(shown) if text.isascii() and text.isprintable() else [cell_len(char) for char in shown]
    low, high = _window(widths, start, end, room)
    head = _MORE if cut or low else ""
    tail = _MORE if high < len(shown) or len(row.text.rstrip()) > cut + len(text) else ""
    start, end = max(start, low), min(max(end, low), high)
    before, marked, after = ("".join(shown[a:b]) for a, b in ((low, start), (start, end), (end, high)))
    if row.is_context:
        return head + before + marked + after + tail, "", ""
    return head + before, marked, after + tail


def _window(widths: Sequence[int], start: int, end: int, room: int) -> tuple[int, int]:
    """The range of characters to show so that ``start`` to ``end`` is seen, or as much of it as fits."""
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 2 * len(_MORE)
    low = 0
    if sum(widths[:end]) > room:
        low = start
        lead = max(room // 5, (room - sum(widths[start:end])) // 2)
        while low > 0 and sum(widths[low - 1 : start]) <= lead:
            low -= 1
    high, used = low, 0
    while high < len(widths) and used + widths[high] <= room:
        used += widths[high]
        high += 1
    return low, high
