"""Callable ``processors`` of a ProcessedImageField: there is no instance to be had any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.model.imagekit_names import PROCESSED_FIELD
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    ErrorSymptom,
    Finding,
    Rule,
    SpecField,
    checks_spec_field,
    is_ik3_code,
    make_finding,
    use_support,
)
from ik_migrate.source.scopes import Function

RULE = Rule(
    code="IK202",
    name="processed-field-callable",
    summary="callable `processors=` of a `ProcessedImageField` need the field of the support module",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 called it with the field file, which has the instance. ImageKit 3 takes only a list:"
        " `TypeError` when an instance is saved. A spec class gets the uploaded content, which does not have the"
        " instance."
    ),
    help="Use `LegacyProcessedImageField` of the support module, which takes the same arguments.",
    source="SpecFileGenerator.process_content in imagekit/generators.py of 2.0.4; ProcessedImageFieldFile of 3.0.4",
    before="""\
from django.db import models
from imagekit.models import ProcessedImageField
from imagekit.processors import ResizeToFill


def avatar_processors(file):
    return [ResizeToFill(50, 50)]


class Profile(models.Model):
    avatar = ProcessedImageField(avatar_processors, format='JPEG', upload_to='avatars')
""",
    after="""\
from django.db import models
from imagekit.processors import ResizeToFill
from imagekit_support import LegacyProcessedImageField


def avatar_processors(file):
    return [ResizeToFill(50, 50)]


class Profile(models.Model):
    avatar = LegacyProcessedImageField(avatar_processors, format='JPEG', upload_to='avatars')
""",
    symptoms=(
        ErrorSymptom(
            "[Cc]an.t pickle|Can.t get local object|not picklable",
            "ImageKit 3 pickles processors for the name",
            field_kind="processed",
        ),
        ErrorSymptom(
            "object is not iterable",
            "processors= has to be a list in ImageKit 3, not a callable",
            field_kind="processed",
        ),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Call the field of the support module where the processors may be callable, or the name decides the format."""
    if not spec.is_processed or spec.is_legacy or spec.given("spec") is not None:
        return
    reason = _find_reason(spec)
    module, function = spec.module, _field_named_by(spec)
    if not reason or (function is None and not _is_certain(spec)):
        return
    message = f"{spec.label}: {reason}"
    if function is None:
        shown = module.text.text_of(spec.call.func)
        todo = f"Have {shown} derive from `LegacyProcessedImageField` of the support module."
        yield make_finding(RULE, module, spec.call, message, Applicability.MANUAL, help=todo)
        return
    try:
        local, changes = use_support(module, "LegacyProcessedImageField")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        yield make_finding(RULE, module, function, message, Applicability.MANUAL, why=why)
        return
    edit = Edit(module.text.start(function), module.text.end(function), (local,))
    yield make_finding(RULE, module, function, message, Applicability.SAFE, changes=[edit, *changes])


def _field_named_by(spec: SpecField) -> ast.expr | None:
    """The expression that names ImageKit's field: what is called, or the base of a class that calls its constructor."""
    module, function = spec.module, spec.call.func
    named = [function]
    if module.qualified(function) == "functools.partial":
        named = spec.call.args[:1]
    elif _calls_constructor(spec):
        owner = next((node for node in module.text.names.ancestors(spec.call) if isinstance(node, ast.ClassDef)), None)
        named = owner.bases if owner is not None else []
    return next((node for node in named if module.qualified(node) == PROCESSED_FIELD), None)


def _calls_constructor(spec: SpecField) -> bool:
    return isinstance(spec.call.func, ast.Attribute) and spec.call.func.attr == "__init__"


def _is_certain(spec: SpecField) -> bool:
    """Whether the call itself gives the processors, and they are callable."""
    argument = spec.given("processors")
    return argument is not None and classify(spec.module, argument.value).verdict is Verdict.YES


def _may_hand_on_processors(spec: SpecField) -> bool:
    """Whether what is passed with ``*`` or ``**`` may hold processors; of a constructor, only where it names them."""
    if not _calls_constructor(spec):
        return bool(spec.unseen)
    around = spec.module.text.scope_of(spec.call).node
    return bool(spec.unseen) and isinstance(around, Function) and "processors" in spec.module.text.text_of(around)


def _find_reason(spec: SpecField) -> str:
    """Why the field of the support module is needed; empty where it is not."""
    if is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code:
        return _of_format(spec)
    argument = spec.given("processors")
    verdict = classify(spec.module, argument.value).verdict if argument is not None else Verdict.NO
    if verdict is Verdict.YES:
        return "`processors=` is callable"
    if verdict is Verdict.UNKNOWN:
        return "whether `processors=` is callable is only known when the site runs"
    if _may_hand_on_processors(spec):
        return "what is passed with `**` is only known when the site runs"
    return _of_format(spec)


def _of_format(spec: SpecField) -> str:
    if spec.module.project.faithful and spec.given("format") is None and not spec.unseen:
        return "without `format=`, ImageKit 2 chose the format by the name of the file"
    return ""
