"""A source with a storage of its own: ImageKit 2 saved the made pictures beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.kwargs_dicts import with_passed_arguments
from ik_migrate.imagekit.sources import bindings_in_children, image_fields_of, source_binding, source_name
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.imagekit.version_detection import is_ik3_code
from ik_migrate.model.change import AddArgument
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK105",
    name="source-storage",
    summary="pictures are no longer saved to the storage of their source",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "A spec field without `storage=` saved to the storage of its source `ImageField`. ImageKit 3 saves to the"
        " default storage: pictures made from a private storage would become public."
    ),
    help="Name the source's storage with `cachefile_storage=`.",
    source="ImageSpecFieldFile.storage in imagekit/models/fields/files.py of 2.0.4; ImageCacheFile of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from photos.storages import vault


class Scan(models.Model):
    image = models.ImageField(upload_to='scans', storage=vault)
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from photos.storages import vault


class Scan(models.Model):
    image = models.ImageField(upload_to='scans', storage=vault)
    small = ImageSpecField([ResizeToFill(50, 50)], source='image', cachefile_storage=vault)
""",
)

_STORAGES = frozenset({"storage", "cachefile_storage"})


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Give the field its source's storage where that can be named."""
    spec = with_passed_arguments(spec)
    if spec.is_processed or spec.is_ik3:
        return
    if spec.given("storage") is not None or spec.given("cachefile_storage") is not None:
        return
    if not spec.is_whole:
        yield from _made_elsewhere(spec)
        return
    name = source_name(spec)
    if not name:
        fields, reason = image_fields_of(spec)
        name = fields[0] if len(fields) == 1 and not reason else ""
    found = _storage_of_source(spec, name)
    if found is None:
        if source_binding(spec, name) is None:
            yield from _in_children(spec, name)
        return
    module, storage = found
    message = f"{name}, the source of {spec.label}, has a storage of its own"
    if "storage" in spec.arguments and spec.arguments["storage"].is_in_dict:
        yield _manual(spec, name, found, message, "a dict that is passed with ** says storage=None")
    elif (written := _written(spec, module, storage)) is None:
        shown = module.text.text_of(storage)
        yield _manual(spec, name, found, message, f"{shown} can't be written here so that it is the same object")
    else:
        add = AddArgument(spec.offset, "cachefile_storage", (written,))
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))


def _made_elsewhere(spec: SpecField) -> Iterator[Finding]:
    """A field that a partial, a function or a class of the project makes: what that gives it is not all in sight."""
    is_ik3 = is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code
    if spec.model is None or is_ik3 or _says_storage(spec):
        return
    fields, reason = image_fields_of(spec)
    named = source_name(spec)
    for name in [named] if named else fields:
        found = _storage_of_source(spec, name)
        if found is None:
            continue
        written = _written(spec, *found) if named or (len(fields) == 1 and not reason) else None
        message = f"{name}, the source of {spec.label}, has a storage of its own"
        if written is not None and _is_partial(spec):
            add = AddArgument(spec.offset, "cachefile_storage", (written,))
            yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))
        else:
            shown = spec.module.text.text_of(spec.call.func)
            yield _manual(spec, name, found, message, f"{shown} makes the field, and has to hand the storage on to it")
        return


def _is_partial(spec: SpecField) -> bool:
    """Whether it is made by a ``functools.partial``, which hands on whatever the call says."""
    target = spec.module.resolve(spec.call.func)
    value = target.binding.value if target is not None and target.binding is not None else None
    return isinstance(value, ast.Call) and not spec.unseen


def _says_storage(spec: SpecField) -> bool:
    """Whether the partial, function or class that makes the field says something of a storage itself."""
    target = spec.module.resolve(spec.call.func)
    maker = target.binding.node if target is not None and target.binding is not None else None
    known = _makers_saying_storage(spec.module)
    if maker is not None and maker not in known:
        known[maker] = any(
            (isinstance(node, ast.keyword) and node.arg in _STORAGES)
            or (isinstance(node, ast.Constant) and node.value in _STORAGES)
            for node in ast.walk(maker)
        )
    return maker is not None and known[maker]


@per_module
def _makers_saying_storage(module: Module) -> dict[ast.AST, bool]:
    """What `_says_storage` has found of those that make fields of this file; added to."""
    return {}


def _storage_of_source(spec: SpecField, name: str) -> tuple[Module, ast.expr] | None:
    """The storage that the ImageField ``name`` of the model is given, and the file where it is."""
    found = source_binding(spec, name) if name else None
    storage = _storage_of(found[1]) if found is not None else None
    return (found[0], storage) if found is not None and storage is not None else None


def _manual(spec: SpecField, name: str, found: tuple[Module, ast.expr], message: str, reason: str) -> Finding:
    module, storage = found
    shown = module.text.text_of(storage)
    return make_finding(
        RULE,
        spec.module,
        spec.call,
        message,
        Applicability.MANUAL,
        why=f"Not rewritten: {reason}. {RULE.why}",
        suggestion=_shared(name, shown) if isinstance(storage, ast.Call) else f"cachefile_storage={shown}",
    )


def _shared(name: str, storage: str) -> str:
    """How one storage that is made in place can be given to both fields."""
    return f"{name}_storage = {storage}\n\n# with storage={name}_storage for {name}:\ncachefile_storage={name}_storage"


def _storage_of(value: ast.Call) -> ast.expr | None:
    storage = next((keyword.value for keyword in value.keywords if keyword.arg == "storage"), None)
    return None if isinstance(storage, ast.Constant) and storage.value is None else storage


def _in_children(spec: SpecField, name: str) -> Iterator[Finding]:
    """A spec of an abstract model whose source is a field of the models that derive from it."""
    for module, value in bindings_in_children(spec, name) if name else ():
        storage = _storage_of(value)
        if storage is not None:
            shown = module.text.text_of(storage)
            yield make_finding(
                RULE,
                spec.module,
                spec.call,
                f"{name}, the source of {spec.label} in {module.shown_path}, has a storage of its own",
                Applicability.MANUAL,
                why=f"Not rewritten: the storage belongs to a model that derives from this one. {RULE.why}",
                suggestion=f"cachefile_storage={shown}",
            )
            return


def _written(spec: SpecField, module: Module, storage: ast.expr) -> str | None:
    """The storage as an expression that stands for the same object where the spec field is."""
    if module is not spec.module:
        return _imported(spec, module, storage)
    if not _is_plain_name(storage):
        return None
    names = module.text.names
    first = storage
    while isinstance(first, ast.Attribute):
        first = first.value
    assert isinstance(first, ast.Name)
    holder = names.holder_of(first)
    if holder is None or holder.is_class:
        return None
    return module.text.text_of(storage)


def _imported(spec: SpecField, module: Module, storage: ast.expr) -> str | None:
    """The name, if the file with the spec field has imported it too."""
    target = module.resolve(storage)
    if target is None or not isinstance(storage, ast.Name):
        return None
    here = spec.module.project.resolve_global(spec.module, storage.id)
    return storage.id if here is not None and here.qualified == target.qualified else None


def _is_plain_name(expression: ast.expr) -> bool:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return isinstance(expression, ast.Name)


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
