"""Dicts whose items are passed to spec fields with ``**``: where they are made, and who else uses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from pathlib import Path

from ik_migrate.imagekit.spec_field import Argument, SpecField, spec_fields
from ik_migrate.project.module import Module, Target, last_word, per_module
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
    """All keys that a dict has, also those merged into it; None where they cannot all be determined."""
    for user, inner in reached(module, expression):
        owner, value = _value_of(user, inner)
        written = written_out(owner, value) if value is not None else None
        if written is None or (value is not inner and _gets_more_keys(owner, last_word(inner))):
            return None
    return list(_seen_entries(module, expression))


def _seen_entries(module: Module, expression: ast.expr) -> Iterator[Entry]:
    """The keys of a dict that can be seen, also those merged into it."""
    for user, inner in reached(module, expression):
        owner, value = _value_of(user, inner)
        written = written_out(owner, value) if value is not None else None
        yield from written.entries if written is not None else ()


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
    if not spec.unseen:
        return spec
    known = _with_passed(spec.module)
    if spec.call not in known or known[spec.call][0] is not spec:
        known[spec.call] = (spec, _add_passed_arguments(spec))
    return known[spec.call][1]


@per_module
def _with_passed(module: Module) -> dict[ast.Call, tuple[SpecField, SpecField]]:
    """The fields of a file, and what `with_passed_arguments` has found for them; added to."""
    return {}


def _add_passed_arguments(spec: SpecField) -> SpecField:
    arguments: dict[str, Argument] = {}
    for expression in spec.unseen:
        entries = passed_entries(spec.module, expression)
        if entries is None:
            return spec
        for entry in entries:
            arguments.setdefault(entry.name, Argument(entry.name, entry.value, None, -1))
    return replace(spec, unseen=[], arguments={**arguments, **spec.arguments})


def seen_entries(spec: SpecField) -> Iterator[Entry]:
    """What dicts pass to a field, as far as it can be determined, also if another key sets it again."""
    for expression in spec.unseen:
        yield from _seen_entries(spec.module, expression)


@per_module
def keyword_dicts(module: Module) -> tuple[KeywordDict, ...]:
    """The dicts made in this file that are passed to spec fields with ``**``, here or in another file."""
    return tuple(_find_keyword_dicts(module))


def _find_keyword_dicts(module: Module) -> Iterator[KeywordDict]:
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
    pending, seen = [(maker, binding)], {(binding.node, binding.name)}
    for owner, each in pending:
        takers = _takers(owner, each)
        fields += takers.fields
        if takers.is_used_otherwise:
            other_use = f"{each.name} is used for other things too"
        for user, taker in takers.dicts:
            # Not the binding itself, whose hash takes long.
            key = (taker.node, taker.name)
            if key not in seen:
                seen.add(key)
                pending.append((user, taker))
    if any(spec.is_processed for spec in fields):
        other_use = f"{binding.name} is passed to a ProcessedImageField too"
    return fields, other_use


@dataclass
class _Takers:
    """What takes a dict, without what takes it from there.

    Args:
        fields: spec fields.
        dicts: the dicts that it is merged into, each with its file.
        is_used_otherwise: whether there is anything else.
    """

    fields: list[SpecField] = dataclass_field(default_factory=list)
    dicts: list[tuple[Module, Binding]] = dataclass_field(default_factory=list)
    is_used_otherwise: bool = False


def _takers(owner: Module, binding: Binding) -> _Takers:
    known = _known_takers(owner)
    key = (binding.node, binding.name)
    if key not in known:
        known[key] = _find_takers(owner, binding)
    return known[key]


@per_module
def _known_takers(module: Module) -> dict[tuple[ast.AST, str], _Takers]:
    """What takes the dicts of a file, as far as that has been found out."""
    return {}


def _find_takers(owner: Module, binding: Binding) -> _Takers:
    scope = owner.text.names.scope_of(binding.node)
    found = _Takers(is_used_otherwise=len(scope.bindings.get(binding.name, ())) > 1)
    for user in owner.project.naming(owner, binding.name) if scope.is_module else [owner]:
        passed = _passed_in(user)
        for node in _mentions(user, owner, binding):
            taker = passed.get(node)
            if isinstance(taker, SpecField):
                found.fields.append(taker)
            elif taker is None:
                found.is_used_otherwise = True
            else:
                found.dicts.append((user, taker))
    return found


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
    # In its own file it has its own name; what another file calls it is only known by what it stands for.
    for node in _read_names(user).get(binding.name, ()) if user is maker else _read_from(user, maker):
        target = user.resolve(node)
        if target is not None and _is_same(target, user, maker, binding):
            yield node


@per_module
def _read_names(user: Module) -> dict[str, list[ast.Name | ast.Attribute]]:
    """Where a file reads names and attributes, by the last word."""
    found: dict[str, list[ast.Name | ast.Attribute]] = {}
    for node in user.text.nodes_of(ast.Name, ast.Attribute):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            found.setdefault(last_word(node), []).append(node)
    return found


def _read_from(user: Module, maker: Module) -> list[ast.Name | ast.Attribute]:
    """Where a file reads what another one defines."""
    known = _known_reads(user)
    if maker.path not in known:
        known[maker.path] = []
        for nodes in _read_names(user).values():
            for node in nodes:
                target = user.resolve(node)
                if target is not None and target.module is not None and target.module.path == maker.path:
                    known[maker.path].append(node)
    return known[maker.path]


@per_module
def _known_reads(user: Module) -> dict[Path, list[ast.Name | ast.Attribute]]:
    """Where a file reads what others define, as far as that has been found out."""
    return {}


def _is_same(target: Target, user: Module, maker: Module, binding: Binding) -> bool:
    """Whether it is the dict that is meant; other files see the one that was in the file before it was rewritten."""
    if user is maker or target.module is maker:
        return target.module is maker and target.binding == binding
    in_same_file = target.module is not None and target.module.path == maker.path
    return in_same_file and target.binding is not None and target.binding.name == binding.name


def _gets_more_keys(module: Module, name: str) -> bool:
    """Whether something is put into a dict of that name after it was made."""
    return name in _names_that_get_keys(module)


@per_module
def _names_that_get_keys(module: Module) -> set[str]:
    found = set()
    for node in module.text.nodes_of(ast.Subscript, ast.Attribute):
        match node:
            case (
                ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
                | ast.Attribute(value=ast.Name(id=name), attr="update" | "setdefault")
            ):
                found.add(name)
    return found
