"""The template of the support module, in parts: its statements, and which of them are there with which features."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, combinations

_CONDITION = re.compile(r"# if: (not )?(\w+)$")


_LONGEST_LINE = 120
"""Characters of a line of the support module."""


@dataclass(frozen=True)
class Part:
    """A statement of the template, at its top or in a class.

    Args:
        node: the statement.
        text: its source, indented as in the template, without the line that holds its condition.
        condition: the feature that it belongs to; empty where it is always part of what it is in.
        is_negated: whether it is there without the feature.
    """

    node: ast.stmt
    text: str
    condition: str = ""
    is_negated: bool = False

    def is_in(self, features: Collection[str]) -> bool:
        """Whether the part is there with some features."""
        return not self.condition or (self.condition in features) != self.is_negated

    @property
    def names(self) -> frozenset[str]:
        """The names that the statement binds."""
        return frozenset(bound_names(self.node))


@cache
def template() -> str:
    """Return the text of the template."""
    return files("ik_migrate.codegen.support").joinpath("template.py").read_text("ascii")


@cache
def top_level() -> tuple[Part, ...]:
    """Return the statements of the template."""
    return tuple(parts_of(template(), ast.parse(template()).body))


@cache
def piece_names() -> frozenset[str]:
    """Return the names of all pieces that a project can import from its support module."""
    return frozenset(name for part in top_level() if not is_import(part.node) for name in part.names)


def chosen_parts(names: Collection[str]) -> Iterator[Part]:
    """The parts of the template with some names."""
    return (part for part in top_level() if part.names & set(names) and not is_import(part.node))


def with_blank_lines(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces with blank lines above them."""
    return (f"\n\n{piece}" for piece in pieces)


def import_lines(used: Collection[str]) -> list[str]:
    """The imports of some names, in the groups of the template."""
    lines: list[str] = []
    last_line = 0
    for part in top_level():
        if not isinstance(part.node, ast.Import | ast.ImportFrom):
            continue
        aliases = [alias for alias in part.node.names if (alias.asname or alias.name) in used]
        if aliases:
            if lines and "\n\n" in _between(last_line, part.node.lineno):
                lines.append("\n")
            lines.append(_import_line(part.node, aliases))
            last_line = part.node.lineno
    return lines


@cache
def import_ranks() -> dict[str, tuple[int, int]]:
    """Return where the imports of the template stand, by what precedes their names: their group, and the line."""
    found: dict[str, tuple[int, int]] = {}
    group, last_line = 0, 0
    for part in top_level():
        if isinstance(part.node, ast.Import | ast.ImportFrom):
            if last_line and "\n\n" in _between(last_line, part.node.lineno):
                group += 1
            last_line = part.node.lineno
            found[_import_line(part.node, part.node.names).rstrip("\n").partition(" import ")[0]] = group, last_line
    return found


def _between(first: int, last: int) -> str:
    return "\n".join(template().split("\n")[first - 1 : last])


def _import_line(node: ast.Import | ast.ImportFrom, aliases: list[ast.alias]) -> str:
    names = ", ".join(alias.name for alias in aliases)
    line = f"from {node.module} import {names}\n" if isinstance(node, ast.ImportFrom) else f"import {names}\n"
    if len(line) <= _LONGEST_LINE or not isinstance(node, ast.ImportFrom):
        return line
    rows = "".join(f"    {name},\n" for name in names.split(", "))
    return f"from {node.module} import (\n{rows})\n"


def text_with(part: Part, features: Collection[str]) -> str:
    """Return the source of a part with the variants that some features choose."""
    return _text_with(part, frozenset(features).intersection(conditions_of(part)))


@cache
def _text_with(part: Part, features: frozenset[str]) -> str:
    is_member = part.text.startswith(" ")
    text = f"class Around:\n{part.text}" if is_member else part.text
    lines = text.split("\n")
    left_out: set[int] = set()
    for node in _statements(ast.parse(text)):
        start = lines_of(node)[0]
        match = _CONDITION.search(lines[start - 1].strip()) if start else None
        if match is not None:
            keep = (match[2] in features) != bool(match[1])
            first = start - 1
            end = start if keep else node.end_lineno or start
            while not keep and end < len(lines) and not lines[end].strip() and not lines[max(first - 1, 0)].strip():
                end += 1
            left_out.update(range(first, end))
    kept = [line for number, line in enumerate(lines) if number not in left_out]
    return "\n".join(kept[is_member:]).replace("  # noqa: F811", "").rstrip("\n") + "\n"


@cache
def variants_of(part: Part) -> frozenset[str]:
    """All texts that a part can have, whatever the features are."""
    return frozenset(text_with(part, chosen) for chosen in choices_for(part))


@cache
def conditions_of(part: Part) -> tuple[str, ...]:
    """Return the features that parts of a part depend on."""
    return tuple(sorted({match[2] for line in part.text.split("\n") if (match := _CONDITION.search(line))}))


def choices_for(part: Part) -> Iterator[tuple[str, ...]]:
    """Yield all sets of features that make a difference to a part, small ones first."""
    conditions = conditions_of(part)
    return chain.from_iterable(combinations(conditions, count) for count in range(len(conditions) + 1))


@cache
def members_of(part: Part) -> tuple[Part, ...]:
    """Return the members of a class of the template."""
    return tuple(parts_of(template(), part.node.body if isinstance(part.node, ast.ClassDef) else []))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def parts_of(text: str, nodes: Iterable[ast.stmt]) -> Iterator[Part]:
    """The parts that statements of a text are, each with its condition."""
    lines = text.splitlines(keepends=True)
    for node in nodes:
        start, end = lines_of(node)
        match = _CONDITION.search(lines[start - 1].strip()) if start else None
        source = "".join(lines[start:end]).replace("  # noqa: F811", "")
        yield Part(node, source, match[2] if match else "", bool(match and match[1]))


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, from 0, its decorators included."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    return first - 1, node.end_lineno or first


def bound_names(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)


def member_names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class binds; the setter of a property is another member than its getter."""
    decorators = getattr(node, "decorator_list", ())
    kind = ".setter" if any(isinstance(item, ast.Attribute) and item.attr == "setter" for item in decorators) else ""
    return (f"{name}{kind}" for name in bound_names(node))


def used_names(text: str) -> set[str]:
    """The names of the module that a text uses, but for those that it binds itself."""
    found: set[str] = set()
    tables = [symtable.symtable(text, "support module", "exec")]
    for table in tables:
        is_module = table.get_type() == "module"
        found.update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or is_module)
        )
        tables += table.get_children()
    return found


def is_import(node: ast.stmt) -> bool:
    """Whether a statement is an import."""
    return isinstance(node, ast.Import | ast.ImportFrom)
