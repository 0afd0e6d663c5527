"""What the callers of a function of the project pass for one of its parameters."""

from __future__ import annotations

import ast
from pathlib import Path

from ik_migrate.imagekit.factories import makes_field
from ik_migrate.project.module import Module, per_module
from ik_migrate.source.scopes import Function

Passed = tuple[Module, ast.expr]
"""An argument, and the file that it stands in."""


def passed_for(module: Module, parameter: ast.AST) -> list[Passed] | None:
    """What is passed for a parameter of a function that makes a spec field, by all who call it; its default included.

    Args:
        module: the file with the function.
        parameter: the parameter.

    Returns:
        The arguments; None where not all of them can be seen. Of other functions not all callers are known: files
        that do not mention ImageKit are not read.
    """
    names = module.text.names
    function = names.scope_of(parameter).node
    if isinstance(parameter, ast.arg) and not isinstance(function, Function):
        function = next((node for node in names.ancestors(parameter) if isinstance(node, Function)), function)
    if not isinstance(function, Function) or not isinstance(parameter, ast.arg) or function.decorator_list:
        return None
    is_at_top = names.parents.get(function) is module.tree and len(names.module.bindings[function.name]) == 1
    if not is_at_top or not makes_field(module, function.name):
        return None
    found: list[Passed] = []
    for user in module.project.naming(module, function.name):
        for use in uses_of(user, module, function.name):
            call = user.text.names.parents.get(use)
            if not isinstance(call, ast.Call) or call.func is not use:
                return None
            passed = _passed_in(call, function, parameter)
            if passed is None:
                return None
            found.append((user, passed) if passed in _values(call) else (module, passed))
    return found or None


def uses_of(user: Module, module: Module, name: str) -> list[ast.expr]:
    """Where a file means what ``module`` calls ``name``; others see it as it was before the file was rewritten."""
    return _uses_by_target(user).get((module.path, name), [])


@per_module
def _uses_by_target(user: Module) -> dict[tuple[Path, str], list[ast.expr]]:
    """Where a file means what files of the project define: by the file and its name there."""
    found: dict[tuple[Path, str], list[ast.expr]] = {}
    for node in user.text.nodes_of(ast.Name, ast.Attribute):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            target = user.resolve(node)
            if target is not None and target.module is not None and target.binding is not None:
                found.setdefault((target.module.path, target.binding.name), []).append(node)
    return found


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _passed_in(call: ast.Call, function: Function, parameter: ast.arg) -> ast.expr | None:
    """What one call passes for the parameter, or else its default; None where that cannot be determined."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg == parameter.arg:
            return keyword.value
    if parameter in positional:
        place = positional.index(parameter)
        if place < len(call.args):
            return call.args[place]
        from_end = len(positional) - place
        return given.defaults[-from_end] if from_end <= len(given.defaults) else None
    if parameter in given.kwonlyargs:
        return given.kw_defaults[given.kwonlyargs.index(parameter)]
    return None
