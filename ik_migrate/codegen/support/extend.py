"""Add pieces to a support module that a project has, and leave the rest as it is."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import lru_cache

from ik_migrate.codegen.support.parts import (
    Part,
    bound_names,
    chosen_parts,
    import_lines,
    import_ranks,
    is_import,
    lines_of,
    member_names,
    members_of,
    piece_names,
    text_with,
    used_names,
    variants_of,
    with_blank_lines,
)


def extend(existing: str, names: Collection[str], features: Collection[str], known: Collection[str]) -> str:
    """Return a support module with what is missing in it.

    Args:
        existing: its text.
        names: the pieces that it has to have.
        features: the features that all of its pieces have to have.
        known: those that it has.
    """
    newline = "\r\n" if "\r\n" in existing else "\n"
    text, wanted = existing.replace("\r\n", "\n"), set(names)
    while True:
        text = _extend_once(text, wanted, features, known)
        # Another variant of a piece that was there can need pieces that were not requested.
        missing = (used_names(text) & piece_names()) - set(_definitions(text)) - wanted
        if not missing:
            return text.replace("\n", newline)
        wanted |= missing


def _extend_once(text: str, names: Collection[str], features: Collection[str], known: Collection[str]) -> str:
    for part in chosen_parts(_definitions(text)):
        node = next((node for name, node in _definitions(text).items() if name in part.names), None)
        if isinstance(node, ast.ClassDef) and isinstance(part.node, ast.ClassDef):
            # What its owner has deleted in a piece that is not needed now stays so.
            added = None if part.names & set(names) else set(features) - set(known)
            text = _extend_class(text, node, part, features, added)
        elif isinstance(node, ast.FunctionDef):
            text = _exchange(text, node, text_with(part, features), variants_of(part))
    return _with_imports(_add_pieces(text, names, features))


def _add_pieces(text: str, names: Collection[str], features: Collection[str]) -> str:
    """Add the pieces that are missing in the order of the template: a class can need others while it is defined."""
    own = _definitions(text)
    lines = text.splitlines(keepends=True)
    added: list[str] = []
    blocks: list[tuple[int, list[str]]] = []
    for part in chosen_parts({*names, *own}):
        node = next((own[name] for name in part.names if name in own), None)
        if node is not None:
            start = lines_of(node)[0]
            while start and lines[start - 1].startswith("#"):
                start -= 1
            blocks.append((start, added))
            added = []
        else:
            added.append(text_with(part, features))
    for start, pieces in sorted(blocks, key=lambda block: -block[0]):
        if pieces:
            lines[start:start] = ["".join(with_blank_lines(pieces)).lstrip("\n"), "\n\n"]
    return "".join(lines).rstrip("\n") + "\n" + "".join(with_blank_lines(added))


@lru_cache(maxsize=4)
def _definitions(text: str) -> dict[str, ast.stmt]:
    return {name: node for node in ast.parse(text).body for name in bound_names(node)}


def _extend_class(
    text: str, node: ast.ClassDef, part: Part, features: Collection[str], wanted: Collection[str] | None
) -> str:
    """Add the members that a class of the support module lacks; exchange those that only lack a feature.

    Args:
        text: the text of the module.
        node: the class.
        part: the class of the template.
        features: the features that it has to have.
        wanted: those whose members are added where they are missing; those of all where it is None.
    """
    there = {name: item for item in node.body for name in member_names(item)}
    members = members_of(part)
    missing = []
    exchanged: list[tuple[ast.stmt, str, frozenset[str]]] = []
    for member in members:
        names = set(member_names(member.node))
        item = next((there[name] for name in names if name in there), None)
        namesakes = [other for other in members if set(member_names(other.node)) == names]
        if not names or not member.is_in(features):
            if item is not None and not any(other.is_in(features) for other in namesakes):
                exchanged.append((item, "", variants_of(member)))
        elif item is None:
            if wanted is None or member.condition in wanted:
                missing.append(text_with(member, features))
        else:
            variants = frozenset().union(*map(variants_of, namesakes))
            exchanged.append((item, text_with(member, features), variants))
    lines = text.splitlines(keepends=True)
    end = node.end_lineno or len(lines)
    lines[end:end] = ["\n" + item for item in missing]
    text = "".join(lines)
    for item, new, variants in sorted(exchanged, key=lambda found: -found[0].lineno):
        text = _exchange(text, item, new, variants)
    return text


def _exchange(text: str, node: ast.stmt, new: str, variants: Collection[str]) -> str:
    """Put another variant in place of a statement, unless its owner has changed it."""
    lines = text.splitlines(keepends=True)
    start, end = lines_of(node)
    if "".join(lines[start:end]) not in variants:
        return text
    return "".join([*lines[:start], new, *lines[end:]])


def _with_imports(text: str) -> str:
    """Add the imports of the template for names that a text uses and does not bind."""
    tree = ast.parse(text)
    bound = {name for node in tree.body for name in bound_names(node)}
    lines = text.splitlines(keepends=True)
    end = max((node.end_lineno or 1 for node in tree.body if is_import(node)), default=1)
    top = lines[:end]
    for line in filter(str.strip, import_lines(used_names(text) - bound)):
        names = line.rstrip("\n").partition(" import ")[2]
        there = [number for number, known in enumerate(top) if names and _head(known) == _head(line)]
        if there and not top[there[0]].rstrip().endswith(("(", "\\")):
            known = top[there[0]].rstrip("\n").partition(" import ")[2]
            merged = sorted({*known.split(", "), *names.split(", ")}, key=lambda name: (name.islower(), name))
            top[there[0]] = f"{_head(line)} import {', '.join(merged)}\n"
        else:
            top = _lines_with_import(top, line)
    return "".join([*top, *lines[end:]])


def _lines_with_import(lines: list[str], line: str) -> list[str]:
    """Lines with an import of the template in the place that it has there: beside its group, or beyond a blank line."""
    ranks = import_ranks()
    group, _ = rank = ranks[_head(line)]
    there = {number: ranks[head] for number, known in enumerate(lines) if (head := _head(known)) in ranks}
    before = [number for number, known in there.items() if known < rank]
    after = [number for number, known in there.items() if known > rank]
    if before and there[before[-1]][0] == group:
        return [*lines[: before[-1] + 1], line, *lines[before[-1] + 1 :]]
    if after:
        border = [] if there[after[0]][0] == group else ["\n"]
        return [*lines[: after[0]], line, *border, *lines[after[0] :]]
    place = before[-1] + 1 if before else len(lines)
    return [*lines[:place], "\n", line, *lines[place:]]


def _head(line: str) -> str:
    """What an import says before its names."""
    return line.rstrip("\n").partition(" import ")[0]
