"""The source of a spec field: which attribute of the model it is made from."""

from __future__ import annotations

import ast

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.imagekit_names import SPEC_FIELDS
from ik_migrate.project.class_hierarchy import class_behind, with_bases
from ik_migrate.project.module import Module


def source_name(spec: SpecField) -> str:
    """The attribute that the field names as its source, empty where it names none by a literal."""
    argument = spec.given("image_field") or spec.given("source")
    if argument is None or not isinstance(argument.literal, str):
        return ""
    return argument.literal


def has_no_instance(spec: SpecField) -> str:
    """Why generated code would not find the model instance; empty where it would.

    ``get_field_info`` gives ``(None, None)`` for a source that is itself a spec file
    (``imagekit/utils.py``, 3.0.4 to 6.1.1).
    """
    name = source_name(spec)
    if spec.model is None or not name:
        return ""
    scope = spec.module.text.names.scope_made_by(spec.model)
    for binding in scope.bindings.get(name, []):
        if isinstance(binding.value, ast.Call) and spec.module.qualified(binding.value.func) in SPEC_FIELDS:
            return f"its source {name} is a spec field itself, from which ImageKit 3 does not know the instance"
    return ""


def is_made_by_property(spec: SpecField) -> str:
    """Why the source's instance may be another than the field's own; empty where it is not.

    ImageKit 2 gave ``cache_to`` the instance that the spec belongs to, ``get_field_info`` finds that of the file.
    """
    name = source_name(spec)
    if spec.model is None or not name:
        return ""
    bindings = spec.module.text.names.scope_made_by(spec.model).bindings.get(name, [])
    if any(binding.kind == "function" for binding in bindings):
        return f"its source {name} is a property, whose picture may belong to another instance"
    return ""


def image_fields_of(spec: SpecField) -> tuple[list[str], str]:
    """The ImageFields of the field's model, its own and inherited, and why there may be more.

    ImageKit 2 took ``_meta.fields`` that are an ``ImageField`` (``files.py`` of 2.0.4), a
    ``ProcessedImageField`` among them.
    """
    if spec.model is None:
        return [], "the model that the field is for can't be seen here"
    return _fields_of_class(spec.module, spec.model, {})


def _fields_of_class(module: Module, model: ast.ClassDef, is_done: dict[ast.ClassDef, bool]) -> tuple[list[str], str]:
    """The same for one class.

    Args:
        is_done: the classes that were met, and whether all was said of them; added to.
    """
    found: list[str] = []
    if model in is_done:
        return found, "" if is_done[model] else "it is inherited in a circle"
    is_done[model] = False
    unsure = ""
    for base in model.bases:
        inherited, reason = _fields_of_base(module, base, is_done)
        found += [name for name in inherited if name not in found]
        unsure = unsure or reason
    scope = module.text.names.scope_made_by(model)
    for name, bindings in scope.bindings.items():
        for binding in bindings:
            if not isinstance(binding.value, ast.Call):
                continue
            verdict = _is_image_field(module, binding.value.func)
            if verdict and name not in found:
                found.append(name)
            if verdict is None:
                shown = module.text.text_of(binding.value.func)
                unsure = unsure or f"whether {name} ({shown}) is an ImageField can't be seen"
    is_done[model] = True
    return found, unsure


def _fields_of_base(module: Module, base: ast.expr, is_done: dict[ast.ClassDef, bool]) -> tuple[list[str], str]:
    target = module.resolve(base)
    if target is not None and target.qualified in _KNOWN_BASES:
        return [], ""
    if target is not None and target.module is not None and target.binding is not None:
        node = target.binding.node
        if isinstance(node, ast.ClassDef):
            return _fields_of_class(target.module, node, is_done)
    return [], f"the base class {module.text.text_of(base)} is defined outside this project"


def _is_image_field(module: Module, function: ast.expr) -> bool | None:
    """Whether calling ``function`` makes an ImageField; None where it can't be told."""
    target = module.resolve(function)
    made = class_behind(target)
    if made is None:
        return _is_name_of_image_field(target.qualified if target is not None else "")
    bases = [
        _is_name_of_image_field(owner.qualified(base))
        for owner, found in with_bases(*made)
        for base in found.bases
        if class_behind(owner.resolve(base)) is None
    ]
    return True if True in bases else (None if None in bases else False)


def _is_name_of_image_field(qualified: str) -> bool | None:
    """Whether a class outside of the project is an ImageField; None where it can't be told."""
    if qualified in _IMAGE_FIELDS:
        return True
    if qualified.startswith(_NO_IMAGE_FIELDS):
        return False
    return None if "Image" in qualified.rpartition(".")[2] or "Thumbnail" in qualified else False


_KNOWN_BASES = frozenset({"django.db.models.Model", "builtins.object", "django.db.models.base.Model"})
_IMAGE_FIELDS = frozenset(
    {
        "django.db.models.ImageField",
        "django.db.models.fields.files.ImageField",
        "imagekit.models.ProcessedImageField",
    }
)
_NO_IMAGE_FIELDS = ("django.", "imagekit.", "builtins.")


def source_binding(spec: SpecField, name: str) -> tuple[Module, ast.Call] | None:
    """The call that makes the field ``name`` of the spec's model or of one of its bases.

    Returns:
        The file with that call, and the call; None where it can't be seen.
    """
    for module, model in with_bases(spec.module, spec.model) if spec.model is not None else ():
        for binding in reversed(module.text.names.scope_made_by(model).bindings.get(name, [])):
            if isinstance(binding.value, ast.Call):
                return module, binding.value
    return None


def bindings_in_children(spec: SpecField, name: str) -> list[tuple[Module, ast.Call]]:
    """The calls that make the field ``name`` of models that derive from the spec's own."""
    found = []
    for module in spec.module.project.naming(spec.module, spec.model.name) if spec.model is not None else ():
        for node in module.text.nodes_of(ast.ClassDef):
            if not isinstance(node, ast.ClassDef) or not any(_is_class(module, base, spec) for base in node.bases):
                continue
            for binding in module.text.names.scope_made_by(node).bindings.get(name, []):
                if isinstance(binding.value, ast.Call):
                    found.append((module, binding.value))
    return found


def _is_class(module: Module, base: ast.expr, spec: SpecField) -> bool:
    target = module.resolve(base)
    return target is not None and target.binding is not None and target.binding.node is spec.model
