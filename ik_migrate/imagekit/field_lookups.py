"""Expressions that look ImageKit's field up by its name when the site runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.model.imagekit_names import SPEC_FIELDS
from ik_migrate.project.module import Module, per_module

_NAME = "ImageSpecField"
_IMPORTS = frozenset({"builtins.__import__", "importlib.import_module", "django.utils.importlib.import_module"})


@per_module
def field_lookups(module: Module) -> tuple[ast.expr, ...]:
    """The expressions that give the field: ``getattr(models, 'ImageSpecField')`` and the like."""
    return tuple(_find(module)) if _NAME in module.text.source.text else ()


def _find(module: Module) -> Iterator[ast.expr]:
    for node in module.text.nodes_of(ast.Call, ast.Subscript, ast.Attribute):
        match node:
            case ast.Call(func=function, args=[owner, ast.Constant(value=name)], keywords=[]) if name == _NAME:
                if module.qualified(function) == "builtins.getattr" and _gives_field(module, owner):
                    yield node
            case ast.Subscript(value=ast.Call(func=function, args=arguments), slice=ast.Constant(value=name)):
                if name == _NAME and _gives_namespace(module, function, arguments):
                    yield node
            case ast.Subscript(value=ast.Attribute(value=owner, attr="__dict__"), slice=ast.Constant(value=name)):
                if name == _NAME and _gives_field(module, owner):
                    yield node
            case ast.Attribute(value=owner, attr=name) if name == _NAME:
                if _imported_name(module, owner):
                    yield node


def _gives_namespace(module: Module, function: ast.expr, arguments: list[ast.expr]) -> bool:
    """Whether a call gives the names of a module that has the field: ``vars(models)``, ``globals()``."""
    called = module.qualified(function)
    if called == "builtins.vars" and len(arguments) == 1:
        return _gives_field(module, arguments[0])
    target = module.project.resolve_global(module, _NAME)
    return called == "builtins.globals" and target is not None and target.qualified in SPEC_FIELDS


def _gives_field(module: Module, owner: ast.expr) -> bool:
    """Whether an expression is a module of ImageKit that has the field."""
    return f"{module.qualified(owner) or _imported_name(module, owner)}.{_NAME}" in SPEC_FIELDS


def _imported_name(module: Module, owner: ast.expr) -> str:
    """The module of ImageKit that an expression imports; empty where it imports none with the field."""
    name: object = None
    match owner:
        case ast.Call(func=function, args=[ast.Constant(value=name), *_]):
            is_import = module.qualified(function) in _IMPORTS
        case ast.Subscript(value=modules, slice=ast.Constant(value=name)):
            is_import = module.qualified(modules) == "sys.modules"
        case _:
            is_import = False
    return str(name) if is_import and f"{name}.{_NAME}" in SPEC_FIELDS else ""
