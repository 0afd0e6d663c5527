"""Where the source of a spec field is stored: ImageKit 2 saved the generated file to the same storage.

``ImageSpecFieldFile.storage`` in ``imagekit/models/fields/files.py`` of 2.0.4 asks the source file, however it was
made. What reading can tell of that is found out here; what it cannot tell is left to code that asks when the site runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ik_migrate.imagekit.sources import image_fields_of, model_of, source_name
from ik_migrate.imagekit.spec_field import SpecField, all_fields
from ik_migrate.model.imagekit_names import LEGACY_PROCESSED_FIELD, PROCESSED_FIELD, SPEC_FIELDS
from ik_migrate.project.class_hierarchy import Model, class_behind, subclasses_of, with_bases
from ik_migrate.project.module import Module, per_module
from ik_migrate.source.scopes import Function

_DJANGO_FIELDS = frozenset(
    {
        "django.db.models.ImageField",
        "django.db.models.FileField",
        "django.db.models.fields.files.ImageField",
        "django.db.models.fields.files.FileField",
        PROCESSED_FIELD,
        LEGACY_PROCESSED_FIELD,
    }
)
# Fields of other packages that store their file as ImageField does.
_OTHER_FIELDS = frozenset(
    {
        "easy_thumbnails.fields.ThumbnailerField",
        "easy_thumbnails.fields.ThumbnailerImageField",
        "image_cropping.ImageCropField",
        "image_cropping.fields.ImageCropField",
        "sorl.thumbnail.ImageField",
        "sorl.thumbnail.fields.ImageField",
    }
)
# FileField(verbose_name, name, upload_to, storage) and ImageField(verbose_name, name, width_field, height_field).
_POSITIONAL_AT_MOST = 3
_STORAGE = re.compile(r"(?<!\w)storage\b")
_FOLLOW_AT_MOST = 5


@dataclass(frozen=True)
class SourceStorage:
    """What reading tells of the storage of a source.

    Args:
        is_known: whether it tells enough to write code.
        expression: the storage, as the file with the spec field can name it; empty for the default storage.
        shown: the storage as it is written where the source is made, for messages.
        reason: why it is not known, as the end of a sentence.
    """

    is_known: bool
    expression: str = ""
    shown: str = ""
    reason: str = ""


DEFAULT = SourceStorage(True)


def _unknown(reason: str, shown: str = "") -> SourceStorage:
    return SourceStorage(False, reason=reason, shown=shown)


def find_source_storage(spec: SpecField, depth: int = 0) -> SourceStorage:
    """Return what reading tells of the storage of a field's source."""
    if spec.module.project.sets_storages:
        return _unknown("the project sets the storage of files while it runs")
    model = model_of(spec)
    if model is None:
        if not spec.module.project.has_storages:
            return DEFAULT
        return _unknown("the model of the field is only known when the site runs")
    names = [source_name(spec)] if source_name(spec) else image_fields_of(spec)[0]
    found = [_storage_of_attribute(spec, model, name, depth) for name in names]
    if not found:
        return DEFAULT if not spec.module.project.has_storages else _unknown("its source is not known")
    first, *others = found
    if all(other == first for other in others):
        return first
    return _unknown(next((storage.reason for storage in found if storage.reason), "its source is not known"))


def _storage_of_attribute(spec: SpecField, model: tuple[Module, ast.ClassDef], name: str, depth: int) -> SourceStorage:
    """The storage of an attribute of a model, of one that it derives from, or of those that derive from it."""
    known, key = _known_storages(spec.module), (model[1], name)
    if depth or key not in known:
        found = _find_storage(spec, model, name, depth)
        if depth:
            return found
        known[key] = found
    return known[key]


@per_module
def _known_storages(module: Module) -> dict[tuple[ast.ClassDef, str], SourceStorage]:
    """What has been found for the fields of a file, by the model and the attribute that is the source; added to."""
    return {}


def _find_storage(spec: SpecField, model: Model, name: str, depth: int) -> SourceStorage:
    found = _storage_in(spec, with_bases(*model), name, depth)
    if found is not None:
        return found
    in_children = [
        storage
        for child in subclasses_of(*model)
        for storage in [_storage_in(spec, [child], name, depth)]
        if storage is not None
    ]
    if in_children and all(storage == DEFAULT for storage in in_children):
        return DEFAULT
    if in_children:
        shown = next((storage.shown for storage in in_children if storage.shown), "")
        return _unknown(f"{name} of a model that derives from this one may have its own storage", shown)
    if not spec.module.project.has_storages:
        return DEFAULT
    return _unknown(f"the field {name} is defined where it cannot be read")


def _storage_in(spec: SpecField, classes: Iterable[Model], name: str, depth: int) -> SourceStorage | None:
    """The storage of an attribute in the first of some classes that has it; None where none has it."""
    for module, node in classes:
        bindings = module.text.names.scope_made_by(node).bindings.get(name, [])
        if not bindings:
            continue
        if len(bindings) > 1 or not isinstance(bindings[0].value, ast.Call):
            if not spec.module.project.has_storages and bindings[0].kind != "function":
                return DEFAULT
            return _unknown(f"{name} is not a plain field")
        return _storage_of_call(spec, module, bindings[0].value, depth)
    return None


def _storage_of_call(spec: SpecField, module: Module, call: ast.Call, depth: int) -> SourceStorage:
    """The storage of the field that a call makes."""
    made = next((field for field in all_fields(module) if field.call is call), None)
    if made is not None and not made.is_processed:
        if depth >= _FOLLOW_AT_MOST:
            return _unknown("it is defined in a circle")
        if made.given("storage") is not None or made.given("cachefile_storage") is not None or not made.is_whole:
            return _unknown("its source is a spec field with its own storage")
        return find_source_storage(made, depth + 1)
    reason = _why_unreadable(module, call)
    if reason:
        return _unknown(reason)
    storage = next((keyword.value for keyword in call.keywords if keyword.arg == "storage"), None)
    if storage is None or (isinstance(storage, ast.Constant) and storage.value is None):
        return DEFAULT
    shown = module.text.text_of(storage)
    written = _write(spec, module, storage)
    if written is None:
        return _unknown(f"{shown} cannot be written here so that it is the same object", shown)
    return SourceStorage(True, written, shown)


def _why_unreadable(module: Module, call: ast.Call) -> str:
    """Why the keywords of a call do not tell the storage of the field that it makes; empty where they do."""
    shown = module.text.text_of(call.func)
    if any(keyword.arg is None for keyword in call.keywords) or len(call.args) > _POSITIONAL_AT_MOST:
        return f"not all arguments of {shown} can be read"
    qualified = module.qualified(call.func)
    if qualified in _DJANGO_FIELDS | _OTHER_FIELDS | SPEC_FIELDS:
        return ""
    target = module.resolve(call.func)
    if target is None or target.module is None or target.binding is None:
        return f"{shown} may choose a storage itself"
    behind = class_behind(target)
    if behind is None:
        node: ast.AST | None = target.binding.value or target.binding.node
        is_maker = isinstance(target.binding.node, Function) or isinstance(node, ast.Call)
        text = target.module.text.text_of(node) if node is not None else ""
        may_choose = not is_maker or "**" in text or _STORAGE.search(text)
        return f"{shown} may choose a storage itself" if may_choose else ""
    for owner, node in with_bases(*behind):
        text = owner.text.text_of(node)
        if _STORAGE.search(text):
            return f"{shown} chooses a storage itself"
        if "attr_class" in text or "descriptor_class" in text:
            return f"{shown} uses a custom class for files, which may choose a storage"
        for base in node.bases:
            known = _DJANGO_FIELDS | _OTHER_FIELDS | {"builtins.object"}
            if class_behind(owner.resolve(base)) is None and owner.qualified(base) not in known:
                return f"{shown} may choose a storage itself"
    return ""


def _write(spec: SpecField, module: Module, storage: ast.expr) -> str | None:
    """The storage as an expression that stands for the same object where the spec field is; None without one."""
    if module is not spec.module:
        target = module.resolve(storage)
        if target is None or not isinstance(storage, ast.Name):
            return None
        here = spec.module.project.resolve_global(spec.module, storage.id)
        return storage.id if here is not None and here.qualified == target.qualified else None
    first = storage
    while isinstance(first, ast.Attribute):
        first = first.value
    if not isinstance(first, ast.Name):
        return None
    holder = module.text.names.holder_of(first)
    return module.text.text_of(storage) if holder is not None and not holder.is_class else None


def sets_storages(module: Module) -> bool:
    """Whether code gives another storage to a file or a field that exists, as in ``photo.storage = private``."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "storage"
        and isinstance(node.ctx, ast.Store)
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
        for node in module.text.nodes_of(ast.Attribute)
    )


@per_module
def mentions_storages(module: Module) -> bool:
    """Whether a file may give an image its own storage: by that word, or by a field of another package."""
    if _STORAGE.search(module.text.source.text):
        return True
    for node in module.text.nodes_of(ast.Call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name.endswith(("ImageField", "FileField")):
                qualified = module.qualified(node.func)
                behind = class_behind(module.resolve(node.func))
                known = qualified in _DJANGO_FIELDS | _OTHER_FIELDS or qualified.startswith("django.")
                if not known and behind is None:
                    return True
    return any(_chooses_storage(module, node) for node in module.text.nodes_of(ast.ClassDef))


def _chooses_storage(module: Module, model: ast.AST) -> bool:
    """Whether a class has an attribute that is made by a class of the project with its own storage."""
    for statement in model.body if isinstance(model, ast.ClassDef) else ():
        value = statement.value if isinstance(statement, ast.Assign) else None
        behind = class_behind(module.resolve(value.func)) if isinstance(value, ast.Call) else None
        # A field of the support module has no storage itself: its text only mentions one.
        bases = [] if behind is None else [(owner, node) for owner, node in with_bases(*behind) if not owner.is_support]
        if any(_STORAGE.search(owner.text.text_of(node)) for owner, node in bases):
            return True
    return False
