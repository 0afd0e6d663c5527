"""ImageKit 0.x, another architecture: reported at each place, never rewritten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codemod import Codemod, report
from ik_migrate.findings import Applicability, Finding, Rule
from ik_migrate.moved_names import imports_from, spelled
from ik_migrate.project import Module
from ik_migrate.spec_field import spec_fields

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
        "This is ImageKit 0.x, where a model derived from ImageModel and named a module of specs in IKOptions. ImageKit"
        " 1.0 and later have nothing like it, so there is no rewrite."
    ),
    todo="Give the model an ImageSpecField for each spec of its spec module, with the processors listed there.",
    source="ImageKit's own page on upgrading from 0.x; imagekit/models/__init__.py of 2.0.4 has no ImageModel",
    before=_EXAMPLE,
    after=_EXAMPLE,
)

_IMAGE_MODEL = "imagekit.models.ImageModel"
_IMAGE_PROCESSOR = "imagekit.processors.ImageProcessor"
_GONE_PROCESSORS = frozenset({_IMAGE_PROCESSOR, "imagekit.processors.Adjustment", "imagekit.processors.Format"})
_CONFIGURED = frozenset(
    {"imagekit.processors.Resize", "imagekit.processors.Transpose", "imagekit.processors.Reflection"}
)
_SPEC = frozenset({"imagekit.specs.ImageSpec"})
_SPEC_WORDS = frozenset({"pre_cache", "access_as", "increment_count"})
_CALL_WORDS = frozenset({"image_field", "cache_dir", "pre_cache", "increment_count", "save_count_as", "access_as"})
_PROCESSOR_WORDS = frozenset({"width", "height", "crop", "upscale", "method", "size", "opacity", "background_color"})


def check_module(module: Module) -> Iterator[Finding]:
    """Report what is imported, what derives from it, and the options."""
    for node in imports_from(module, ["imagekit.models", "imagekit.processors"]):
        for alias in node.names:
            dotted = f"{node.module}.{alias.name}"
            if dotted == _IMAGE_MODEL or dotted in _GONE_PROCESSORS:
                yield report(RULE, module, alias, f"{alias.name} is ImageKit 0.x", Applicability.MANUAL)
    for call in module.text.nodes_of(ast.Call):
        if _is_old_call(module, call):
            yield report(RULE, module, call, "this spec is ImageKit 0.x", Applicability.MANUAL)
    for klass in module.text.nodes_of(ast.ClassDef):
        if isinstance(klass, ast.ClassDef) and _is_old(module, klass):
            message = f"class {klass.name} is ImageKit 0.x"
            name = _Header(klass)
            yield report(RULE, module, name, message, Applicability.MANUAL, suggestion=_suggestion(module, klass))


def _is_old_call(module: Module, node: ast.Call) -> bool:
    """``ImageSpec([Fit(600)], image_field='original', cache_dir='photos')``, with the class of ImageKit 0.x."""
    words = {keyword.arg for keyword in node.keywords}
    return bool(words & _CALL_WORDS) and bool(
        _SPEC.intersection((*spelled(module, node.func), module.qualified(node.func)))
    )


class _Header(ast.AST):
    """The first line of a class, from ``class`` to the end of its name or of its last base."""

    def __init__(self, klass: ast.ClassDef) -> None:
        self.lineno, self.col_offset = klass.lineno, klass.col_offset
        last = klass.bases[-1] if klass.bases else None
        in_line = last is not None and last.lineno == klass.lineno
        self.end_lineno = klass.lineno
        end = last.end_col_offset if in_line and last is not None else None
        self.end_col_offset = end or klass.col_offset + len("class ") + len(klass.name.encode())


def _is_old(module: Module, klass: ast.ClassDef) -> bool:
    if klass.name == "IKOptions":
        around = module.text.names.parents.get(klass)
        specs = [spec for spec in spec_fields(module) if spec.model is around]
        # Beside fields that are ImageKit 3's it is a leftover that nothing reads.
        return isinstance(around, ast.ClassDef) and not (specs and all(spec.is_ik3 for spec in specs))
    bases = {name for base in klass.bases for name in (*spelled(module, base), module.qualified(base))}
    attributes = set(module.text.names.scope_made_by(klass).bindings)
    if _IMAGE_MODEL in bases or bases & _GONE_PROCESSORS:
        return True
    if bases & _SPEC:
        return bool(attributes & _SPEC_WORDS) or _lists_classes(module, klass)
    has_methods = any(isinstance(item, ast.FunctionDef) for item in klass.body)
    return bool(bases & _CONFIGURED) and bool(attributes & _PROCESSOR_WORDS) and not has_methods


def _lists_classes(module: Module, klass: ast.ClassDef) -> bool:
    """``processors = [ResizeThumb]``, classes that ImageKit 0.x made objects of; later ones take the objects."""
    for binding in module.text.names.scope_made_by(klass).bindings.get("processors", []):
        if isinstance(binding.value, ast.List | ast.Tuple):
            for item in binding.value.elts:
                target = module.resolve(item)
                if target is not None and target.binding is not None and target.binding.kind == "class":
                    return True
    return False


def _suggestion(module: Module, klass: ast.ClassDef) -> str:
    bases = {name for base in klass.bases for name in spelled(module, base)}
    if _IMAGE_MODEL in bases:
        return f"class {klass.name}(models.Model):\n    thumbnail = ImageSpecField([...], source='...')"
    return ""


CODEMOD = Codemod(rules=(RULE,), module=check_module)
