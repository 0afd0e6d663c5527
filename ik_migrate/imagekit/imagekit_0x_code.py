"""What is ImageKit 0.x's in a file: its models, specs and processors were classes with attributes."""

from __future__ import annotations

import ast

from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.project.imported_names import spelled
from ik_migrate.project.module import Module

IMAGE_MODEL = "imagekit.models.ImageModel"
_IMAGE_PROCESSOR = "imagekit.processors.ImageProcessor"
GONE_PROCESSORS = frozenset({_IMAGE_PROCESSOR, "imagekit.processors.Adjustment", "imagekit.processors.Format"})
_CONFIGURED = frozenset(
    {"imagekit.processors.Resize", "imagekit.processors.Transpose", "imagekit.processors.Reflection"}
)
_SPEC = frozenset({"imagekit.specs.ImageSpec"})
_SPEC_WORDS = frozenset({"pre_cache", "access_as", "increment_count"})
_CALL_WORDS = frozenset({"image_field", "cache_dir", "pre_cache", "increment_count", "save_count_as", "access_as"})
_PROCESSOR_WORDS = frozenset({"width", "height", "crop", "upscale", "method", "size", "opacity", "background_color"})


def is_of_imagekit_0x(module: Module) -> bool:
    """Whether the file has a class or a call of ImageKit 0.x."""
    return any(
        is_old_call(module, call) for call in module.text.nodes_of(ast.Call) if isinstance(call, ast.Call)
    ) or any(
        is_old_class(module, klass) for klass in module.text.nodes_of(ast.ClassDef) if isinstance(klass, ast.ClassDef)
    )


def is_old_call(module: Module, node: ast.Call) -> bool:
    """``ImageSpec([Fit(600)], image_field='original', cache_dir='photos')``, with the class of ImageKit 0.x."""
    words = {keyword.arg for keyword in node.keywords}
    return bool(words & _CALL_WORDS) and bool(
        _SPEC.intersection((*spelled(module, node.func), module.qualified(node.func)))
    )


def is_old_class(module: Module, klass: ast.ClassDef) -> bool:
    """Whether the class is a model, spec, processor or set of options of ImageKit 0.x."""
    if klass.name == "IKOptions":
        around = module.text.names.parents.get(klass)
        specs = [spec for spec in spec_fields(module) if spec.model is around]
        # Beside fields that are ImageKit 3's it is a leftover that nothing reads.
        return isinstance(around, ast.ClassDef) and not (specs and all(spec.is_ik3 for spec in specs))
    bases = {name for base in klass.bases for name in (*spelled(module, base), module.qualified(base))}
    attributes = set(module.text.names.scope_made_by(klass).bindings)
    if IMAGE_MODEL in bases or bases & GONE_PROCESSORS:
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
