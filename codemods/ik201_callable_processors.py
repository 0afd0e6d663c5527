"""Callable ``processors``: a custom spec class calls them."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import has_callable_processors, make_spec_finding, write_processors
from ik_migrate.rules import Applicability, ErrorSymptom, Finding, Rule, SpecField, checks_spec_field

RULE = Rule(
    code="IK201",
    name="callable-processors",
    summary="callable `processors=` need a spec class",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 called `processors(instance=..., file=...)` each time it generated an image. ImageKit 3 takes"
        " only a list. It accepts the callable, and fails later, when an instance is saved or its image is shown."
    ),
    help=(
        "Give the field a spec class that derives from `LegacySpec` of the support module, and name the callable"
        " there: `choose_processors = staticmethod(...)`."
    ),
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
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from imagekit_support import LegacySpec


def banner_processors(instance, file):
    return [ResizeToFill(instance.width, 80)]


class ItemBanner(LegacySpec):
    format = 'JPEG'
    choose_processors = staticmethod(banner_processors)


class Item(models.Model):
    width = models.IntegerField()
    picture = models.ImageField(upload_to='items')
    banner = ImageSpecField(source='picture', spec=ItemBanner)
""",
    symptoms=(
        ErrorSymptom(
            "[Cc]an.t pickle|Can.t get local object|not picklable", "ImageKit 3 pickles processors for the name"
        ),
        ErrorSymptom("object is not iterable", "processors= has to be a list in ImageKit 3, not a callable"),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Move callable processors into a spec class."""
    argument = spec.given("processors")
    if argument is None or spec.is_processed or not has_callable_processors(spec):
        return
    message = f"{spec.label}: `processors=` is callable"
    yield make_spec_finding(RULE, spec, argument, message, write_processors)
