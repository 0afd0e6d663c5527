"""Which fields of a project become those of its support module, and where the code names ImageKit's field for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ik_migrate.codegen.static_rewrite import is_rewritten, is_storage_given_by_factory, why_not_static
from ik_migrate.imagekit.factories import field_base
from ik_migrate.imagekit.factory_calls import factories_around
from ik_migrate.imagekit.field_lookups import field_lookups
from ik_migrate.imagekit.forwarded_kwargs import keyword_uses
from ik_migrate.imagekit.source_storage import DEFAULT, find_source_storage
from ik_migrate.imagekit.spec_field import IK2_ONLY, SpecField, all_fields, spec_fields
from ik_migrate.model.imagekit_names import LEGACY_FIELD, SPEC_FIELDS, SUPPORT
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import Module, per_module
from ik_migrate.source.scopes import Function

Factory = tuple[Path, str]
"""A function, partial or class that makes fields: its file, and its name there."""

# What a caller can pass to a factory though only its root knows what to do with it.
_FOR_THE_ROOT = frozenset({"cache_to", "image_cache_backend", "pre_cache"})


_TYPE_CHECKS = frozenset({"builtins.isinstance", "builtins.issubclass"})
# What a class can be part of without being forwarded: a base, an annotation, a question about it.
_NO_VALUE = (
    *(ast.ClassDef, ast.FunctionDef, ast.arg, ast.AnnAssign),
    *(ast.Compare, ast.UnaryOp, ast.Expr, ast.FormattedValue),
)


@dataclass(frozen=True)
class FieldReference:
    """A place that names ImageKit's field, for a field that the support module has to make.

    Args:
        node: the name or dotted name.
        shown: what is made there, for messages.
        reason: why, as the end of a sentence.
    """

    node: ast.expr
    shown: str
    reason: str


def falls_back(spec: SpecField) -> bool:
    """Whether the arguments of a call stay as they are, because the field of the support module takes them."""
    if spec.is_processed or spec.is_legacy:
        return False
    if is_rewritten(spec):
        return bool(why_not_static(spec))
    factory = _factory_called(spec)
    legacy = spec.module.project.legacy_factories
    if factory is not None:
        return factory in legacy
    return bool(_factories_around(spec) & legacy) or bool(why_not_static(spec))


def find_references(module: Module) -> Iterator[FieldReference]:
    """Yield the places of a file that have to name the field of the support module."""
    if module.is_support:
        return
    legacy = module.project.legacy_factories
    seen: set[ast.expr] = set()
    for spec in spec_fields(module):
        node = _field_named_by(spec)
        if node is not None and falls_back(spec):
            seen.add(node)
            reason = why_not_static(spec) or "its callers pass what only the running site can tell"
            yield FieldReference(node, spec.label, reason)
    for owner in module.text.nodes_of(ast.ClassDef):
        if isinstance(owner, ast.ClassDef) and (module.path, owner.name) in legacy:
            for base in owner.bases:
                if module.qualified(base) in SPEC_FIELDS and base not in seen:
                    yield FieldReference(base, owner.name, "it is given what only the running site can tell")
    for reference in _passed_on(module):
        if reference.node not in seen:
            yield reference
    for node in field_lookups(module) if not is_rewritten_file(module) else ():
        yield FieldReference(node, module.text.text_of(node), "it is looked up when the site runs")


def first_field_of(module: Module) -> tuple[ast.AST, str] | None:
    """Return the first place where a file makes spec fields or names their class, and how messages call it."""
    found: list[tuple[ast.AST, str]] = [(spec.call, spec.label) for spec in all_fields(module) if not spec.is_processed]
    found = found or [(reference.node, reference.shown) for reference in find_references(module)]
    if not found and LEGACY_FIELD.removeprefix(SUPPORT) in module.text.source.text:
        for name, bindings in module.text.names.module.bindings.items():
            target = module.project.resolve_global(module, name)
            if target is not None and target.qualified == LEGACY_FIELD:
                found.append((bindings[0].node, name))
    return found[0] if found else None


def find_legacy_factories(module: Module) -> tuple[set[Factory], dict[Factory, set[Factory]]]:
    """Return the factories that a file needs the support module for, and what each custom factory calls."""
    needed: set[Factory] = set()
    calls: dict[Factory, set[Factory]] = {}
    for spec in spec_fields(module):
        if spec.is_processed or is_rewritten(spec):
            continue
        around, called = _factories_around(spec), _factory_called(spec)
        if called is not None:
            for factory in around:
                calls.setdefault(factory, set()).add(called)
            if _needs_root(spec):
                needed.add(called)
        elif why_not_static(spec):
            needed |= around
    needed |= {(module.path, node.name) for node in _classes_with_mixin(module)}
    for use in keyword_uses(module):
        if use.name in IK2_ONLY:
            needed |= _factories_around(use.field)
    for node in module.text.nodes_of(ast.ClassDef):
        if isinstance(node, ast.ClassDef) and field_base(module, node):
            for base in node.bases:
                target = module.resolve(base)
                if target is not None and target.module is not None and target.binding is not None:
                    calls.setdefault((module.path, node.name), set()).add((target.module.path, target.binding.name))
    return needed, calls


def _classes_with_mixin(module: Module) -> Iterator[ast.ClassDef]:
    """The classes of fields with a base that does not derive from it, and that passes what ImageKit 2's field took."""
    for node in module.text.nodes_of(ast.ClassDef):
        if isinstance(node, ast.ClassDef) and len(node.bases) > 1 and field_base(module, node) in SPEC_FIELDS:
            mixins = [(owner, cls) for owner, cls in with_bases(module, node) if not field_base(owner, cls)]
            if any(_passes_ik2_arguments(cls) for _, cls in mixins):
                yield node


def _passes_ik2_arguments(cls: ast.ClassDef) -> bool:
    """Whether a class calls a constructor with an argument that only ImageKit 2's field had."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and any(keyword.arg in IK2_ONLY for keyword in node.keywords)
        for node in ast.walk(cls)
    )


def _needs_root(spec: SpecField) -> bool:
    """Whether the call of a factory passes what a rewritten root could not take."""
    if set(spec.arguments) & _FOR_THE_ROOT or why_not_static(spec):
        return True
    if spec.given("storage") is not None or spec.given("cachefile_storage") is not None:
        return False
    return find_source_storage(spec) != DEFAULT and not is_storage_given_by_factory(spec)


def _factory_called(spec: SpecField) -> Factory | None:
    """The factory of the project that a call makes the field with; None where it calls ImageKit's field itself."""
    function = _callee(spec)
    if function is None:
        return None
    target = spec.module.resolve(function)
    if target is None or target.module is None or target.binding is None:
        return None
    return target.module.path, target.binding.name


def _field_named_by(spec: SpecField) -> ast.expr | None:
    """The expression that names ImageKit's field in a call; None where something of the project is called."""
    function = _callee(spec)
    return function if function is not None and spec.module.qualified(function) in SPEC_FIELDS else None


def _callee(spec: SpecField) -> ast.expr | None:
    """What is called: the first argument of a partial, the class of a constructor; None for ``super()``."""
    function = spec.call.func
    if spec.module.qualified(function) == "functools.partial":
        return spec.call.args[0]
    if isinstance(function, ast.Attribute) and function.attr == "__init__":
        return None if isinstance(function.value, ast.Call) else function.value
    return function


def _factories_around(spec: SpecField) -> set[Factory]:
    return {(module.path, name) for module, name in factories_around(spec.module, spec.call)}


@per_module
def _passed_on(module: Module) -> tuple[FieldReference, ...]:
    """Places that hand ImageKit's field on as a value, so that its arguments are only known where it is called."""
    found: list[FieldReference] = []
    if is_rewritten_file(module):
        return ()
    names = module.text.names
    for node in module.text.nodes_of(ast.Name, ast.Attribute):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        parent = names.parents.get(node)
        # The question that takes longest comes last.
        if (
            not isinstance(parent, ast.Attribute)
            and _is_value(module, node, parent)
            and module.qualified(node) in SPEC_FIELDS
        ):
            found.append(
                FieldReference(node, module.text.text_of(node), "it is called where reading does not tell how")
            )
    return tuple(found)


def is_rewritten_file(module: Module) -> bool:
    """Whether nothing in a file or its project is ImageKit 2's."""
    return not module.project.has_ik2_code


def _is_value(module: Module, node: ast.expr, parent: ast.AST | None) -> bool:
    if isinstance(parent, ast.Call):
        if parent.func is node:
            return False
        return module.qualified(parent.func) not in {*_TYPE_CHECKS, "functools.partial", "builtins.super"}
    if isinstance(parent, ast.Tuple):
        around = module.text.names.parents.get(parent)
        if isinstance(around, ast.Compare):
            return False
        return not (isinstance(around, ast.Call) and module.qualified(around.func) in _TYPE_CHECKS)
    if isinstance(parent, ast.Assign):
        is_name = all(isinstance(target, ast.Name) for target in parent.targets)
        return not is_name or isinstance(module.text.scope_of(node).node, ast.ClassDef | Function)
    return not isinstance(parent, _NO_VALUE) and getattr(parent, "test", None) is not node
