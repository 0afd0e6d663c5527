"""Dicts whose items are passed to spec fields with ``**``: where they are made, and who else uses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ik_migrate.imagekit.spec_field import Argument, SpecField, spec_fields
from ik_migrate.project.module import Module, Target, per_module
from ik_migrate.source.scopes import Binding

# The keys that only have another name in ImageKit 3.
RENAMED_KEYS = {"image_field": "source", "storage": "cachefile_storage"}


@dataclass(frozen=True)
class Entry:
    """One key of a dict: a string of a display, or a keyword of ``dict(...)``.

    Args:
        module: the file that it is written in.
        name: the key.
        node: the string or the keyword.
        value: what it is set to.
    """

    module: Module
    name: str
    node: ast.Constant | ast.keyword
    value: ast.expr


@dataclass(frozen=True)
class WrittenDict:
    """A dict that is written out.

    Args:
        entries: its own keys.
        merged: the dicts whose keys it has besides: ``dict(A, ...)``, ``{**A, ...}``.
    """

    entries: tuple[Entry, ...]
    merged: tuple[ast.expr, ...]


@dataclass(frozen=True)
class KeywordDict:
    """A dict made in a file.

    Args:
        entries: its keys.
        fields: the spec fields that it is passed to.
        other_use: what else it is used for, empty where it is only passed to spec fields.
    """

    entries: tuple[Entry, ...]
    fields: tuple[SpecField, ...]
    other_use: str = ""


def written_out(module: Module, expression: ast.expr) -> WrittenDict | None:
    """A dict display, or a call of ``dict`` with another dict or keywords; None for anything else."""
    entries: list[Entry] = []
    merged: list[ast.expr] = []
    if isinstance(expression, ast.Dict):
        for key, value in zip(expression.keys, expression.values, strict=True):
            if key is None:
                merged.append(value)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                entries.append(Entry(module, key.value, key, value))
            else:
                return None
    elif isinstance(expression, ast.Call) and module.qualified(expression.func) == "builtins.dict":
        merged += expression.args
        for keyword in expression.keywords:
            if keyword.arg is None:
                merged.append(keyword.value)
            else:
                entries.append(Entry(module, keyword.arg, keyword, keyword.value))
    else:
        return None
    return WrittenDict(tuple(entries), tuple(merged))


def reached(module: Module, expression: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
    """An expression for a dict, and those for the dicts that are merged into it, each with its file."""
    pending, seen = [(module, expression)], set[ast.expr]()
    for user, inner in pending:
        yield user, inner
        owner, value = _value_of(user, inner)
        written = written_out(owner, value) if value is not None and value not in seen else None
        if value is not None and written is not None:
            seen.add(value)
            pending += [(owner, merged) for merged in written.merged]


def passed_entries(module: Module, expression: ast.expr) -> list[Entry] | None:
    """All keys that a dict has, also those merged into it; None where they can't all be seen."""
    for user, inner in reached(module, expression):
        owner, value = _value_of(user, inner)
        written = written_out(owner, value) if value is not None else None
        if written is None or (value is not inner and _gets_more_keys(owner, _last_word(inner))):
            return None
    return list(_seen_entries(module, expression))


def _seen_entries(module: Module, expression: ast.expr) -> Iterator[Entry]:
    """The keys of a dict that can be seen, also those merged into it."""
    for user, inner in reached(module, expression):
        owner, value = _value_of(user, inner)
        written = written_out(owner, value) if value is not None else None
        yield from written.entries if written is not None else ()


def _last_word(name: ast.expr) -> str:
    return name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""


def _value_of(module: Module, expression: ast.expr) -> tuple[Module, ast.expr | None]:
    """The expression itself, or what the name that it is has been assigned; and the file of that."""
    if not isinstance(expression, ast.Name | ast.Attribute):
        return module, expression
    target = module.resolve(expression)
    if target is None or target.module is None or target.binding is None:
        return module, None
    return target.module, target.binding.value


def with_passed_arguments(spec: SpecField) -> SpecField:
    """The field as if what dicts pass to it stood in its call; as it is where not all of that can be seen.

    The values of those arguments may stand in other files.
    """
    arguments: dict[str, Argument] = {}
    for expression in spec.unseen:
        entries = passed_entries(spec.module, expression)
        if entries is None:
            return spec
        for entry in entries:
            arguments.setdefault(entry.name, Argument(entry.name, entry.value, None, -1))
    return replace(spec, unseen=[], arguments={**arguments, **spec.arguments}) if spec.unseen else spec


def seen_entries(spec: SpecField) -> Iterator[Entry]:
    """What dicts pass to a field, as far as it can be seen, also where a key says it anew."""
    for expression in spec.unseen:
        yield from _seen_entries(spec.module, expression)


def passed_names(spec: SpecField) -> frozenset[str]:
    """The arguments that dicts pass to a field, as far as they can be seen, under the names that `apply` gives them."""
    return frozenset(RENAMED_KEYS.get(entry.name, entry.name) for entry in seen_entries(spec))


def keyword_dicts(module: Module) -> Iterator[KeywordDict]:
    """The dicts made in this file that are passed to spec fields with ``**``, here or in another file."""
    for spec in spec_fields(module):
        for expression in spec.unseen if not spec.is_processed else ():
            entries = _entries_inside(module, expression)
            if entries:
                yield KeywordDict(entries, (spec,))
    passed = module.project.keyword_dicts.get(module.path, set())
    for scope in module.text.names.scopes() if passed else ():
        for name in sorted(passed & set(scope.bindings)):
            for binding in scope.bindings[name]:
                entries = _entries_inside(module, binding.value) if binding.value is not None else ()
                fields, other_use = _uses(module, binding) if entries else ([], "")
                if fields:
                    yield KeywordDict(entries, tuple(fields), other_use)


def _entries_inside(module: Module, expression: ast.expr) -> tuple[Entry, ...]:
    """The keys of a dict that are written where the expression stands."""
    written = [written_out(module, inner) for inner in (expression, *_merged_inside(module, expression))]
    return tuple(entry for each in written if each is not None for entry in each.entries)


def _uses(maker: Module, binding: Binding) -> tuple[list[SpecField], str]:
    """The spec fields that a dict is passed to, also within another dict, and what it is used for besides."""
    fields: list[SpecField] = []
    other_use = ""
    pending, seen = [(maker, binding)], {binding}
    for owner, each in pending:
        odd = f"{each.name} is used for other things too"
        scope = owner.text.names.scope_of(each.node)
        if len(scope.bindings.get(each.name, ())) > 1:
            other_use = odd
        for user in owner.project.naming(owner, each.name) if scope.is_module else [owner]:
            passed = _passed_in(user)
            for node in _mentions(user, owner, each):
                taker = passed.get(node)
                if isinstance(taker, SpecField):
                    fields.append(taker)
                elif taker is None:
                    other_use = odd
                elif taker not in seen:
                    seen.add(taker)
                    pending.append((user, taker))
    if any(spec.is_processed for spec in fields):
        other_use = f"{binding.name} is passed to a ProcessedImageField too"
    return fields, other_use


@per_module
def _passed_in(user: Module) -> dict[ast.expr, SpecField | Binding]:
    """The expressions of a file that are passed to a spec field, or merged into a dict that is."""
    found: dict[ast.expr, SpecField | Binding] = {}
    names = user.project.keyword_dicts.get(user.path, set())
    for scope in user.text.names.scopes() if names else ():
        for name in names & set(scope.bindings):
            for binding in scope.bindings[name]:
                if binding.value is not None:
                    found.update((inner, binding) for inner in _merged_inside(user, binding.value))
    for spec in spec_fields(user):
        for expression in spec.unseen:
            found.update((inner, spec) for inner in (expression, *_merged_inside(user, expression)))
    return found


def _merged_inside(module: Module, expression: ast.expr) -> Iterator[ast.expr]:
    """The expressions for dicts that are merged where an expression stands."""
    written = written_out(module, expression)
    for inner in written.merged if written is not None else ():
        yield inner
        yield from _merged_inside(module, inner)


def _mentions(user: Module, maker: Module, binding: Binding) -> Iterator[ast.expr]:
    """Where a file means the dict."""
    for node in user.text.nodes_of(ast.Name, ast.Attribute):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if (node.id if isinstance(node, ast.Name) else node.attr) != binding.name and user is maker:
            continue
        target = user.resolve(node)
        if target is not None and _is_same(target, user, maker, binding):
            yield node


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
        if isinstance(expression, ast.Name):
            target = module.resolve(expression)
            binding = target.binding if target is not None else None
            if binding is not None and isinstance(binding.node, ast.arg):
                parent = module.text.names.parents.get(binding.node)
                if isinstance(parent, ast.arguments) and binding.node in {parent.kwarg, parent.vararg}:
                    continue
        if passed_entries(module, expression) is None:
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
