"""Two fields whose files have one name in ImageKit 3."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import per_module
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    CannotGenerate,
    Finding,
    Module,
    Rule,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
    spec_fields,
    use_support,
)

RULE = Rule(
    code="IK512",
    name="specs-alike",
    summary="two specs with equal source and arguments share one file",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 put the attribute's name into the file's name. ImageKit 3 goes by source and arguments alone, so"
        " that both attributes have one file: deleting it for one deletes it for both."
    ),
    help="Usually one of the two can be removed.",
    source="_default_cache_to of 2.0.4; imagekit/cachefiles/namers.py and ImageSpec.get_hash of 3.0.4 to 6.1.1",
    before=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')",
        "icon = ImageSpecField([ResizeToFill(50, 50)], image_field='image')",
    ),
    after=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        "icon = ImageSpecField([ResizeToFill(50, 50)], source='image')",
    ),
    once_per_project=True,
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Name at the first field concerned what differs when the site runs."""
    if spec.is_processed or spec.is_ik3 or not spec.module.project.has_ik2_code:
        return
    module = spec.module
    twin = _twin(spec)
    if twin is not None and _storage(twin) == _storage(spec):
        message = f"{spec.label} and {twin.label} share one file"
        yield make_finding(RULE, module, spec.call, message, Applicability.NOTICE)
    elif twin is not None and not module.project.faithful:
        yield _tell_storages_apart(spec, twin)


def _tell_storages_apart(spec: SpecField, twin: SpecField) -> Finding:
    """Give one of two fields, whose files have one name in two storages, a backend that knows where a file is."""
    message = f"the files of {spec.label} and {twin.label} have one name in two storages"
    why = (
        "ImageKit 2 put the attribute's name into the file's name. ImageKit 3 gives both files one name, and goes by"
        " the name alone when it remembers which files exist: one of the two is never generated."
    )
    try:
        local, changes = use_support(spec.module, "StorageKeyBackend")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {why}"
        return make_finding(RULE, spec.module, spec.call, message, Applicability.MANUAL, why=why)
    argument = AddArgument(spec.offset, "cachefile_backend", (f"{local}()",))
    return make_finding(
        RULE, spec.module, spec.call, message, Applicability.SAFE, why=why, changes=[argument, *changes]
    )


def _storage(spec: SpecField) -> str:
    """The storage that a field is given, as code; empty where it is given none."""
    argument = spec.given("storage") or spec.given("cachefile_storage")
    return "" if argument is None else ast.dump(argument.value)


def _twin(spec: SpecField) -> SpecField | None:
    """An earlier field of the model whose file has the same name."""
    return _twins(spec.module).get(spec.call)


@per_module
def _twins(module: Module) -> dict[ast.Call, SpecField]:
    """The calls that make fields whose file an earlier field of the model has, with that field."""
    found: dict[ast.Call, SpecField] = {}
    for spec in spec_fields(module):
        meaning = _meaning(spec)
        if meaning and spec.model is not None:
            others = (other for other in _fields_before(spec, spec.model) if other.attname != spec.attname)
            twin = next((other for other in others if _meaning(other) == meaning), None)
            if twin is not None:
                found[spec.call] = twin
    return found


def _fields_before(spec: SpecField, model: ast.ClassDef) -> Iterator[SpecField]:
    """The spec fields that a field's model has without it: inherited ones, and those above it."""
    for owner, cls in with_bases(spec.module, model):
        for other in spec_fields(owner):
            if other.model is cls and (cls is not model or other.offset < spec.offset):
                yield other


def _meaning(spec: SpecField) -> dict[str, str]:
    """Return what the name of the file depends on; empty if that cannot be determined."""
    if spec.given("cache_to") is not None or spec.unseen or spec.is_ik3:
        return {}
    names = {"source": "image_field"}
    return {
        names.get(name, name): ast.dump(argument.value)
        for name, argument in spec.arguments.items()
        if not argument.is_none and name in {"processors", "format", "options", "image_field", "source"}
    }
