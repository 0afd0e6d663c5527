"""A few lines of user code with the place that is spoken of marked by ``^^^^``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from ik_migrate.findings import FileResult, Place
from ik_migrate.reports.terminal import visible

# The lines of a Python file; str.splitlines would also split at form feeds.
_NEWLINE = re.compile(r"\r\n|\r|\n")
_TAB = 4
_MORE = "..."
_MARK_STYLE = "bold yellow"
_GUTTER_STYLE = "dim"


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` as Python counts them, without their ends."""
    return _NEWLINE.split(text)


def original_lines(result: FileResult) -> list[str]:
    """The lines of a file as it was read; bytes that can't be decoded become lone surrogates."""
    try:
        # One character for each stray byte, as the columns of the findings count them.
        text = result.before.decode(result.encoding, "surrogateescape")
    except LookupError:
        text = result.before.decode("latin-1")
    except UnicodeError:
        text = result.before.decode(result.encoding, "replace")
    return split_lines(text.removeprefix("\ufeff"))


def expand(line: str, encoding: str) -> list[str]:
    """What each character of ``line`` is shown as: tabs as blanks, control characters as escapes."""
    shown: list[str] = []
    column = 0
    for char in line:
        display = " " * (_TAB - column % _TAB) if char == "\t" else visible(char, encoding)
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


def code_frame(
    lines: Sequence[str], place: Place, *, width: int, encoding: str = "utf-8", context: int = 1
) -> list[Text]:
    """The lines of a place, its first and last where it has many, with a marker below each.

    Args:
        lines: the file, see `original_lines`.
        place: what to mark; its columns count characters.
        width: cells that a line may take; longer code is cropped around the place.
        encoding: of the stream that it goes to.
        context: lines to show before and after; blank ones are left out.

    Returns:
        Nothing when the file has no such line.
    """
    if not 1 <= place.line <= len(lines):
        return []
    rows = _rows(lines, place, context)
    digits = len(str(rows[-1].number))
    room = max(20, width - digits - 3)
    frame: list[Text] = []
    previous = rows[0].number
    for row in rows:
        if row.number > previous + 1 and not row.is_context:
            frame.append(Text(f"{_MORE:>{digits}}", style=_GUTTER_STYLE))
        previous = row.number
        code, marker = _draw(row, room, encoding)
        frame.append(Text.assemble((f"{row.number:>{digits}} | ", _GUTTER_STYLE), code))
        if marker:
            frame.append(Text.assemble((f"{'':>{digits}} | ", _GUTTER_STYLE), (marker, _MARK_STYLE)))
    return frame


def _rows(lines: Sequence[str], place: Place, context: int) -> list[_Marked]:
    """The lines to show."""
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


def _draw(row: _Marked, room: int, encoding: str) -> tuple[Text, str]:
    """A line, cropped to ``room`` cells, and its marker."""
    # Drawing a megabyte of minified code to show a screen's width of it takes too long.
    near = 4 * room
    cut = max(0, row.start - near)
    text = row.text[cut : row.start + near].rstrip()
    shown = expand(text, encoding)
    start = min(row.start - cut, len(shown))
    end = len(shown) if row.end is None else min(max(row.end - cut, start), len(shown))
    low, high = _window([cell_len(char) for char in shown], start, end, room)
    head = _MORE if cut or low else ""
    tail = _MORE if high < len(shown) or len(row.text.rstrip()) > cut + len(text) else ""
    start, end = max(start, low), min(max(end, low), high)
    before, place, after = ("".join(shown[a:b]) for a, b in ((low, start), (start, end), (end, high)))
    if row.is_context:
        return Text(head + before + place + after + tail, style=_GUTTER_STYLE), ""
    marker = " " * cell_len(head + before) + "^" * max(1, cell_len(place))
    return Text.assemble(head, before, (place, "bold"), after, tail), marker


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
