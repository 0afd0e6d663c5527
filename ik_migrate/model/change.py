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
        is_statement: whether it is a separate statement, which does not move with the code after it.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...] = ()
    is_statement: bool = False


@dataclass(frozen=True)
class AddImport:
    """``from module import name as local`` is needed; ``import module`` where there is no name.

    Args:
        module: the module.
        name: the name in it; empty for the module itself.
        local: what the file calls it.
        comment: a comment at the end of the line, for an import that is there for its effect.
    """

    module: str
    name: str
    local: str
    comment: str = ""

    @property
    def clause(self) -> str:
        """``name`` or ``name as local``."""
        return self.name if self.local == self.name else f"{self.name} as {self.local}"

    @classmethod
    def of_module(cls, dotted: str, comment: str = "") -> AddImport:
        """Return the import of a module: from its package, where it is in one."""
        package, _, name = dotted.rpartition(".")
        return cls(package, name, name, comment) if package else cls(name, "", name, comment)

    @property
    def dotted(self) -> str:
        """What is imported, by its dotted name."""
        return f"{self.module}.{self.name}" if self.name else self.module


@dataclass(frozen=True)
class MoveName:
    """A name of an import statement comes from elsewhere, or is called differently, from now on.

    Args:
        statement: offset of the statement.
        index: which of its names.
        to: what is imported instead; no name in it for ``import module``.
    """

    statement: int
    index: int
    to: AddImport


@dataclass(frozen=True)
class DropName:
    """The name at ``index`` of the import statement that starts at ``statement`` goes."""

    statement: int
    index: int


@dataclass(frozen=True)
class NeedSupport:
    """The rewritten code needs a piece of the support module, by its name there; ``+name`` for a variant of pieces."""

    piece: str


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
    """The spec class of the call that starts at ``call`` has this attribute.

    Args:
        call: offset of the call.
        name: the attribute.
        body: its value, as a single item.
        replaces: the argument of the field that it stands for; empty where it stands for none.
    """

    call: int
    name: str
    body: tuple[tuple[Piece, ...], ...]
    replaces: str = ""


@dataclass(frozen=True)
class UseSpecBase:
    """The spec class of the call that starts at ``call`` derives from ``base``, as the file calls it."""

    call: int
    base: str


CallChange = RenameArgument | DropArgument | AddArgument | SpecMember | UseSpecBase
NameChange = MoveName | DropName
Change = Edit | AddImport | NameChange | NeedSupport | CallChange

CALL_CHANGES = (RenameArgument, DropArgument, AddArgument, SpecMember, UseSpecBase)
"""The classes of `CallChange`."""
