"""Names that live in another module now: how they are imported here, and the edits that import them from there."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ik_migrate.codegen.imports import are_sorted, group_around
from ik_migrate.codegen.unused_imports import drop_aliases
from ik_migrate.model.change import AddImport, Change, Edit
from ik_migrate.project.imported_names import uses_of
from ik_migrate.project.module import Module
from ik_migrate.project.used_names import is_taken


@dataclass(frozen=True)
class Move:
    """One name of an import statement, and where it comes from after the rewrite.

    Args:
        alias: the name in the statement.
        module: the module that has it now.
        name: what it is called there.
        local: what the file calls it afterwards.
    """

    alias: ast.alias
    module: str
    name: str
    local: str = ""

    @property
    def clause(self) -> str:
        """``name`` or ``name as local``."""
        local = self.local or self.alias.asname or self.name
        return self.name if local == self.name else f"{self.name} as {local}"


def new_local_name(module: Module, alias: ast.alias, name: str) -> str:
    """What a renamed import is called in the file: the new name, or still the old one where that is safer.

    The old one stays where the file gives its own name, where the new one is taken, and where other files may
    take the name from this one.
    """
    if alias.asname:
        return alias.asname
    bindings = module.text.names.module.bindings.get(alias.name, [])
    uses = uses_of(module, alias)
    is_public = module.path.name == "__init__.py" or "__all__" in module.text.names.module.bindings
    if len(bindings) != 1 or not uses or is_public or is_taken(module, name):
        return alias.name
    return name


def import_changes(module: Module, node: ast.ImportFrom, moves: list[Move]) -> Sequence[Change] | None:
    """The changes that import some names from elsewhere, in the order of the file if its imports are sorted.

    Returns:
        The changes; None if the statement shares its line with others and would have to be split.
    """
    sources = {move.module for move in moves}
    group = group_around(module, node)
    is_alone = _line_after_alone(module, node) is not None and "#" not in _lines_of(module, node)
    if len(moves) == len(node.names) and len(sources) == 1 and is_alone and len(group) > 1 and are_sorted(group):
        drop = drop_aliases(module, node, list(node.names))
        return [*drop, *(AddImport(move.module, move.name, move.alias.asname or move.name) for move in moves)]
    return import_edits(module, node, moves)


def import_edits(module: Module, node: ast.ImportFrom, moves: list[Move]) -> list[Edit] | None:
    """The edits that take some names of an import statement from elsewhere.

    Returns:
        The edits; None where the statement shares its line with others and would have to be split.
    """
    text = module.text
    moved = [move.alias for move in moves]
    sources = list(dict.fromkeys(move.module for move in moves))
    edits: list[Edit] = []
    if len(moved) == len(node.names):
        name = _module_name_of(module, node)
        if name is None:
            return None
        first = sources.pop(0)
        edits.append(Edit(*name, (first,)))
        stay = [move for move in moves if move.module == first]
        edits += [
            Edit(text.start(move.alias), text.end(move.alias), (move.clause,))
            for move in stay
            if move.clause != text.text_of(move.alias)
        ]
        moved = [move.alias for move in moves if move not in stay]
    edits += drop_aliases(module, node, moved)
    if sources:
        position = _line_after_alone(module, node)
        if position is None:
            return None
        edits.append(_new_lines(module, node, position, sources, moves))
    return edits


def import_lines(moves: list[Move]) -> list[str]:
    """The statements that import the names from where they live now, one for each module."""
    clauses: dict[str, list[str]] = {}
    for move in moves:
        clauses.setdefault(move.module, []).append(move.clause)
    return [f"from {module} import {', '.join(names)}" for module, names in clauses.items()]


def _new_lines(module: Module, node: ast.ImportFrom, position: int, sources: list[str], moves: list[Move]) -> Edit:
    source = module.text.source
    indent = source.indent_at(module.text.start(node))
    lines = import_lines([move for move in moves if move.module in sources])
    text = "".join(f"{indent}{line}{source.newline}" for line in lines)
    if position == len(source.text) and not source.text.endswith(("\n", "\r")):
        text = source.newline + text[: -len(source.newline)]
    return Edit(position, position, (text,))


def _module_name_of(module: Module, node: ast.ImportFrom) -> tuple[int, int] | None:
    """Where the name of the module stands in the statement."""
    start = module.text.start(node)
    found = re.match(r"from[\s\\]+([\w.]+)", module.text.source.text[start : module.text.end(node)])
    if found is None or found.group(1) != node.module:
        return None
    return start + found.start(1), start + found.end(1)


def _lines_of(module: Module, node: ast.stmt) -> str:
    """The text of the lines that a statement is on."""
    source = module.text.source
    start, end = module.text.start(node), module.text.end(node)
    following = source.line_of(end) + 1
    line_end = source.line_starts[following] if following < len(source.line_starts) else len(source.text)
    return source.text[source.line_starts[source.line_of(start)] : line_end]


def _line_after_alone(module: Module, node: ast.stmt) -> int | None:
    """Offset of the line after a statement; None where something else stands on its lines."""
    source = module.text.source
    start, end = module.text.start(node), module.text.end(node)
    line_start = source.line_starts[source.line_of(start)]
    following = source.line_of(end) + 1
    line_end = source.line_starts[following] if following < len(source.line_starts) else len(source.text)
    before, after = source.text[line_start:start], source.text[end:line_end]
    return line_end if not before.strip() and re.fullmatch(r"\s*(#.*)?\s*", after) else None
