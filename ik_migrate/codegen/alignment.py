"""Lines that stood under the first item of a bracket: moved along where a rewrite moves that item.

After ``ImageSpec(`` has become ``ImageSpecField(``, the arguments on the lines below would stand five columns too far
to the left. Only white space at the start of lines changes here, and only inside brackets.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ik_migrate.source.edited_text import Fragment
from ik_migrate.source.source_file import Source
from ik_migrate.source.tree import PythonText


@dataclass(frozen=True)
class _Block:
    """A bracket whose items stand under each other.

    Args:
        opening: offset of the bracket.
        closing: offset of the one that closes it.
        width: how many columns after the bracket the first item stands, on the same line.
        lines: offsets of the first character of the lines that go with it.
        aligned: those of them that stand in the very column of the first item.
    """

    opening: int
    closing: int
    width: int
    lines: tuple[int, ...]
    aligned: tuple[int, ...]


def aligned_again(text: PythonText, fragments: Iterable[Fragment]) -> str:
    """The new text of a file, its lines aligned where they were before.

    Args:
        text: the file as it was.
        fragments: the new text, in stretches of which is known where they stood.
    """
    new = _NewText(list(fragments))
    shifts: dict[int, int] = defaultdict(int)

    def column(offset: int) -> int:
        line = new.source.line_of(offset)
        return offset - new.source.line_starts[line] + shifts[line]

    for block in _blocks(text):
        opening, closing = new.place_of_character(block.opening), new.place_of_character(block.closing)
        if opening is None or closing is None:
            continue
        lines = {line: place for line in block.lines if (place := new.line_start(line, opening, closing)) is not None}
        aligned = [lines[line] for line in block.aligned if line in lines]
        shift = column(opening) + block.width - column(aligned[0]) if aligned else 0
        if all(column(place) + shift >= 0 for place in lines.values()):
            for place in lines.values():
                shifts[new.source.line_of(place)] += shift
    return "".join(
        " " * shifts[number] + line if shifts[number] >= 0 else line[-shifts[number] :]
        for number, line in enumerate(new.source.lines())
    )


class _NewText:
    """The new text, and where in it the characters of the original are."""

    def __init__(self, fragments: list[Fragment]) -> None:
        self.source = Source("".join(text for text, _ in fragments), "utf-8")
        self._stretches: list[tuple[int, int, int]] = []
        place = 0
        for text, origin in fragments:
            if text and origin is not None:
                self._stretches.append((origin, origin + len(text), place))
            place += len(text)
        self._stretches.sort()

    def place_of_character(self, offset: int) -> int | None:
        """Return the new offset of a character of the original; None if it was removed."""
        index = bisect_right(self._stretches, offset, key=lambda stretch: stretch[0]) - 1
        if index < 0:
            return None
        start, end, place = self._stretches[index]
        return place + offset - start if offset < end else None

    def line_start(self, offset: int, opening: int, closing: int) -> int | None:
        """Where the line is that had ``offset`` as its first character, if it is a line still, between two brackets."""
        # What stood before the first word leads to it, also where that was renamed.
        before = self.place_of_character(offset - 1)
        place = before + 1 if before is not None else self.place_of_character(offset)
        if place is None or not opening < place <= closing:
            return None
        start = self.source.line_starts[self.source.line_of(place)]
        return None if self.source.text[start:place].strip(" ") else place


def _blocks(text: PythonText) -> Iterator[_Block]:
    """The brackets of a file over several lines with items under each other, outer ones first."""
    nodes = text.nodes_of(ast.Call, ast.List, ast.Tuple, ast.Set, ast.Dict)
    broken = [node for node in nodes if node.end_lineno != node.lineno]
    for node in sorted(broken, key=lambda node: (text.start(node), -text.end(node))):
        items = _items(node)
        block = _block(text, min(map(text.start, items)), text.end(node)) if items else None
        if block is not None:
            yield block


def _items(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Call):
        return [*node.args, *node.keywords]
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple | ast.Set) else []


def _block(text: PythonText, anchor: int, end: int) -> _Block | None:
    """The lines from the first item to the closing bracket; None where they do not stand under that item."""
    source = text.source
    line = source.line_of(anchor)
    before = source.text[source.line_starts[line] : anchor]
    if not before.rstrip().endswith(("(", "[", "{")) or source.text[end - 1] not in ")]}" or "\t" in before:
        return None
    lines: list[int] = []
    aligned: list[int] = []
    for number in range(line + 1, source.line_of(end - 1) + 1):
        content = source.line(number)
        indent = len(content) - len(content.lstrip(" \t"))
        start = source.line_starts[number] + indent
        if number in text.string_lines or not content.strip() or "\t" in content[:indent]:
            continue
        if indent >= len(before) or (start == end - 1 and indent == len(before) - 1):
            lines.append(start)
        if indent == len(before):
            aligned.append(start)
    width = len(before) - len(before.rstrip()) + 1
    return _Block(anchor - width, end - 1, width, tuple(lines), tuple(aligned)) if aligned else None
