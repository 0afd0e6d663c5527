"""``format='png'`` in lower case: ImageKit 2 did not know that it has transparency."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.rules import (
    Applicability,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    is_ik3_code,
    make_finding,
)

_MODEL = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Logo(models.Model):
    image = models.ImageField(upload_to='logos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', format='png')
"""

RULE = Rule(
    code="IK209",
    name="lower-case-format",
    summary="`format='png'` in lower case keeps transparency now",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 looked up the format as written, did not find `png` among those with transparency, and pasted the"
        " image on white. ImageKit 3 keeps the transparency, which is visible on a coloured page."
    ),
    help="Nothing, if transparency is acceptable. Otherwise, add the processor `imagekit.processors.MakeOpaque()`.",
    source="prepare_image in imagekit/utils.py of 2.0.4; pilkit/utils.py of 1.1.13",
    before=_MODEL,
    after=_MODEL.replace("image_field=", "source="),
    symptoms=(
        ImageSymptom(
            Sign.LOWER_CASE_FORMAT,
            "with format='png' in lower case, ImageKit 2 pasted on white; ImageKit 3 keeps the transparency",
        ),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Report formats with transparency that are not in capitals."""
    argument = spec.given("format")
    literal = argument.literal if argument is not None else None
    if argument is None or not isinstance(literal, str) or spec.is_ik3 or is_ik3_code(spec.module, spec.call):
        return
    if literal.upper() in {"PNG", "GIF"} and literal != literal.upper():
        message = f"{spec.label}: the transparency of its source is kept"
        yield make_finding(RULE, spec.module, argument.value, message, Applicability.NOTICE)
