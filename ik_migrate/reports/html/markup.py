"""HTML from text: all that is not known to be markup is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from ik_migrate.reports.code_frame import expand
from ik_migrate.reports.escape import escape
from ik_migrate.source.original_text import split_lines

_CODE = re.compile(r"(`[^`]+`)")


class Html(str):
    """Markup, as against text, which every function of this module escapes."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str | int | bool) -> Html:
    """An HTML element.

    Args:
        name: of the element.
        content: what it holds, text or `Html`.
        attributes: by name, with ``_`` for ``-`` and a trailing one for Python's keywords; ``False`` for none.
    """
    return Html(f"<{name}{_attributes(attributes)}>{join(content)}</{name}>")


def void_element(name: str, /, **attributes: str | int | bool) -> Html:
    """Return an element without content and end tag, such as ``input``; see `element`."""
    return Html(f"<{name}{_attributes(attributes)}>")


def _attributes(attributes: dict[str, str | int | bool]) -> str:
    parts = []
    for key, value in attributes.items():
        name = key.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(f" {name}")
        elif value is not False:
            parts.append(f' {name}="{text(str(value))}"')
    return "".join(parts)


def join(content: Sequence[str], between: str = "") -> Html:
    """All of ``content``, text or `Html`, in one, with the markup ``between`` each two."""
    return Html(between.join(text(part) for part in content))


def text(value: str) -> Html:
    """``value`` as text in one line, with what is not plainly escape written as an escape, see `escape`."""
    return value if isinstance(value, Html) else Html(html.escape(escape(value)))


def prose(value: str) -> Html:
    """One line of ``value``; what stands in backticks is code."""
    pieces = _CODE.split(value)
    pieces[1::2] = [element("code", piece[1:-1]) for piece in pieces[1::2]]
    return join(pieces)


def paragraphs(value: str) -> Html:
    """All of ``value``, one paragraph for each line."""
    return join([element("p", prose(line)) for line in split_lines(value) if line.strip()])


def code(line: str) -> Html:
    """One line of code, tabs as blanks and control characters as escapes."""
    if line.isascii() and line.isprintable():
        return Html(html.escape(line, quote=False))
    return Html(html.escape("".join(expand(line, "utf-8")), quote=False))


def code_block(source: str, **attributes: str | int | bool) -> Html:
    """Some lines of code; ``attributes`` are those of the block."""
    lines = [code(line) for line in split_lines(source.rstrip("\r\n"))]
    # A block that is wider than the page is scrolled: with the keyboard too.
    return element("pre", element("code", Html("\n".join(lines))), tabindex=0, **attributes)
