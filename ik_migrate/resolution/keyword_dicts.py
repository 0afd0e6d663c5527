"""Dicts whose items are passed to spec fields with ``**``: where they are made, and who else uses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.resolution.project import Module, Target
from ik_migrate.specs.spec_field import SpecField, spec_fields
from ik_migrate.syntax.names import Binding


@dataclass(frozen=True)
class Entry:
    """One key of a dict: a string of a display, or a keyword of ``dict(...)``."""

    name: str
    node: ast.Constant | ast.keyword


@dataclass(frozen=True)
class KeywordDict:
    """A dict made in a file.

    Args:
        entries: its keys.
        other_use: what else it is used for, empty where it is only passed to spec fields.
    """

    entries: tuple[Entry, ...]
    other_use: str


def entries_of(module: Module, expression: ast.expr) -> tuple[Entry, ...] | None:
    """The keys of a dict that is written out; None where it isn't."""
    if isinstance(expression, ast.Dict):
        keys = [key for key in expression.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        return tuple(Entry(str(key.value), key) for key in keys) if len(keys) == len(expression.keys) else None
    if isinstance(expression, ast.Call) and module.qualified(expression.func) == "builtins.dict":
        if expression.args or any(keyword.arg is None for keyword in expression.keywords):
            return None
        return tuple(Entry(str(keyword.arg), keyword) for keyword in expression.keywords)
    return None


def keyword_dicts(module: Module) -> Iterator[KeywordDict]:
    """The dicts made in this file that are passed to spec fields with ``**``, here or in another file."""
    for spec in spec_fields(module):
        for expression in spec.unseen:
            entries = entries_of(module, expression)
            if entries is not None and not spec.is_processed:
                yield KeywordDict(entries, "")
    passed = module.project.keyword_dicts.get(module.path, set())
    for scope in module.text.names.scopes() if passed else ():
        for name in passed & set(scope.bindings):
            bindings = scope.bindings[name]
            for binding in bindings:
                entries = entries_of(module, binding.value) if binding.value is not None else None
                if entries is None:
                    continue
                users = module.project.naming(module, name) if scope.is_module else [module]
                uses = [use for user in users for use in _uses(user, module, binding)]
                if any(spec is not None for spec in uses):
                    odd = "" if all(uses) and len(bindings) == 1 else f"{name} is used for other things too"
                    if any(spec is not None and spec.is_processed for spec in uses):
                        odd = f"{name} is passed to a ProcessedImageField too"
                    yield KeywordDict(entries, odd)


def _uses(user: Module, maker: Module, binding: Binding) -> list[SpecField | None]:
    """The spec fields that the dict is passed to in a file, None for each other use of it."""
    passed = {expression: spec for spec in spec_fields(user) for expression in spec.unseen}
    uses: list[SpecField | None] = []
    for node in user.text.nodes_of(ast.Name, ast.Attribute):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if (node.id if isinstance(node, ast.Name) else node.attr) != binding.name and user is maker:
            continue
        target = user.resolve(node)
        if target is not None and _is_same(target, user, maker, binding):
            uses.append(passed.get(node))
    return uses


def _is_same(target: Target, user: Module, maker: Module, binding: Binding) -> bool:
    """Whether it is the dict that is meant; other files see the one that was in the file before it was rewritten."""
    if user is maker or target.module is maker:
        return target.module is maker and target.binding == binding
    in_same_file = target.module is not None and target.module.path == maker.path
    return in_same_file and target.binding is not None and target.binding.name == binding.name


def unread_keywords(spec: SpecField) -> Iterator[ast.expr]:
    """What is passed to a field with ``*`` or ``**`` and can't be looked into.

    The ``**keywords`` of the function around are left out: what is passed there is seen at its callers.
    """
    module = spec.module
    for expression in spec.unseen:
        if entries_of(module, expression) is not None:
            continue
        if isinstance(expression, ast.Name):
            target = module.resolve(expression)
            binding = target.binding if target is not None else None
            if binding is not None and isinstance(binding.node, ast.arg):
                parent = module.text.names.parents.get(binding.node)
                if isinstance(parent, ast.arguments) and binding.node in {parent.kwarg, parent.vararg}:
                    continue
            if (
                target is not None
                and target.module is not None
                and binding is not None
                and binding.value is not None
                and entries_of(target.module, binding.value) is not None
                and not _gets_more_keys(target.module, binding.name)
            ):
                continue
        yield expression


def _gets_more_keys(module: Module, name: str) -> bool:
    """Whether something is put into a dict of that name after it was made."""
    for node in module.text.nodes_of(ast.Subscript, ast.Attribute):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed: ast.expr = node.value
        elif isinstance(node, ast.Attribute) and node.attr in {"update", "setdefault"}:
            changed = node.value
        else:
            continue
        if isinstance(changed, ast.Name) and changed.id == name:
            return True
    return False
