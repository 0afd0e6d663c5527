"""The spec class of a field that ImageKit 3's arguments cannot describe: a base of the support module and what differs.

ImageKit 2 called ``processors(instance=..., file=...)`` and ``cache_to(instance, path, specname, extension)``
(``imagekit/models/fields/__init__.py`` and ``files.py`` of 2.0.4). The bases do it in the same way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.literals import quoted
from ik_migrate.codegen.spec_class import hidden_names, span_of
from ik_migrate.codegen.spec_class_obstacles import why_no_class
from ik_migrate.codegen.support.use import use_support
from ik_migrate.imagekit.callability import Callability, Verdict, classify
from ik_migrate.imagekit.processor_state import why_name_changes
from ik_migrate.imagekit.source_storage import DEFAULT, find_source_storage
from ik_migrate.imagekit.sources import constant_text, is_made_by_property
from ik_migrate.imagekit.spec_field import Argument, SpecField
from ik_migrate.model.change import Change, Piece, SpecMember, UseSpecBase
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.source.scopes import Function

KEEPS_NAMES = "ImageKit2NameSpec"
NAMES_BY_DIRECTORY = "DirectorySpec"
LEGACY = "LegacySpec"
FIXED_NAME = "FixedNameSpec"


def cache_to_of(spec: SpecField) -> Argument | None:
    """Return the field's ``cache_to``, unless it is empty: ImageKit 2 asked ``cache_to or default``."""
    argument = spec.given("cache_to")
    return None if argument is None or argument.literal == "" else argument


def classify_cache_to(spec: SpecField) -> Callability | None:
    """Return whether the field's ``cache_to`` is callable; None where it has none."""
    argument = cache_to_of(spec)
    return None if argument is None or spec.is_processed else classify(spec.module, argument.value)


def has_callable_processors(spec: SpecField) -> bool:
    """Whether the field's ``processors`` are certainly callable."""
    argument = spec.given("processors")
    return argument is not None and classify(spec.module, argument.value).verdict is Verdict.YES


def names_its_files(spec: SpecField) -> bool:
    """Whether the files of the rewritten field have custom names: by ``cache_to`` or ``--keep-cache-names``."""
    if spec.is_processed or spec.is_ik3:
        return False
    return cache_to_of(spec) is not None or spec.module.project.keep_cache_names


def base_of(spec: SpecField) -> str:
    """Return the base class of the support module that the field's spec class gets; empty where it needs none."""
    if spec.is_processed:
        return ""
    if spec.is_ik3:
        return LEGACY if has_callable_processors(spec) else ""
    callability = classify_cache_to(spec)
    if callability is None and spec.module.project.keep_cache_names:
        return KEEPS_NAMES
    if has_callable_processors(spec) or (callability is not None and callability.verdict is Verdict.YES):
        return LEGACY
    if callability is not None:
        return NAMES_BY_DIRECTORY
    return FIXED_NAME if why_name_changes(spec) else ""


def needs_fixed_name(spec: SpecField) -> bool:
    """Whether the name of the field's files must not depend on its processors, as ImageKit 3's default names do."""
    return base_of(spec) == FIXED_NAME


def write_processors(spec: SpecField, argument: Argument) -> list[Change]:
    """Return the changes that move callable ``processors`` into a spec class.

    Raises:
        CannotGenerate: when that cannot be done.
    """
    reason = why_no_class(spec) or _why_one_class_for_several(spec)
    if reason:
        raise CannotGenerate(reason)
    member = SpecMember(spec.offset, "choose_processors", (_static(spec, argument.value),), "processors")
    return [*_use_base(spec), member]


def write_cache_to(spec: SpecField, argument: Argument) -> list[Change]:
    """Return the changes that move ``cache_to`` into a spec class.

    Raises:
        CannotGenerate: when that cannot be done.
    """
    reason = why_no_class(spec) or _why_one_class_for_several(spec)
    if reason:
        raise CannotGenerate(reason)
    callability = classify(spec.module, argument.value)
    if callability.verdict is Verdict.NO:
        _require_visible(spec, argument.value)
        value: tuple[Piece, ...] = (span_of(spec.module, argument.value),)
        return [*_use_base(spec), SpecMember(spec.offset, "cache_to", (value,), "cache_to")]
    reason = is_made_by_property(spec)
    if reason:
        raise CannotGenerate(reason)
    member = SpecMember(spec.offset, "cache_to", (_static(spec, argument.value),), "cache_to")
    return [*_use_base(spec), *_attname(spec), member]


def write_default_name(spec: SpecField) -> list[Change]:
    """Return the changes that keep the name which ImageKit 2 gave by default.

    Raises:
        CannotGenerate: when that cannot be done.
    """
    reason = why_no_class(spec)
    if reason:
        raise CannotGenerate(reason)
    return [*_use_base(spec), *_attname(spec)]


def write_fixed_name(spec: SpecField) -> list[Change]:
    """Return the changes that name the field's files without its processors.

    Raises:
        CannotGenerate: when that cannot be done.
    """
    reason = why_no_class(spec) or _why_one_class_for_several(spec)
    if reason:
        raise CannotGenerate(reason)
    return _use_base(spec)


def _why_one_class_for_several(spec: SpecField) -> str:
    """Why each field needs another spec class: files are named by it, and pickled by its name."""
    is_in_function = isinstance(spec.module.text.scope_of(spec.call).node, Function)
    return "its function makes several fields, which need a spec class each" if is_in_function else ""


def make_spec_finding(
    rule: Rule, spec: SpecField, argument: Argument, message: str, write: Callable[[SpecField, Argument], list[Change]]
) -> Finding:
    """Return the finding about an argument that moves into a spec class; for manual review where that cannot be done.

    Args:
        rule: the rule.
        spec: the field.
        argument: what moves.
        message: what is found.
        write: generates the changes.
    """
    try:
        changes = write(spec, argument)
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {rule.why}"
        return make_finding(rule, spec.module, argument.value, message, Applicability.MANUAL, why=why)
    return make_finding(rule, spec.module, argument.value, message, Applicability.SAFE, changes=changes)


def _use_base(spec: SpecField) -> list[Change]:
    base = base_of(spec)
    features = []
    if has_callable_processors(spec):
        features.append("+processors")
    if base == NAMES_BY_DIRECTORY:
        features += _names_feature(spec)
        features += ["+formats"] if spec.given("format") is None and not _has_faithful_backend(spec) else []
    if _has_own_storage(spec):
        features.append("+storage_key")
    local, changes = use_support(spec.module, base, *features)
    return [UseSpecBase(spec.offset, local), *changes]


def _names_feature(spec: SpecField) -> list[str]:
    """The variant of a spec's names that fits its ``cache_to``, which need not be a string of ASCII characters."""
    text = constant_text(spec.module, spec.arguments["cache_to"].value)
    if text is None or not text.isascii():
        return ["+any_names"]
    return ["+dated_names"] if "%" in text else []


def _has_faithful_backend(spec: SpecField) -> bool:
    """Whether the files come from the backend that the faithful settings name: it knows their format."""
    project = spec.module.project
    return project.faithful and project.has_simple_backend and spec.given("image_cache_backend") is None


def _has_own_storage(spec: SpecField) -> bool:
    """Whether the files are not in the default storage, as far as it can be determined."""
    if spec.given("storage") is not None or spec.given("cachefile_storage") is not None:
        return True
    return find_source_storage(spec) != DEFAULT


def _attname(spec: SpecField) -> list[Change]:
    if not spec.attname:
        raise CannotGenerate("the name of the attribute is only known when the site runs")
    return [SpecMember(spec.offset, "attname", ((quoted(spec, spec.attname),),))]


def _static(spec: SpecField, value: ast.expr) -> tuple[Piece, ...]:
    """A callable as an attribute of a class, which must not make it a method."""
    _require_visible(spec, value)
    # The brackets of the call are enough.
    return ("staticmethod(", replace(span_of(spec.module, value), brackets=False), ")")


def _require_visible(spec: SpecField, value: ast.expr) -> None:
    hidden = hidden_names(spec, value)
    if hidden:
        raise CannotGenerate(f"{hidden[0]} is a name of the class body, which a spec class cannot see")
