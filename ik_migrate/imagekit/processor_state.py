"""Whether the processors of a spec field always have the same pickle: ImageKit 3 makes the default file name of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.imagekit_names import SUPPORT
from ik_migrate.project.class_hierarchy import class_behind, with_bases
from ik_migrate.project.module import Module, Target
from ik_migrate.source.scopes import Function

# Calls whose results have the same pickle each time.
_PLAIN_CALLS = frozenset(
    f"builtins.{name}"
    for name in ("int", "float", "str", "bool", "tuple", "list", "dict", "min", "max", "len", "round", "abs", "sorted")
)


# Methods of lists, sets and dicts that change them.
_CHANGING_METHODS = frozenset({"append", "add", "extend", "insert", "pop", "remove", "setdefault", "update"})
_CHANGING_FUNCTIONS = frozenset({"builtins.setattr", "builtins.next"})
_FOLLOW_AT_MOST = 5
_OF_IMAGEKIT = ("imagekit.", "pilkit.", SUPPORT)


def why_name_changes(spec: SpecField) -> str:
    """Return why the pickle of the processors cannot be part of a file name; empty where it can, as far as is known.

    The hash of the default name is made of the pickled processors (``hashers.pickle`` in ``ImageSpec.get_hash`` of
    3.0.4 to 6.1.1). ImageKit 2 made the name of the source's and the attribute's.
    """
    argument = spec.given("processors")
    if argument is None or spec.is_processed:
        return ""
    if classify(spec.module, argument.value).verdict is not Verdict.NO:
        return ""
    found = list(_processors_in(spec.module, argument.value))
    certain = (reason for module, processor in found if (reason := _why_unstable(module, processor)))
    unknown = (
        f"{module.text.text_of(processor)} may be a processor that changes its own attributes"
        for module, processor in (found if spec.module.project.has_changing_processors else ())
        if not _is_known(module, processor)
    )
    return next(certain, "") or next(unknown, "")


def has_changing_processor(module: Module) -> bool:
    """Whether a class of a file with a method ``process`` changes its own attributes."""
    for node in module.text.nodes_of(ast.ClassDef):
        if any(isinstance(item, ast.FunctionDef) and item.name == "process" for item in node.body) and any(
            isinstance(item, ast.FunctionDef) and _changes_instance(owner, item)
            for owner, found in with_bases(module, node)
            for item in found.body
        ):
            return True
    return False


def _is_known(module: Module, processor: ast.expr) -> bool:
    """Whether it can be read what makes a processor: a class of ImageKit, or one of the project."""
    if not isinstance(processor, ast.Call):
        return False
    target = module.resolve(processor.func)
    if class_behind(target) is not None or module.qualified(processor.func).startswith(_OF_IMAGEKIT):
        return True
    made = list(_made_by_function(target))
    return bool(made) and all(_is_known(*each) for each in made)


def _processors_in(module: Module, value: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
    """The expressions of a list of processors, also through names, each with its file."""
    match value:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                yield from _processors_in(module, item)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from _processors_in(module, left)
            yield from _processors_in(module, right)
        case ast.Starred(value=value):
            yield from _processors_in(module, value)
        case ast.Name() | ast.Attribute():
            target = module.resolve(value)
            bound = target.binding.value if target is not None and target.binding is not None else None
            if target is not None and target.module is not None and isinstance(bound, ast.List | ast.Tuple | ast.Call):
                yield from _processors_in(target.module, bound)
        case _:
            yield module, value


def _why_unstable(module: Module, processor: ast.expr, depth: int = 0) -> str:
    shown = module.text.text_of(processor.func) if isinstance(processor, ast.Call) else module.text.text_of(processor)
    if any(isinstance(node, ast.Lambda) for node in ast.walk(processor)):
        return f"a lambda in {shown} cannot be pickled"
    target = module.resolve(processor.func) if isinstance(processor, ast.Call) else None
    found = class_behind(target)
    if found is None:
        made = _made_by_function(target) if depth < _FOLLOW_AT_MOST else ()
        return next((reason for each in made if (reason := _why_unstable(*each, depth + 1))), "")
    owner, node = found
    if _is_in_function(owner, node):
        return f"{shown} is a class within a function, which cannot be pickled"
    for owner, node in with_bases(*found):
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and _changes_instance(owner, method):
                return f"{shown} changes its own attributes in {method.name}()"
    return ""


def _made_by_function(target: Target | None) -> Iterator[tuple[Module, ast.expr]]:
    """What a function of the project returns, each expression with its file."""
    if target is None or target.module is None or target.binding is None:
        return
    if isinstance(target.binding.node, Function):
        for node in ast.walk(target.binding.node):
            if isinstance(node, ast.Return) and node.value is not None:
                yield target.module, node.value


def _is_in_function(module: Module, node: ast.AST) -> bool:
    return any(isinstance(outer, Function) for outer in module.text.names.ancestors(node))


def _changes_instance(module: Module, method: ast.FunctionDef) -> bool:
    """Whether a method sets attributes of its instance; a constructor, to what may have another pickle each time."""
    if not method.args.args:
        return False
    instance = method.args.args[0].arg
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and _is_of(node.value, instance):
            statement = module.text.names.parents.get(node)
            value = statement.value if isinstance(statement, ast.Assign) else None
            if method.name != "__init__" or (value is not None and not _has_stable_pickle(module, value)):
                return True
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and method.name != "__init__":
            if _is_of(node.value, instance):
                return True
        elif isinstance(node, ast.Call) and method.name != "__init__" and _changes_by_call(module, node, instance):
            return True
    return False


def _changes_by_call(module: Module, call: ast.Call, instance: str) -> bool:
    """Whether a call changes what an attribute of the instance holds, or sets an attribute by its name."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGING_METHODS:
        return _is_of(call.func.value, instance)
    return bool(call.args) and _is_of(call.args[0], instance) and module.qualified(call.func) in _CHANGING_FUNCTIONS


def _is_of(node: ast.expr, instance: str) -> bool:
    """Whether an expression is the instance, or something that it holds."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id == instance


def _has_stable_pickle(module: Module, value: ast.expr) -> bool:
    """Whether an expression gives the same each time, unless it is made of something that does not."""
    for node in ast.walk(value):
        if isinstance(node, ast.Lambda):
            return False
        if isinstance(node, ast.Call):
            is_method = isinstance(node.func, ast.Attribute) and module.resolve(node.func) is None
            if not is_method and not _is_plain_call(module, node):
                return False
    return True


def _is_plain_call(module: Module, call: ast.Call) -> bool:
    qualified = module.qualified(call.func)
    return qualified in _PLAIN_CALLS or qualified.startswith(("os.path.", *_OF_IMAGEKIT))
