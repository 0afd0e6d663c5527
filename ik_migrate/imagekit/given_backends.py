"""What the fields of a project get as their image cache backends, and whether reading tells its class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.cache_backends import SETTING, backend_settings, successor_of, successor_of_setting
from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.project.module import Module

ARGUMENT = "image_cache_backend"


def has_unknown_backends(module: Module) -> bool:
    """Whether a file names a backend, for a field or in the settings, whose class only the running site knows."""
    text = module.text.source.text
    if ARGUMENT in text and any(successor_of(module, value) is None for value in _given(module)):
        return True
    # Where the settings give no name, ImageKit's own are the usual ones: the support module has those.
    return SETTING in text and any(
        setting.path and successor_of_setting(module, setting) is None for setting in backend_settings(module)
    )


def _given(module: Module) -> Iterator[ast.expr]:
    """The values that a file gives as ``image_cache_backend``, to a field or to something that may pass them on."""
    for spec in spec_fields(module):
        argument = spec.given(ARGUMENT)
        if argument is not None and not spec.is_processed:
            yield argument.value
    for value in _named(module):
        if not (isinstance(value, ast.Constant) and value.value is None):
            yield value


def _named(module: Module) -> Iterator[ast.expr]:
    for node in module.text.nodes_of(ast.keyword, ast.Dict, ast.Assign, ast.Call):
        match node:
            case ast.keyword(arg="image_cache_backend", value=value):
                yield value
            case ast.Dict(keys=keys, values=values):
                yield from (value for key, value in zip(keys, values, strict=True) if _is_name(key))
            case ast.Assign(targets=[ast.Subscript(slice=key)], value=value) if _is_name(key):
                yield value
            case ast.Assign(targets=[ast.Attribute(attr="image_cache_backend")], value=value):
                yield value
            case ast.Call(func=ast.Attribute(attr="setdefault"), args=[key, value]) if _is_name(key):
                yield value


def _is_name(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == ARGUMENT
