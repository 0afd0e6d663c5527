"""Whether the call of a spec field can become plain ImageKit 3 code by reading it, or has to be understood at run time.

Where reading is not enough, the call keeps its arguments and calls the field of the support module, which takes those
of ImageKit 2 and decides as ImageKit 2 did: when the site runs.
"""

from __future__ import annotations

import ast

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.legacy_spec import (
    cache_to_of,
    has_callable_processors,
    names_its_files,
    needs_fixed_name,
    write_cache_to,
    write_default_name,
    write_fixed_name,
    write_processors,
)
from ik_migrate.codegen.spec_class_obstacles import needs_pre_cache_resolved
from ik_migrate.imagekit.cache_backends import OWN, successor_of
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.callers import passed_for
from ik_migrate.imagekit.factory_calls import factories_around
from ik_migrate.imagekit.kwargs_dicts import keyword_dicts, passed_entries, seen_entries, with_passed_arguments
from ik_migrate.imagekit.plain_classes import is_added_to_plain_class
from ik_migrate.imagekit.source_storage import find_source_storage
from ik_migrate.imagekit.sources import image_fields_of, literal_text
from ik_migrate.imagekit.spec_field import IK2_ONLY, Argument, SpecField, spec_fields
from ik_migrate.imagekit.spec_ids import spec_id_of
from ik_migrate.imagekit.version_detection import is_ik3_code
from ik_migrate.project.django_apps import is_abstract
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.string_values import texts_of

# Arguments that move into a spec class, or change the way in which one is generated.
_BEYOND_NAMES = ("cache_to", "image_cache_backend", "pre_cache")
# Keys whose values mean something else in ImageKit 3.
_CHANGED_KEYS = ("autoconvert",)


def why_not_static(spec: SpecField) -> str:
    """Return why the call of a spec field cannot be rewritten by reading it; empty where it can.

    Args:
        spec: a call of ImageKit 2's field, or of something of the project that makes one.
    """
    known = _reasons(spec.module)
    if spec.call not in known:
        known[spec.call] = _find_reason(spec)
    return known[spec.call]


@per_module
def _reasons(module: Module) -> dict[ast.Call, str]:
    """What `why_not_static` has found for the calls of a file; added to."""
    return {}


def _find_reason(spec: SpecField) -> str:
    if spec.is_processed or spec.is_legacy:
        return ""
    if is_rewritten(spec):
        processors = spec.given("processors")
        # ImageKit 3 raises for them, whoever wrote the call.
        is_callable = processors is not None and has_callable_processors(spec)
        return (_of_processors(spec, spec) if is_callable else "") or _of_place(spec)
    if needs_pre_cache_resolved(spec) and not spec.arguments["pre_cache"].is_in_dict:
        return ""  # ImageKit 2 raised an exception: it has to be resolved first, see IK103 and IK106.
    return why_not_static_but_pre_cache(spec)


def why_not_static_but_pre_cache(spec: SpecField) -> str:
    """Return why a call could not be rewritten by reading it if it had no ``pre_cache``; empty where it could."""
    seen = with_passed_arguments(spec)
    if seen.unseen or (spec.unseen and not _can_rename_keys(spec)):
        return _why_unseen(spec) or "the dict with its arguments is used for other things too"
    return (
        _of_dicts(seen)
        or _of_backend(seen)
        or _of_processors(spec, seen)
        or _of_names(spec, seen)
        or _of_source(seen)
        or (_of_storage(seen) if spec.given_elsewhere is None else "")
        or _of_place(spec)
        or _of_id(spec)
    )


def is_rewritten(spec: SpecField) -> bool:
    """Whether the call is ImageKit 3's already, by its own words or by those around it."""
    return spec.is_ik3 or (is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code)


def _why_unseen(spec: SpecField) -> str:
    for expression in spec.unseen:
        if passed_entries(spec.module, expression) is None:
            shown = spec.module.text.text_of(expression)
            return f"what {shown} holds is only known when the site runs"
    return ""


def _can_rename_keys(spec: SpecField) -> bool:
    """Whether the keys of all dicts that are passed to a field can be renamed where the dicts are written."""
    renamable = _renamable_keys(spec.module)
    return all(
        entry.node in renamable for entry in seen_entries(spec) if entry.name in IK2_ONLY or entry.name in _CHANGED_KEYS
    )


@per_module
def _renamable_keys(module: Module) -> set[ast.AST]:
    """The keys of dicts that are passed to spec fields, and to nothing else."""
    return {entry.node for found in keyword_dicts(module) if not found.other_use for entry in found.entries}


def _of_dicts(spec: SpecField) -> str:
    """Arguments in dicts can be renamed there, but they cannot move into a spec class."""
    for argument in spec.arguments.values():
        if argument.is_in_dict and (argument.name in _BEYOND_NAMES or argument.is_none):
            return f"{argument.name}= is passed within a dict"
    return ""


def _of_backend(spec: SpecField) -> str:
    """A backend of the project works on files with ImageKit 2's methods."""
    argument = spec.given("image_cache_backend")
    if argument is None:
        return ""
    successor = successor_of(spec.module, argument.value)
    if successor is not None and successor.strategy != OWN:
        return ""
    return f"its image cache backend, {_shown(spec, argument)}, calls methods that files have in ImageKit 2 alone"


def _of_processors(spec: SpecField, seen: SpecField) -> str:
    """Look at what is ``seen`` of a field, dicts included; code is generated for what its call says."""
    argument = seen.given("processors")
    if argument is None:
        return ""
    callability = classify(spec.module, argument.value)
    if callability.verdict is Verdict.UNKNOWN:
        return f"whether processors= is callable is only known when the site runs: {callability.reason}"
    if callability.verdict is Verdict.NO:
        return ""
    if argument.is_in_dict:
        return "callable processors are passed within a dict"
    return _try(lambda: write_processors(spec, argument))


def _of_names(spec: SpecField, seen: SpecField) -> str:
    argument = cache_to_of(seen)
    if argument is None:
        if needs_fixed_name(seen):
            if seen.arguments["processors"].is_in_dict:
                return "processors that cannot be part of a file name are passed within a dict"
            return _try(lambda: write_fixed_name(spec))
        return _try(lambda: write_default_name(spec)) if names_its_files(seen) else ""
    if classify(spec.module, argument.value).verdict is Verdict.UNKNOWN:
        return f"whether cache_to= is callable is only known when the site runs: {_shown(spec, argument)}"
    return _try(lambda: write_cache_to(spec, argument))


def _of_source(spec: SpecField) -> str:
    argument = spec.arguments.get("image_field") or spec.arguments.get("source")
    if argument is not None and not argument.is_none:
        if _is_text(spec.module, argument.value):
            return ""
        return f"whether image_field= names a source is only known when the site runs: {_shown(spec, argument)}"
    if spec.given_elsewhere is not None and not spec.is_in_constructor:
        if spec.model is None or not is_abstract(spec.model) or _is_source_given_by_factory(spec):
            return ""
        return "the source that an abstract model leaves to its children is only known when the site runs"
    fields, reason = image_fields_of(spec)
    if len(fields) == 1 and not reason:
        return ""
    return "it does not name its source, which is only known when the site runs"


def _is_source_given_by_factory(spec: SpecField) -> bool:
    """Whether a partial, function or class of the project gives its fields a source."""
    return any({"image_field", "source"} & set(made.arguments) or made.unseen for made in _made_by_factory(spec))


def is_storage_given_by_factory(spec: SpecField) -> bool:
    """Whether a partial, function or class of the project gives all of its fields a storage."""
    made = _made_by_factory(spec)
    return bool(made) and all(
        field.given("storage") is not None or field.given("cachefile_storage") is not None for field in made
    )


def _made_by_factory(spec: SpecField) -> list[SpecField]:
    """The calls of ImageKit's field in the partial, function or class of the project that a call makes a field with."""
    target = spec.module.resolve(spec.call.func)
    if target is None or target.module is None or target.binding is None:
        return []
    factory = target.module, target.binding.name
    return [made for made in spec_fields(target.module) if factory in factories_around(target.module, made.call)]


def _is_text(module: Module, value: ast.expr) -> bool:
    """Whether an expression is certainly a string, and not None."""
    if isinstance(value, ast.JoinedStr | ast.BinOp) or literal_text(module, value) or any(texts_of(module, value)):
        return True
    target = module.resolve(value) if isinstance(value, ast.Name) else None
    if target is None or target.module is None or target.binding is None or target.binding.kind != "parameter":
        return False
    passed = passed_for(target.module, target.binding.node)
    return bool(passed) and all(literal_text(owner, given) for owner, given in passed or ())


def _of_storage(spec: SpecField) -> str:
    if spec.given("storage") is not None or spec.given("cachefile_storage") is not None:
        return ""
    storage = find_source_storage(spec)
    return "" if storage.is_known else f"the storage of its source is only known when the site runs: {storage.reason}"


def _of_id(spec: SpecField) -> str:
    """ImageKit 3 gives the spec of the first field to all that have its id."""
    if spec_id_of(spec) not in spec.module.project.shared_ids:
        return ""
    return "ImageKit 3 would treat it as a field of another model of that name"


def _of_place(spec: SpecField) -> str:
    """ImageKit 3 needs a model; with ``--faithful`` the support module sees its fields only when its class is made."""
    if is_added_to_plain_class(spec):
        return "it is added to a class that is not a model"
    if not spec.module.project.faithful or spec.model is not None or not _adds_fields(spec.module, spec.call):
        return ""
    return "it is added to a model whose class is made already"


def _adds_fields(module: Module, call: ast.Call) -> bool:
    """Whether the code around a call, a function or the file, adds fields to models."""
    around = module.text.scope_of(call).node
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in {"add_to_class", "contribute_to_class"})
            or module.qualified(node.func) == "builtins.setattr"
        )
        for node in ast.walk(around)
    )


def _shown(spec: SpecField, argument: Argument) -> str:
    return spec.module.text.text_of(argument.value)


def _try(write: object) -> str:
    """Why some code cannot be generated; empty where it can."""
    assert callable(write)
    try:
        write()
    except CannotGenerate as error:
        return str(error)
    return ""
