"""Callable ``processors``: a custom spec class calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ik_migrate.codegen.cachefile_name import names_its_files
from ik_migrate.codegen.properties import CannotGenerate, build_processors
from ik_migrate.codegen.spec_class_obstacles import why_no_class
from ik_migrate.codegen.suggestion import suggest_spec_class
from ik_migrate.imagekit.callability import Callability, Verdict, classify, holds_a_function
from ik_migrate.imagekit.sources import has_no_instance
from ik_migrate.imagekit.spec_field import Argument, SpecField
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK201",
    name="callable-processors",
    summary="callable `processors=` needs a spec class",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 called `processors(instance=..., file=...)` each time it made a picture. ImageKit 3 takes only a"
        " list: it accepts the callable and fails later, when an instance is saved or its picture is shown."
    ),
    help="Give the field a spec class with a property `processors` that calls it.",
    source="imagekit/models/fields/__init__.py (ImageSpecField) of 2.0.4; imagekit/specs/__init__.py of 3.0.4",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


def banner_processors(instance, file):
    return [ResizeToFill(instance.width, 80)]


class Item(models.Model):
    width = models.IntegerField()
    picture = models.ImageField(upload_to='items')
    banner = ImageSpecField(banner_processors, image_field='picture', format='JPEG')
""",
    after="""\
from django.db import models
from imagekit import ImageSpec
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit.utils import get_field_info


def banner_processors(instance, file):
    return [ResizeToFill(instance.width, 80)]


class ItemBanner(ImageSpec):
    format = 'JPEG'

    @property
    def processors(self):
        instance, attname = get_field_info(self.source)
        return banner_processors(instance=instance, file=self.source)


class Item(models.Model):
    width = models.IntegerField()
    picture = models.ImageField(upload_to='items')
    banner = ImageSpecField(source='picture', spec=ItemBanner)
""",
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Report callable processors, and those of which it can't be told."""
    argument = spec.given("processors")
    if argument is None or spec.is_processed:
        return
    judgement = classify(spec.module, argument.value)
    if judgement.verdict is Verdict.NO:
        return
    if judgement.verdict is Verdict.UNKNOWN and spec.is_ik3 and not spec.module.project.has_ik2_code:
        # In a project that is ImageKit 3's already it can only be a list.
        return
    if judgement.verdict is Verdict.UNKNOWN:
        # In a call that says source= it passes for a list.
        yield replace(_manual(spec, argument, "may be a callable", judgement.reason), blocks_call=True)
        return
    reason = why_no_class(spec) or has_no_instance(spec)
    if judgement.function is not None and holds_a_function(judgement.function) and not names_its_files(spec):
        # With a file name of its own, no hash is taken.
        reason = "its processors hold a function, which can't be pickled for the file's name"
    if reason:
        yield _manual(spec, argument, "is a callable", reason)
        return
    yield _with_class(spec, argument, judgement)


def _with_class(spec: SpecField, argument: Argument, judgement: Callability) -> Finding:
    try:
        getter = build_processors(spec, argument, judgement)
    except CannotGenerate as error:
        return _manual(spec, argument, "is a callable", str(error))
    return make_finding(
        RULE,
        spec.module,
        argument.value,
        f"processors of {spec.label} is a callable",
        Applicability.SAFE,
        changes=[*getter.members, *getter.imports],
    )


def _manual(spec: SpecField, argument: Argument, what: str, reason: str) -> Finding:
    return make_finding(
        RULE,
        spec.module,
        argument.value,
        f"processors of {spec.label} {what}",
        Applicability.MANUAL,
        why=f"Not rewritten: {reason}. {RULE.why}",
        help="If it is called by ImageKit, write a spec class; if it is a list, leave it as it is.",
        suggestion=suggest_spec_class(spec, argument),
    )


CODEMOD = Codemod(rules=(RULE,), spec_field=check_spec_field)
