"""Backend objects that a file makes once, by a name, for its spec fields to share."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import takewhile

from ik_migrate.codegen.legacy_field import falls_back
from ik_migrate.codegen.legacy_spec import base_of
from ik_migrate.imagekit.cache_backends import OWN, SUCCESSORS, Successor, successor_of
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.model.change import Edit
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.used_names import used_names
from ik_migrate.source.source_file import Source
from ik_migrate.source.tree import PythonText


@per_module
def names_in_arguments(module: Module) -> frozenset[ast.AST]:
    """The nodes inside backend arguments that their own rule rewrites."""
    rewritten: set[ast.AST] = set()
    for spec in spec_fields(module):
        argument = spec.arguments.get("image_cache_backend")
        if argument is None or falls_back(spec):
            continue
        successor = successor_of(module, argument.value)
        if successor is not None and successor.strategy != OWN:
            rewritten |= set(ast.walk(argument.value))
            named = backend_named(spec, argument.value)
            if named is not None and is_kept_by_support(spec, successor):
                rewritten.discard(named)
    return frozenset(rewritten)


def is_kept_by_support(spec: SpecField, successor: Successor) -> bool:
    """Whether a field's backend becomes the class of the same name in the support module."""
    return not successor.strategy or bool(base_of(spec) or spec.module.project.faithful)


def backend_named(spec: SpecField, value: ast.expr) -> ast.Name | None:
    """The name of a backend's class in ``image_cache_backend=Name()``, if the file imports it by that name."""
    node = value.func if isinstance(value, ast.Call) else value
    if not isinstance(node, ast.Name):
        return None
    bindings = spec.module.text.names.module.bindings.get(node.id, [])
    imported = [canonical(f"{each.module}.{each.attribute}") for each in bindings if each.attribute == node.id]
    return node if len(bindings) == 1 and set(imported) <= set(SUCCESSORS) and imported else None


def makes_object(module: Module, name: str) -> bool:
    """Whether ``name`` is bound, at the top of the file, to an object of a backend that comes with ImageKit."""
    return name in _names_of_objects(module)


@per_module
def _names_of_objects(module: Module) -> frozenset[str]:
    return frozenset(_made_by(module, statement) for statement in module.tree.body) - {""}


@per_module
def shared_objects(module: Module) -> tuple[tuple[str, ast.Assign], ...]:
    """The names of such objects that only rewritten arguments use, and the statements that make them.

    What another file may mean, or what is looked up by its name as a text, is not among them.
    """
    return tuple(
        (name, statement)
        for statement in module.tree.body
        if isinstance(statement, ast.Assign)
        for name in [_made_by(module, statement)]
        if name and _is_for_fields_alone(module, name) and _is_alone_on_its_lines(module, statement)
    )


def abandoned_objects(module: Module, rewritten: PythonText) -> Iterator[Edit]:
    """The edits that drop those of `shared_objects` that nothing uses any more.

    Args:
        module: the file as it was.
        rewritten: the same file, rewritten.
    """
    objects = shared_objects(module)
    used = used_names(rewritten) if objects else set()
    runs: list[range] = []
    for name, statement in objects:
        if name not in used:
            lines = _lines_of(module, statement)
            if runs and runs[-1].stop == lines.start:
                lines = range(runs.pop().start, lines.stop)
            runs.append(lines)
    for lines in runs:
        yield _without_gap(module.text.source, lines)


def _made_by(module: Module, statement: ast.stmt) -> str:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Name) or not isinstance(value, ast.Call) or value.args or value.keywords:
        return ""
    return target.id if module.qualified(value.func) in SUCCESSORS else ""


def _is_for_fields_alone(module: Module, name: str) -> bool:
    if len(module.text.names.module.bindings[name]) > 1:
        return False
    uses = set()
    for node in module.text.nodes_of(ast.Name, ast.Global, ast.Constant):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            uses.add(node)
        elif (isinstance(node, ast.Global) and name in node.names) or getattr(node, "value", None) == name:
            return False
    if not uses or not uses <= names_in_arguments(module):
        return False
    return all(other.path == module.path for other in module.project.saying(name))


def _is_alone_on_its_lines(module: Module, statement: ast.stmt) -> bool:
    source, lines = module.text.source, _lines_of(module, statement)
    return "".join(map(source.line, lines)).strip() == module.text.text_of(statement)


def _lines_of(module: Module, statement: ast.stmt) -> range:
    source = module.text.source
    return range(source.line_of(module.text.start(statement)), source.line_of(module.text.end(statement)) + 1)


def _without_gap(source: Source, lines: range) -> Edit:
    """Drop lines, and of the empty lines before and after them the fewer."""
    all_lines = source.lines()
    before = sum(1 for _ in takewhile(_is_empty, reversed(all_lines[: lines.start])))
    after = sum(1 for _ in takewhile(_is_empty, all_lines[lines.stop :]))
    first, stop = (lines.start - before, lines.stop) if before <= after else (lines.start, lines.stop + after)
    ends = [*source.line_starts, len(source.text)]
    return Edit(ends[first], ends[stop])


def _is_empty(line: str) -> bool:
    return not line.strip()
