"""ImageKit 0.x, another architecture: reported at each place, never rewritten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.imagekit_0x_code import GONE_PROCESSORS, IMAGE_MODEL, is_old_call, is_old_class
from ik_migrate.project.imported_names import dotted_imports, spelled
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, make_finding

_EXAMPLE = """\
from django.db import models
from imagekit.models import ImageModel


class Photo(ImageModel):
    original = models.ImageField(upload_to='photos')

    class IKOptions:
        spec_module = 'gallery.specs'
        cache_dir = 'photos'
        image_field = 'original'
"""

RULE = Rule(
    code="IK113",
    name="imagekit-0x",
    summary="`ImageModel`, `IKOptions` and spec modules are ImageKit 0.x: no rewrite",
    applicability=(Applicability.MANUAL,),
    why=(
        "This is ImageKit 0.x, where a model derived from `ImageModel` and named a module of specs in `IKOptions`."
        " ImageKit 1.0 and later have no equivalent, so there is no rewrite."
    ),
    help="Give the model an `ImageSpecField` for each spec of its spec module, with the processors listed there.",
    source="ImageKit's own page on upgrading from 0.x; imagekit/models/__init__.py of 2.0.4 has no ImageModel",
    before=_EXAMPLE,
    after=_EXAMPLE,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report what is imported, what derives from it, and the options."""
    for _, alias, dotted in dotted_imports(module):
        if dotted == IMAGE_MODEL or dotted in GONE_PROCESSORS:
            yield make_finding(RULE, module, alias, f"{alias.name} is ImageKit 0.x", Applicability.MANUAL)
    for call in module.text.nodes_of(ast.Call):
        if is_old_call(module, call):
            yield make_finding(RULE, module, call, "this spec is ImageKit 0.x", Applicability.MANUAL)
    for klass in module.text.nodes_of(ast.ClassDef):
        if isinstance(klass, ast.ClassDef) and is_old_class(module, klass):
            message = f"class {klass.name} is ImageKit 0.x"
            name = _Header(klass)
            yield make_finding(RULE, module, name, message, Applicability.MANUAL, suggestion=_suggestion(module, klass))


class _Header(ast.AST):
    """The first line of a class, from ``class`` to the end of its name or of its last base."""

    def __init__(self, klass: ast.ClassDef) -> None:
        self.lineno, self.col_offset = klass.lineno, klass.col_offset
        last = klass.bases[-1] if klass.bases else None
        in_line = last is not None and last.lineno == klass.lineno
        self.end_lineno = klass.lineno
        end = last.end_col_offset if in_line and last is not None else None
        self.end_col_offset = end or klass.col_offset + len("class ") + len(klass.name.encode())


def _suggestion(module: Module, klass: ast.ClassDef) -> str:
    bases = {name for base in klass.bases for name in spelled(module, base)}
    if IMAGE_MODEL in bases:
        field = "    thumbnail = ImageSpecField([...], source='...')"
        return f"from imagekit.models import ImageSpecField\n\nclass {klass.name}(models.Model):\n{field}"
    return ""
