"""Callables of the project that make spec fields: subclasses, partials, and functions that pass keywords on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.model.imagekit_names import (
    LEGACY_FIELD,
    LEGACY_PROCESSED_FIELD,
    PROCESSED_FIELD,
    SPEC_FIELD,
    SPEC_FIELDS,
)
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import Module, ProjectIndex, Target, per_module
from ik_migrate.source.scopes import Function

FIELDS = frozenset({*SPEC_FIELDS, PROCESSED_FIELD, LEGACY_FIELD, LEGACY_PROCESSED_FIELD})
_DEPTH = 8


@dataclass(frozen=True)
class FieldFactory:
    """What calling something does, if it makes a field of ImageKit's.

    Args:
        field: ImageKit's name of the field that is made.
        given: arguments that it gives itself; None where the call's arguments are the field's own.
        parameters: its own parameters, which are not forwarded under their names.
        hands_on: whether it takes other keywords than these, to hand them on.
        skipped: how many of the call's arguments come before the field's first; below 0 where the factory gives some.
    """

    field: str
    given: frozenset[str] | None = None
    parameters: frozenset[str] | None = None
    hands_on: bool = True
    skipped: int = 0

    @property
    def has_own_signature(self) -> bool:
        """Whether its arguments are its own, and only keywords that it does not know are forwarded."""
        return self.parameters is not None


def find_factory(module: Module, function: ast.expr, depth: int = 0) -> FieldFactory | None:
    """What calling ``function`` makes, if it is a field of ImageKit's."""
    if depth > _DEPTH or not isinstance(function, ast.Name | ast.Attribute):
        return None
    target = module.resolve(function)
    return _maker_of_target(module.project, target, depth) if target is not None else None


def _maker_of_target(project: ProjectIndex, target: Target, depth: int) -> FieldFactory | None:
    if target.qualified in FIELDS:
        return FieldFactory(target.qualified)
    if target.qualified in project.spec_field_classes:
        return FieldFactory(SPEC_FIELD, frozenset())
    if target.module is None or target.binding is None:
        return None
    match target.binding.node, target.binding.value:
        case ast.ClassDef() as node, _:
            return _maker_of_class(target.module, node, depth)
        case (ast.FunctionDef() | ast.AsyncFunctionDef()) as function, _:
            return _maker_of_function(target.module, function, depth)
        case _, ast.Call() as call:
            return find_partial_factory(target.module, call, depth)
        case _, ast.Lambda(body=ast.Call(func=called)) as value:
            inner = find_factory(target.module, called, depth + 1)
            return _maker_with_signature(inner.field, value) if inner is not None else None
    return None


def makes_field(module: Module, name: str) -> bool:
    """Whether a name at the top of a file stands for a function that makes a field of ImageKit's."""
    target = module.project.resolve_global(module, name)
    if target is None or target.binding is None or not isinstance(target.binding.node, Function):
        return False
    return _maker_of_target(module.project, target, 0) is not None


def find_partial_factory(module: Module, call: ast.Call, depth: int = 0) -> FieldFactory | None:
    """What a ``functools.partial(ImageSpecField, ...)`` makes when it is called."""
    if not call.args or module.qualified(call.func) != "functools.partial":
        return None
    inner = find_factory(module, call.args[0], depth + 1)
    given = call.args[1:]
    if inner is None or inner.has_own_signature or any(isinstance(argument, ast.Starred) for argument in given):
        return None
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    # What the partial is given by position comes before what its callers give by position.
    return FieldFactory(
        inner.field, frozenset(names | (inner.given or frozenset())), skipped=inner.skipped - len(given)
    )


def _maker_of_class(module: Module, node: ast.ClassDef, depth: int) -> FieldFactory | None:
    """A class that derives from a field: with the same signature, or with its own."""
    field = field_base(module, node)
    if not field:
        return None
    init = _class_with_init(module, node, depth)
    if init is None:
        return FieldFactory(field)
    return _maker_with_signature(field, init)


def field_base(module: Module, node: ast.ClassDef) -> str:
    """ImageKit's field that a class derives from, at any distance; empty where it does from none."""
    known = _field_bases(module)
    if node not in known:
        bases = (owner.qualified(base) for owner, found in with_bases(module, node) for base in found.bases)
        known[node] = next((name for name in bases if name in FIELDS), "")
    return known[node]


@per_module
def _field_bases(module: Module) -> dict[ast.ClassDef, str]:
    """What `field_base` has found for classes of a file; added to."""
    return {}


def _class_with_init(module: Module, node: ast.ClassDef, depth: int) -> ast.FunctionDef | None:
    """The constructor that the class has or inherits from a class of the project."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name in {"__init__", "__new__"}:
            return item
    for base in node.bases:
        target = module.resolve(base)
        if (
            depth <= _DEPTH
            and target is not None
            and target.module is not None
            and target.binding is not None
            and isinstance(target.binding.node, ast.ClassDef)
        ):
            return _class_with_init(target.module, target.binding.node, depth + 1)
    return None


def _maker_of_function(module: Module, node: Function, depth: int) -> FieldFactory | None:
    """A function that returns a field."""
    own = module.text.names.scope_made_by(node)
    for returned in ast.walk(node):
        if isinstance(returned, ast.Return) and module.text.scope_of(returned) is own:
            made = _returned_call(module, returned)
            inner = find_factory(module, made.func, depth + 1) if made is not None else None
            if inner is not None:
                return _maker_with_signature(inner.field, node)
    return None


def _returned_call(module: Module, returned: ast.Return) -> ast.Call | None:
    """The call whose result is returned, at once or through a name."""
    value = returned.value
    if isinstance(value, ast.Name):
        bindings = module.text.names.bindings_in_force(value)
        value = bindings[-1].value if bindings else None
    return value if isinstance(value, ast.Call) else None


def _maker_with_signature(field: str, node: Function | ast.Lambda) -> FieldFactory:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    parameters = frozenset(argument.arg for argument in arguments) | _asked_for(node)
    return FieldFactory(field, frozenset(), parameters, hands_on=node.args.kwarg is not None)


def _asked_for(node: Function | ast.Lambda) -> frozenset[str]:
    """The keywords that a function looks at itself, by ``keywords.pop('name')`` and the like."""
    if node.args.kwarg is None:
        return frozenset()
    keywords, found = node.args.kwarg.arg, set()
    for inner in ast.walk(node):
        match inner:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=asked), attr="pop" | "get" | "has_key"),
                args=[ast.Constant(value=str(name)), *_],
            ) if asked == keywords:
                found.add(name)
            case ast.Subscript(value=ast.Name(id=asked), slice=ast.Constant(value=str(name)), ctx=ast.Load()) if (
                asked == keywords
            ):
                found.add(name)
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=others) if any(
                _is_name(other, keywords) for other in others
            ):
                found.add(name)
    return frozenset(found)


def _is_name(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def base_constructor_calls(module: Module) -> Iterator[tuple[ast.Call, str, int]]:
    """Calls of the field's own constructor from a class that derives from it.

    Yields:
        The call, ImageKit's name of the field, and how many arguments stand before the field's first.
    """
    for node in module.text.nodes_of(ast.Call):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "__init__":
            continue
        owner = next((n for n in module.text.names.ancestors(node) if isinstance(n, ast.ClassDef)), None)
        if owner is None or not field_base(module, owner):
            continue
        receiver = node.func.value
        if isinstance(receiver, ast.Call) and module.qualified(receiver.func) == "builtins.super":
            if _parent_takes_ik2(module, owner):
                yield node, field_base(module, owner), 0
        elif isinstance(receiver, ast.Name | ast.Attribute):
            maker = find_factory(module, receiver)
            if maker is not None and not maker.has_own_signature:
                yield node, maker.field, 1


def _parent_takes_ik2(module: Module, owner: ast.ClassDef) -> bool:
    """Whether the constructor that ``super()`` reaches has the field's own signature."""
    for base in owner.bases:
        maker = find_factory(module, base)
        if maker is not None:
            return not maker.has_own_signature
    return False
