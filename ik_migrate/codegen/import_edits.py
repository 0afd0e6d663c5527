"""Join all changes to the imports of a file, and write each statement once."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ik_migrate.codegen.import_statement import ImportStatement
from ik_migrate.codegen.imports import (
    ImportNode,
    are_sorted,
    group_around,
    is_standard,
    line_after,
    line_start,
    module_name,
    place_for,
    top_imports,
)
from ik_migrate.codegen.moved_names import import_line
from ik_migrate.model.change import AddImport, DropName, Edit, NameChange
from ik_migrate.project.imported_names import import_statements
from ik_migrate.project.module import Module

_SEMICOLON = re.compile(r"[^;#]*;([ \t\f]|\\\s+)*")
# A comment that only speaks to a linter goes with the import that it is about.
_END_OF_LINE = re.compile(r"\s*;?\s*(# *(noqa|pylint|type:|NOQA).*)?\s*")


@dataclass
class _Plan:
    """All that happens to one import statement."""

    node: ImportNode
    moves: dict[int, AddImport] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    added: list[AddImport] = field(default_factory=list)

    @property
    def kept(self) -> list[int]:
        """The names that are still imported, here or from elsewhere."""
        return [index for index in range(len(self.node.names)) if index not in self.dropped]

    @property
    def source(self) -> str:
        """The module that the statement imports from afterwards."""
        kept = self.kept
        return self.moves[kept[0]].module if kept and self.moves.keys() >= set(kept) else module_name(self.node)

    def takes_from(self, module: str) -> bool:
        """Whether more names of a module can be imported in the statement."""
        node = self.node
        is_plain = isinstance(node, ast.ImportFrom) and not node.level and node.names[0].name != "*"
        return is_plain and self.source == module

    @property
    def leaving(self) -> dict[str, list[AddImport]]:
        """The names that need separate statements, by their modules."""
        found: dict[str, list[AddImport]] = {}
        for index in self.kept if isinstance(self.node, ast.ImportFrom) else ():
            if index in self.moves and self.moves[index].module != self.source:
                found.setdefault(self.moves[index].module, []).append(self.moves[index])
        return found


def import_edits(module: Module, wanted: Iterable[AddImport], changes: Iterable[NameChange]) -> list[Edit]:
    """Return the edits for the imports of a file.

    Args:
        module: the file.
        wanted: what is to be imported besides.
        changes: what happens to the names of the statements that are there; a name that is dropped does not move.
    """
    plans = {module.text.start(node): _Plan(node) for node in import_statements(module)}
    for change in changes:
        if isinstance(change, DropName):
            plans[change.statement].dropped.add(change.index)
        else:
            plans[change.statement].moves[change.index] = change.to
    at_top = [plans[module.text.start(node)] for node in top_imports(module)]
    wanted = set(wanted)
    wanted -= _replace(at_top, {each.local: each for each in wanted if each.name and not each.comment})
    for plan in at_top:
        if _is_placed_again(module, plan):
            wanted |= {plan.moves[index] for index in plan.kept}
            plan.dropped |= set(plan.kept)
    edits = _distribute(module, wanted, at_top)
    gone = {plan.node for plan in plans.values() if not plan.kept and not plan.added}
    for plan in plans.values():
        if plan.node in gone:
            edits.append(_drop_statement(module, plan.node, gone))
        elif plan.moves or plan.dropped or plan.added:
            edits += _rewrite(module, plan)
    return edits


def _replace(plans: list[_Plan], wanted: dict[str, AddImport]) -> set[AddImport]:
    """Let no two imports bind one name: what is wanted takes the place of what is there.

    Args:
        plans: for the imports at the top of the file.
        wanted: what is to be imported, by the names that it binds.

    Returns:
        What needs no import, since a name of a statement moves there.
    """
    given = set()
    for plan in plans:
        for index in plan.kept:
            alias = plan.node.names[index]
            replacing = wanted.get(alias.asname or alias.name)
            if replacing is not None and plan.moves.get(index) == replacing:
                given.add(replacing)
            elif replacing is not None:
                plan.dropped.add(index)
    return given


def _is_placed_again(module: Module, plan: _Plan) -> bool:
    """Whether all names come from the support module, whose place among sorted imports is another one."""
    support = module.project.support
    if support is None or plan.leaving or plan.source != support.dotted or module_name(plan.node) == support.dotted:
        return False
    if any(part.strip() for part in _around(module, plan.node, plan.node)) or "#" in module.text.text_of(plan.node):
        return False
    group = group_around(module, plan.node)
    return len(group) > 1 and are_sorted(group)


def _distribute(module: Module, wanted: set[AddImport], plans: list[_Plan]) -> list[Edit]:
    """Add names to statements that import from the same module, and new statements for the others."""
    groups: dict[tuple[str, str], list[AddImport]] = defaultdict(list)
    for each in sorted(_without_repetition(wanted), key=lambda each: (each.module, each.name, each.local)):
        groups[each.module, each.comment].append(each)
    lines: dict[int, list[str]] = defaultdict(list)
    for (source, comment), names in groups.items():
        fitting = [plan for plan in plans if plan.takes_from(source)] if names[0].name and not comment else []
        if fitting:
            fitting[0].added = names
        else:
            lines[place_for(module, source)].append(import_line(source, names))
    return [_new_statements(module, position, statements) for position, statements in lines.items()]


def _without_repetition(wanted: set[AddImport]) -> set[AddImport]:
    """Imports without those that are only there for their effect, which another one has as well."""
    used = {name for addition in wanted if not addition.comment for name in (addition.module, addition.dotted)}
    return {addition for addition in wanted if not (addition.comment and addition.dotted in used)}


def _new_statements(module: Module, position: int, statements: list[str]) -> Edit:
    """Insert import statements at the start of a line, with blank lines where they begin a group."""
    newline, imports = module.text.source.newline, top_imports(module)
    first = [line for line in statements if not line.startswith("from imagekit")]
    lines = [*first, *(line for line in statements if line not in first)]
    if not imports:
        following = next((node for node in module.tree.body if module.text.start(node) >= position), None)
        if module.text.source.text[position:].startswith(newline):
            lines.insert(0, "")
        elif following is not None:
            lines += [""] * (2 if isinstance(following, ast.ClassDef | ast.FunctionDef) else 1)
    elif first and line_start(module, imports[0]) == position and not is_standard(imports[0]):
        package = module_name(imports[0]).split(".")[0]
        if not package or first[0].split()[1].split(".")[0] != package:
            lines.insert(len(first), "")
    return _insert_lines(module, position, lines)


def _insert_lines(module: Module, position: int, lines: Iterable[str]) -> Edit:
    source = module.text.source
    text = "".join(f"{line}{source.newline}" for line in lines)
    if position == len(source.text) and not source.text.endswith(("\n", "\r")):
        text = source.newline + text.removesuffix(source.newline)
    return Edit(position, position, (text,))


def _rewrite(module: Module, plan: _Plan) -> list[Edit]:
    """The edits for a statement that stays: itself, and the statements after it for names that leave it."""
    text, node, leaving = module.text, plan.node, plan.leaving
    statement = ImportStatement(text.text_of(node), text.source.newline)
    gone = set(plan.dropped)
    for index in plan.kept:
        move = plan.moves.get(index)
        if move is not None and move.module in leaving:
            gone.add(index)
        elif move is not None and move.name != "*":
            statement.replace(index, move.name or move.module, move.local)
    if isinstance(node, ast.ImportFrom) and plan.source != module_name(node):
        statement.import_from(plan.source)
    for index in sorted(gone, reverse=True):
        statement.drop(index)
    for addition in plan.added:
        statement.add(addition)
    lines = [import_line(source, names) for source, names in leaving.items()]
    if lines and _shares_line(module, node):
        return [Edit(text.start(node), text.end(node), ("; ".join([statement.code, *lines]),))]
    indent = text.source.indent_at(text.start(node))
    after = [_insert_lines(module, line_after(module, node), [indent + line for line in lines])] if lines else []
    return [Edit(text.start(node), text.end(node), (statement.code,)), *after]


def _drop_statement(module: Module, node: ast.stmt, gone: Collection[ast.stmt]) -> Edit:
    """Return the edit that removes a statement.

    Args:
        module: the file.
        node: the statement.
        gone: all statements that are removed.
    """
    around = module.text.names.parents[node]
    if isinstance(around, ast.Try) and _does_nothing_without(module, around, node):
        return _drop_statement(module, around, {*gone, around})
    text = module.text
    start, end = text.start(node), text.end(node)
    blocks = (getattr(around, name, None) for name in ("body", "orelse", "finalbody"))
    siblings = next((block for block in blocks if isinstance(block, list) and node in block), [node])
    if not isinstance(around, ast.Module) and all(other in gone for other in siblings):
        return Edit(text.start(siblings[0]), text.end(siblings[-1]), ("pass",))
    line = _on_one_line(module, siblings, node)
    place = line.index(node)
    if any(other not in gone for other in line[place:]):
        return Edit(start, text.start(line[place + 1]))
    if any(other not in gone for other in line[:place]):
        return Edit(text.end(line[place - 1]), end)
    before, after = _around(module, line[0], line[-1])
    if before.strip() or not _END_OF_LINE.fullmatch(after):
        return Edit(start, end, ("pass",))
    return Edit(line_start(module, line[0]), line_after(module, line[-1]))


def _shares_line(module: Module, node: ast.stmt) -> bool:
    """Whether something else than a comment is on the lines of a statement."""
    before, after = _around(module, node, node)
    return bool(before.strip()) or re.fullmatch(r"\s*(#.*)?\s*", after) is None


def _around(module: Module, first: ast.stmt, last: ast.stmt) -> tuple[str, str]:
    """The text before and after statements on their lines."""
    text, whole = module.text, module.text.source.text
    return whole[line_start(module, first) : text.start(first)], whole[text.end(last) : line_after(module, last)]


def _on_one_line(module: Module, siblings: list[ast.stmt], node: ast.stmt) -> list[ast.stmt]:
    """A statement with those that semicolons join it with."""
    lines = [siblings[:1]]
    for first, second in pairwise(siblings):
        if _SEMICOLON.fullmatch(module.text.source.text[module.text.end(first) : module.text.start(second)]):
            lines[-1].append(second)
        else:
            lines.append([second])
    return next(line for line in lines if node in line)


def _does_nothing_without(module: Module, node: ast.Try, tried: ast.stmt) -> bool:
    """Whether a ``try`` is there for one statement: what it does when that fails is to pass, or to bind ``None``."""
    if node.body != [tried] or node.orelse or node.finalbody or "#" in module.text.text_of(node):
        return False
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant) and item.value.value is None)
        for handler in node.handlers
        for item in handler.body
    )
