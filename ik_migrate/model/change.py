"""Edits to one file: collected first, applied in one pass, everything else byte for byte as it was.

An edit replaces a range of the original text by pieces: new text, and `Span`s of the original that
move along. Edits that lie inside a moved span are applied in its new place, so that the rewrite of a
whole call and the rewrite of something in one of its arguments need not know of each other.
"""

from __future__ import annotations

from dataclasses import dataclass


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
class Unchanged:
    """A range of the original text that stays where it is, whatever else is edited in it."""

    start: int
    end: int


Piece = str | Span | Unchanged


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
