"""The source of a spec field: which attribute of the model it is made from."""

from __future__ import annotations

import ast
import posixpath

from ik_migrate.imagekit.spec_field import SpecField, attribute_added
from ik_migrate.project.class_hierarchy import class_behind, subclasses_of, with_bases
from ik_migrate.project.module import Module, Target, per_module
from ik_migrate.source.scopes import Function

_JOINS = frozenset({"os.path.join", "posixpath.join"})


def source_name(spec: SpecField) -> str:
    """Return the attribute that the field names as its source; empty where reading does not tell which."""
    argument = spec.given("image_field") or spec.given("source")
    return (literal_text(spec.module, argument.value) or "") if argument is not None else ""


def literal_text(module: Module, expression: ast.expr) -> str | None:
    """Return the string that an expression certainly is: a literal, or a name that is bound once, to one."""
    if isinstance(expression, ast.Constant):
        return expression.value if isinstance(expression.value, str) else None
    if isinstance(expression, ast.Name | ast.Attribute):
        target = module.resolve(expression)
        if target is None or target.module is None or target.binding is None or target.binding.value is None:
            return None
        everywhere = target.module.text.names.module.bindings.get(target.binding.name, [])
        if target.binding.value is not expression and len(everywhere) <= 1:
            return literal_text(target.module, target.binding.value)
    return None


def constant_text(module: Module, expression: ast.expr) -> str | None:
    """Return the string that an expression certainly is, which may be put together of others."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
        operands, separator = [expression.left, expression.right], ""
    elif isinstance(expression, ast.Call) and not expression.keywords and module.qualified(expression.func) in _JOINS:
        operands, separator = expression.args, "/"
    else:
        return literal_text(module, expression)
    parts = [constant_text(module, operand) for operand in operands]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    return posixpath.join(*known) if separator else "".join(known)


def model_of(spec: SpecField) -> tuple[Module, ast.ClassDef] | None:
    """Return the class that the field becomes an attribute of; None where reading does not tell which."""
    if spec.model is not None:
        return spec.module, spec.model
    names = spec.module.text.names
    parent = names.parents.get(spec.call)
    if isinstance(parent, ast.Call) and attribute_added(parent) is not None and isinstance(parent.func, ast.Attribute):
        return class_behind(spec.module.resolve(parent.func.value))
    if isinstance(parent, ast.Attribute) and parent.attr == "contribute_to_class":
        call = names.parents.get(parent)
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
            return class_behind(spec.module.resolve(call.args[0]))
    return None


def is_made_by_property(spec: SpecField) -> str:
    """Why the source's instance may be another than the field's own; empty where it is not.

    ImageKit 2 gave ``cache_to`` the instance that the spec belongs to, ``get_field_info`` finds that of the file.
    """
    name = source_name(spec)
    own = model_of(spec)
    for module, model in with_bases(*own) if own is not None and name else ():
        bindings = module.text.names.scope_made_by(model).bindings.get(name, [])
        if any(binding.kind == "function" or _makes_property(module, binding.value) for binding in bindings):
            return f"its source {name} is a property, whose image may belong to another instance"
    return ""


def _makes_property(module: Module, value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and module.qualified(value.func) == "builtins.property"


def image_fields_of(spec: SpecField) -> tuple[list[str], str]:
    """The ImageFields of the field's model, its own and inherited, and why there may be more.

    ImageKit 2 took ``_meta.fields`` that are an ``ImageField`` (``files.py`` of 2.0.4), a
    ``ProcessedImageField`` among them.
    """
    model = model_of(spec)
    if model is None:
        return [], "the model of the field cannot be determined"
    module, node = model
    known = _image_fields(module)
    if node not in known:
        found, unsure = _fields_of_class(module, node, {})
        known[node] = (found, unsure) if found or unsure else _fields_of_children(module, node)
    return known[node]


@per_module
def _image_fields(module: Module) -> dict[ast.ClassDef, tuple[list[str], str]]:
    """What `image_fields_of` has found for the models of a file: it is needed for each of their fields."""
    return {}


def _fields_of_children(module: Module, model: ast.ClassDef) -> tuple[list[str], str]:
    """The only ImageField of all models that derive from one without any, if it is called the same in all of them."""
    names: set[str] = set()
    for child_module, child in subclasses_of(module, model):
        found, unsure = _fields_of_class(child_module, child, {})
        if unsure or len(found) > 1:
            return [], unsure or f"{child.name} has several ImageFields"
        names.update(found)
    return (sorted(names), "") if len(names) == 1 else ([], "")


def _fields_of_class(module: Module, model: ast.ClassDef, is_done: dict[ast.ClassDef, bool]) -> tuple[list[str], str]:
    """The same for one class.

    Args:
        is_done: the classes that were met, and whether they are complete; added to.
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
                unsure = unsure or f"it cannot be determined whether {name} ({shown}) is an ImageField"
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
    """Whether calling ``function`` makes an ImageField; None where it cannot be determined."""
    target = module.resolve(function)
    if target is not None and class_behind(target) is None and _makes_image_field(target):
        return True
    return _is_image_class(module, function)


def _is_image_class(module: Module, function: ast.expr) -> bool | None:
    """Whether ``function`` is ImageField or a class that derives from it; None where it cannot be determined."""
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


def _makes_image_field(target: Target) -> bool:
    """Whether a partial or a function of the project makes an ImageField."""
    if target.module is None or target.binding is None:
        return False
    module, made = target.module, target.binding.value or target.binding.node
    if isinstance(made, ast.Call):
        is_partial = made.args and module.qualified(made.func) == "functools.partial"
        return bool(is_partial) and _is_image_class(module, made.args[0]) is True
    if not isinstance(made, Function):
        return False
    known = _makers(module)
    if made not in known:
        calls = (node for node in ast.walk(made) if isinstance(node, ast.Call))
        known[made] = any(_is_image_class(module, call.func) is True for call in calls)
    return known[made]


@per_module
def _makers(module: Module) -> dict[ast.AST, bool]:
    """Whether the functions of a file make an ImageField, as far as that has been found out."""
    return {}


def _is_name_of_image_field(qualified: str) -> bool | None:
    """Whether a class outside of the project is an ImageField; None where it cannot be determined."""
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
        The file with that call, and the call; None where it cannot be determined.
    """
    own = model_of(spec)
    for module, model in with_bases(*own) if own is not None else ():
        for binding in reversed(module.text.names.scope_made_by(model).bindings.get(name, [])):
            if isinstance(binding.value, ast.Call):
                return module, binding.value
    return None
