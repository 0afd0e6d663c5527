"""Spec fields that are made at the top of a file, and become attributes of models elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from ik_migrate.imagekit.spec_field import SpecField, attribute_added, spec_fields
from ik_migrate.project.module import Module


def field_of(module: Module, value: ast.expr | None) -> SpecField | None:
    """The spec field that an expression makes or names; None where it is none."""
    if isinstance(value, ast.Call):
        return next((spec for spec in spec_fields(module) if spec.call is value), None)
    if isinstance(value, ast.Name | ast.Attribute):
        target = module.resolve(value)
        if target is not None and target.module is not None and target.binding is not None:
            made = target.binding.value
            return field_of(target.module, made) if isinstance(made, ast.Call) else None
    return None


def attributes_named(module: Module) -> Iterator[tuple[str, SpecField]]:
    """The attributes of models that this file takes from spec fields by their names: ``small = specs.small``."""
    for node in module.text.nodes_of(ast.ClassDef, ast.Call):
        if isinstance(node, ast.ClassDef):
            for name, bindings in module.text.names.scope_made_by(node).bindings.items():
                for binding in bindings:
                    if isinstance(binding.value, ast.Name | ast.Attribute):
                        spec = field_of(module, binding.value)
                        if spec is not None:
                            yield name, spec
        elif isinstance(node, ast.Call) and (added := attribute_added(node)) is not None:
            spec = field_of(module, node.args[1]) if not isinstance(node.args[1], ast.Call) else None
            if spec is not None:
                yield added, spec


def attributes_by_variable(module: Module) -> dict[tuple[Path, str], set[str]]:
    """The attributes that the spec fields at the top of files become in this one, by file and variable."""
    found: dict[tuple[Path, str], set[str]] = {}
    for attname, spec in attributes_named(module):
        if spec.variable:
            found.setdefault((spec.module.path, spec.variable), set()).add(attname)
    return found
