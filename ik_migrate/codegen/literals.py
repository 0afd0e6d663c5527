"""String literals for generated code."""

from __future__ import annotations

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.project.module import Module, per_module


def quoted(spec: SpecField, text: str) -> str:
    """Return a string literal in the quotes that the file of a field uses more."""
    quote = _usual_quote(spec.module)
    return f"{quote}{text}{quote}"


@per_module
def _usual_quote(module: Module) -> str:
    text = module.text.source.text
    return '"' if text.count('"') > text.count("'") else "'"
