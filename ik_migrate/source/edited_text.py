"""The text of a file with edits applied in one pass."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from operator import attrgetter

from ik_migrate.model.change import Edit, Span, Unchanged
from ik_migrate.source.source_file import Source


class Conflict(Exception):
    """Two edits want the same text."""


Fragment = tuple[str, int | None]
"""A stretch of the new text, and where it stood in the original; None for text that is new."""


class EditedText:
    """The text of a file with edits applied.

    Args:
        source: the file.
        edits: what to change; inserts at one place keep their order.
        fixed_lines: 0-based numbers of lines that start inside a string: never re-indented.

    Raises:
        Conflict: when two edits overlap without one holding the other.
    """

    def __init__(self, source: Source, edits: Iterable[Edit], fixed_lines: frozenset[int]) -> None:
        self._source = source
        self._fixed_lines = fixed_lines
        unique = dict.fromkeys(edits)
        self._edits = sorted(unique, key=lambda edit: (edit.start, edit.start != edit.end, -edit.end))
        for first, second in zip(self._edits, self._edits[1:], strict=False):
            if first.start < second.start < first.end < second.end or (
                first.start == second.start and first.end == second.end and first.start != first.end
            ):
                raise Conflict(f"two rewrites of line {source.line_of(second.start) + 1}")

    def render(self) -> str:
        """The whole text, edits applied."""
        return "".join(text for text, _ in self.fragments())

    def fragments(self) -> list[Fragment]:
        """The whole text, edits applied, in stretches of which is known where they come from."""
        return self._render(0, len(self._source.text), Span(0, 0), None)

    def _render(self, start: int, end: int, shift: Span, inside: Edit | None) -> list[Fragment]:
        out: list[Fragment] = []
        position = start
        for edit in self._edits[bisect_left(self._edits, start, key=attrgetter("start")) :]:
            if edit.start > end:
                break
            if edit is inside or edit.start < position or edit.end > end:
                continue
            if edit.is_statement and inside is not None:
                continue
            if inside is not None and edit.start == inside.start and edit.end == inside.end:
                continue
            out += self._original(position, edit.start, shift)
            for piece in edit.pieces:
                if isinstance(piece, str):
                    out.append((piece, None))
                elif isinstance(piece, Unchanged):
                    out.append((self._source.text[piece.start : piece.end], piece.start))
                else:
                    out += self._moved(piece, edit)
            position = edit.end
        out += self._original(position, end, shift)
        return out

    def _moved(self, span: Span, edit: Edit) -> list[Fragment]:
        fragments = self._render(span.start, span.end, span, edit)
        return [("(", None), *fragments, (")", None)] if span.brackets else fragments

    def _original(self, start: int, end: int, shift: Span) -> list[Fragment]:
        """A stretch of original text, its lines after the first moved from one indent to another."""
        text = self._source.text
        if shift.indent == shift.to_indent:
            return [(text[start:end], start)]
        out: list[Fragment] = []
        position = start
        first = self._source.line_of(start) + 1
        for line in range(first, self._source.line_of(end) + 1):
            line_start = self._source.line_starts[line]
            if line in self._fixed_lines or not text.startswith(shift.indent, line_start):
                continue
            if line_start + len(shift.indent) > end:
                break
            out += [(text[position:line_start], position), (shift.to_indent, None)]
            position = line_start + len(shift.indent)
        out.append((text[position:end], position))
        return out
