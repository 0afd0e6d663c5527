"""Writing to a terminal or a pipe: colour or not, and user text that cannot control the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import IO

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Span, Text

from ik_migrate.reports.escape import escape
from ik_migrate.reports.links import supports_hyperlinks

# Prose in longer lines is hard to read, however wide the terminal is.
MAX_WIDTH = 110
_MIN_WIDTH = 40
# A file has no edge, but a line of minified code is of no use to a reader.
_WIDEST_CODE = 300


class ReportConsole(Console):
    """A console that knows how wide code may be, and whether it shows hyperlinks."""

    code_width: int = MAX_WIDTH
    """Cells that a line of code may take: more than prose where no terminal limits it."""
    has_links: bool = False
    """Whether OSC 8 hyperlinks may be written."""


def make_console(stream: IO[str], *, color: bool | None = None, width: int | None = None) -> ReportConsole:
    """Return a console that writes to ``stream``.

    Args:
        stream: where to write.
        color: whether to use colour; ``None`` to find out, see `wants_color`.
        width: cells per line; ``None`` for the width of the terminal, at most ``MAX_WIDTH``.
    """
    use_color = wants_color(stream) if color is None else color
    console = ReportConsole(
        file=stream,
        force_terminal=use_color,
        color_system="standard" if use_color else None,
        no_color=not use_color,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )
    if width is None:
        has_width = stream.isatty() or os.environ.get("COLUMNS", "").isdecimal()
        console.width = max(_MIN_WIDTH, min(console.width, MAX_WIDTH)) if has_width else MAX_WIDTH
        console.code_width = console.width if has_width else _WIDEST_CODE
    else:
        console.code_width = width
    console.has_links = use_color and supports_hyperlinks(stream)
    # A console that knows both does not ask the terminal again for each line.
    console.height = console.height
    return console


def wants_color(stream: IO[str]) -> bool:
    """Whether ``stream`` is for colour: ``NO_COLOR``, then ``FORCE_COLOR``, then whether it is a terminal.

    Both variables count where they are not empty, as no-color.org and force-color.org have it; ``FORCE_COLOR=0``
    says no, as it does to Node.js.
    """
    if os.environ.get("NO_COLOR"):
        return False
    force = os.environ.get("FORCE_COLOR")
    if force:
        return force != "0"
    return os.environ.get("TERM") != "dumb" and stream.isatty()


def prose(console: Console, text: str, style: str = "") -> Text:
    """One paragraph of ``text`` that is safe to print; code in backticks is emphasised."""
    result = Text(escape(text, console.encoding), style=style)
    result.highlight_regex(r"`[^`]+`", "bold")
    return result


def joined(*parts: Text | str | tuple[str, str]) -> Text:
    """Texts, and strings with or without a style, as one; twice as fast as `rich.text.Text.assemble`."""
    spans: list[Span] = []
    plain: list[str] = []
    length = 0
    for part in parts:
        if isinstance(part, Text):
            spans += [span.move(length) for span in part.spans]
            text, style = part.plain, part.style
        else:
            text, style = (part, "") if isinstance(part, str) else part
        if style:
            spans.append(Span(length, length + len(text), style))
        plain.append(text)
        length += len(text)
    return Text("".join(plain), spans=spans)


def print_line(console: Console, line: Text | str = "") -> None:
    """Print one line as it is, neither wrapped nor cropped; control characters that are still in it are escaped."""
    if not (plain := str(line)).isprintable():
        safe = escape(plain, console.encoding)
        # An escape is longer than what it stands for: styles would be at the wrong place.
        line = line if safe == plain else safe
    if console.color_system is None and not console.record:
        # All that is left of a line without styles; rich would take most of the time of a long report.
        console.file.write(f"{str(line).rstrip()}\n")
        return
    text = Text(line) if isinstance(line, str) else line.copy()
    text.rstrip()
    console.print(text, soft_wrap=True, highlight=False)


def print_wrapped(console: Console, text: Text, *, first: Text | str = "", indent: int = 0) -> None:
    """Print a paragraph, wrapped to the console.

    Args:
        console: where to.
        text: the paragraph.
        first: what the first line starts with, padded to ``indent``.
        indent: cells in front of every other line.
    """
    lead = Text(first) if isinstance(first, str) else first.copy()
    lead.pad_right(max(0, indent - lead.cell_len))
    for line in _wrapped_after(console, text, lead.cell_len - indent, max(20, console.width - indent)):
        print_line(console, joined(lead, line))
        lead = Text(" " * indent)


def _wrapped_after(console: Console, text: Text, taken: int, width: int) -> Iterable[Text]:
    """The lines of a paragraph whose first line has fewer cells, for something stands before it.

    Args:
        console: where it goes.
        text: the paragraph.
        taken: cells that are taken in its first line.
        width: cells of every line.
    """
    first_word = text.plain.split(maxsplit=1)[:1]
    if not taken or not first_word or taken + cell_len(first_word[0]) > width:
        return _wrapped(console, text, width)
    # Wrapped as if the first word were longer, which is then put right.
    first, *others = _wrapped(console, joined("x" * taken, text), width)
    return [first[taken:], *others]


def _wrapped(console: Console, text: Text, width: int) -> Iterable[Text]:
    """The lines that a paragraph takes in so many cells; one at least."""
    if text.cell_len <= width and text.plain.isprintable():
        # Most are as short as that, and to wrap them takes the most of a long report.
        return [text]
    return text.wrap(console, width) or [Text()]


def print_block(console: Console, renderable: RenderableType) -> None:
    """Print a table, without the blanks that pad its lines at the end."""
    for segments in console.render_lines(renderable, pad=False):
        print_line(console, Text.assemble(*((segment.text, segment.style or "") for segment in segments)))
