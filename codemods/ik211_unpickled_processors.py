"""Processors that ImageKit 3 cannot make a file name of."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_spec import make_spec_finding, needs_fixed_name, write_fixed_name
from ik_migrate.imagekit.processor_state import why_name_changes
from ik_migrate.rules import Applicability, Finding, Rule, SpecField, checks_spec_field

_BEFORE = """\
from django.db import models
from imagekit.models import ImageSpecField


class Watermark(object):
    mark = None

    def process(self, image):
        if self.mark is None:
            self.mark = image.resize((8, 8))
        image.paste(self.mark, (0, 0))
        return image


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    marked = ImageSpecField([Watermark()], image_field='image')
"""

RULE = Rule(
    code="IK211",
    name="unpickled-processors",
    summary="the default name of a file is a hash of its pickled processors",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 names a file by the pickle of its processors. If they change their own attributes, each image that"
        " is generated changes the name of the next. If they cannot be pickled, the field raises an exception."
    ),
    help="Give the field a spec class that derives from `FixedNameSpec` of the support module.",
    source="ImageSpec.get_hash in imagekit/specs/__init__.py of 3.0.4 to 6.1.1; _default_cache_to of 2.0.4",
    before=_BEFORE,
    after=_BEFORE.replace(
        "from imagekit.models import ImageSpecField\n",
        "from imagekit.models import ImageSpecField\nfrom imagekit_support import FixedNameSpec\n",
    )
    .replace(
        "class Photo",
        "class PhotoMarked(FixedNameSpec):\n    processors = [Watermark()]\n\n\nclass Photo",
    )
    .replace("ImageSpecField([Watermark()], image_field='image')", "ImageSpecField(source='image', spec=PhotoMarked)"),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Name the files of a field by the field alone, where its processors cannot be part of the name."""
    argument = spec.given("processors")
    if argument is None or not needs_fixed_name(spec):
        return
    message = f"{spec.label}: {why_name_changes(spec)}"
    yield make_spec_finding(RULE, spec, argument, message, lambda spec, _: write_fixed_name(spec))
