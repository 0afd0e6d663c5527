"""Writing to a terminal or a pipe: colour or not, and user text that can't take the terminal over."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import IO

from rich.console import Console, RenderableType
from rich.text import Span, Text

from ik_migrate.reports.escape import escape

# Prose in longer lines is hard to read, however wide the terminal is.
MAX_WIDTH = 110
_MIN_WIDTH = 40


def make_console(stream: IO[str], *, color: bool | None = None, width: int | None = None) -> Console:
    """A console that writes to ``stream``.

    Args:
        stream: where to write.
        color: whether to use colour; ``None`` to find out, see `wants_color`.
        width: cells per line; ``None`` for the width of the terminal, at most ``MAX_WIDTH``.
    """
    use_color = wants_color(stream) if color is None else color
    console = Console(
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
        console.width = max(_MIN_WIDTH, min(console.width, MAX_WIDTH))
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
    """One paragraph of ``text`` that is safe to print; what stands in backticks is emphasised."""
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
    for line in _wrapped(console, text, max(20, console.width - indent)):
        print_line(console, joined(lead, line))
        lead = Text(" " * indent)


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
