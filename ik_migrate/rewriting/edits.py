"""Edits to one file: collected first, applied in one pass, everything else byte for byte as it was.

An edit replaces a range of the original text by pieces: new text, and `Span`s of the original that
move along. Edits that lie inside a moved span are applied in its new place, so that the rewrite of a
whole call and the rewrite of something in one of its arguments need not know of each other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from ik_migrate.files.source import Source


class Conflict(Exception):
    """Two edits want the same text."""


@dataclass(frozen=True)
class Span:
    """A range of the original text that moves to another place.

    Args:
        start: first character.
        end: one past the last.
        indent: indentation that its lines after the first had in common, and
        to_indent: the one that they shall have.
        brackets: put around it, for an expression that loses the brackets it stood in.
    """

    start: int
    end: int
    indent: str = ""
    to_indent: str = ""
    brackets: bool = False


@dataclass(frozen=True)
class Kept:
    """A range of the original text that stays where it is, whatever else is edited in it."""

    start: int
    end: int


Piece = str | Span | Kept
Fragment = tuple[str, int | None]
"""A stretch of the new text, and where it stood in the original; None for text that is new."""


@dataclass(frozen=True)
class Edit:
    """Replace the original text from ``start`` to ``end`` by ``pieces``.

    Args:
        start: first character.
        end: one past the last.
        pieces: what to put there.
        is_statement: whether it is a statement of its own, which does not move along with what follows it.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...] = ()
    is_statement: bool = False


@dataclass(frozen=True)
class AddImport:
    """``from module import name as local`` is needed."""

    module: str
    name: str
    local: str

    @property
    def clause(self) -> str:
        """``name`` or ``name as local``."""
        return self.name if self.local == self.name else f"{self.name} as {self.local}"


@dataclass(frozen=True)
class RenameArgument:
    """The argument ``name`` of the call that starts at ``call`` is called ``new`` from now on."""

    call: int
    name: str
    new: str


@dataclass(frozen=True)
class DropArgument:
    """The argument ``name`` of the call that starts at ``call`` goes."""

    call: int
    name: str


@dataclass(frozen=True)
class AddArgument:
    """The call that starts at ``call`` gets ``name=value``, in the place of ``after`` if given."""

    call: int
    name: str
    value: tuple[Piece, ...]
    after: str = ""


@dataclass(frozen=True)
class SpecMember:
    """The spec class of the call that starts at ``call`` has this attribute or property.

    Args:
        call: offset of the call.
        name: the attribute.
        body: for a property: the lines of its getter, unindented; else the one expression.
        is_property: which of the two.
        receiver: what the getter calls the spec itself.
        replaces: the argument of the field that it stands for.
    """

    call: int
    name: str
    body: tuple[tuple[Piece, ...], ...]
    is_property: bool = False
    receiver: str = "self"
    replaces: str = ""


@dataclass(frozen=True)
class UseStrategy:
    """The spec class of the call at ``call`` needs a strategy that deletes outdated files.

    Args:
        call: offset of the call.
        base: the strategy of ``imagekit.cachefiles.strategies`` to derive from.
    """

    call: int
    base: str


CallChange = RenameArgument | DropArgument | AddArgument | SpecMember | UseStrategy
Change = Edit | AddImport | CallChange


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
                elif isinstance(piece, Kept):
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
