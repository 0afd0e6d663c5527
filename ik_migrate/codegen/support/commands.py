"""Management commands of ImageKit 2 that Python code calls, as calls of functions of the support module."""

from __future__ import annotations

import ast

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.spec_class import span_of
from ik_migrate.codegen.support.use import use_support
from ik_migrate.imagekit.commands import Use
from ik_migrate.model.change import Change, Edit, Piece
from ik_migrate.project.module import Module

_FUNCTIONS = {"ikcachevalidate": "validate_app_cache", "ikcacheinvalidate": "invalidate_app_cache"}
_OWN_OPTIONS = {"force_revalidation": "force_revalidation"}


def replace_call(module: Module, use: Use, command: str) -> list[Change]:
    """Return the changes that call a function of the support module in the place of ``call_command``.

    Raises:
        CannotGenerate: when it is no such call, or its arguments cannot be passed on.
    """
    if use.call is None:
        raise CannotGenerate("it is not called with call_command")
    labels = _labels(module, use.call.args[1:])
    options: list[Piece] = []
    for keyword in use.call.keywords:
        if keyword.arg in _OWN_OPTIONS and command == "ikcachevalidate":
            options += [f", {keyword.arg}=", span_of(module, keyword.value)]
        elif keyword.arg is None:
            raise CannotGenerate("its options are only known when it runs")
    local, changes = use_support(module, _FUNCTIONS[command])
    edit = Edit(module.text.start(use.call), module.text.end(use.call), (f"{local}(", *labels, *options, ")"))
    return [edit, *changes]


def _labels(module: Module, arguments: list[ast.expr]) -> list[Piece]:
    """The app labels as one list."""
    if len(arguments) == 1 and isinstance(arguments[0], ast.Starred):
        return ["list(", span_of(module, arguments[0].value), ")"]
    pieces: list[Piece] = []
    for argument in arguments:
        if isinstance(argument, ast.Starred):
            raise CannotGenerate("its app labels are only known when it runs")
        if isinstance(argument, ast.Constant) and repr(argument.value).lstrip("bu")[1:2] == "-":
            raise CannotGenerate(f"it is given {argument.value!r}")
        pieces += [", "] if pieces else []
        pieces.append(span_of(module, argument))
    return ["[", *pieces, "]"]
