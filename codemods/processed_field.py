"""Callable ``processors`` of a ProcessedImageField: there is no instance to be had any more."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.spec_class import class_name
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK202",
    name="processed-field-callable",
    summary="callable `processors=` of a `ProcessedImageField` needs a person",
    applicability=(Applicability.MANUAL,),
    why=(
        "ImageKit 2 called it with the field file, which knows the instance. ImageKit 3 takes only a list (`TypeError`"
        " when an instance is saved), and a spec class gets the uploaded content: the instance is not known there."
    ),
    help="Write a spec class that goes by the uploaded file alone; what depends on the instance needs another way.",
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
from imagekit.models import ProcessedImageField
from imagekit.processors import ResizeToFill


def avatar_processors(file):
    return [ResizeToFill(50, 50)]


class Profile(models.Model):
    avatar = ProcessedImageField(avatar_processors, format='JPEG', upload_to='avatars')
""",
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Report callables, with the class to write."""
    argument = spec.given("processors")
    if not spec.is_processed or argument is None or spec.given("spec") is not None:
        return
    judgement = classify(spec.module, argument.value)
    if judgement.verdict is Verdict.NO:
        return
    unsure = f" may be a callable ({judgement.reason})" if judgement.verdict is Verdict.UNKNOWN else " is a callable"
    yield make_finding(
        RULE,
        spec.module,
        argument.value,
        f"processors of {spec.label}{unsure}",
        Applicability.MANUAL,
        suggestion=_sketch(spec),
    )


def _sketch(spec: SpecField) -> str:
    text = spec.module.text
    value = text.text_of(spec.arguments["processors"].value)
    name = class_name(spec, set())
    attributes = [
        f"    {key} = {text.text_of(spec.arguments[key].value)}"
        for key in ("format", "options")
        if spec.given(key) is not None
    ]
    kept = [
        f"{key}={text.text_of(argument.value)}"
        for key, argument in spec.arguments.items()
        if key not in {"processors", "format", "options", "autoconvert"}
    ]
    call = ", ".join([f"spec={name}", "autoconvert=None", *kept])
    return "\n".join(
        [
            "from imagekit import ImageSpec",
            "",
            f"class {name}(ImageSpec):",
            *attributes,
            *([""] if attributes else []),
            "    @property",
            "    def processors(self):",
            f"        return ({value})(self.source)  # the uploaded file, without its instance",
            "",
            f"{spec.attname or 'field'} = ProcessedImageField({call})",
        ]
    )


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
